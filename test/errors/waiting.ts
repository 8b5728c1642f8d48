import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { POLLIN } from '../../kernel/fs/poll.ts'
import { is, pipe } from '../support/vm.ts'
import { call, type CallErrors } from './form.ts'
import { NOWHERE, interrupted, limitFiles, user, withoutMemory } from './setup.ts'

/** A struct pollfd at a place of its own. */
function pollfd(sys: Libc, fd: number): number {
  const at = sys.alloc(8)
  sys.store(at, new Uint8Array([fd, 0, 0, 0, POLLIN, 0, 0, 0]))
  return at
}

/** A set with one descriptor, below 64. */
function set(sys: Libc, fd: number): number {
  const at = sys.alloc(8)
  const bytes = new Uint8Array(8)
  bytes[fd >> 3] = 1 << (fd & 7)
  sys.store(at, bytes)
  return at
}

const ppoll = (sys: Libc, fds: number, n: number, time = 0, mask = 0, size = 8): Run<number> =>
  sys.syscall(73, fds, n, time, mask, size)

/** Waiting for files, files that count, and bytes by chance. */
export const WAITING: readonly CallErrors[] = [
  call('ppoll', 'EFAULT EINTR EINVAL ENOMEM', [
    ['EFAULT', 'the descriptors are nowhere in memory', (sys) => ppoll(sys, NOWHERE, 1)],
    ['EFAULT', 'the time is nowhere in memory', (sys) => ppoll(sys, pollfd(sys, 1), 1, NOWHERE)],
    ['EFAULT', 'the signals are nowhere in memory', (sys) => ppoll(sys, pollfd(sys, 1), 1, 0, NOWHERE)],
    [
      'EINTR',
      'a signal comes before anything else',
      function* (sys) {
        const at = pollfd(sys, (yield* pipe(sys)).rd)
        return yield* interrupted(sys, (sys) => ppoll(sys, at, 1))
      },
    ],
    ['EINVAL', 'there are more descriptors than may be open', (sys) => ppoll(sys, pollfd(sys, 1), 1025)],
    ['EINVAL', 'the time is negative', (sys) => ppoll(sys, pollfd(sys, 1), 1, sys.words(-1n, 0n))],
    ['EINVAL', 'a second has so many nanoseconds', (sys) => ppoll(sys, pollfd(sys, 1), 1, sys.words(0n, 10n ** 9n))],
    ['EINVAL', 'a set of signals is not so large', (sys) => ppoll(sys, pollfd(sys, 1), 1, 0, sys.words(0n), 4)],
    [
      'ENOMEM',
      'the kernel has no memory for so many descriptors',
      (sys, vm) => withoutMemory(vm, () => ppoll(sys, sys.alloc(31 * 8), 31)),
    ],
  ]),

  call('pselect6', 'EBADF EINTR EINVAL ENOMEM', [
    ['EBADF', 'a descriptor of a set is not open', (sys) => sys.pselect6(64, set(sys, 50), 0, 0)],
    ['EFAULT', 'a set is nowhere in memory', (sys) => sys.pselect6(64, NOWHERE, 0, 0)],
    ['EFAULT', 'the time is nowhere in memory', (sys) => sys.pselect6(0, 0, 0, 0, NOWHERE)],
    ['EFAULT', 'where the signals are is nowhere in memory', (sys) => sys.pselect6(0, 0, 0, 0, 0, NOWHERE)],
    [
      'EINTR',
      'a signal comes before anything else',
      function* (sys) {
        const { rd } = yield* pipe(sys)
        const at = set(sys, rd)
        return yield* interrupted(sys, (sys) => sys.pselect6(rd + 1, at, 0, 0))
      },
    ],
    ['EINVAL', 'there are fewer descriptors than none', (sys) => sys.pselect6(-1, 0, 0, 0)],
    ['EINVAL', 'the time is negative', (sys) => sys.pselect6(0, 0, 0, 0, sys.words(-1n, 0n))],
    [
      'EINVAL',
      'a set of signals is not so large',
      (sys) => {
        const mask = sys.alloc(8)
        return sys.pselect6(0, 0, 0, 0, 0, sys.words(BigInt(mask), 4n))
      },
    ],
    [
      'ENOMEM',
      'the kernel has no memory for sets so large',
      function* (sys, vm) {
        is(yield* sys.dup3(1, 511, 0), 511)
        return yield* withoutMemory(vm, () => sys.pselect6(512, sys.alloc(128), 0, 0))
      },
    ],
  ]),

  call('eventfd2', 'EINVAL EMFILE ENFILE ENODEV ENOMEM', [
    ['EINVAL', 'a flag is none', (sys) => sys.eventfd(0, 2)],
    [
      'EMFILE',
      'no descriptor is left',
      function* (sys) {
        yield* limitFiles(sys, 3)
        return yield* sys.eventfd(0)
      },
    ],
    [
      'ENFILE',
      'as many files are open as may be, and it is not root who asks',
      function* (sys, vm) {
        vm.kernel.max_files = 1
        yield* user(sys)
        return yield* sys.eventfd(0)
      },
    ],
    ['ENOMEM', 'the kernel has no memory for the counter', (sys, vm) => withoutMemory(vm, () => sys.eventfd(0))],
    ['ENODEV', 'files without names need no file system that could fail to be mounted'],
  ]),

  call('getrandom', 'EAGAIN EFAULT EINTR EINVAL ENOSYS', [
    ['EFAULT', 'there is no memory for the bytes', (sys) => sys.syscall(278, NOWHERE, 8, 0)],
    ['EINVAL', 'a flag is none', (sys) => sys.syscall(278, sys.alloc(8), 8, 8)],
    ['EINVAL', 'the bytes are to be safe and unsafe', (sys) => sys.syscall(278, sys.alloc(8), 8, 6)],
    ['EAGAIN', 'the machine has its seed from boot on, so there are always enough'],
    ['EINTR', 'it never waits: a transfer that a signal could cut ends before one can come'],
    ['ENOSYS', 'the kernel has it, whatever a C library finds'],
  ]),
]
