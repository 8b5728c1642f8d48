import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { fails, ok } from '../support/vm.ts'
import { EINTR } from '../../kernel/errno.ts'
import { call, cannotFail, type CallErrors, type ErrorRow } from './form.ts'
import { NOWHERE, interrupted, user } from './setup.ts'

const [CLOCK_MONOTONIC, CLOCK_THREAD_CPUTIME_ID] = [1, 3]
const CLOCKS_NOT_TO_SLEEP_BY = [
  ['raw', 4],
  ['coarse real-time', 5],
  ['coarse monotonic', 6],
] as const
const [SIGCONT, SIGSTOP] = [18, 19]
const NO_DEVICES = 'clocks that are devices are none here, and EINVAL'

const sleep = (sys: Libc, clock: number, time: number, rem = 0, flags = 0): Run<number> =>
  sys.syscall(115, clock, flags, time, rem)

/** A time that sleeping calls refuse, by nanosleep's rules. */
function times(name: string, call: (sys: Libc, time: number, rem: number) => Run<number>): ErrorRow[] {
  return [
    ['EFAULT', `the time of ${name} is nowhere`, (sys) => call(sys, NOWHERE, 0)],
    ['EINVAL', `the time of ${name} is negative`, (sys) => call(sys, sys.words(-1n, 0n), 0)],
    ['EINVAL', `the nanoseconds of ${name} are negative`, (sys) => call(sys, sys.words(0n, -1n), 0)],
    ['EINVAL', `the nanoseconds of ${name} are 10^9`, (sys) => call(sys, sys.words(0n, 10n ** 9n), 0)],
    ['EINTR', `a signal ends ${name}`, (sys) => interrupted(sys, (sys) => call(sys, sys.words(100n, 0n), 0))],
    [
      'EFAULT',
      `a signal ends ${name}, and what is left goes nowhere`,
      (sys) => interrupted(sys, (sys) => call(sys, sys.words(100n, 0n), NOWHERE)),
    ],
  ]
}

/** A struct itimerval: the interval, then the time. */
function timer(sys: Libc, ...fields: readonly bigint[]): UserPtr {
  const at = sys.alloc(32)
  sys.store(at, new Uint8Array(new BigInt64Array(fields).buffer))
  return at
}

const settime = (sys: Libc, clock: number, time: number): Run<number> => sys.syscall(112, clock, time)
const setday = (sys: Libc, tv: number, tz = 0): Run<number> => sys.syscall(170, tv, tz)

function* asUser(sys: Libc, sec: bigint, nsec: bigint): Run<number> {
  yield* user(sys)
  return yield* settime(sys, 0, sys.words(sec, nsec))
}

const setitimer = (sys: Libc, which: number, value: number, old = 0): Run<number> => sys.syscall(103, which, value, old)

/** Make a call that sleeps while another process stops this one and has it go on. */
function* stopped(sys: Libc, call: (sys: Libc) => Run<number>): Run<number> {
  const me = yield* sys.getpid()
  ok(
    yield* sys.fork(function* (sys) {
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.kill(me, SIGSTOP))
      ok(yield* sys.nanosleep(1))
      return yield* sys.kill(me, SIGCONT)
    }),
  )
  return yield* call(sys)
}

