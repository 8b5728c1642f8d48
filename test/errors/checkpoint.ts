import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { O_CREAT, O_RDONLY, O_RDWR, O_WRONLY } from '../../kernel/fs/file.ts'
import { ok, pipe } from '../support/vm.ts'
import { call, type CallErrors, type ErrorRow } from './form.ts'
import { CLOSED, ignore, interrupted, limitSize, mounted, withoutMemory } from './setup.ts'

const SIGPIPE = 13
/** Where the records of an image begin. */
const [HEADER, RELEASE, TASK, COMM, TAIL] = [0, 56, 275, 315, 339]

const OF_THE_KERNEL = 'the bytes go by memory of the kernel’s own, which is always there'
const SPINS = 'the patch tries again at once, for ever: the watchdog tells of a soft lockup'

/** A file with an image of this process, its position at the start. */
function* image(sys: Libc): Run<number> {
  const fd = ok(yield* sys.open('/tmp/image', O_RDWR | O_CREAT, 0o600))
  ok(yield* sys.checkpoint(0, fd, 0))
  ok(yield* sys.lseek(fd, 0, 0))
  return fd
}

/** The result of restart from an image with an int changed. */
function changed(what: string, at: number, value: number): ErrorRow {
  return [
    'EINVAL',
    what,
    function* (sys) {
      const fd = yield* image(sys)
      const word = sys.alloc(4)
      sys.storeInt(word, value)
      ok(yield* sys.pwrite(fd, word, 4, at))
      return yield* sys.restart(0, fd, 0)
    },
  ]
}

/** A pipe with as many bytes as it holds. */
function* fullPipe(sys: Libc): Run<number> {
  const { wr } = yield* pipe(sys)
  const end = ok(yield* sys.brk(0))
  ok(yield* sys.brk(end + 65536))
  ok(yield* sys.write(wr, end as UserPtr, 65536))
  return wr
}

