import { describe, expect, it } from 'vitest'
import { actingFor } from '../../kernel/sched/current.ts'
import { path_lookup } from '../../kernel/fs/namei.ts'
import type { dentry } from '../../kernel/fs/dentry.ts'
import {
  EBADF,
  EEXIST,
  EFAULT,
  EINVAL,
  EISDIR,
  EMFILE,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
  ESPIPE,
} from '../../kernel/errno.ts'
import {
  O_ACCMODE,
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
} from '../../kernel/fs/file.ts'
import { SEEK_CUR, SEEK_END, SEEK_SET } from '../../kernel/fs/read_write.ts'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { BAD_POINTERS, bytes, fails, inVm, is, ok, pipe, textAt, waitFor, withVm } from '../support/vm.ts'

function* file(sys: Libc, path: string, text = ''): Run<number> {
  const fd = ok(yield* sys.open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644))
  ok(yield* sys.print(text, fd))
  ok(yield* sys.lseek(fd, 0, SEEK_SET))
  return fd
}

describe('open', () => {
  it('O_CREAT makes the file, O_EXCL refuses one that is there', () => {
    inVm(function* (sys) {
      fails(yield* sys.open('/tmp/a', O_RDWR), ENOENT)
      ok(yield* sys.open('/tmp/a', O_RDWR | O_CREAT | O_EXCL, 0o644))
      fails(yield* sys.open('/tmp/a', O_RDWR | O_CREAT | O_EXCL, 0o644), EEXIST)
      fails(yield* sys.open('/tmp', O_CREAT | O_EXCL, 0o644), EEXIST)
      ok(yield* sys.open('/tmp/a', O_RDWR | O_EXCL))
      return 0
    })
  })

  it('the umask takes bits off the mode of a new file', () => {
    withVm({}, (vm) => {
      vm.spawn(function* main(sys) {
        return ok(yield* sys.open('/tmp/a', O_WRONLY | O_CREAT, 0o7777)) > 0 ? 0 : 1
      })
      vm.run()
      const tmp = vm.kernel.root.d_subdirs.get('tmp')
      expect(((tmp?.d_subdirs.get('a')?.d_inode?.i_mode ?? 0) & 0o7777).toString(8)).toBe('7755')
    })
  })

  it('O_TRUNC empties the file, even one opened for reading only', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, '/tmp/a', 'hello')
      is(ok(yield* sys.lseek(fd, 0, SEEK_END)), 5)
      ok(yield* sys.open('/tmp/a', O_RDONLY | O_TRUNC))
      is(ok(yield* sys.lseek(fd, 0, SEEK_END)), 0)
      return 0
    })
  })

  it('a directory opens for reading only, and never with O_CREAT or O_TRUNC', () => {
    inVm(function* (sys) {
      ok(yield* sys.open('/tmp', O_RDONLY))
      ok(yield* sys.open('/tmp', O_RDONLY | O_DIRECTORY))
      for (const flags of [O_WRONLY, O_RDWR, O_ACCMODE, O_TRUNC, O_CREAT]) {
        fails(yield* sys.open('/tmp', flags, 0o644), EISDIR)
      }
      fails(yield* sys.open('/', O_CREAT, 0o644), EISDIR)
      return 0
    })
  })

  it('O_DIRECTORY refuses what is no directory', () => {
    inVm(function* (sys) {
      yield* file(sys, '/tmp/a')
      fails(yield* sys.open('/tmp/a', O_RDONLY | O_DIRECTORY), ENOTDIR)
      fails(yield* sys.open('/dev/null', O_RDONLY | O_DIRECTORY), ENOTDIR)
      return 0
    })
  })

  it('a slash at the end asks for a directory, and with O_CREAT is EISDIR whatever is there', () => {
    inVm(function* (sys) {
      yield* file(sys, '/tmp/a')
      ok(yield* sys.open('/tmp/', O_RDONLY))
      ok(yield* sys.open('/tmp//', O_RDONLY))
      fails(yield* sys.open('/tmp/a/', O_RDONLY), ENOTDIR)
      fails(yield* sys.open('/tmp/b/', O_RDONLY), ENOENT)
      for (const path of ['/tmp/a/', '/tmp/b/', '/tmp/']) {
        fails(yield* sys.open(path, O_RDWR | O_CREAT, 0o644), EISDIR)
        fails(yield* sys.open(path, O_RDWR | O_CREAT | O_EXCL, 0o644), EISDIR)
      }
      fails(yield* sys.open('/tmp/b', O_RDONLY), ENOENT)
      return 0
    })
  })

  it('dots lead where they should, and only through directories', () => {
    inVm(function* (sys) {
      yield* file(sys, '/tmp/a', 'hello')
      for (const path of ['/tmp/./a', '/tmp/../tmp/a', '/../tmp//a', 'tmp/a', './tmp/a', '../../tmp/a']) {
        ok(yield* sys.open(path, O_RDONLY))
      }
      for (const path of ['/tmp/a/.', '/tmp/a/..', '/tmp/a/b']) fails(yield* sys.open(path, O_RDONLY), ENOTDIR)
      for (const path of ['/no/..', '/no/a', '/no/.']) fails(yield* sys.open(path, O_RDONLY), ENOENT)
      fails(yield* sys.open('/tmp/a/b', O_RDWR | O_CREAT, 0o644), ENOTDIR)
      fails(yield* sys.open('/no/b', O_RDWR | O_CREAT, 0o644), ENOENT)
      for (const path of ['/tmp/.', '/tmp/..', '.', '..']) fails(yield* sys.open(path, O_CREAT, 0o644), EISDIR)
      return 0
    })
  })

  it('a name may have 255 bytes, and no more', () => {
    inVm(function* (sys) {
      ok(yield* sys.open(`/tmp/${'n'.repeat(255)}`, O_RDWR | O_CREAT, 0o644))
      fails(yield* sys.open(`/tmp/${'n'.repeat(256)}`, O_RDWR | O_CREAT, 0o644), ENAMETOOLONG)
      fails(yield* sys.open(`/tmp/${'n'.repeat(256)}`, O_RDONLY), ENAMETOOLONG)
      // Bytes, not characters.
      ok(yield* sys.open(`/tmp/${'é'.repeat(127)}`, O_RDWR | O_CREAT, 0o644))
      fails(yield* sys.open(`/tmp/${'é'.repeat(128)}`, O_RDWR | O_CREAT, 0o644), ENAMETOOLONG)
      return 0
    })
  })

  it('a path may have 4095 bytes, and no more', () => {
    inVm(function* (sys) {
      ok(yield* sys.open('/'.repeat(4095), O_RDONLY))
      fails(yield* sys.open('/'.repeat(4096), O_RDONLY), ENAMETOOLONG)
      fails(yield* sys.open('', O_RDONLY), ENOENT)
      fails(yield* sys.open('', O_CREAT, 0o644), ENOENT)
      return 0
    })
  })

  it('a path that cannot be read is EFAULT, also where it leaves mapped memory before its end', () => {
    inVm(function* (sys) {
      for (const at of BAD_POINTERS) fails(yield* sys.open(at, O_RDONLY), EFAULT)
      const end = ok(yield* sys.brk(ok(yield* sys.brk(0)) + 4096))
      const path = (end - 4) as UserPtr
      sys.store(path, bytes('/tmp'))
      fails(yield* sys.open(path, O_RDONLY), EFAULT)
      sys.store(path, bytes('/.\0'))
      ok(yield* sys.open(path, O_RDONLY))
      return 0
    })
  })

  it('openat starts at its directory, which an absolute path does not look at', () => {
    inVm(function* (sys) {
      const a = yield* file(sys, '/tmp/a')
      const tmp = ok(yield* sys.open('/tmp', O_RDONLY))
      const { rd } = yield* pipe(sys)
      ok(yield* sys.openat(tmp, 'a', O_RDONLY))
      ok(yield* sys.openat(tmp, '../tmp/a', O_RDONLY))
      ok(yield* sys.openat(999, '/tmp/a', O_RDONLY))
      fails(yield* sys.openat(999, 'a', O_RDONLY), EBADF)
      fails(yield* sys.openat(-1, 'a', O_RDONLY), EBADF)
      fails(yield* sys.openat(a, 'a', O_RDONLY), ENOTDIR)
      fails(yield* sys.openat(rd, 'a', O_RDONLY), ENOTDIR)
      // The path is looked at before the directory is.
      fails(yield* sys.openat(999, '', O_RDONLY), ENOENT)
      return 0
    })
  })
})

