import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { ECHILD } from '../../kernel/errno.ts'
import { WCONTINUED, WNOHANG, WUNTRACED, __WALL } from '../../kernel/task/exit.ts'
import { CLONE_NEWPID, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import {
  CLD_EXITED,
  CLD_KILLED,
  SA_NOCLDSTOP,
  SA_NOCLDWAIT,
  SIGCHLD,
  SIGCONT,
  SIGKILL,
  SIGSTOP,
  SIGUSR1,
  SIG_IGN,
  sigmask,
} from '../../kernel/task/signal.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD

/** Signals that come: number, si_code, si_pid and si_status. */
function* told(sys: Libc, flags = 0, sigs = [SIGCHLD, SIGUSR1]): Run<number[][]> {
  const all: number[][] = []
  for (const sig of sigs) {
    ok(
      yield* sys.sigaction(
        sig,
        function* (sys, sig, info) {
          all.push([sig, ...[8, 16, 24].map((at) => sys.loadInt((info + at) as UserPtr))])
        },
        flags,
      ),
    )
  }
  return all
}

function* ends(): Run<number> {
  return 7
}

describe('the end of a child', () => {
  it('is told by the signal that it was made with', () => {
    inVm(function* (sys) {
      const all = yield* told(sys)
      const child = ok(yield* sys.clone(SIGUSR1, ends))
      void (yield* sys.nanosleep(1))
      is(all.splice(0), [[SIGUSR1, CLD_EXITED, child, 7]])
      is(yield* waitFor(sys, child), 7 << 8)
      const other = ok(yield* sys.fork((sys) => sys.nanosleep(50)))
      ok(yield* sys.kill(other, SIGKILL))
      void (yield* sys.nanosleep(1))
      is(all, [[SIGCHLD, CLD_KILLED, other, SIGKILL]])
      return 0
    })
  })

  it('is told by the id that the parent knows', () => {
    inVm(function* (sys) {
      const init = yield* sys.clone(CLONE_NEWPID | SIGCHLD, function* (sys) {
        const all = yield* told(sys)
        is(yield* sys.fork(ends), 2)
        void (yield* sys.nanosleep(1))
        is(all, [[SIGCHLD, CLD_EXITED, 2, 7]])
        return 0
      })
      is(yield* waitFor(sys, ok(init)), 0)
      return 0
    })
  })

  it('and its stop are told to a thread, where the leader of the parent blocks the signal', () => {
    inVm(function* (sys) {
      const took: number[] = []
      ok(
        yield* sys.sigaction(SIGCHLD, function* (sys) {
          took.push(yield* sys.gettid())
        }),
      )
      const thread = ok(
        yield* sys.clone(THREAD, function* (sys) {
          while ((yield* sys.nanosleep(1000)) < 0);
          return 0
        }),
      )
      ok(yield* sys.sigprocmask(0, sigmask(SIGCHLD)))
      const child = ok(yield* sys.fork((sys) => sys.nanosleep(50)))
      for (const sig of [SIGSTOP, SIGKILL]) {
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.kill(child, sig))
      }
      ok(yield* sys.nanosleep(1))
      is(took, [thread, thread])
      return yield* sys.exit_group(0)
    })
  })

  it('leaves nothing to wait for with SA_NOCLDWAIT, and is told all the same', () => {
    inVm(function* (sys) {
      const all = yield* told(sys, SA_NOCLDWAIT)
      const child = ok(yield* sys.fork(ends))
      void (yield* sys.nanosleep(1))
      is(all, [[SIGCHLD, CLD_EXITED, child, 7]])
      fails(yield* sys.wait4(child, 0, __WALL), ECHILD)
      return 0
    })
  })

  it('leaves nothing where SIGCHLD is ignored, not even that pending; one that sends another signal has to be waited for', () => {
    inVm(function* (sys) {
      ok(yield* sys.sigaction(SIGCHLD, SIG_IGN))
      ok(yield* sys.sigprocmask(0, sigmask(SIGCHLD) | sigmask(SIGUSR1)))
      const child = ok(yield* sys.fork(ends))
      ok(yield* sys.nanosleep(1))
      const set = sys.alloc(8)
      ok(yield* sys.syscall(136, set, 8))
      is(sys.loadInt(set), 0)
      fails(yield* sys.wait4(child, 0, __WALL), ECHILD)
      is(yield* waitFor(sys, ok(yield* sys.clone(SIGUSR1, ends))), 7 << 8)
      return 0
    })
  })
})

describe('SA_NOCLDSTOP', () => {
  it('keeps SIGCHLD from coming for a stop and its end; wait(2) tells of them as ever', () => {
    inVm(function* (sys) {
      const all = yield* told(sys, SA_NOCLDSTOP)
      const child = ok(yield* sys.fork((sys) => sys.nanosleep(50)))
      for (const sig of [SIGSTOP, SIGCONT]) {
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.kill(child, sig))
        ok(yield* sys.nanosleep(1))
        is(yield* sys.wait4(child, 0, WNOHANG | WUNTRACED | WCONTINUED), child)
      }
      is(all, [])
      ok(yield* sys.kill(child, SIGKILL))
      void (yield* sys.nanosleep(1))
      is(all, [[SIGCHLD, CLD_KILLED, child, SIGKILL]])
      return 0
    })
  })
})
