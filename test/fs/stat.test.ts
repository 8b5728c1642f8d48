import { describe, expect, it } from 'vitest'
import { EACCES, EBADF, EFAULT, EINVAL, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR } from '../../kernel/errno.ts'
import { O_CREAT, O_PATH, O_RDONLY, O_RDWR } from '../../kernel/fs/file.ts'
import { STATX_SIZE } from '../../kernel/fs/uapi.ts'
import { AT_EMPTY_PATH, AT_NO_AUTOMOUNT, AT_SYMLINK_NOFOLLOW } from '../../syscalls/at.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { STATFS_SIZE, STAT_SIZE, readStat, readStatfs, readStatx } from '../../userland/stat.ts'
import { become } from '../support/cred.ts'
import type { UserPtr } from '../../kernel/types.ts'
import { BAD_POINTERS, UNMAPPED, endOfHeap, fails, inVm, is, ok, pipe } from '../support/vm.ts'

const AT = -100
const BOGUS = 0x8000
const NULL = 0 as never

function* make(sys: Libc, path: string, text = ''): Run<number> {
  const fd = ok(yield* sys.open(path, O_RDWR | O_CREAT, 0o644))
  ok(yield* sys.print(text, fd))
  return fd
}

function* lstat(sys: Libc, path: string): Run<ReturnType<typeof readStat>> {
  const buf = sys.alloc(STAT_SIZE)
  is(yield* sys.lstat(path, buf), 0, path)
  return readStat(sys, buf)
}