/** The patch’s two calls. They have no manual page: the list is of what its code and the files under it give. */
export const CHECKPOINT: readonly CallErrors[] = [
  call('checkpoint', 'EAGAIN EBADF EFAULT EFBIG EINTR EINVAL EIO ENOMEM ENOSPC ENOSYS EPERM EPIPE ESRCH', [
    ['EINVAL', 'a flag is set', (sys) => sys.checkpoint(0, CLOSED, 1)],
    ['EINVAL', 'the highest flag is', (sys) => sys.checkpoint(0, CLOSED, 1n << 63n)],
    ['EBADF', 'the descriptor is not open', (sys) => sys.checkpoint(0, CLOSED, 0)],
    ['EBADF', 'the descriptor is negative', (sys) => sys.checkpoint(0, -1, 0)],
    [
      'EBADF',
      'the file is not open for writing',
      function* (sys) {
        return yield* sys.checkpoint(0, ok(yield* sys.open('/bin/true', O_RDONLY)), 0)
      },
    ],
    [
      'EBADF',
      'it is a directory',
      function* (sys) {
        return yield* sys.checkpoint(0, ok(yield* sys.open('/tmp', O_RDONLY)), 0)
      },
    ],
    ...[1, 2, 3, 4].map((n): ErrorRow => [
      'ENOMEM',
      `there is no memory from the ${n}. object on`,
      function* (sys, vm) {
        const fd = ok(yield* sys.creat('/tmp/image', 0o600))
        return yield* withoutMemory(vm, () => sys.checkpoint(0, fd, 0), n)
      },
    ]),
    [
      'ENOSPC',
      'the file system is full',
      function* (sys) {
        yield* mounted(sys, 'size=4k')
        return yield* sys.checkpoint(0, ok(yield* sys.creat('/tmp/m/image', 0o600)), 0)
      },
    ],
    ['ENOSPC', 'the device is full', (sys) => onto(sys, '/dev/full')],
    [
      'EFBIG',
      'the file may not be longer',
      function* (sys) {
        yield* limitSize(sys, 100)
        return yield* sys.checkpoint(0, ok(yield* sys.creat('/tmp/image', 0o600)), 0)
      },
    ],
    [
      'EPIPE',
      'nobody reads from the pipe',
      function* (sys) {
        ok(yield* ignore(sys, SIGPIPE))
        const { rd, wr } = yield* pipe(sys)
        ok(yield* sys.close(rd))
        return yield* sys.checkpoint(0, wr, 0)
      },
    ],
    [
      'EINTR',
      'a signal comes while the pipe is full',
      function* (sys) {
        const wr = yield* fullPipe(sys)
        return yield* interrupted(sys, (sys) => sys.checkpoint(0, wr, 0))
      },
    ],
    [
      'EINVAL',
      'the file takes no records of 8 bytes and less',
      function* (sys) {
        return yield* sys.checkpoint(0, ok(yield* sys.eventfd(0)), 0)
      },
    ],
    [
      'EIO',
      'a write fails',
      function* (sys, vm) {
        vm.inject('vfs_write:error=EIO:when=5')
        return yield* sys.checkpoint(0, ok(yield* sys.creat('/tmp/image', 0o600)), 0)
      },
    ],
    ['EAGAIN', SPINS],
    ['EFAULT', OF_THE_KERNEL],
    ['ENOSYS', 'the kernel is built with checkpoint and restart'],
    ['EPERM', 'everybody may checkpoint himself, and nobody else can be'],
    ['ESRCH', 'the process is ignored: it is always the caller'],
  ]),

  call('restart', 'EAGAIN EBADF EFAULT EINTR EINVAL EIO EISDIR ENOMEM ENOSYS EPERM EPIPE ESRCH', [
    ['EINVAL', 'a flag is set', (sys) => sys.restart(0, CLOSED, 1)],
    ['EBADF', 'the descriptor is not open', (sys) => sys.restart(0, CLOSED, 0)],
    [
      'EBADF',
      'the file is not open for reading',
      function* (sys) {
        return yield* sys.restart(0, ok(yield* sys.open('/tmp/f', O_WRONLY | O_CREAT, 0o600)), 0)
      },
    ],
    [
      'EISDIR',
      'it is a directory',
      function* (sys) {
        return yield* sys.restart(0, ok(yield* sys.open('/tmp', O_RDONLY)), 0)
      },
    ],
    changed('the first record is of another type', HEADER, 99),
    changed('the first record is a byte longer', HEADER + 4, 57),
    changed('the first record is shorter than a header of one', HEADER + 4, 7),
    changed('the magic is another', HEADER + 8, 0),
    changed('the release is no buffer', RELEASE, 99),
    changed('the task is of another type', TASK, 99),
    changed('the name is no string', COMM, 99),
    changed('the tail’s magic is another', TAIL + 8, 0),
    ...[0, 7, 8, 40, 200, 354].map((size): ErrorRow => [
      'EPIPE',
      `the image ends after ${size} bytes`,
      function* (sys) {
        const fd = yield* image(sys)
        ok(yield* sys.ftruncate(fd, size))
        return yield* sys.restart(0, fd, 0)
      },
    ]),
    [
      'EPIPE',
      'nobody writes to the pipe',
      function* (sys) {
        const { rd, wr } = yield* pipe(sys)
        ok(yield* sys.close(wr))
        return yield* sys.restart(0, rd, 0)
      },
    ],
    [
      'EINTR',
      'a signal comes while the pipe is empty',
      function* (sys) {
        const { rd } = yield* pipe(sys)
        return yield* interrupted(sys, (sys) => sys.restart(0, rd, 0))
      },
    ],
    ...[1, 2, 3].map((n): ErrorRow => [
      'ENOMEM',
      `there is no memory from the ${n}. object on`,
      function* (sys, vm) {
        const fd = yield* image(sys)
        return yield* withoutMemory(vm, () => sys.restart(0, fd, 0), n)
      },
    ]),
    [
      'EIO',
      'a read fails',
      function* (sys, vm) {
        const fd = yield* image(sys)
        vm.inject('vfs_read:error=EIO:when=3')
        return yield* sys.restart(0, fd, 0)
      },
    ],
    ['EAGAIN', SPINS],
    ['EFAULT', OF_THE_KERNEL],
    ['ENOSYS', 'the kernel is built with checkpoint and restart'],
    ['EPERM', 'everybody may restart himself from any file that he may read'],
    ['ESRCH', 'the process is ignored: it is always the caller'],
  ]),
]

function* onto(sys: Libc, path: string): Run<number> {
  return yield* sys.checkpoint(0, ok(yield* sys.open(path, O_WRONLY)), 0)
}
