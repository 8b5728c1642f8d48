import type { Vm } from '../../index.ts'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { O_CREAT, O_RDWR } from '../../kernel/fs/file.ts'
import { MS_REMOUNT } from '../../kernel/fs/namespace.ts'
import { mount_host } from '../../kernel/fs/hostmount.ts'
import { FS_IMMUTABLE_FL, S_IFDIR, S_IFLNK, S_IFREG } from '../../kernel/fs/inode.ts'
import { MS_RDONLY } from '../../kernel/fs/super.ts'
import { FS_IOC_SETFLAGS } from '../../kernel/tty/ioctls.ts'
import { EIO } from '../../kernel/errno.ts'
import { actingFor } from '../../kernel/sched/current.ts'
import { ok, waitFor } from '../support/vm.ts'

/** What programs find themselves in. Paths are in /tmp; `f` is a file with five bytes, `d` a directory. */

/** A descriptor that is not open. */
export const CLOSED = 99

/** Why some errnos cannot be got, by what they speak of. */
export const NO_DEVICE = 'what can be written is in memory: no disk is there to fail'
export const NO_QUOTA = 'file systems in memory are counted as a whole, and users have no quotas'
export const ALL_64_BIT = 'sizes and offsets have 64 bits: none is too large to be told'
export const NEVER_SLEEPS = 'it never sleeps, so no signal finds it waiting'

export function* file(sys: Libc, path = '/tmp/f', mode = 0o666): Run<number> {
  const fd = ok(yield* sys.open(path, O_RDWR | O_CREAT, 0o600))
  ok(yield* sys.fchmod(fd, mode))
  ok(yield* sys.print('hello', fd))
  ok(yield* sys.lseek(fd, 0, 0))
  return fd
}

export function* dir(sys: Libc, path = '/tmp/d', mode = 0o777): Run<number> {
  ok(yield* sys.mkdir(path, mode))
  ok(yield* sys.chmod(path, mode))
  return ok(yield* sys.open(path, 0))
}

/** Be nobody in particular from now on. */
export function* user(sys: Libc, uid = 1000): Run<void> {
  ok(yield* sys.setgroups([]))
  ok(yield* sys.setresgid(100, 100, 100))
  ok(yield* sys.setresuid(uid, uid, uid))
}

export function mount(sys: Libc, place: string, type = 'tmpfs', flags = 0, data = ''): Run<number> {
  return sys.syscall(40, ...['none', place, type].map((text) => sys.string(text)), flags, sys.string(data))
}

/** A tmpfs of its own at /tmp/m, which anybody may write to: `f` and `d` are in it. */
export function* mounted(sys: Libc, data = ''): Run<number> {
  ok(yield* sys.mkdir('/tmp/m', 0o777))
  ok(yield* mount(sys, '/tmp/m', 'tmpfs', 0, `mode=777${data === '' ? '' : ','}${data}`))
  ok(yield* sys.mkdir('/tmp/m/d', 0o777))
  return yield* file(sys, '/tmp/m/f')
}

/** The same, and nothing can be changed there any more. */
export function* readOnly(sys: Libc): Run<void> {
  ok(yield* sys.close(yield* mounted(sys)))
  ok(yield* mount(sys, '/tmp/m', 'tmpfs', MS_REMOUNT | MS_RDONLY))
}

/** Make `call` while the kernel has no memory for anything, or from the `n`-th object on. */
export function* withoutMemory(vm: Vm, call: () => Run<number>, n = 1): Run<number> {
  const stop = vm.inject(`kmalloc:error=ENOMEM:when=${n}+`)
  const ret = yield* call()
  stop()
  return ret
}

/** Make `call`, which sleeps, and have a signal come whose handler does not have it made again. */
export function* interrupted(sys: Libc, call: (sys: Libc) => Run<number>): Run<number> {
  const SIGALRM = 14
  ok(yield* sys.sigaction(SIGALRM, function* () {}))
  ok(yield* sys.syscall(103, 0, sys.words(0n, 0n, 1n, 0n), 0))
  return yield* call(sys)
}