/** Clocks, timers, sleeping, and the time that was used. */
export const TIME: readonly CallErrors[] = [
  call(
    'nanosleep',
    'EFAULT EINTR EINVAL',
    times('it', (sys, time, rem) => sys.syscall(101, time, rem)),
  ),
  call('clock_nanosleep', 'EFAULT EINTR EINVAL EOPNOTSUPP', [
    ...times('it', (sys, time, rem) => sleep(sys, CLOCK_MONOTONIC, time, rem)),
    [
      'EINTR',
      'a signal comes before an instant',
      (sys) => interrupted(sys, (sys) => sleep(sys, CLOCK_MONOTONIC, sys.words(100n, 0n), NOWHERE, 1)),
    ],
    ['EINVAL', 'the clock is none', (sys) => sleep(sys, 99, NOWHERE)],
    ['EINVAL', 'the clock is negative', (sys) => sleep(sys, -1, NOWHERE)],
    ['EINVAL', 'the clock stands still while the thread sleeps', (sys) => sleep(sys, CLOCK_THREAD_CPUTIME_ID, NOWHERE)],
    ...CLOCKS_NOT_TO_SLEEP_BY.map(([name, clock]): ErrorRow => [
      'EOPNOTSUPP',
      `the clock is the ${name} one`,
      (sys) => sleep(sys, clock, NOWHERE),
    ]),
  ]),
  call('clock_gettime', 'EFAULT EINVAL ENODEV EOPNOTSUPP', [
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((clock): ErrorRow => [
      'EFAULT',
      `the time of clock ${clock} goes nowhere`,
      (sys) => sys.syscall(113, clock, NOWHERE),
    ]),
    ['EINVAL', 'the clock is none', (sys) => sys.syscall(113, 99, NOWHERE)],
    ['EINVAL', 'the clock is negative', (sys) => sys.syscall(113, -1, NOWHERE)],
    ['ENODEV', NO_DEVICES],
    ['EOPNOTSUPP', NO_DEVICES],
  ]),
  call('clock_getres', 'EFAULT EINVAL ENODEV EOPNOTSUPP', [
    ['EFAULT', 'the resolution goes nowhere', (sys) => sys.syscall(114, CLOCK_MONOTONIC, NOWHERE)],
    ['EINVAL', 'the clock is none', (sys) => sys.syscall(114, 99, NOWHERE)],
    ['EINVAL', 'the clock would wake the machine', (sys) => sys.syscall(114, 8, 0)],
    ['ENODEV', NO_DEVICES],
    ['EOPNOTSUPP', NO_DEVICES],
  ]),
  call('clock_settime', 'EACCES EFAULT EINVAL ENODEV EOPNOTSUPP EPERM', [
    ['EFAULT', 'the time is nowhere', (sys) => settime(sys, 0, NOWHERE)],
    ...[1, 2, 3, 4, 5, 6, 7, 99].map((clock): ErrorRow => [
      'EINVAL',
      `the clock is number ${clock}`,
      (sys) => settime(sys, clock, NOWHERE),
    ]),
    ['EINVAL', 'the nanoseconds are 10^9, and it is not allowed', (sys) => asUser(sys, 5n, 10n ** 9n)],
    ['EINVAL', 'the seconds are negative', (sys) => settime(sys, 0, sys.words(-1n, 0n))],
    ['EINVAL', 'time would end in 30 years', (sys) => settime(sys, 0, sys.words(8_277_292_036n, 0n))],
    [
      'EINVAL',
      'the machine has been up for longer',
      function* (sys) {
        ok(yield* sys.nanosleep(5))
        return yield* settime(sys, 0, sys.words(4n, 0n))
      },
    ],
    ['EPERM', 'it is not allowed', (sys) => asUser(sys, 10n ** 9n, 0n)],
    ['EACCES', NO_DEVICES],
    ['ENODEV', NO_DEVICES],
    ['EOPNOTSUPP', NO_DEVICES],
  ]),
  call('gettimeofday', 'EFAULT', [
    ['EFAULT', 'the time goes nowhere', (sys) => sys.syscall(169, NOWHERE, 0)],
    ['EFAULT', 'the time zone goes nowhere', (sys) => sys.syscall(169, 0, NOWHERE)],
  ]),
  call('settimeofday', 'EFAULT EINVAL EPERM', [
    ['EFAULT', 'the time is nowhere', (sys) => setday(sys, NOWHERE)],
    ['EFAULT', 'the time zone is nowhere', (sys) => setday(sys, sys.words(5n, 0n), NOWHERE)],
    [
      'EINVAL',
      'the microseconds are too many, and the time zone nowhere',
      (sys) => setday(sys, sys.words(5n, 1_000_001n), NOWHERE),
    ],
    ['EINVAL', 'the microseconds are 10^6', (sys) => setday(sys, sys.words(5n, 1_000_000n))],
    ['EINVAL', 'the microseconds are negative', (sys) => setday(sys, sys.words(5n, -1n))],
    ['EINVAL', 'the seconds are negative', (sys) => setday(sys, sys.words(-5n, 1n))],
    ['EINVAL', 'the time zone is off the map', (sys) => setday(sys, 0, sys.words(901n))],
    [
      'EPERM',
      'it is not allowed, and the time zone off the map',
      function* (sys) {
        yield* user(sys)
        return yield* setday(sys, 0, sys.words(901n))
      },
    ],
    [
      'EPERM',
      'nothing is to be set, which is not allowed either',
      function* (sys) {
        yield* user(sys)
        return yield* setday(sys, 0)
      },
    ],
  ]),
  call('getitimer', 'EFAULT EINVAL', [
    ['EFAULT', 'the time goes nowhere', (sys) => sys.syscall(102, 0, NOWHERE)],
    ['EINVAL', 'the timer is none', (sys) => sys.syscall(102, 3, NOWHERE)],
    ['EINVAL', 'the timer is negative', (sys) => sys.syscall(102, -1, NOWHERE)],
  ]),
  call('setitimer', 'EFAULT EINVAL', [
    ['EFAULT', 'the time is nowhere', (sys) => setitimer(sys, 0, NOWHERE)],
    ['EFAULT', 'the time is nowhere, and the timer none', (sys) => setitimer(sys, 99, NOWHERE)],
    ['EFAULT', 'the old time goes nowhere', (sys) => setitimer(sys, 0, 0, NOWHERE)],
    ['EINVAL', 'the timer is none, and the old time goes nowhere', (sys) => setitimer(sys, 3, 0, NOWHERE)],
    ['EINVAL', 'the microseconds are 10^6', (sys) => setitimer(sys, 0, timer(sys, 0n, 0n, 0n, 1_000_000n))],
    ['EINVAL', 'the seconds are negative', (sys) => setitimer(sys, 0, timer(sys, 0n, 0n, -1n, 0n))],
    ['EINVAL', 'the interval’s microseconds are negative', (sys) => setitimer(sys, 0, timer(sys, 0n, -1n, 0n, 0n))],
    [
      'EINVAL',
      'the interval is none, and the time no other',
      (sys) => setitimer(sys, 1, timer(sys, 0n, 10n ** 6n, 1n, 0n)),
    ],
  ]),
  call('times', 'EFAULT', [['EFAULT', 'the times go nowhere', (sys) => sys.times(NOWHERE)]]),
  call('getrusage', 'EFAULT EINVAL', [
    ['EFAULT', 'what was used goes nowhere', (sys) => sys.getrusage(0, NOWHERE)],
    ['EINVAL', 'nobody is asked about', (sys) => sys.getrusage(9, NOWHERE)],
    ['EINVAL', 'the kernel’s own way to ask is used', (sys) => sys.getrusage(-2, NOWHERE)],
  ]),

  call('restart_syscall', 'EINTR', [
    ['EINTR', 'there is nothing to go on with', (sys) => sys.syscall(128)],
    [
      'EINTR',
      'a handler has run since, and what there was is gone',
      function* (sys) {
        fails(yield* interrupted(sys, (sys) => sys.nanosleep(100)), EINTR)
        return yield* sys.syscall(128)
      },
    ],
    [
      'ETIMEDOUT',
      'it goes on with a futex that nobody wakes',
      (sys) => stopped(sys, (sys) => sys.futex_wait(sys.alloc(4), 0, 10)),
    ],
    [
      'EINTR',
      'it goes on with a sleep, and a signal comes again',
      (sys) => stopped(sys, (sys) => interruptedLater(sys, (sys) => sys.nanosleep(100))),
    ],
  ]),
  cannotFail('sched_yield', 'it only lets others run first'),
]

/** Make `call`, which a signal with a handler interrupts after five seconds. */
function* interruptedLater(sys: Libc, call: (sys: Libc) => Run<number>): Run<number> {
  const SIGALRM = 14
  ok(yield* sys.sigaction(SIGALRM, function* () {}))
  ok(yield* setitimer(sys, 0, timer(sys, 0n, 0n, 5n, 0n)))
  return yield* call(sys)
}
