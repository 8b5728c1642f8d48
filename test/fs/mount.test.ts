import { describe, expect, it } from 'vitest'
import {
  EACCES,
  EAGAIN,
  EBUSY,
  EFAULT,
  EINVAL,
  ENODEV,
  ENOENT,
  ENOSPC,
  ENOTDIR,
  ENXIO,
  EPERM,
  EROFS,
  EXDEV,
} from '../../kernel/errno.ts'
import { O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { MNT_DETACH, MNT_EXPIRE, MNT_FORCE, MS_BIND, MS_REMOUNT, UMOUNT_NOFOLLOW } from '../../kernel/fs/namespace.ts'
import { MS_NODEV, MS_NOEXEC, MS_RDONLY } from '../../kernel/fs/super.ts'
import type { UserPtr } from '../../kernel/types.ts'
import { cred_of } from '../../kernel/task/cred.ts'
import { CLONE_FILES, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { fails, inVm, is, ok, textAt, UNMAPPED, waitFor, withVm } from '../support/vm.ts'

const AT = -100
const THREAD = CLONE_VM | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD
const M = '/tmp/m'

/** The calls, by number. */
const at = (sys: Libc) => {
  const text = (s: string | null) => (s === null ? (0 as UserPtr) : sys.string(s))
  return {
    mount: (dev: string | null, dir: string, type: string | null, flags = 0, data: string | null = null) =>
      sys.syscall(40, text(dev), text(dir), text(type), flags, text(data)),
    umount: (dir: string, flags = 0) => sys.syscall(39, text(dir), flags),
    mkdir: (path: string) => sys.syscall(34, AT, text(path), 0o755),
    unlink: (path: string) => sys.syscall(35, AT, text(path), 0),
    rmdir: (path: string) => sys.syscall(35, AT, text(path), 0x200),
    symlink: (to: string, path: string) => sys.syscall(36, text(to), AT, text(path)),
    link: (old: string, path: string) => sys.syscall(37, AT, text(old), AT, text(path), 0),
    rename: (old: string, path: string) => sys.syscall(276, AT, text(old), AT, text(path), 0),
    chdir: (path: string) => sys.syscall(49, text(path)),
  }
}

function* create(sys: Libc, path: string, text = ''): Run<void> {
  const fd = ok(yield* sys.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644))
  ok(yield* sys.print(text, fd))
  ok(yield* sys.close(fd))
}

/** A machine where /tmp/m is a directory. */
function mounting(main: (sys: Libc, calls: ReturnType<typeof at>) => Run<void>): void {
  inVm(function* (sys) {
    const calls = at(sys)
    is(yield* calls.mkdir(M), 0)
    yield* main(sys, calls)
    return 0
  })
}

describe('mount', () => {
  it('a file that only a call under way still has keeps its file system busy', () => {
    mounting(function* (sys, { mount, umount }) {
      is(yield* mount('t', M, 'tmpfs'), 0)
      ok(yield* sys.mkfifo(`${M}/f`, 0o600))
      const fd = ok(yield* sys.open(`${M}/f`, O_RDWR))
      const buf = sys.alloc(4)
      let read = -1
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          read = yield* sys.read(fd, buf, 4)
          return 0
        }),
      )
      ok(yield* sys.sched_yield())
      const tmp = ok(yield* sys.open(`${M}/f`, O_RDWR))
      ok(yield* sys.close(fd))
      ok(yield* sys.close(tmp))
      fails(yield* umount(M), EBUSY)
      fails(yield* umount(M, MNT_EXPIRE), EBUSY)
      const wr = ok(yield* sys.open(`${M}/f`, O_WRONLY))
      ok(yield* sys.print('x', wr))
      ok(yield* sys.sched_yield())
      is(read, 1)
      fails(yield* umount(M), EBUSY)
      ok(yield* sys.close(wr))
      is(yield* umount(M), 0)
    })
  })

  it('a file whose open waits for the other side keeps its file system busy', () => {
    mounting(function* (sys, { mount, umount }) {
      is(yield* mount('t', M, 'tmpfs'), 0)
      ok(yield* sys.mkfifo(`${M}/f`, 0o600))
      const child = ok(yield* sys.fork((child) => child.open(`${M}/f`, O_RDONLY)))
      ok(yield* sys.sched_yield())
      fails(yield* umount(M), EBUSY)
      ok(yield* sys.kill(child, 9))
      is([yield* waitFor(sys, child), yield* umount(M)], [9, 0])
    })
  })

  it('a named pipe that is open for writing does not keep its file system from becoming read-only', () => {
    mounting(function* (sys, { mount, umount }) {
      is(yield* mount('t', M, 'tmpfs'), 0)
      ok(yield* sys.mkfifo(`${M}/f`, 0o600))
      const fd = ok(yield* sys.open(`${M}/f`, O_RDWR))
      const plain = ok(yield* sys.open(`${M}/p`, O_WRONLY | O_CREAT, 0o600))
      fails(yield* mount(null, M, null, MS_REMOUNT | MS_RDONLY), EBUSY)
      ok(yield* sys.close(plain))
      is(yield* mount(null, M, null, MS_REMOUNT | MS_RDONLY), 0)
      ok(yield* sys.close(fd))
      is(yield* umount(M), 0)
    })
  })

  it('a file system on the working directory lies on what lies there already, and goes first', () => {
    mounting(function* (sys, { mount, umount, chdir, mkdir }) {
      const there = function* (path: string): Run<boolean> {
        return (yield* sys.syscall(48, AT, sys.string(path), 0)) === 0
      }
      is([yield* mount('t0', M, 'tmpfs'), yield* chdir(M), yield* mkdir('zero')], [0, 0, 0])
      is([yield* mount('t1', '.', 'tmpfs'), yield* there('zero'), yield* there(`${M}/zero`)], [0, true, false])
      is([yield* mkdir(`${M}/one`), yield* mount('t2', '.', 'tmpfs'), yield* there(`${M}/one`)], [0, 0, false])
      is([yield* umount('.'), yield* there(`${M}/one`)], [0, true])
      is([yield* umount('.'), yield* there(`${M}/zero`)], [0, true])
      fails(yield* umount('.'), EBUSY)
      is([yield* chdir('/'), yield* umount(M), yield* there(`${M}/zero`)], [0, 0, false])
    })
  })

  it('the magic number that mount(2) once needed is passed over', () => {
    mounting(function* (sys, { mount, umount }) {
      for (const [flags, ret] of [
        [0, 0],
        [MS_RDONLY, -EROFS],
      ] as const) {
        is(yield* mount('t', M, 'tmpfs', 0xc0ed0000 | flags), 0)
        is(yield* sys.mkdir(`${M}/d`, 0o755), ret)
        is(yield* umount(M), 0)
      }
      fails(yield* umount(M), EINVAL)
    })
  })

  it('a file system covers what was there until it is unmounted, and is another one', () => {
    mounting(function* (sys, { mount, umount, rename, link }) {
      yield* create(sys, `${M}/under`)
      is(yield* mount('x', M, 'tmpfs'), 0)
      fails(yield* sys.open(`${M}/under`, O_RDONLY), ENOENT)
      yield* create(sys, `${M}/over`)
      ok(yield* sys.open(`${M}/../m/over`, O_RDONLY))
      fails(yield* rename(`${M}/over`, '/tmp/over'), EXDEV)
      fails(yield* link(`${M}/over`, '/tmp/over'), EXDEV)
      ok(yield* sys.close(3))
      is(yield* umount(M), 0)
      ok(yield* sys.open(`${M}/under`, O_RDONLY))
      fails(yield* sys.open(`${M}/over`, O_RDONLY), ENOENT)
      fails(yield* umount(M), EINVAL)
    })
  })

  it('mounts lie on top of each other, and the last one is seen', () => {
    mounting(function* (sys, { mount, umount }) {
      for (const name of ['a', 'b']) {
        is(yield* mount('x', M, 'tmpfs'), 0)
        yield* create(sys, `${M}/${name}`)
      }
      fails(yield* sys.open(`${M}/a`, O_RDONLY), ENOENT)
      is(yield* umount(M), 0)
      const fd = ok(yield* sys.open(`${M}/a`, O_RDONLY))
      fails(yield* umount(M), EBUSY)
      ok(yield* sys.close(fd))
      is(yield* umount(M), 0)
    })
  })

  it('says what is wrong in the order that Linux asks', () => {
    mounting(function* (sys, { mount, umount, rmdir, rename }) {
      fails(yield* mount('x', '/tmp/none', 'nofs'), ENOENT)
      fails(yield* mount('x', M, 'nofs'), ENODEV)
      fails(yield* mount('x', M, null), EINVAL)
      for (const data of ['size=64x', 'mode=9', 'foo', 'uid=x', 'size='])
        fails(yield* mount('x', M, 'tmpfs', 0, data), EINVAL)
      yield* create(sys, '/tmp/f')
      fails(yield* mount('x', '/tmp/f', 'tmpfs'), ENOTDIR)
      fails(yield* mount('x', '/tmp/f', 'tmpfs', 0, 'foo'), EINVAL)
      fails(yield* mount('/tmp', M, null, MS_BIND), EINVAL)
      fails(yield* mount(null, M, null, MS_REMOUNT), EINVAL)
      fails(yield* sys.syscall(40, UNMAPPED, sys.string(M), sys.string('tmpfs'), 0, 0), EFAULT)
      fails(yield* sys.syscall(40, 0, sys.string(M), UNMAPPED, 0, 0), EFAULT)
      fails(yield* mount('x', M, 'y'.repeat(4096)), EINVAL)
      fails(yield* umount(M), EINVAL)
      fails(yield* umount('/tmp/none'), ENOENT)
      fails(yield* umount('/tmp/none', 64), EINVAL)
      is(yield* mount(null, M, 'tmpfs'), 0)
      for (const flags of [MNT_FORCE, MNT_DETACH]) fails(yield* umount(M, MNT_EXPIRE | flags), EINVAL)
      fails(yield* umount('/', MNT_EXPIRE), EINVAL)
      fails(yield* rmdir(M), EBUSY)
      fails(yield* rename(M, '/tmp/n'), EBUSY)
    })
  })

  it('one that is read-only takes no change of any kind', () => {
    mounting(function* (sys, { mount, mkdir, symlink, unlink, rmdir, rename, link }) {
      is(yield* mount('x', M, 'tmpfs'), 0)
      yield* create(sys, `${M}/f`)
      is(yield* mkdir(`${M}/d`), 0)
      is(yield* mount(null, M, null, MS_REMOUNT | MS_RDONLY), 0)
      ok(yield* sys.open(`${M}/f`, O_RDONLY))
      for (const flags of [O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC]) fails(yield* sys.open(`${M}/f`, flags), EROFS)
      fails(yield* sys.open(`${M}/new`, O_WRONLY | O_CREAT, 0o644), EROFS)
      fails(yield* sys.open(`${M}/new`, O_RDONLY), ENOENT)
      fails(yield* mkdir(`${M}/new`), EROFS)
      fails(yield* symlink('a', `${M}/new`), EROFS)
      fails(yield* link(`${M}/f`, `${M}/new`), EROFS)
      fails(yield* rename(`${M}/f`, `${M}/new`), EROFS)
      fails(yield* unlink(`${M}/f`), EROFS)
      fails(yield* unlink(`${M}/none`), EROFS)
      fails(yield* rmdir(`${M}/d`), EROFS)
      fails(yield* sys.mknodat(AT, `${M}/new`, 0o10600), EROFS)
      is(yield* mount(null, M, null, MS_REMOUNT), 0)
      is(yield* rmdir(`${M}/d`), 0)
    })
  })

  it('does not become read-only while anybody writes', () => {
    mounting(function* (sys, { mount }) {
      is(yield* mount('x', M, 'tmpfs'), 0)
      const fd = ok(yield* sys.open(`${M}/f`, O_RDWR | O_CREAT, 0o644))
      fails(yield* mount(null, M, null, MS_REMOUNT | MS_RDONLY), EBUSY)
      ok(yield* sys.close(fd))
      ok(yield* sys.open(`${M}/f`, O_RDONLY))
      is(yield* mount(null, M, null, MS_REMOUNT | MS_RDONLY), 0)
    })
  })

  it('size= says how much tmpfs holds, and a remount may change that', () => {
    mounting(function* (sys, { mount }) {
      is(yield* mount('x', M, 'tmpfs', 0, 'size=7k'), 0)
      const buf = sys.alloc(20_000)
      const fd = ok(yield* sys.open(`${M}/f`, O_RDWR | O_CREAT, 0o644))
      is(yield* sys.write(fd, buf, 20_000), 8192)
      fails(yield* sys.write(fd, buf, 1), ENOSPC)
      fails(yield* mount(null, M, null, MS_REMOUNT, 'size=4k'), EINVAL)
      is(yield* mount(null, M, null, MS_REMOUNT, 'size=16384'), 0)
      is(yield* sys.write(fd, buf, 20_000), 8192)
    })
  })

  it('noexec and nodev refuse what they are named for', () => {
    mounting(function* (sys, { mount }) {
      is(yield* mount('x', M, 'tmpfs', MS_NOEXEC | MS_NODEV), 0)
      is(yield* sys.mknodat(AT, `${M}/null`, 0o20666, 0x103), 0)
      fails(yield* sys.open(`${M}/null`, O_RDONLY), EACCES)
      const fd = ok(yield* sys.open(`${M}/s`, O_WRONLY | O_CREAT, 0o755))
      ok(yield* sys.print('#!/bin/true\n', fd))
      fails(yield* sys.execve(`${M}/s`, ['s']), EACCES)
      is(yield* mount(null, M, null, MS_REMOUNT), 0)
      ok(yield* sys.open(`${M}/null`, O_RDONLY))
      ok(yield* sys.close(fd))
      fails(yield* sys.execve(`${M}/none`, ['s']), ENOENT)
    })
  })

  it('is busy while somebody works there or something is mounted below; MNT_DETACH takes it away all the same', () => {
    mounting(function* (sys, { mount, umount, mkdir, chdir, symlink }) {
      is(yield* symlink(M, '/tmp/l'), 0)
      is(yield* mount('x', '/tmp/l', 'tmpfs'), 0)
      is(yield* mkdir(`${M}/d`), 0)
      is(yield* mount('y', `${M}/d`, 'tmpfs'), 0)
      fails(yield* umount(M), EBUSY)
      is(yield* umount(`${M}/d`), 0)
      is(yield* chdir(`${M}/d`), 0)
      fails(yield* umount(M), EBUSY)
      is(yield* mount('y', `${M}/d`, 'tmpfs'), 0)
      fails(yield* umount('/tmp/l', MNT_DETACH | UMOUNT_NOFOLLOW), EINVAL)
      is(yield* umount('/tmp/l', MNT_DETACH), 0)
      fails(yield* umount(`${M}/d`), ENOENT)
      // Who is in it stays, and has nothing above but its root.
      yield* create(sys, 'f')
      const buf = sys.alloc(32)
      is(textAt(sys, buf, ok(yield* sys.syscall(17, buf, 32)) - 1), '(unreachable)/d')
      is(yield* chdir('/'), 0)
    })
  })

  it('the root of all becomes read-only where it is to go', () => {
    inVm(function* (sys) {
      const { umount, mount, mkdir } = at(sys)
      for (const fd of [0, 1, 2]) ok(yield* sys.close(fd))
      is(yield* umount('/'), 0)
      fails(yield* mkdir('/tmp/d'), EROFS)
      is(yield* mount(null, '/', null, MS_REMOUNT), 0)
      is(yield* mkdir('/tmp/d'), 0)
      return 0
    })
  })

  it('is for root alone', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* main(sys) {
        const { mount, umount } = at(sys)
        is(yield* sys.mknodat(AT, '/tmp/sock', 0o140666), 0)
        is(yield* sys.mknodat(AT, '/tmp/odd', 0o20666, 0x6303), 0)
        is(yield* sys.mknodat(AT, '/tmp/disk', 0o60666, 0x6303), 0)
        for (const name of ['sock', 'odd', 'disk']) fails(yield* sys.open(`/tmp/${name}`, O_RDONLY), ENXIO)
        const task = [...vm.kernel.tasks][0]
        task.cred = cred_of(7, 0, [])
        fails(yield* mount('x', '/tmp', 'tmpfs'), EPERM)
        fails(yield* mount('x', '/none', 'tmpfs'), ENOENT)
        fails(yield* umount('/tmp'), EPERM)
        fails(yield* umount('/none'), ENOENT)
        fails(yield* sys.mknodat(AT, '/tmp/n', 0o20666, 0x103), EPERM)
        fails(yield* sys.mknodat(AT, '/bin/n', 0o20666, 0x103), EACCES)
        is(yield* sys.mknodat(AT, '/tmp/s2', 0o140666), 0)
        return 0
      })
      vm.run()
      expect(process.status).toBe(0)
    })
  })

  it('MNT_EXPIRE takes away what nobody has been in since it was asked before', () => {
    mounting(function* (sys, { mount, umount, mkdir, chdir }) {
      is(yield* mount(null, M, 'tmpfs'), 0)
      fails(yield* umount(M, MNT_EXPIRE), EAGAIN)
      is(yield* mkdir('/tmp/m/d'), 0)
      for (let i = 0; i < 2; i++) {
        // Who looks at it keeps it.
        fails(yield* umount(M, MNT_EXPIRE), EAGAIN)
        fails(yield* sys.open('/tmp/m/none', O_RDONLY), ENOENT)
      }
      is(yield* chdir(M), 0)
      for (let i = 0; i < 2; i++) fails(yield* umount(M, MNT_EXPIRE), EBUSY)
      is(yield* chdir('/'), 0)
      fails(yield* umount(M, MNT_EXPIRE), EAGAIN)
      is(yield* umount(M, MNT_EXPIRE), 0)
      fails(yield* umount(M, MNT_EXPIRE), EINVAL)
    })
  })

  it('strace shows these calls', () => {
    withVm({}, (vm) => {
      const lines: string[] = []
      const stop = vm.strace(({ text }) => lines.push(text))
      vm.spawn(function* main(sys) {
        const { mount, umount } = at(sys)
        yield* mount('x', '/tmp', 'tmpfs', MS_RDONLY | MS_NODEV, 'size=1m')
        yield* mount(null, '/tmp', null, MS_REMOUNT)
        yield* umount('/tmp', MNT_DETACH)
        yield* umount('/tmp', 0)
        return 0
      })
      vm.run()
      stop()
      expect(lines.slice(0, 4)).toEqual([
        'mount("x", "/tmp", "tmpfs", MS_RDONLY|MS_NODEV, "size=1m") = 0',
        'mount(NULL, "/tmp", NULL, MS_REMOUNT, NULL) = 0',
        'umount2("/tmp", MNT_DETACH) = 0',
        'umount2("/tmp", 0) = -1 EINVAL (Invalid argument)',
      ])
    })
  })
})