describe('stat', () => {
  it('tells what a file is, and follows links unless told not to', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/f', 'hello')
      is(yield* sys.syscall(36, sys.string('f'), AT, sys.string('/tmp/l')), 0)
      const buf = sys.alloc(STAT_SIZE)
      is(yield* sys.stat('/tmp/l', buf), 0)
      const st = readStat(sys, buf)
      is([st.st_mode, st.st_nlink, st.st_size, st.st_blksize, st.st_blocks], [0o100644, 1, 5, 4096, 8])
      is([st.st_uid, st.st_gid, st.st_rdev], [0, 0, 0])
      is((yield* lstat(sys, '/tmp/f')).st_ino, st.st_ino)
      const link = yield* lstat(sys, '/tmp/l')
      is([link.st_mode, link.st_size, link.st_blocks], [0o120777, 1, 0])
      is(link.st_dev, st.st_dev)
      is(link.st_ino === st.st_ino, false)
      is((yield* lstat(sys, '/tmp/')).st_mode, 0o041777)
      sys.store(buf, new Uint8Array(STAT_SIZE).fill(0xee))
      is(yield* sys.stat('/tmp/f', buf), 0)
      is(
        [...sys.load(buf, STAT_SIZE)].filter((b) => b === 0xee),
        [],
      )
      // Those that do not fit into the inode take a page.
      is(yield* sys.syscall(36, sys.string('x'.repeat(127)), AT, sys.string('/tmp/m')), 0)
      is(yield* sys.syscall(36, sys.string('x'.repeat(128)), AT, sys.string('/tmp/n')), 0)
      is([(yield* lstat(sys, '/tmp/m')).st_blocks, (yield* lstat(sys, '/tmp/n')).st_blocks], [0, 8])
      return 0
    })
  })

  it('counts the names and the directories of a directory', () => {
    inVm(function* (sys) {
      const dir = function* (): Run<number[]> {
        const st = yield* lstat(sys, '/tmp/d')
        return [st.st_mode, st.st_nlink, st.st_size, st.st_blocks]
      }
      is(yield* sys.syscall(34, AT, sys.string('/tmp/d'), 0o750), 0)
      is(yield* dir(), [0o040750, 2, 40, 0])
      is(yield* sys.syscall(34, AT, sys.string('/tmp/d/e'), 0o755), 0)
      yield* make(sys, '/tmp/d/f')
      is(yield* sys.syscall(37, AT, sys.string('/tmp/d/f'), AT, sys.string('/tmp/d/g'), 0), 0)
      is(yield* dir(), [0o040750, 3, 100, 0])
      is((yield* lstat(sys, '/tmp/d/f')).st_nlink, 2)
      is(yield* sys.syscall(276, AT, sys.string('/tmp/d/e'), AT, sys.string('/tmp/e'), 0), 0)
      is(yield* sys.syscall(276, AT, sys.string('/tmp/d/f'), AT, sys.string('/tmp/d/h'), 0), 0)
      is(yield* sys.syscall(35, AT, sys.string('/tmp/d/g'), 0), 0)
      is(yield* dir(), [0o040750, 2, 60, 0])
      return 0
    })
  })

  it('of a descriptor knows files that have no name, or never had one', () => {
    inVm(function* (sys) {
      const buf = sys.alloc(STAT_SIZE)
      const fd = yield* make(sys, '/tmp/f', 'abc')
      is(yield* sys.syscall(35, AT, sys.string('/tmp/f'), 0), 0)
      is(yield* sys.fstat(fd, buf), 0)
      is([readStat(sys, buf).st_nlink, readStat(sys, buf).st_size], [0, 3])
      const { rd, wr } = yield* pipe(sys)
      is(yield* sys.fstat(rd, buf), 0)
      const ino = readStat(sys, buf).st_ino
      is([readStat(sys, buf).st_mode, readStat(sys, buf).st_nlink, readStat(sys, buf).st_size], [0o010600, 1, 0])
      is(yield* sys.fstat(wr, buf), 0)
      is(readStat(sys, buf).st_ino, ino)
      is(yield* sys.fstat(1, buf), 0)
      is(readStat(sys, buf).st_mode & 0o170000, 0o020000)
      const path = ok(yield* sys.open('/tmp', O_PATH))
      is(yield* sys.fstat(path, buf), 0)
      is(readStat(sys, buf).st_mode, 0o041777)
      return 0
    })
  })

  it('fails as its man page says', () => {
    inVm(function* (sys) {
      const buf = sys.alloc(STAT_SIZE)
      const fd = yield* make(sys, '/tmp/f')
      is(yield* sys.syscall(36, sys.string('l'), AT, sys.string('/tmp/l')), 0)
      fails(yield* sys.stat('', buf), ENOENT)
      fails(yield* sys.stat('/tmp/no', buf), ENOENT)
      fails(yield* sys.stat('/tmp/no/x', buf), ENOENT)
      fails(yield* sys.stat('/tmp/f/', buf), ENOTDIR)
      fails(yield* sys.stat('/tmp/f/x', buf), ENOTDIR)
      fails(yield* sys.stat('/tmp/l', buf), ELOOP)
      fails(yield* sys.stat(`/tmp/${'n'.repeat(256)}`, buf), ENAMETOOLONG)
      fails(yield* sys.newfstatat(99, 'x', buf), EBADF)
      fails(yield* sys.newfstatat(fd, 'x', buf), ENOTDIR)
      is(yield* sys.newfstatat(99, '/tmp/f', buf), 0)
      fails(yield* sys.fstat(99, buf), EBADF)
      fails(yield* sys.fstat(-1, UNMAPPED), EBADF)
      for (const bad of BAD_POINTERS) {
        fails(yield* sys.stat('/tmp/f', bad), EFAULT)
        fails(yield* sys.stat(bad, buf), EFAULT)
        fails(yield* sys.fstat(fd, bad), EFAULT)
      }
      fails(yield* sys.newfstatat(99, UNMAPPED, buf, BOGUS), EINVAL)
      fails(yield* sys.newfstatat(99, UNMAPPED, buf), EFAULT)
      is(yield* sys.newfstatat(AT, '/tmp/f', buf, AT_NO_AUTOMOUNT | 0x6000), 0)
      is(yield* sys.syscall(34, AT, sys.string('/tmp/d'), 0o700), 0)
      yield* make(sys, '/tmp/d/f')
      become(1000)
      is(yield* sys.stat('/tmp/d', buf), 0)
      fails(yield* sys.stat('/tmp/d/f', buf), EACCES)
      return 0
    })
  })

  it('with AT_EMPTY_PATH tells of the descriptor itself, whatever other flags there are', () => {
    inVm(function* (sys) {
      const buf = sys.alloc(STAT_SIZE)
      const fd = yield* make(sys, '/tmp/f', 'ab')
      for (const path of ['', NULL]) {
        is(yield* sys.newfstatat(fd, path, buf, AT_EMPTY_PATH | BOGUS), 0)
        is(readStat(sys, buf).st_size, 2)
        is(yield* sys.newfstatat(AT, path, buf, AT_EMPTY_PATH), 0)
        is(readStat(sys, buf).st_mode, 0o040755)
        fails(yield* sys.newfstatat(AT, path, buf, AT_EMPTY_PATH | BOGUS), EINVAL)
        fails(yield* sys.newfstatat(99, path, buf, AT_EMPTY_PATH), EBADF)
        fails(yield* sys.newfstatat(-5, path, buf, AT_EMPTY_PATH), EBADF)
      }
      fails(yield* sys.newfstatat(fd, '', buf), ENOENT)
      fails(yield* sys.newfstatat(fd, UNMAPPED, buf, AT_EMPTY_PATH), EFAULT)
      is(yield* sys.newfstatat(fd, '/tmp', buf, AT_EMPTY_PATH), 0)
      is(readStat(sys, buf).st_mode, 0o041777)
      // A link can be open itself.
      is(yield* sys.syscall(36, sys.string('f'), AT, sys.string('/tmp/l')), 0)
      const link = ok(yield* sys.open('/tmp/l', O_PATH | 0o400000))
      is(yield* sys.newfstatat(link, '', buf, AT_EMPTY_PATH), 0)
      is(readStat(sys, buf).st_mode, 0o120777)
      return 0
    })
  })

  it('times are the virtual clock of the machine', () => {
    inVm(
      function* (sys) {
        const fd = yield* make(sys, '/tmp/f')
        ok(yield* sys.nanosleep(2, 5))
        ok(yield* sys.print('x', fd))
        const st = yield* lstat(sys, '/tmp/f')
        is([st.st_atime, st.st_atime_nsec, st.st_mtime, st.st_mtime_nsec], [7n, 0, 9n, 5])
        is([st.st_ctime, st.st_ctime_nsec], [9n, 5])
        return 0
      },
      { time: 7 },
    )
  })
})

