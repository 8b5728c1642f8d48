import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EAGAIN } from '../../kernel/errno.ts'
import { WUNTRACED } from '../../kernel/task/exit.ts'
import { CLONE_NEWPID, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { RLIMIT_SIGPENDING } from '../../kernel/task/rlimit.ts'
import {
  SIGCHLD,
  SIGCONT,
  SIGHUP,
  SIGKILL,
  SIGRTMIN,
  SIGSEGV,
  SIGSTOP,
  SIGSYS,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
  SIGURG,
  SIGUSR1,
  SIGUSR2,
  SIGWINCH,
  SIG_DFL,
  SIG_IGN,
  SI_QUEUE,
  sigmask,
} from '../../kernel/task/signal.ts'
import { textOf } from '../support/proc.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
const [SIG_BLOCK, SIG_UNBLOCK] = [0, 1]
const setOf = (...sigs: readonly number[]): bigint => sigs.reduce((set, sig) => set | sigmask(sig), 0n)

/** The numbers of the signals that are pending. */
function* pending(sys: Libc): Run<number[]> {
  const at = sys.alloc(8)
  ok(yield* sys.syscall(136, at, 8))
  const set = new DataView(sys.load(at, 8).buffer).getBigUint64(0, true)
  return Array.from({ length: 64 }, (_, i) => i + 1).filter((sig) => (set & sigmask(sig)) !== 0n)
}

/** Handlers for these that write down which ran. */
function* handled(sys: Libc, sigs: readonly number[]): Run<number[]> {
  const order: number[] = []
  for (const sig of sigs) {
    ok(
      yield* sys.sigaction(sig, function* (_sys, sig) {
        order.push(sig)
      }),
    )
  }
  return order
}

describe('signals that wait', () => {
  it('come the lowest first, but before all what a program does itself: the handler of the last runs first', () => {
    inVm(function* (sys) {
      const sigs = [SIGHUP, SIGSYS, SIGSEGV, SIGUSR1]
      const order = yield* handled(sys, sigs)
      const me = yield* sys.getpid()
      ok(yield* sys.sigprocmask(SIG_BLOCK, setOf(...sigs)))
      for (const sig of sigs) ok(yield* sys.kill(me, sig))
      ok(yield* sys.sigprocmask(SIG_UNBLOCK, setOf(...sigs)))
      is(order, [SIGUSR1, SIGHUP, SIGSYS, SIGSEGV])
      return 0
    })
  })

  it('are gone once they are ignored, whether by the program or by themselves, in all its threads', () => {
    inVm(function* (sys) {
      const sigs = [SIGUSR1, SIGUSR2, SIGURG, SIGCHLD, SIGWINCH]
      const order = yield* handled(sys, sigs)
      const me = yield* sys.getpid()
      ok(yield* sys.sigprocmask(SIG_BLOCK, setOf(...sigs)))
      const seen: number[][] = []
      const thread = ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.nanosleep(2))
          seen.push(yield* pending(sys))
          return 0
        }),
      )
      for (const sig of sigs) ok(yield* sys.kill(me, sig))
      ok(yield* sys.tgkill(me, thread, SIGUSR1))
      ok(yield* sys.tgkill(me, me, SIGURG))
      is(
        yield* pending(sys),
        [...sigs].sort((a, b) => a - b),
      )
      for (const sig of sigs) ok(yield* sys.sigaction(sig, sig === SIGUSR1 || sig === SIGUSR2 ? SIG_IGN : SIG_DFL))
      is(yield* pending(sys), [])
      ok(yield* sys.nanosleep(5))
      is(seen, [[]])
      void (yield* handled(sys, sigs))
      ok(yield* sys.sigprocmask(SIG_UNBLOCK, setOf(...sigs)))
      is(order, [])
      return 0
    })
  })

  it('to stop and to go on take each other away, be they to the process or to a thread', () => {
    inVm(function* (sys) {
      const stops = [SIGTSTP, SIGTTIN, SIGTTOU]
      const me = yield* sys.getpid()
      const order = yield* handled(sys, [SIGCONT])
      ok(yield* sys.sigprocmask(SIG_BLOCK, setOf(SIGCONT, ...stops)))
      for (const stop of stops) {
        for (const toThread of [false, true]) {
          const send = (sig: number): Run<number> => (toThread ? sys.tgkill(me, me, sig) : sys.kill(me, sig))
          ok(yield* send(SIGCONT))
          is(yield* pending(sys), [SIGCONT])
          ok(yield* sys.kill(me, stop))
          is(yield* pending(sys), [stop])
          ok(yield* send(stop))
          ok(yield* sys.kill(me, SIGCONT))
          is(yield* pending(sys), [SIGCONT])
        }
      }
      ok(yield* sys.sigprocmask(SIG_UNBLOCK, setOf(SIGCONT, ...stops)))
      is(order, [SIGCONT])
      return 0
    })
  })
})

