import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { sigmask } from '../../kernel/task/signal.ts'
import { ok } from '../support/vm.ts'
import { call, cannotFail, type CallErrors, type ErrorRow } from './form.ts'
import { NOWHERE, interrupted, user } from './setup.ts'
import { sleeper } from './tasks.ts'

const NOBODY_THERE = 9999
const [SIGKILL, SIGUSR1, SIGUSR2, SIGCONT, SIGSTOP] = [9, 10, 12, 18, 19]
/** The first real-time signal. */
const SIGRT = 32
const SS_DISABLE = 2n
const [SI_USER, SI_QUEUE, SI_TKILL] = [0, -1, -6]

type Send = (sys: Libc, pid: number, sig: number) => Run<number>

/** What is wrong with whom a signal goes to, or with the signal. */
function sends(name: string, send: Send): ErrorRow[] {
  return [
    ['EINVAL', `the signal of ${name} is 65`, (sys) => toSelf(sys, send, 65)],
    ['EINVAL', `the signal of ${name} is negative`, (sys) => toSelf(sys, send, -1)],
    ['ESRCH', `${name} is for nobody there`, (sys) => send(sys, NOBODY_THERE, SIGUSR1)],
    ['ESRCH', `${name} is for nobody there, with a signal that is none`, (sys) => send(sys, NOBODY_THERE, 99)],
    [
      'EPERM',
      `${name} is for another user’s process`,
      function* (sys) {
        const child = yield* sleeper(sys)
        yield* user(sys)
        return yield* send(sys, child, SIGUSR1)
      },
    ],
    [
      'EPERM',
      `${name} would only ask whether another user’s process is there`,
      function* (sys) {
        const child = yield* sleeper(sys)
        yield* user(sys)
        return yield* send(sys, child, 0)
      },
    ],
  ]
}

function* toSelf(sys: Libc, send: Send, sig: number): Run<number> {
  return yield* send(sys, yield* sys.getpid(), sig)
}

/** No more signals may wait with what is told of them. */
function full(name: string, send: Send): ErrorRow {
  const RLIMIT_SIGPENDING = 11
  return [
    'EAGAIN',
    `${name} sends a real-time signal, and as many wait as may`,
    function* (sys) {
      ok(yield* sys.sigprocmask(0, sigmask(SIGRT)))
      ok(yield* sys.setrlimit(RLIMIT_SIGPENDING, sys.words(1n, 1n)))
      ok(yield* toSelf(sys, send, SIGRT))
      return yield* toSelf(sys, send, SIGRT)
    },
  ]
}

/** A siginfo_t with this code. */
function info(sys: Libc, code: number): UserPtr {
  const at = sys.alloc(128)
  sys.storeInt((at + 8) as UserPtr, code)
  return at
}

const tkill: Send = (sys, pid, sig) => sys.syscall(130, pid, sig)
const tgkill: Send = (sys, pid, sig) => sys.tgkill(pid, pid, sig)
const queue: Send = (sys, pid, sig) => sys.rt_sigqueueinfo(pid, sig, info(sys, SI_QUEUE))
const tgqueue: Send = (sys, pid, sig) => sys.rt_tgsigqueueinfo(pid, pid, sig, info(sys, SI_QUEUE))

const sigaction = (sys: Libc, sig: number, act: number, old: number, size = 8): Run<number> =>
  sys.syscall(134, sig, act, old, size)
const sigprocmask = (sys: Libc, how: number, set: number, old: number, size = 8): Run<number> =>
  sys.syscall(135, how, set, old, size)
const sigtimedwait = (sys: Libc, set: number, info: number, ts: number, size = 8): Run<number> =>
  sys.syscall(137, set, info, ts, size)

/** What looks as if another had sent it. */
function forged(name: string, queue: (sys: Libc, pid: number, info: UserPtr) => Run<number>): ErrorRow[] {
  return [
    ...[SI_USER, SI_TKILL, 0x80].map((code): ErrorRow => [
      'EPERM',
      `si_code of ${name} is ${code}, and it is for another process`,
      function* (sys) {
        return yield* queue(sys, yield* sleeper(sys), info(sys, code))
      },
    ]),
    [
      'EPERM',
      `si_code of ${name} is SI_USER, and nobody is there`,
      (sys) => queue(sys, NOBODY_THERE, info(sys, SI_USER)),
    ],
    ['EFAULT', `what is told by ${name} is nowhere`, (sys) => queue(sys, NOBODY_THERE, NOWHERE)],
  ]
}