describe('statx', () => {
  it('tells the same and when the file was made, of what was asked for', () => {
    inVm(
      function* (sys) {
        const buf = sys.alloc(STATX_SIZE)
        const fd = yield* make(sys, '/tmp/f', 'abc')
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.print('d', fd))
        is(yield* sys.statx(AT, '/tmp/f', 0, 0xfff, buf), 0)
        const x = readStatx(sys, buf)
        is([x.stx_mask, x.stx_attributes, x.stx_attributes_mask], [0x1fff, 0, 0x203070])
        is([x.stx_mode, x.stx_size, x.stx_blocks, x.stx_nlink], [0o100644, 4, 8, 1])
        is([x.stx_btime.tv_sec, x.stx_mtime.tv_sec, x.stx_ctime.tv_sec], [7n, 8n, 8n])
        const st = yield* lstat(sys, '/tmp/f')
        is([x.stx_ino, x.stx_dev_minor], [st.st_ino, st.st_dev])
        is(yield* sys.statx(AT, '/', 0, 0, buf), 0)
        is([readStatx(sys, buf).stx_mask, readStatx(sys, buf).stx_attributes], [0x173f, 0x2000])
        is(readStatx(sys, buf).stx_mtime.tv_sec, 0n)
        is(yield* sys.statx(fd, '', AT_EMPTY_PATH, 0x40, buf), 0)
        is(readStatx(sys, buf).stx_mask, 0x17ff)
        return 0
      },
      { time: 7 },
    )
  })

  it('fails as its man page says', () => {
    inVm(function* (sys) {
      const buf = sys.alloc(STATX_SIZE)
      const fd = yield* make(sys, '/tmp/f')
      fails(yield* sys.statx(AT, '/tmp/no', 0, 0x80000000, buf), EINVAL)
      fails(yield* sys.statx(AT, '/tmp/no', 0x6000, 0, buf), EINVAL)
      fails(yield* sys.statx(AT, '/tmp/no', BOGUS, 0, buf), EINVAL)
      fails(yield* sys.statx(AT, '/tmp/no', 0, 0, buf), ENOENT)
      fails(yield* sys.statx(AT, '/tmp/f/x', 0, 0, buf), ENOTDIR)
      fails(yield* sys.statx(99, 'x', 0, 0, buf), EBADF)
      fails(yield* sys.statx(99, '', AT_EMPTY_PATH, 0, buf), EBADF)
      fails(yield* sys.statx(AT, '', 0, 0, buf), ENOENT)
      fails(yield* sys.statx(AT, UNMAPPED, AT_SYMLINK_NOFOLLOW, 0, buf), EFAULT)
      fails(yield* sys.statx(AT, '/tmp/f', 0, 0, UNMAPPED), EFAULT)
      fails(yield* sys.statx(fd, '', AT_EMPTY_PATH, 0x80000000, buf), EINVAL)
      is(yield* sys.statx(fd, NULL, AT_EMPTY_PATH | BOGUS, 0, buf), 0)
      return 0
    })
  })
})