describe('a thread in rt_sigtimedwait', () => {
  function* waits(sys: Libc): Run<number> {
    const set = sys.alloc(8)
    for (;;) void (yield* sys.syscall(137, set, 0, 0, 8))
  }

  it('stops with its process', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.clone(THREAD, waits))
          return yield* sys.nanosleep(1000)
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.kill(child, SIGSTOP))
      is(yield* sys.wait4(child, 0, WUNTRACED), child)
      ok(yield* sys.kill(child, SIGKILL))
      is(yield* waitFor(sys, child), SIGKILL)
      return 0
    })
  })

  it('ends with its process', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.clone(THREAD, waits))
          ok(yield* sys.nanosleep(1))
          return yield* sys.exit_group(5)
        }),
      )
      is(yield* waitFor(sys, child), 5 << 8)
      return 0
    })
  })
})

describe('a signal that does nothing', () => {
  it('does not end rt_sigtimedwait(2), which no signal makes again', () => {
    inVm(function* (sys) {
      ok(yield* sys.sigaction(SIGUSR1, SIG_IGN))
      const [me, set] = [yield* sys.getpid(), sys.alloc(8)]
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.nanosleep(1))
          return yield* sys.kill(me, SIGUSR1)
        }),
      )
      fails(yield* sys.syscall(137, set, 0, sys.words(5n, 0n), 8), EAGAIN)
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })

  it('is one without a handler for any thread of the first process of a namespace', () => {
    inVm(function* (sys) {
      const init = yield* sys.clone(CLONE_NEWPID | SIGCHLD, function* (sys) {
        ok(yield* sys.clone(THREAD, (sys) => sys.nanosleep(5)))
        ok(yield* sys.sigprocmask(SIG_BLOCK, setOf(SIGUSR1)))
        ok(yield* sys.kill(1, SIGUSR1))
        ok(yield* sys.tgkill(1, 2, SIGUSR1))
        ok(yield* sys.nanosleep(10))
        return yield* sys.exit_group(4)
      })
      is(yield* waitFor(sys, ok(init)), 4 << 8)
      return 0
    })
  })
})

describe('the limit of signals that wait', () => {
  it('is the receiver’s, and they count for his user', () => {
    inVm(function* (sys) {
      const queue = function* (sys: Libc, pid: number): Run<number> {
        const info = sys.alloc(128)
        sys.storeInt((info + 8) as UserPtr, SI_QUEUE)
        return yield* sys.rt_sigqueueinfo(pid, SIGRTMIN, info)
      }
      const queued = function* (sys: Libc): Run<string | undefined> {
        return /^SigQ:\s*(\d+)/m.exec(yield* textOf(sys, '/proc/self/status'))?.[1]
      }
      ok(yield* sys.sigprocmask(SIG_BLOCK, setOf(SIGRTMIN)))
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.setrlimit(RLIMIT_SIGPENDING, sys.words(2n, 2n)))
          ok(yield* sys.setresuid(5, 5, 5))
          ok(yield* sys.nanosleep(2))
          is(yield* queued(sys), '2')
          ok(yield* sys.nanosleep(2))
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.setrlimit(RLIMIT_SIGPENDING, sys.words(0n, 0n)))
      is([yield* queue(sys, child), yield* queue(sys, child)], [0, 0])
      fails(yield* queue(sys, child), EAGAIN)
      fails(yield* queue(sys, yield* sys.getpid()), EAGAIN)
      is(yield* queued(sys), '0')
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })
})
