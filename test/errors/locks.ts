import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import * as F from '../../kernel/fs/fcntl.ts'
import { F_RDLCK, F_WRLCK } from '../../kernel/fs/locks.ts'
import { O_APPEND, O_NOATIME, O_PATH, O_RDONLY, O_RDWR, O_WRONLY, O_CREAT } from '../../kernel/fs/file.ts'
import { FS_APPEND_FL } from '../../kernel/fs/inode.ts'
import { FIONREAD, TCXONC } from '../../kernel/tty/ioctls.ts'
import { ok, pipe } from '../support/vm.ts'
import { call, type CallErrors } from './form.ts'
import { CLOSED, NOWHERE, file, fixed, interrupted, limitFiles, user, withoutMemory } from './setup.ts'

const [LOCK_SH, LOCK_EX, LOCK_NB] = [1, 2, 4]
const [SEEK_SET, SEEK_END_AND_MORE] = [0, 9]

/** A struct flock: bytes `start` to before `start + len`. */
function lock(sys: Libc, type: number, start = 0n, len = 0n, whence = SEEK_SET): number {
  return sys.words(BigInt(type) | (BigInt(whence) << 16n), start, len, 0n)
}

/** A child that holds what `take` takes of `/tmp/f`, for ever; it sleeps. */
function* heldByChild(sys: Libc, take: (sys: Libc, fd: number) => Run<number>): Run<number> {
  const fd = yield* file(sys)
  ok(
    yield* sys.fork(function* (sys) {
      const own = ok(yield* sys.open('/tmp/f', O_RDWR))
      ok(yield* take(sys, own))
      return yield* sys.nanosleep(1000)
    }),
  )
  ok(yield* sys.nanosleep(0, 1))
  return fd
}

const wholeFile = (sys: Libc, fd: number): Run<number> => sys.fcntl(fd, F.F_SETLK, lock(sys, F_WRLCK))

/** Each of two processes waits for what the other holds. */
function* deadlock(sys: Libc): Run<number> {
  const fd = yield* file(sys)
  ok(yield* sys.fcntl(fd, F.F_SETLK, lock(sys, F_WRLCK, 0n, 1n)))
  ok(
    yield* sys.fork(function* (sys) {
      ok(yield* sys.fcntl(fd, F.F_SETLK, lock(sys, F_WRLCK, 1n, 1n)))
      return yield* sys.fcntl(fd, F.F_SETLKW, lock(sys, F_WRLCK, 0n, 1n))
    }),
  )
  ok(yield* sys.nanosleep(0, 1))
  return yield* sys.fcntl(fd, F.F_SETLKW, lock(sys, F_WRLCK, 1n, 1n))
}