export function ignore(sys: Libc, sig: number): Run<number> {
  return sys.sigaction(sig, 1)
}

/** RLIMIT_NOFILE is `n` from now on. */
export function* limitFiles(sys: Libc, n: number): Run<void> {
  const RLIMIT_NOFILE = 7
  ok(yield* sys.setrlimit(RLIMIT_NOFILE, sys.words(BigInt(n), BigInt(n))))
}

/** No file may be longer than `n` bytes from now on, and no signal says so. */
export function* limitSize(sys: Libc, n: number): Run<void> {
  const [RLIMIT_FSIZE, SIGXFSZ] = [1, 25]
  ok(yield* ignore(sys, SIGXFSZ))
  ok(yield* sys.setrlimit(RLIMIT_FSIZE, sys.words(BigInt(n), BigInt(n))))
}

/** Where nothing can be written to. */
export const NOWHERE = 100 as UserPtr

/** Keep what FS_IOC_SETFLAGS says of an open file. */
export function* setFlags(sys: Libc, fd: number, flags: number): Run<number> {
  const at = sys.alloc(8)
  sys.storeInt(at, flags)
  return yield* sys.ioctl(fd, FS_IOC_SETFLAGS, at)
}

/** The same file for good: it cannot be changed, or with FS_APPEND_FL only grow. */
export function* fixed(sys: Libc, flags = FS_IMMUTABLE_FL, path = '/tmp/f'): Run<number> {
  const fd = yield* file(sys, path)
  ok(yield* setFlags(sys, fd, flags))
  return fd
}

/** A directory that cannot be changed, and `f` in it. */
export function* fixedDir(sys: Libc, path = '/tmp/d'): Run<void> {
  const fd = yield* dir(sys, path)
  yield* file(sys, `${path}/f`)
  ok(yield* setFlags(sys, fd, FS_IMMUTABLE_FL))
}

/** A directory of root's where nobody else may make or take names; `f` and `d` are in it. */
export function* closedDir(sys: Libc): Run<void> {
  yield* dir(sys, '/tmp/d', 0o755)
  yield* file(sys, '/tmp/d/f')
  yield* dir(sys, '/tmp/d/d')
  yield* user(sys)
}

/** A directory where anybody may make names, but take only one's own; root's `f` and `d` are in it. */
export function* stickyDir(sys: Libc): Run<void> {
  yield* dir(sys, '/tmp/d', 0o1777)
  yield* file(sys, '/tmp/d/f')
  yield* dir(sys, '/tmp/d/d')
  yield* user(sys)
}

/** Make `call` while no page of memory is free. */
export function* withoutPages({ kernel: { pages } }: Vm, call: () => Run<number>): Run<number> {
  const { used } = pages
  pages.used = pages.total
  const ret = yield* call()
  pages.used -= pages.total - used
  return ret
}

/** Run `child`, which returns what a call has returned; that is the result. */
export function* inChild(sys: Libc, child: (sys: Libc) => Run<number>): Run<number> {
  const pid = ok(
    yield* sys.fork(function* (sys) {
      return -(yield* child(sys))
    }),
  )
  return -((yield* waitFor(sys, pid)) >> 8)
}

/** A folder of the host's at /mnt, which fails: one knows that there are `f` and `d`, and of `bad` not even that. */
export function failingHost({ kernel }: Vm): void {
  const mtime = 0n
  const ret = actingFor(kernel.swapper, () =>
    mount_host(
      kernel,
      {
        lstat: (path) => {
          if (path === '' || path === 'd') return { mode: S_IFDIR | 0o755, size: 0, mtime }
          if (path === 'l') return { mode: S_IFLNK | 0o777, size: 1, mtime }
          return path === 'f' ? { mode: S_IFREG | 0o644, size: 5, mtime } : -EIO
        },
        readdir: () => -EIO,
        readlink: () => -EIO,
        read: () => -EIO,
      },
      '/mnt',
    ),
  )
  ok(ret)
}
