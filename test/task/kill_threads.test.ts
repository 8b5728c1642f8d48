import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EPERM } from '../../kernel/errno.ts'
import { CLONE_NEWPID, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGCHLD, SIGRTMIN, SIGUSR1, sigmask } from '../../kernel/task/signal.ts'
import { textOf } from '../support/proc.ts'
import { inVm, is, ok, waitFor } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
const [SIG_BLOCK, SIG_UNBLOCK] = [0, 1]
const word = (n: number): UserPtr => n as UserPtr

function* sleeps(sys: Libc): Run<number> {
  while ((yield* sys.nanosleep(1000)) < 0);
  return 0
}

/** Signals of number `sig` that come, each by the id of the thread that takes it. */
function* takers(sys: Libc, sig: number): Run<number[]> {
  const took: number[] = []
  ok(
    yield* sys.sigaction(sig, function* (sys) {
      took.push(yield* sys.gettid())
    }),
  )
  return took
}

/** How many signals wait for processes of one’s user. */
function* queued(sys: Libc): Run<string | undefined> {
  return /^SigQ:\s*(\d+)/m.exec(yield* textOf(sys, '/proc/self/status'))?.[1]
}

describe('a signal', () => {
  it('to a process group comes to a process of several threads once, also one that queues', () => {
    inVm(function* (sys) {
      ok(yield* sys.setpgid(0, 0))
      const took = yield* takers(sys, SIGRTMIN)
      for (let i = 0; i < 3; i++) ok(yield* sys.clone(THREAD, sleeps))
      ok(yield* sys.kill(0, SIGRTMIN))
      ok(yield* sys.kill(-(yield* sys.getpid()), SIGRTMIN))
      ok(yield* sys.nanosleep(1))
      is(took.length, 2)
      return yield* sys.exit_group(0)
    })
  })

  it('to one thread is nobody else’s, though that one blocks it', () => {
    inVm(function* (sys) {
      const took = yield* takers(sys, SIGUSR1)
      const thread = ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGUSR1)))
          ok(yield* sys.nanosleep(5))
          ok(yield* sys.sigprocmask(SIG_UNBLOCK, sigmask(SIGUSR1)))
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.tgkill(yield* sys.getpid(), thread, SIGUSR1))
      ok(yield* sys.nanosleep(1))
      is(took, [])
      ok(yield* sys.nanosleep(10))
      is(took, [thread])
      return yield* sys.exit_group(0)
    })
  })

  it('to a process whose leader has left comes to another of its threads', () => {
    inVm(function* (sys) {
      const word = sys.alloc(4)
      const child = yield* sys.clone(CLONE_VM | SIGCHLD, function* (sys) {
        ok(
          yield* sys.sigaction(SIGUSR1, function* (sys) {
            sys.storeInt(word, yield* sys.gettid())
          }),
        )
        ok(
          yield* sys.clone(THREAD, function* (sys) {
            void (yield* sys.nanosleep(5))
            return yield* sys.exit_group(2)
          }),
        )
        return yield* sys.exit(1)
      })
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.kill(ok(child), SIGUSR1))
      is(yield* waitFor(sys, child), 2 << 8)
      is(sys.loadInt(word), child + 1)
      return 0
    })
  })

  it('of a thread comes from its process', () => {
    inVm(function* (sys) {
      const from: number[] = []
      ok(
        yield* sys.sigaction(SIGUSR1, function* (sys, _sig, info) {
          from.push(sys.loadInt(word(info + 16)))
        }),
      )
      const me = yield* sys.getpid()
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.kill(me, SIGUSR1))
          return yield* sys.tgkill(me, me, SIGUSR1)
        }),
      )
      ok(Math.min(0, yield* sys.sched_yield()))
      void (yield* sys.nanosleep(1))
      is(from.length > 0 && from.every((pid) => pid === me), true)
      return 0
    })
  })

  it('may go to any thread of one’s own process, whoever that acts as', () => {
    inVm(function* (sys) {
      const took = yield* takers(sys, SIGUSR1)
      const me = yield* sys.getpid()
      const sent: number[] = []
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.setresuid(5, 5, 5))
          sent.push(yield* sys.tgkill(me, me, SIGUSR1), yield* sys.kill(me, 0))
          return 0
        }),
      )
      void (yield* sys.nanosleep(1))
      is([sent, took], [[0, 0], [me]])
      return 0
    })
  })

  it('that looks like kill(2) a thread may queue for itself, not for its process', () => {
    inVm(function* (sys) {
      const took = yield* takers(sys, SIGUSR1)
      const me = yield* sys.getpid()
      const sent: number[] = []
      const thread = ok(
        yield* sys.clone(THREAD, function* (sys) {
          const [tid, info] = [yield* sys.gettid(), sys.alloc(128)]
          sent.push(yield* sys.rt_sigqueueinfo(me, SIGUSR1, info), yield* sys.rt_tgsigqueueinfo(me, me, SIGUSR1, info))
          sent.push(yield* sys.rt_tgsigqueueinfo(me, tid, SIGUSR1, info))
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      is([sent, took], [[-EPERM, -EPERM, 0], [thread]])
      return 0
    })
  })

  it('of number 64 is the last there is, and 0 is none: nothing waits then', () => {
    inVm(function* (sys) {
      const took = yield* takers(sys, 64)
      const me = yield* sys.getpid()
      ok(yield* sys.kill(me, 64))
      is(took, [me])
      for (let i = 0; i < 3; i++) ok(yield* sys.kill(me, 0))
      ok(yield* sys.tgkill(me, me, 0))
      is(yield* queued(sys), '0')
      return 0
    })
  })

  it('to all from inside of a pid namespace is to all in it but its first process and the sender', () => {
    inVm(function* (sys) {
      const took = yield* takers(sys, SIGUSR1)
      const init = yield* sys.clone(CLONE_NEWPID | CLONE_VM | SIGCHLD, function* (sys) {
        const waits = function* (sys: Libc): Run<number> {
          void (yield* sys.nanosleep(5))
          return 0
        }
        ok(yield* sys.clone(CLONE_VM | SIGCHLD, waits))
        ok(
          yield* sys.clone(CLONE_VM | SIGCHLD, function* (sys) {
            ok(yield* sys.nanosleep(1))
            return yield* sys.kill(-1, SIGUSR1)
          }),
        )
        return yield* waits(sys)
      })
      ok(yield* sys.nanosleep(10))
      is(took, [2])
      is(yield* waitFor(sys, ok(init)), 0)
      return 0
    })
  })
})