describe('what stat tells', () => {
  it('is put wherever it lies in memory, over the end of a page too, or not at all', () => {
    inVm(function* (sys) {
      const fd = yield* make(sys, '/tmp/f', 'hello')
      const end = yield* endOfHeap(sys, 0)
      const good = sys.alloc(STAT_SIZE)
      ok(yield* sys.fstat(fd, good))
      for (const before of [1, 8, 50, STAT_SIZE - 1, STAT_SIZE]) {
        const at = (end - 4096 - before) as UserPtr
        sys.store(at, new Uint8Array(STAT_SIZE).fill(0xee))
        ok(yield* sys.fstat(fd, at))
        is(sys.load(at, STAT_SIZE), sys.load(good, STAT_SIZE), `${before} bytes before the end of a page`)
        if (before < STAT_SIZE) fails(yield* sys.fstat(fd, (end - before) as UserPtr), EFAULT)
        else ok(yield* sys.fstat(fd, (end - before) as UserPtr))
      }
      return 0
    })
  })
})

describe('statfs', () => {
  it('tells how much there is and how much is left', () => {
    inVm(
      function* (sys) {
        const buf = sys.alloc(STATFS_SIZE)
        is(yield* sys.statfs('/tmp', buf), 0)
        const before = readStatfs(sys, buf)
        is([before.f_type, before.f_bsize, before.f_blocks, before.f_namelen], [0x01021994, 4096, 1024, 255])
        is([before.f_flags, before.f_frsize, before.f_bavail], [0x1020, 4096, before.f_bfree])
        const fd = yield* make(sys, '/tmp/f', 'x'.repeat(4096))
        is(yield* sys.fstatfs(fd, buf), 0)
        is(readStatfs(sys, buf).f_bfree, before.f_bfree - 1)
        const { rd } = yield* pipe(sys)
        is(yield* sys.fstatfs(rd, buf), 0)
        is([readStatfs(sys, buf).f_type, readStatfs(sys, buf).f_flags], [0x50495045, 0x20])
        is(yield* sys.fstatfs(ok(yield* sys.eventfd(0)), buf), 0)
        is(readStatfs(sys, buf).f_type, 0x09041934)
        return 0
      },
      { mem: 4 << 20 },
    )
  })

  it('fails as its man page says', () => {
    inVm(function* (sys) {
      const buf = sys.alloc(STATFS_SIZE)
      fails(yield* sys.statfs('', buf), ENOENT)
      fails(yield* sys.statfs('/no', UNMAPPED), ENOENT)
      fails(yield* sys.statfs('/dev/null/x', buf), ENOTDIR)
      fails(yield* sys.statfs(UNMAPPED, buf), EFAULT)
      fails(yield* sys.statfs('/', UNMAPPED), EFAULT)
      fails(yield* sys.statfs('n'.repeat(4096), buf), ENAMETOOLONG)
      fails(yield* sys.fstatfs(99, buf), EBADF)
      fails(yield* sys.fstatfs(1, UNMAPPED), EFAULT)
      is(yield* sys.fstatfs(ok(yield* sys.open('/tmp', O_PATH)), buf), 0)
      ok(yield* sys.open('/tmp', O_RDONLY))
      return 0
    })
    expect(STATFS_SIZE).toBe(120)
    expect(STAT_SIZE).toBe(128)
  })
})