/** Signals, from those who send them to those who take them. */
export const SIGNALS: readonly CallErrors[] = [
  call('kill', 'EINVAL EPERM ESRCH', [
    ...sends('it', (sys, pid, sig) => sys.kill(pid, sig)),
    ['EINVAL', 'the signal for its own group is 65', (sys) => sys.kill(0, 65)],
    ['ESRCH', 'the process group is empty', (sys) => sys.kill(-NOBODY_THERE, 0)],
    ['ESRCH', 'the process group has no number', (sys) => sys.kill(-0x80000000, 0)],
    [
      'EPERM',
      'SIGCONT is for another user’s process in another session',
      function* (sys) {
        const child = yield* sleeper(sys)
        ok(yield* sys.setsid())
        yield* user(sys)
        return yield* sys.kill(child, SIGCONT)
      },
    ],
  ]),
  call('tkill', 'EAGAIN EINVAL EPERM ESRCH', [
    ...sends('it', tkill),
    full('it', tkill),
    ['EINVAL', 'the thread is 0', (sys) => tkill(sys, 0, 0)],
    ['EINVAL', 'the thread is negative', (sys) => tkill(sys, -1, 0)],
  ]),
  call('tgkill', 'EAGAIN EINVAL EPERM ESRCH', [
    ...sends('it', tgkill),
    full('it', tgkill),
    ['EINVAL', 'the process is 0', (sys) => sys.tgkill(0, 1, 0)],
    ['EINVAL', 'the process is negative', (sys) => sys.tgkill(-1, 1, 0)],
    ['EINVAL', 'the thread is 0', (sys) => sys.tgkill(1, 0, 0)],
    [
      'ESRCH',
      'the thread is of another process',
      function* (sys) {
        return yield* sys.tgkill(yield* sys.getpid(), yield* sleeper(sys), 0)
      },
    ],
  ]),
  call('rt_sigqueueinfo', 'EAGAIN EINVAL EPERM ESRCH', [
    ...sends('it', queue),
    full('it', queue),
    ...forged('it', (sys, pid, info) => sys.rt_sigqueueinfo(pid, SIGUSR1, info)),
    ['ESRCH', 'the process is 0', (sys) => queue(sys, 0, SIGUSR1)],
    ['ESRCH', 'the process is negative', (sys) => queue(sys, -1, SIGUSR1)],
  ]),
  call('rt_tgsigqueueinfo', 'EAGAIN EINVAL EPERM ESRCH', [
    ...sends('it', tgqueue),
    full('it', tgqueue),
    ...forged('it', (sys, pid, info) => sys.rt_tgsigqueueinfo(pid, pid, SIGUSR1, info)),
    ['EINVAL', 'the process is 0', (sys) => sys.rt_tgsigqueueinfo(0, 1, 0, info(sys, SI_QUEUE))],
    ['EINVAL', 'the thread is 0', (sys) => sys.rt_tgsigqueueinfo(1, 0, 0, info(sys, SI_QUEUE))],
  ]),

  call('rt_sigaction', 'EFAULT EINVAL', [
    ['EFAULT', 'the new action is nowhere', (sys) => sigaction(sys, SIGUSR1, NOWHERE, 0)],
    ['EFAULT', 'the new action is nowhere, and the signal none', (sys) => sigaction(sys, 65, NOWHERE, 0)],
    ['EFAULT', 'the old action goes nowhere', (sys) => sigaction(sys, SIGUSR1, 0, NOWHERE)],
    ['EINVAL', 'the signal is 0', (sys) => sigaction(sys, 0, 0, 0)],
    ['EINVAL', 'the signal is 65', (sys) => sigaction(sys, 65, 0, 0)],
    ['EINVAL', 'SIGKILL is to be ignored', (sys) => sys.sigaction(SIGKILL, 1)],
    ['EINVAL', 'SIGSTOP is to have its default action', (sys) => sys.sigaction(SIGSTOP, 0)],
    ['EINVAL', 'a set of signals has 4 bytes', (sys) => sigaction(sys, SIGUSR1, NOWHERE, 0, 4)],
  ]),
  call('rt_sigprocmask', 'EFAULT EINVAL', [
    ['EFAULT', 'the set is nowhere', (sys) => sigprocmask(sys, 0, NOWHERE, 0)],
    ['EFAULT', 'the set is nowhere, and what to do with it no way', (sys) => sigprocmask(sys, 9, NOWHERE, 0)],
    ['EFAULT', 'the old set goes nowhere', (sys) => sigprocmask(sys, 0, 0, NOWHERE)],
    ['EINVAL', 'what to do with the set is no way', (sys) => sys.sigprocmask(9, 0n)],
    ['EINVAL', 'a set has 4 bytes', (sys) => sigprocmask(sys, 0, 0, 0, 4)],
  ]),
  call('rt_sigpending', 'EFAULT', [
    ['EFAULT', 'they go nowhere', (sys) => sys.syscall(136, NOWHERE, 8)],
    ['EINVAL', 'a set has 9 bytes', (sys) => sys.syscall(136, NOWHERE, 9)],
    ['EINVAL', 'a set has 2^64 - 1 bytes', (sys) => sys.syscall(136, NOWHERE, -1)],
  ]),
  call('rt_sigsuspend', 'EFAULT EINTR', [
    ['EFAULT', 'the set is nowhere', (sys) => sys.syscall(133, NOWHERE, 8)],
    ['EINVAL', 'a set has 4 bytes', (sys) => sys.syscall(133, NOWHERE, 4)],
    ['EINTR', 'a handler has run, as always', (sys) => interrupted(sys, (sys) => sys.sigsuspend(0n))],
  ]),
  call('rt_sigtimedwait', 'EAGAIN EINTR EINVAL', [
    ['EAGAIN', 'none comes in time', (sys) => sigtimedwait(sys, sys.words(sigmask(SIGUSR1)), 0, later(sys, 1n))],
    ['EAGAIN', 'none is there, and there is no time', (sys) => sigtimedwait(sys, sys.alloc(8), 0, later(sys, 0n))],
    [
      'EINTR',
      'another comes, with a handler',
      (sys) => interrupted(sys, (sys) => sigtimedwait(sys, sys.words(sigmask(SIGUSR2)), 0, 0)),
    ],
    ['EINVAL', 'a set has 4 bytes', (sys) => sigtimedwait(sys, NOWHERE, 0, 0, 4)],
    ['EINVAL', 'the time is negative', (sys) => sigtimedwait(sys, sys.alloc(8), 0, later(sys, -1n))],
    ['EINVAL', 'the time has 10^9 nanoseconds', (sys) => sigtimedwait(sys, sys.alloc(8), 0, later(sys, 0n, 10n ** 9n))],
    ['EFAULT', 'the set is nowhere', (sys) => sigtimedwait(sys, NOWHERE, 0, 0)],
    ['EFAULT', 'the time is nowhere', (sys) => sigtimedwait(sys, sys.alloc(8), 0, NOWHERE)],
    [
      'EFAULT',
      'what is told of the signal goes nowhere',
      function* (sys) {
        ok(yield* sys.sigprocmask(0, sigmask(SIGUSR1)))
        ok(yield* sys.kill(yield* sys.getpid(), SIGUSR1))
        return yield* sigtimedwait(sys, sys.words(sigmask(SIGUSR1)), NOWHERE, 0)
      },
    ],
  ]),
  cannotFail('rt_sigreturn', 'what it returns is what the call that was interrupted did'),

  call('sigaltstack', 'EFAULT EINVAL ENOMEM EPERM', [
    ['EFAULT', 'the new stack is told nowhere', (sys) => sys.sigaltstack(NOWHERE)],
    ['EFAULT', 'the old one goes nowhere', (sys) => sys.sigaltstack(0, NOWHERE)],
    ['EINVAL', 'a flag is none', (sys) => sys.sigaltstack(stack(sys, 4, 8192))],
    ['ENOMEM', 'it has a byte less than the least', (sys) => sys.sigaltstack(stack(sys, 0, 2047))],
    [
      'EPERM',
      'a handler is on it',
      function* (sys) {
        const SA_ONSTACK = 0x08000000
        let ret = 0
        ok(yield* sys.sigaltstack(stack(sys, 0, 8192)))
        const handler = function* (sys: Libc): Run<void> {
          ret = yield* sys.sigaltstack(sys.words(0n, SS_DISABLE, 0n))
        }
        ok(yield* sys.sigaction(SIGUSR1, handler, SA_ONSTACK))
        ok(yield* sys.kill(yield* sys.getpid(), SIGUSR1))
        return ret
      },
    ],
  ]),
]

function later(sys: Libc, sec: bigint, nsec = 0n): UserPtr {
  const at = sys.alloc(16)
  sys.store(at, new Uint8Array(new BigInt64Array([sec, nsec]).buffer))
  return at
}

/** A stack_t. */
function stack(sys: Libc, flags: number, size: number): UserPtr {
  return sys.words(BigInt(sys.alloc(size)), BigInt(flags), BigInt(size))
}