/** Requests to files, and locks. */
export const LOCKS: readonly CallErrors[] = [
  call('fcntl', 'EACCES EAGAIN EBADF EBUSY EDEADLK EFAULT EINTR EINVAL EMFILE ENOLCK ENOTDIR EPERM', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.fcntl(CLOSED, F.F_GETFD)],
    [
      'EBADF',
      'it was opened with O_PATH',
      function* (sys) {
        return yield* sys.fcntl(ok(yield* sys.open('/tmp', O_PATH)), F.F_SETFL, 0)
      },
    ],
    [
      'EBADF',
      'a lock to write is wanted and it is open for reading only',
      function* (sys) {
        yield* file(sys)
        return yield* sys.fcntl(ok(yield* sys.open('/tmp/f', O_RDONLY)), F.F_SETLK, lock(sys, F_WRLCK))
      },
    ],
    [
      'EBADF',
      'a lock to read is wanted and it is open for writing only',
      function* (sys) {
        return yield* sys.fcntl(ok(yield* sys.open('/tmp/f', O_WRONLY | O_CREAT, 0o600)), F.F_SETLK, lock(sys, F_RDLCK))
      },
    ],
    [
      'EBADF',
      'the size of a pipe is asked of a file',
      function* (sys) {
        return yield* sys.fcntl(yield* file(sys), F.F_GETPIPE_SZ)
      },
    ],
    [
      'EAGAIN',
      'another process has the lock',
      function* (sys) {
        return yield* wholeFile(sys, yield* heldByChild(sys, wholeFile))
      },
    ],
    [
      'EAGAIN',
      'another open file has the lock',
      function* (sys) {
        const fd = yield* file(sys)
        const take = function* (fd: number): Run<number> {
          return yield* sys.fcntl(fd, F.F_OFD_SETLK, lock(sys, F_WRLCK))
        }
        ok(yield* take(fd))
        return yield* take(ok(yield* sys.open('/tmp/f', O_RDWR)))
      },
    ],
    [
      'EBUSY',
      'more is in the pipe than it would have room for',
      function* (sys) {
        const { wr } = yield* pipe(sys)
        const at = yield* sys.brk(0)
        ok(yield* sys.brk(at + 8192))
        ok(yield* sys.syscall(64, wr, at, 8192))
        return yield* sys.fcntl(wr, F.F_SETPIPE_SZ, 4096)
      },
    ],
    ['EDEADLK', 'the one who has the lock waits for one of the caller’s', deadlock],
    [
      'EFAULT',
      'the lock is nowhere in memory',
      function* (sys) {
        return yield* sys.fcntl(yield* file(sys), F.F_SETLK, NOWHERE)
      },
    ],
    [
      'EFAULT',
      'the lock to be told of is nowhere in memory',
      function* (sys) {
        return yield* sys.fcntl(yield* file(sys), F.F_GETLK, NOWHERE)
      },
    ],
    [
      'EINTR',
      'a signal comes while it waits for the lock',
      function* (sys) {
        const fd = yield* heldByChild(sys, wholeFile)
        return yield* interrupted(sys, (sys) => sys.fcntl(fd, F.F_SETLKW, lock(sys, F_WRLCK)))
      },
    ],
    ['EINVAL', 'there is no such command', (sys) => sys.fcntl(1, 999)],
    [
      'EINVAL',
      'there is no such lock',
      function* (sys) {
        return yield* sys.fcntl(yield* file(sys), F.F_SETLK, lock(sys, 3))
      },
    ],
    [
      'EINVAL',
      'the range begins before the file',
      function* (sys) {
        return yield* sys.fcntl(yield* file(sys), F.F_SETLK, lock(sys, F_WRLCK, -1n))
      },
    ],
    [
      'EINVAL',
      'the range begins nowhere',
      function* (sys) {
        return yield* sys.fcntl(yield* file(sys), F.F_SETLK, lock(sys, F_WRLCK, 0n, 0n, SEEK_END_AND_MORE))
      },
    ],
    [
      'EINVAL',
      'a descriptor from the limit on is wanted',
      function* (sys) {
        yield* limitFiles(sys, 8)
        return yield* sys.fcntl(1, F.F_DUPFD, 8)
      },
    ],
    [
      'EINVAL',
      'a pipe is to have more room than numbers tell',
      function* (sys) {
        return yield* sys.fcntl((yield* pipe(sys)).rd, F.F_SETPIPE_SZ, 2 ** 31 + 1)
      },
    ],
    [
      'EMFILE',
      'no descriptor from there on is left',
      function* (sys) {
        yield* limitFiles(sys, 8)
        ok(yield* sys.dup3(1, 7, 0))
        return yield* sys.fcntl(1, F.F_DUPFD, 7)
      },
    ],
    [
      'ENOLCK',
      'the kernel has no memory for a lock',
      function* (sys, vm) {
        const fd = yield* file(sys)
        return yield* withoutMemory(vm, () => wholeFile(sys, fd))
      },
    ],
    [
      'ENOMEM',
      'the kernel has no memory to look for a lock',
      function* (sys, vm) {
        const fd = yield* file(sys)
        return yield* withoutMemory(vm, () => sys.fcntl(fd, F.F_GETLK, lock(sys, F_WRLCK)))
      },
    ],
    [
      'ENOMEM',
      'the kernel has no memory for descriptors from there on',
      (sys, vm) => withoutMemory(vm, () => sys.fcntl(1, F.F_DUPFD, 64)),
    ],
    [
      'ENOMEM',
      'the kernel has no memory for a pipe of another size',
      function* (sys, vm) {
        const { rd } = yield* pipe(sys)
        return yield* withoutMemory(vm, () => sys.fcntl(rd, F.F_SETPIPE_SZ, 8192))
      },
    ],
    [
      'EOVERFLOW',
      'the range ends behind the end of every file',
      function* (sys) {
        return yield* sys.fcntl(yield* file(sys), F.F_SETLK, lock(sys, F_WRLCK, 2n ** 63n - 1n, 2n))
      },
    ],
    [
      'EPERM',
      'the file can only grow, and is to be written elsewhere than at its end',
      function* (sys) {
        yield* fixed(sys, FS_APPEND_FL)
        return yield* sys.fcntl(ok(yield* sys.open('/tmp/f', O_WRONLY | O_APPEND)), F.F_SETFL, 0)
      },
    ],
    [
      'EPERM',
      'reading is to leave no time, and the file is another’s',
      function* (sys) {
        const fd = yield* file(sys)
        yield* user(sys)
        return yield* sys.fcntl(fd, F.F_SETFL, O_NOATIME)
      },
    ],
    [
      'EPERM',
      'a pipe is to have more room than a user may give it',
      function* (sys) {
        yield* user(sys)
        return yield* sys.fcntl((yield* pipe(sys)).rd, F.F_SETPIPE_SZ, 2 ** 21)
      },
    ],
    ['EACCES', 'a lock that others have is EAGAIN, the other of the two that POSIX allows'],
    ['ENOTDIR', 'F_NOTIFY is EINVAL, as where Linux is built without CONFIG_DNOTIFY'],
  ]),

  call('flock', 'EAGAIN EBADF EINTR EINVAL ENOLCK ENOMEM', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.flock(CLOSED, LOCK_EX)],
    [
      'EBADF',
      'it was opened with O_PATH',
      function* (sys) {
        return yield* sys.flock(ok(yield* sys.open('/tmp', O_PATH)), LOCK_EX)
      },
    ],
    [
      'EAGAIN',
      'another has the lock, and it is not to wait',
      function* (sys) {
        ok(yield* sys.flock(yield* file(sys), LOCK_SH))
        return yield* sys.flock(ok(yield* sys.open('/tmp/f', O_RDONLY)), LOCK_EX | LOCK_NB)
      },
    ],
    [
      'EINTR',
      'a signal comes while it waits for the lock',
      function* (sys) {
        ok(yield* sys.flock(yield* file(sys), LOCK_EX))
        const other = ok(yield* sys.open('/tmp/f', O_RDONLY))
        return yield* interrupted(sys, (sys) => sys.flock(other, LOCK_SH))
      },
    ],
    [
      'EINVAL',
      'there is no such lock',
      function* (sys) {
        return yield* sys.flock(yield* file(sys), LOCK_SH | LOCK_EX)
      },
    ],
    [
      'ENOMEM',
      'the kernel has no memory for a lock',
      function* (sys, vm) {
        const fd = yield* file(sys)
        return yield* withoutMemory(vm, () => sys.flock(fd, LOCK_EX))
      },
    ],
    ['ENOLCK', 'no memory for a lock is ENOMEM, here and in Linux'],
  ]),

  call('ioctl', 'EBADF EFAULT EINVAL ENOTTY', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.ioctl(CLOSED, FIONREAD)],
    [
      'EBADF',
      'it was opened with O_PATH',
      function* (sys) {
        return yield* sys.ioctl(ok(yield* sys.open('/tmp', O_PATH)), FIONREAD)
      },
    ],
    [
      'EFAULT',
      'there is no memory for the answer',
      function* (sys) {
        return yield* sys.ioctl(yield* file(sys), FIONREAD, NOWHERE)
      },
    ],
    [
      'EINVAL',
      'the argument is none of the request',
      function* (sys, vm) {
        vm.terminal()
        return yield* sys.ioctl(ok(yield* sys.open('/dev/ttyS0', O_RDWR)), TCXONC, 9)
      },
    ],
    [
      'ENOTTY',
      'the file does not know the request',
      function* (sys) {
        return yield* sys.ioctl(yield* file(sys), TCXONC, 0)
      },
    ],
    [
      'ENOTTY',
      'nothing knows the request',
      function* (sys) {
        return yield* sys.ioctl((yield* pipe(sys)).rd, 0x12345678)
      },
    ],
  ]),
]
