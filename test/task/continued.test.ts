import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { WCONTINUED, WNOHANG, WUNTRACED } from '../../kernel/task/exit.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import {
  CLD_CONTINUED,
  CLD_STOPPED,
  SIGCHLD,
  SIGCONT,
  SIGKILL,
  SIGSTOP,
  SIGTSTP,
  sigmask,
} from '../../kernel/task/signal.ts'
import { inVm, is, ok, waitFor } from '../support/vm.ts'

const ANY = WNOHANG | WUNTRACED | WCONTINUED

/** The news of `child` that there is now, as wait(2) reports it; 0 for none. */
function* news(sys: Libc, child: number): Run<number> {
  const status = sys.alloc(4)
  ok(yield* sys.nanosleep(1))
  return (yield* sys.wait4(child, status, ANY)) === child ? sys.loadInt(status) : 0
}

describe('a process that is stopped', () => {
  it('and killed is not stopped any more, even before it has run', () => {
    inVm(function* (sys) {
      const child = ok(yield* sys.fork((sys) => sys.nanosleep(50)))
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.kill(child, SIGSTOP))
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.kill(child, SIGKILL))
      is(yield* sys.wait4(child, 0, ANY), 0)
      is(yield* waitFor(sys, child), SIGKILL)
      return 0
    })
  })
})

describe('a parent that ignores SIGCHLD', () => {
  it('does not find it pending when a child stops or goes on, also where it blocks it', () => {
    inVm(function* (sys) {
      const SIG_IGN = 1
      const [SIG_BLOCK, set] = [0, sys.alloc(8)]
      ok(yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGCHLD)))
      ok(yield* sys.sigaction(SIGCHLD, SIG_IGN))
      const child = ok(yield* sys.fork((sys) => sys.nanosleep(50)))
      for (const sig of [SIGSTOP, SIGCONT]) {
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.kill(child, sig))
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.syscall(136, set, 8))
        is(sys.loadInt(set), 0)
      }
      return 0
    })
  })
})

describe('a process that is stopped again', () => {
  it('is reported again', () => {
    inVm(function* (sys) {
      const child = ok(yield* sys.fork((sys) => sys.nanosleep(50)))
      for (const [sig, status] of [
        [SIGSTOP, (SIGSTOP << 8) | 0x7f],
        [SIGCONT, 0xffff],
        [SIGSTOP, (SIGSTOP << 8) | 0x7f],
        [SIGCONT, 0xffff],
      ]) {
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.kill(child, sig))
        is([yield* news(sys, child), yield* news(sys, child)], [status, 0])
      }
      return 0
    })
  })

  it('is not reported to go on, though it did in between', () => {
    inVm(function* (sys) {
      const child = ok(yield* sys.fork((sys) => sys.nanosleep(50)))
      for (const sig of [SIGSTOP, SIGCONT, SIGSTOP]) {
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.kill(child, sig))
      }
      ok(yield* sys.nanosleep(1))
      is(yield* sys.wait4(child, 0, WNOHANG | WCONTINUED), 0)
      is(yield* sys.wait4(child, 0, WNOHANG | WUNTRACED), child)
      ok(yield* sys.kill(child, SIGKILL))
      return 0
    })
  })
})

describe('a process that goes on', () => {
  it('before all of it had stopped was never stopped, and goes on all the same: as the host’s kernel says', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          // Who waits for a child of vfork stops only behind that.
          const waits = function* (sys: Libc): Run<number> {
            return ok(
              yield* sys.vfork(function* (sys) {
                return yield* sys.nanosleep(20)
              }),
            )
          }
          ok(yield* sys.clone(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, waits))
          ok(yield* sys.nanosleep(50))
          return 5
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.kill(child, SIGSTOP))
      is(yield* news(sys, child), 0)
      ok(yield* sys.kill(child, SIGCONT))
      is([yield* news(sys, child), yield* news(sys, child)], [0xffff, 0])
      ok(yield* sys.kill(child, SIGCONT))
      is(yield* news(sys, child), 0)
      is(yield* waitFor(sys, child), 5 << 8)
      return 0
    })
  })
})

describe('SIGCHLD of a child that stops and goes on', () => {
  /** si_pid, si_code and si_status of each. */
  function* told(sys: Libc): Run<number[][]> {
    const all: number[][] = []
    ok(
      yield* sys.sigaction(SIGCHLD, function* (sys, _sig, info) {
        all.push([16, 8, 24].map((at) => sys.loadInt((info + at) as UserPtr)))
      }),
    )
    return all
  }

  function* sleeps(sys: Libc): Run<number> {
    while ((yield* sys.nanosleep(1000)) < 0);
    return 0
  }

  it('tells of the process, with the signal that did it, also where one thread got that', () => {
    inVm(function* (sys) {
      const all = yield* told(sys)
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.setpgid(0, 0))
          ok(yield* sys.clone(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, sleeps))
          return yield* sleeps(sys)
        }),
      )
      void (yield* sys.nanosleep(1))
      for (const sig of [SIGTSTP, SIGCONT]) {
        ok(yield* sys.tgkill(child, child + 1, sig))
        void (yield* sys.nanosleep(1))
      }
      is(all, [
        [child, CLD_STOPPED, SIGTSTP],
        [child, CLD_CONTINUED, SIGCONT],
      ])
      ok(yield* sys.kill(child, SIGKILL))
      return 0
    })
  })

  it('tells of a stop by no signal, where it went on before it had stopped: as the host’s kernel says', () => {
    inVm(function* (sys) {
      const all = yield* told(sys)
      const child = ok(
        yield* sys.fork(function* (sys) {
          const waits = (sys: Libc): Run<number> => sys.vfork((sys) => sys.nanosleep(20))
          ok(yield* sys.clone(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, waits))
          return yield* sleeps(sys)
        }),
      )
      void (yield* sys.nanosleep(1))
      ok(yield* sys.kill(child, SIGSTOP))
      void (yield* sys.nanosleep(1))
      ok(yield* sys.kill(child, SIGCONT))
      void (yield* sys.nanosleep(1))
      is(all, [[child, CLD_STOPPED, 0]])
      ok(yield* sys.kill(child, SIGKILL))
      return 0
    })
  })

  it('and who waits for it to go on is woken then', () => {
    inVm(function* (sys) {
      const status = sys.alloc(4)
      const child = ok(yield* sys.fork(sleeps))
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.kill(child, SIGSTOP))
      ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.nanosleep(2))
          return yield* sys.kill(child, SIGCONT)
        }),
      )
      is(yield* sys.wait4(child, status, WCONTINUED), child)
      is(sys.loadInt(status), 0xffff)
      // It goes on: that it had stopped is no news any more.
      is(yield* sys.wait4(child, status, WNOHANG | WUNTRACED), 0)
      ok(yield* sys.kill(child, SIGKILL))
      return 0
    })
  })
})
