import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { call, type CallErrors, type ErrorRow } from './form.ts'
import { NOWHERE, interrupted } from './setup.ts'

const [WAIT, WAKE, FD, REQUEUE, CMP_REQUEUE, WAKE_OP, LOCK_PI, WAIT_BITSET, WAKE_BITSET] = [0, 1, 2, 3, 4, 5, 6, 9, 10]
const [PRIVATE, CLOCK_REALTIME] = [128, 256]
const KERNEL = -4096 as UserPtr
/** Where nothing is mapped, 4-aligned. */
const UNMAPPED = 4096 as UserPtr

function futex(sys: Libc, at: number, op: number, val = 0, time = 0, at2 = 0, val3 = 0): Run<number> {
  return sys.syscall(98, at, op, val, time, at2, val3)
}

const OPS = [
  ['WAIT', WAIT],
  ['WAKE', WAKE],
  ['REQUEUE', REQUEUE],
  ['CMP_REQUEUE', CMP_REQUEUE],
  ['WAKE_OP', WAKE_OP],
  ['WAIT_BITSET', WAIT_BITSET],
  ['WAKE_BITSET', WAKE_BITSET],
] as const

/** The same for the second word. */
const ON_TWO = OPS.filter(([, op]) => op === REQUEUE || op === CMP_REQUEUE || op === WAKE_OP)

const PI = 'futexes with priority inheritance are ENOSYS here, as on machines without them'

export const FUTEX: readonly CallErrors[] = [
  call('futex', 'EACCES EAGAIN EDEADLK EFAULT EINTR EINVAL ENFILE ENOMEM ENOSYS EPERM ESRCH ETIMEDOUT', [
    ...OPS.flatMap(([name, op]): ErrorRow[] => [
      [
        'EFAULT',
        `the word is nowhere in memory, with ${name}`,
        (sys) => futex(sys, UNMAPPED, op, 1, 0, sys.alloc(4), -1),
      ],
      [
        'EFAULT',
        `the word is the kernel’s, with ${name}_PRIVATE`,
        (sys) => futex(sys, KERNEL, op | PRIVATE, 1, 0, sys.alloc(4), -1),
      ],
      ['EINVAL', `the word is not aligned, with ${name}`, (sys) => futex(sys, 101, op, 1, 0, sys.alloc(4), -1)],
    ]),
    ...ON_TWO.flatMap(([name, op]): ErrorRow[] => [
      ['EFAULT', `the second word is nowhere, with ${name}`, (sys) => futex(sys, sys.alloc(4), op, 1, 1, UNMAPPED)],
      ['EINVAL', `the second word is not aligned, with ${name}`, (sys) => futex(sys, sys.alloc(4), op, 1, 1, 101)],
    ]),
    [
      'EFAULT',
      'the second word is nowhere, with WAKE_OP_PRIVATE',
      (sys) => futex(sys, sys.alloc(4), WAKE_OP | PRIVATE, 1, 1, UNMAPPED),
    ],
    [
      'EFAULT',
      'the word is nowhere, with CMP_REQUEUE_PRIVATE',
      (sys) => futex(sys, UNMAPPED, CMP_REQUEUE | PRIVATE, 1, 1, sys.alloc(4)),
    ],
    ...OPS.filter(([, op]) => op === WAIT || op === WAIT_BITSET).flatMap(([name, op]): ErrorRow[] => [
      ['EAGAIN', `the word has changed, with ${name}`, (sys) => futex(sys, sys.alloc(4), op, 1, 0, 0, -1)],
      [
        'EFAULT',
        `the time is nowhere, and the word has changed, with ${name}`,
        (sys) => futex(sys, sys.alloc(4), op, 1, NOWHERE, 0, -1),
      ],
      [
        'EINVAL',
        `the time is negative, with ${name}`,
        (sys) => futex(sys, sys.alloc(4), op, 0, sys.words(-1n, 0n), 0, -1),
      ],
      [
        'EINVAL',
        `the time has 10^9 nanoseconds, with ${name}`,
        (sys) => futex(sys, sys.alloc(4), op, 0, sys.words(0n, 10n ** 9n), 0, -1),
      ],
      [
        'ETIMEDOUT',
        `nobody wakes it in time, with ${name}`,
        (sys) => futex(sys, sys.alloc(4), op, 0, sys.words(1n, 0n), 0, -1),
      ],
      [
        'EINTR',
        `a signal comes first, with ${name}`,
        (sys) => interrupted(sys, (sys) => futex(sys, sys.alloc(4), op, 0, sys.words(100n, 0n), 0, -1)),
      ],
    ]),
    [
      'EAGAIN',
      'the word is not what it was, with CMP_REQUEUE',
      (sys) => futex(sys, sys.alloc(4), CMP_REQUEUE, 1, 1, sys.alloc(4), 5),
    ],
    ['EINVAL', 'no bit is set, with WAIT_BITSET', (sys) => futex(sys, NOWHERE, WAIT_BITSET)],
    ['EINVAL', 'no bit is set, with WAKE_BITSET', (sys) => futex(sys, NOWHERE, WAKE_BITSET, 1)],
    ['EINVAL', 'fewer than none are to be woken, with REQUEUE', (sys) => futex(sys, NOWHERE, REQUEUE, -1, 1)],
    ['EINVAL', 'fewer than none are to be moved, with CMP_REQUEUE', (sys) => futex(sys, NOWHERE, CMP_REQUEUE, 1, -1)],
    ['ENOSYS', 'the operation is none', (sys) => futex(sys, NOWHERE, 99, 0, NOWHERE)],
    ['ENOSYS', 'it is FUTEX_FD, which newer kernels do not have', (sys) => futex(sys, NOWHERE, FD)],
    ['ENOSYS', 'it wants priority inheritance', (sys) => futex(sys, sys.alloc(4), LOCK_PI)],
    ...OPS.filter(([, op]) => op !== WAIT_BITSET).map(([name, op]): ErrorRow => [
      'ENOSYS',
      `a clock is chosen, with ${name}`,
      (sys) => futex(sys, sys.alloc(4), op | CLOCK_REALTIME, 1, 0, sys.alloc(4), -1),
    ]),
    [
      'ENOSYS',
      'the word is to be changed in no way, with WAKE_OP',
      (sys) => futex(sys, sys.alloc(4), WAKE_OP, 1, 1, sys.alloc(4), 5 << 28),
    ],
    [
      'ENOSYS',
      'the word is to be compared in no way, with WAKE_OP',
      (sys) => futex(sys, sys.alloc(4), WAKE_OP, 1, 1, sys.alloc(4), 6 << 24),
    ],
    ['EACCES', 'memory that can be touched at all can be read'],
    ['EDEADLK', PI],
    ['ENFILE', 'FUTEX_FD, which had files, is gone since Linux 2.6.26'],
    ['ENOMEM', PI],
    ['EPERM', PI],
    ['ESRCH', PI],
  ]),
]
