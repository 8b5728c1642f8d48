import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EINVAL } from '../../kernel/errno.ts'
import { O_CREAT, O_EXCL, O_PATH, O_RDONLY, O_WRONLY } from '../../kernel/fs/file.ts'
import { CLONE_FILES, CLONE_VM } from '../../kernel/task/fork.ts'
import { fails, is, ok, pipe } from '../support/vm.ts'
import { call, type CallErrors } from './form.ts'
import {
  ALL_64_BIT,
  CLOSED,
  NEVER_SLEEPS,
  NOWHERE,
  NO_DEVICE,
  NO_QUOTA,
  dir,
  file,
  limitFiles,
  withoutMemory,
} from './setup.ts'

const SIGCHLD = 17

/** Descriptors, and positions. */
export const DESCRIPTORS: readonly CallErrors[] = [
  call('close', 'EBADF EDQUOT EINTR EIO ENOSPC', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.close(CLOSED)],
    ['EBADF', 'the descriptor is negative', (sys) => sys.close(-1)],
    [
      'EBADF',
      'it has been closed before',
      function* (sys) {
        const fd = yield* file(sys)
        ok(yield* sys.close(fd))
        return yield* sys.close(fd)
      },
    ],
    ['EDQUOT', NO_QUOTA],
    ['EINTR', NEVER_SLEEPS],
    ['EIO', NO_DEVICE],
    ['ENOSPC', 'what was written has its room since then: nothing is left to be written at the end'],
  ]),

  call('dup', 'EBADF EMFILE ENOMEM', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.dup(CLOSED)],
    [
      'EMFILE',
      'all descriptors that the limit allows are open',
      function* (sys) {
        const fd = yield* file(sys)
        yield* limitFiles(sys, fd + 1)
        return yield* sys.dup(fd)
      },
    ],
    [
      'ENOMEM',
      'the kernel has no memory for more descriptors',
      function* (sys, vm) {
        for (let fd = 3; fd < 64; fd++) is(yield* sys.dup(1), fd)
        return yield* withoutMemory(vm, () => sys.dup(1))
      },
    ],
  ]),

  call('dup3', 'EBADF EBUSY EINTR EINVAL EMFILE ENOMEM', [
    ['EBADF', 'the old descriptor is not open', (sys) => sys.dup3(CLOSED, 5, 0)],
    ['EBADF', 'the new descriptor is negative', (sys) => sys.dup3(1, -1, 0)],
    [
      'EBADF',
      'the new descriptor is beyond the limit',
      function* (sys) {
        yield* limitFiles(sys, 16)
        ok(yield* sys.dup3(1, 15, 0))
        return yield* sys.dup3(1, 16, 0)
      },
    ],
    ['EBUSY', 'the new descriptor is of an open that goes on', dupOntoOpening],
    ['EINVAL', 'both descriptors are the same', (sys) => sys.dup3(1, 1, 0)],
    ['EINVAL', 'they are the same and not even open', (sys) => sys.dup3(CLOSED, CLOSED, 0)],
    ['EINVAL', 'a flag is not O_CLOEXEC', (sys) => sys.dup3(1, 5, O_WRONLY)],
    ['EINTR', 'what it closes on the way is closed without waiting'],
    ['EMFILE', 'a descriptor beyond the limit is EBADF, in Linux too'],
    [
      'ENOMEM',
      'the kernel has no memory for descriptors up to the new one',
      (sys, vm) => withoutMemory(vm, () => sys.dup3(1, 64, 0)),
    ],
  ]),

  call('close_range', 'EINVAL EMFILE ENOMEM', [
    ['EINVAL', 'the first descriptor is behind the last', (sys) => sys.close_range(4, 3)],
    ['EINVAL', 'a flag is none', (sys) => sys.close_range(3, 4, 1)],
    [
      'ENOMEM',
      'there is no memory for a table of its own',
      function* (sys, vm) {
        const child = ok(
          yield* sys.clone(CLONE_FILES | SIGCHLD, function* (sys) {
            return (yield* sys.nanosleep(1)) < 0 ? 1 : 0
          }),
        )
        vm.inject('kmalloc:error=ENOMEM')
        const ret = yield* sys.close_range(3, 4, 2)
        fails(yield* sys.close_range(3, 4, 1), EINVAL)
        return child > 0 ? ret : child
      },
    ],
    ['EMFILE', 'nothing lets fewer files be open than are, and a copy has as many'],
  ]),

  call('lseek', 'EBADF EINVAL ENXIO EOVERFLOW ESPIPE', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.lseek(CLOSED, 0, 0)],
    [
      'EBADF',
      'the descriptor was opened with O_PATH',
      function* (sys) {
        return yield* sys.lseek(ok(yield* sys.open('/tmp', O_PATH)), 0, 0)
      },
    ],
    ...[3, 4].map(
      (whence) =>
        [
          'ENXIO',
          `${whence === 3 ? 'data' : 'a hole'} is looked for behind the end of the file`,
          function* (sys: Libc): Run<number> {
            return yield* sys.lseek(yield* file(sys), 5, whence)
          },
        ] as const,
    ),
    [
      'ENXIO',
      'no data is left in the file, only a hole',
      function* (sys) {
        const fd = yield* file(sys)
        ok(yield* sys.ftruncate(fd, 65536))
        return yield* sys.lseek(fd, 8192, 3)
      },
    ],
    [
      'EINVAL',
      'there is no such whence',
      function* (sys) {
        return yield* sys.lseek(yield* file(sys), 0, 5)
      },
    ],
    [
      'EINVAL',
      'the position would be negative',
      function* (sys) {
        return yield* sys.lseek(yield* file(sys), -6, 2)
      },
    ],
    [
      'EINVAL',
      'a directory is asked for its end',
      function* (sys) {
        return yield* sys.lseek(yield* dir(sys), 0, 2)
      },
    ],
    [
      'ESPIPE',
      'it is a pipe',
      function* (sys) {
        return yield* sys.lseek((yield* pipe(sys)).rd, 0, 0)
      },
    ],
    [
      'ESPIPE',
      'it is a terminal',
      function* (sys) {
        return yield* sys.lseek(ok(yield* sys.open('/dev/console', O_RDONLY)), 0, 0)
      },
    ],
    ['EOVERFLOW', ALL_64_BIT],
  ]),

  call('pipe2', 'EFAULT EINVAL EMFILE ENFILE ENOMEM ENOPKG', [
    ['EFAULT', 'there is no memory for the descriptors', (sys) => sys.pipe2(NOWHERE, 0)],
    ['EINVAL', 'a flag is none of a pipe', (sys) => sys.pipe2(sys.alloc(8), O_CREAT)],
    [
      'EMFILE',
      'no descriptor is left',
      function* (sys) {
        yield* limitFiles(sys, 3)
        return yield* sys.pipe2(sys.alloc(8), 0)
      },
    ],
    [
      'EMFILE',
      'only one descriptor is left',
      function* (sys) {
        yield* limitFiles(sys, 4)
        return yield* sys.pipe2(sys.alloc(8), 0)
      },
    ],
    ['ENFILE', 'the kernel has no memory for a file', (sys, vm) => withoutMemory(vm, () => sys.pipe2(sys.alloc(8), 0))],
    [
      'ENOPKG',
      'it is to tell of what happens (O_EXCL), and the kernel has nothing for that',
      (sys) => sys.pipe2(sys.alloc(8), O_EXCL),
    ],
    ['ENOMEM', 'no memory for a pipe or its files is ENFILE, as in 2.6.31'],
  ]),
]

/** A thread opens a named pipe and sleeps there: descriptor 3 is neither free nor open. */
function* dupOntoOpening(sys: Libc): Run<number> {
  ok(yield* sys.mkfifo('/tmp/fifo', 0o600))
  ok(
    yield* sys.clone(CLONE_VM | CLONE_FILES | SIGCHLD, function* (sys) {
      return yield* sys.open('/tmp/fifo', O_RDONLY)
    }),
  )
  ok(yield* sys.sched_yield())
  return yield* sys.dup3(1, 3, 0)
}