describe('descriptors', () => {
  it('the lowest free one is given out', () => {
    inVm(function* (sys) {
      const fds: number[] = []
      for (let i = 0; i < 5; i++) fds.push(ok(yield* sys.dup(0)))
      is(fds, [3, 4, 5, 6, 7])
      ok(yield* sys.close(6))
      ok(yield* sys.close(4))
      is(yield* sys.dup(0), 4)
      is(yield* sys.open('/tmp', O_RDONLY), 6)
      is(yield* sys.dup(0), 8)
      ok(yield* sys.close(0))
      is(yield* pipe(sys), { rd: 0, wr: 9 })
      is(yield* sys.dup3(1, 11, 0), 11)
      is([yield* sys.dup(1), yield* sys.dup(1)], [10, 12])
      return 0
    })
  })

  it('a process has 1024 of them, then EMFILE', () => {
    inVm(function* (sys) {
      for (let fd = 3; fd < 1024; fd++) is(yield* sys.dup(0), fd)
      fails(yield* sys.dup(0), EMFILE)
      fails(yield* sys.open('/tmp', O_RDONLY), EMFILE)
      // No descriptor, no file.
      fails(yield* sys.open('/tmp/new', O_RDWR | O_CREAT, 0o644), EMFILE)
      fails(yield* sys.pipe2(sys.alloc(8), 0), EMFILE)
      fails(yield* sys.openat(-1, 'x', O_RDONLY), EMFILE)
      fails(yield* sys.open('', O_RDONLY), ENOENT)
      ok(yield* sys.close(500))
      fails(yield* sys.pipe2(sys.alloc(8), 0), EMFILE)
      fails(yield* sys.open('/tmp/new', O_RDWR), ENOENT)
      is(yield* sys.dup3(0, 1023, 0), 1023)
      is(yield* sys.dup(0), 500)
      return 0
    })
  })

  it('a number that names none is EBADF everywhere', () => {
    inVm(function* (sys) {
      const buf = sys.alloc(8)
      for (const fd of [-1, 3, 1023, 1024, 2 ** 31 - 1, -(2 ** 31)]) {
        fails(yield* sys.read(fd, buf, 1), EBADF)
        fails(yield* sys.write(fd, buf, 1), EBADF)
        fails(yield* sys.lseek(fd, 0, SEEK_SET), EBADF)
        fails(yield* sys.lseek(fd, 0, 99), EBADF)
        fails(yield* sys.dup(fd), EBADF)
        fails(yield* sys.dup3(fd, 9, 0), EBADF)
        fails(yield* sys.close(fd), EBADF)
        fails(yield* sys.checkpoint(0, fd, 0), EBADF)
        fails(yield* sys.restart(0, fd, 0), EBADF)
      }
      ok(yield* sys.close(2))
      fails(yield* sys.close(2), EBADF)
      return 0
    })
  })

  it('a descriptor is an int: the upper half of its register does not count', () => {
    inVm(function* (sys) {
      is(yield* sys.syscall(23, 0x1_0000_0001n), 3)
      fails(yield* sys.syscall(23, 0xffff_ffffn), EBADF)
      return 0
    })
  })

  it('dup3 closes what was there, and refuses what cannot be', () => {
    inVm(function* (sys) {
      fails(yield* sys.dup3(0, 0, 0), EINVAL)
      fails(yield* sys.dup3(999, 999, 0), EINVAL)
      fails(yield* sys.dup3(999, 0, 1), EINVAL)
      fails(yield* sys.dup3(0, 9, O_APPEND), EINVAL)
      fails(yield* sys.dup3(999, 998, 0), EBADF)
      fails(yield* sys.dup3(0, -1, 0), EBADF)
      fails(yield* sys.dup3(0, 1024, 0), EBADF)
      const { rd, wr } = yield* pipe(sys)
      is(yield* sys.dup3(0, wr, 0), wr)
      is(yield* sys.read(rd, sys.alloc(1), 1), 0)
      // One that fails leaves the target as it was.
      fails(yield* sys.dup3(999, rd, 0), EBADF)
      is(yield* sys.read(rd, sys.alloc(1), 1), 0)
      return 0
    })
  })

  it('the close-on-exec bit belongs to the descriptor, and goes with it', () => {
    withVm({}, (vm) => {
      const bits: number[][] = []
      const look = (): unknown => bits.push([...(process.task.files?.close_on_exec ?? [])].sort((a, b) => a - b))
      const process = vm.spawn(function* main(sys) {
        ok(yield* sys.open('/tmp', O_RDONLY | O_CLOEXEC))
        yield* pipe(sys, O_CLOEXEC)
        ok(yield* sys.dup3(0, 9, O_CLOEXEC))
        ok(yield* sys.dup(9))
        look()
        ok(yield* sys.dup3(0, 9, 0))
        ok(yield* sys.close(3))
        ok(yield* sys.dup(0))
        look()
        return 0
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      expect(bits).toEqual([
        [3, 4, 5, 9],
        [4, 5],
      ])
    })
  })

  it('dup and fork share the position, a second open has its own', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, '/tmp/a', 'abcdef')
      const copy = ok(yield* sys.dup(fd))
      const other = ok(yield* sys.open('/tmp/a', O_RDONLY))
      const buf = sys.alloc(8)
      is([yield* sys.read(fd, buf, 1), textAt(sys, buf, 1)], [1, 'a'])
      is([yield* sys.read(copy, buf, 1), textAt(sys, buf, 1)], [1, 'b'])
      const child = ok(
        yield* sys.fork(function* (sys) {
          is([yield* sys.read(fd, buf, 1), textAt(sys, buf, 1)], [1, 'c'])
          return 0
        }),
      )
      is(yield* waitFor(sys, child), 0)
      is([yield* sys.read(fd, buf, 1), textAt(sys, buf, 1)], [1, 'd'])
      is([yield* sys.read(other, buf, 1), textAt(sys, buf, 1)], [1, 'a'])
      return 0
    })
  })

  it('lseek moves the position of what has one', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, '/tmp/a', 'abcdef')
      is(yield* sys.lseek(fd, 4, SEEK_SET), 4)
      is(yield* sys.lseek(fd, -1, SEEK_CUR), 3)
      is(yield* sys.lseek(fd, 2, SEEK_END), 8)
      fails(yield* sys.lseek(fd, -1, SEEK_SET), EINVAL)
      fails(yield* sys.lseek(fd, -9, SEEK_CUR), EINVAL)
      fails(yield* sys.lseek(fd, -7, SEEK_END), EINVAL)
      fails(yield* sys.lseek(fd, 0, 5), EINVAL)
      fails(yield* sys.lseek(fd, 0, -1), EINVAL)
      fails(yield* sys.syscall(62, fd, 0x7fff_ffff_ffff_ffffn, SEEK_SET), EINVAL)
      is(yield* sys.lseek(fd, 0, SEEK_CUR), 8)
      const { rd, wr } = yield* pipe(sys)
      for (const end of [rd, wr]) {
        fails(yield* sys.lseek(end, 0, SEEK_SET), ESPIPE)
        fails(yield* sys.lseek(end, 0, 99), EINVAL)
      }
      return 0
    })
  })
})

it('O_TRUNC takes no set-user-id bit from a file that the same open makes', () => {
  withVm({}, (vm) => {
    vm.spawn(
      function* main(sys) {
        ok(yield* sys.open('/tmp/new', O_CREAT | O_TRUNC | O_RDWR, 0o6711))
        return 0
      },
      [],
      { uid: 1000, gid: 1000 },
    )
    vm.run()
    const made = actingFor(vm.kernel.swapper, () => path_lookup(vm.kernel.root, '/tmp/new'))
    expect(((made as dentry).d_inode?.i_mode ?? 0) & 0o7777).toBe(0o6711)
  })
})
