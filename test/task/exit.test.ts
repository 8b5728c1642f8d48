import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { ECHILD, ESRCH } from '../../kernel/errno.ts'
import { WEXITED, WNOHANG, WNOWAIT, WSTOPPED, WUNTRACED, __WCLONE, __WNOTHREAD } from '../../kernel/task/exit.ts'
import { CLONE_NEWPID, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import {
  SIGCHLD,
  SIGKILL,
  SIGSTOP,
  SIGTSTP,
  SIGUSR1,
  SIG_DFL,
  SIG_IGN,
  SI_USER,
  sigmask,
} from '../../kernel/task/signal.ts'
import { PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG } from '../../syscalls/prctl.ts'
import { textOf } from '../support/proc.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
const P_PID = 1
const __NR_setitimer = 103
const word = (n: number): UserPtr => n as UserPtr

function* sleepsLong(sys: Libc): Run<number> {
  while ((yield* sys.nanosleep(1000)) < 0);
  return 0
}

describe('a process of two threads', () => {
  it('that is stopped ends whole by SIGKILL', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.clone(THREAD, sleepsLong))
          return yield* sleepsLong(sys)
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

  it('ends at once, also where one of them waits for its child of vfork', () => {
    inVm(function* (sys) {
      const [now, before] = [sys.alloc(16), sys.alloc(16)]
      const child = ok(
        yield* sys.fork(function* (sys) {
          const waits = (sys: Libc): Run<number> => sys.vfork((sys) => sys.nanosleep(20))
          ok(yield* sys.clone(THREAD, waits))
          ok(yield* sys.nanosleep(1))
          return yield* sys.exit_group(7)
        }),
      )
      ok(yield* sys.syscall(113, 1, before))
      is(yield* waitFor(sys, child), 7 << 8)
      ok(yield* sys.syscall(113, 1, now))
      is(sys.loadInt(now) - sys.loadInt(before), 1)
      return 0
    })
  })
})

describe('a process that has ended', () => {
  it('gets no alarm any more: nothing of it counts as pending', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          const in1s = sys.words(0n, 0n, 1n, 0n)
          ok(yield* sys.syscall(__NR_setitimer, 0, in1s, 0))
          return 0
        }),
      )
      is(yield* waitFor(sys, child), 0)
      ok(yield* sys.nanosleep(2))
      is(/^SigQ:\s*(\d+)/m.exec(yield* textOf(sys, '/proc/self/status'))?.[1], '0')
      return 0
    })
  })

  it('is told of by its real user, whoever it was in effect', () => {
    inVm(function* (sys) {
      const info = sys.alloc(128)
      const uids: number[] = []
      ok(
        yield* sys.sigaction(SIGCHLD, function* (sys, _sig, info) {
          uids.push(sys.loadInt(word(info + 20)))
        }),
      )
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.setresuid(11, 12, 13))
          return 0
        }),
      )
      while ((yield* sys.waitid(P_PID, child, info, WEXITED)) < 0);
      is([sys.loadInt(word(info + 20)), uids], [11, [11]])
      return 0
    })
  })
})

describe('a process that is stopped', () => {
  it('is told of with the signal that stopped it', () => {
    inVm(function* (sys) {
      const [info, status] = [sys.alloc(128), sys.alloc(4)]
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.setpgid(0, 0))
          return yield* sleepsLong(sys)
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.kill(child, SIGTSTP))
      ok(yield* sys.waitid(P_PID, child, info, WSTOPPED | WNOWAIT))
      is(sys.loadInt(word(info + 24)), SIGTSTP)
      is(yield* sys.wait4(child, status, WUNTRACED), child)
      is(sys.loadInt(status), (SIGTSTP << 8) | 0x7f)
      ok(yield* sys.kill(child, SIGKILL))
      is(yield* waitFor(sys, child), SIGKILL)
      return 0
    })
  })
})

/** A process `middle` that ends after a second, and has made `child` before; what the child returns. */
function* orphan(sys: Libc, child: (sys: Libc) => Run<number>, flags = SIGCHLD): Run<number> {
  const pid = sys.alloc(4)
  const middle = ok(
    yield* sys.clone(CLONE_VM | SIGCHLD, function* (sys) {
      sys.storeInt(pid, ok(yield* sys.clone(CLONE_VM | flags, child)))
      ok(yield* sys.nanosleep(1))
      return 0
    }),
  )
  is(yield* waitFor(sys, middle), 0)
  return sys.loadInt(pid)
}

describe('the signal of the parent’s death', () => {
  /** The child's siginfo: signo, code, pid, uid; and who the middle one was. */
  function* told(sys: Libc, flags: number): Run<{ info: number[]; middle: number }> {
    const at = sys.alloc(20)
    const pid = yield* orphan(
      sys,
      function* (sys) {
        ok(
          yield* sys.sigaction(SIGUSR1, function* (sys, _sig, info) {
            for (const [i, from] of [0, 8, 16, 20].entries())
              sys.storeInt(word(at + 4 * i), sys.loadInt(word(info + from)))
          }),
        )
        ok(yield* sys.prctl(PR_SET_PDEATHSIG, word(SIGUSR1)))
        void (yield* sys.nanosleep(10))
        return 0
      },
      flags,
    )
    ok(yield* sys.nanosleep(1))
    return { info: [0, 4, 8, 12].map((i) => sys.loadInt(word(at + i))), middle: pid - 1 }
  }

  it('comes from who has died', () => {
    inVm(function* (sys) {
      ok(yield* sys.setresuid(5, 0, 0))
      const { info, middle } = yield* told(sys, SIGCHLD)
      is(info, [SIGUSR1, SI_USER, middle, 5])
      return 0
    })
  })

  it('comes from nobody where that one was outside of the pid namespace', () => {
    inVm(function* (sys) {
      is((yield* told(sys, SIGCHLD | CLONE_NEWPID)).info, [SIGUSR1, SI_USER, 0, 0])
      return 0
    })
  })

  it('is asked for by each thread, and goes to the process', () => {
    inVm(function* (sys) {
      const took = sys.alloc(4)
      const child = yield* orphan(sys, function* (sys) {
        ok(
          yield* sys.sigaction(SIGUSR1, function* (sys) {
            sys.storeInt(took, yield* sys.gettid())
          }),
        )
        ok(
          yield* sys.clone(THREAD, function* (sys) {
            ok(yield* sys.sigprocmask(0, sigmask(SIGUSR1)))
            ok(yield* sys.prctl(PR_SET_PDEATHSIG, word(SIGUSR1)))
            void (yield* sys.nanosleep(10))
            return 0
          }),
        )
        void (yield* sys.nanosleep(10))
        return 0
      })
      ok(yield* sys.nanosleep(1))
      is(sys.loadInt(took), child)
      return 0
    })
  })
})

describe('a child whose parent ends', () => {
  it('and was a thread is the others’ as it was: who sent no SIGCHLD sends none', () => {
    inVm(function* (sys) {
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(
            yield* sys.clone(0, function* (sys) {
              ok(yield* sys.nanosleep(1))
              return 3
            }),
          )
          return yield* sys.exit(0)
        }),
      )
      ok(yield* sys.nanosleep(2))
      fails(yield* sys.wait4(-1, 0, WNOHANG), ECHILD)
      const status = sys.alloc(4)
      ok(yield* sys.wait4(-1, status, __WCLONE))
      is(sys.loadInt(status), 3 << 8)
      return 0
    })
  })

  it('having ended itself is told of to the subreaper that waits, or is forgotten where that one ignores SIGCHLD', () => {
    inVm(function* (sys) {
      ok(yield* sys.prctl(PR_SET_CHILD_SUBREAPER, word(1)))
      const child = yield* orphan(sys, function* () {
        return 9
      })
      is(yield* waitFor(sys, child), 9 << 8)
      ok(yield* sys.sigaction(SIGCHLD, SIG_IGN))
      const [pid, middle] = [sys.alloc(4), sys.alloc(4)]
      sys.storeInt(
        middle,
        ok(
          yield* sys.clone(CLONE_VM | SIGCHLD, function* (sys) {
            ok(yield* sys.sigaction(SIGCHLD, SIG_DFL))
            sys.storeInt(
              pid,
              ok(
                yield* sys.fork(function* () {
                  return 0
                }),
              ),
            )
            ok(yield* sys.nanosleep(1))
            ok(yield* sys.kill(sys.loadInt(pid), 0))
            return 0
          }),
        ),
      )
      ok(yield* sys.nanosleep(2))
      for (const at of [pid, middle]) fails(yield* sys.kill(sys.loadInt(at), 0), ESRCH)
      return 0
    })
  })
  it('is a living thread’s of the first process, also where that one’s leader has left', () => {
    inVm(function* (sys) {
      const init = ok(
        yield* sys.clone(CLONE_NEWPID | SIGCHLD, function* (sys) {
          ok(
            yield* sys.clone(THREAD, function* (sys) {
              ok(yield* sys.nanosleep(1))
              const child = yield* orphan(sys, function* (sys) {
                ok(yield* sys.nanosleep(2))
                return 8
              })
              const status = sys.alloc(4)
              is(yield* sys.wait4(-1, status, __WNOTHREAD), child)
              is(sys.loadInt(status), 8 << 8)
              return yield* sys.exit_group(6)
            }),
          )
          return yield* sys.exit(0)
        }),
      )
      is(yield* waitFor(sys, init), 6 << 8)
      return 0
    })
  })
  it('is a subreaper’s also where the ways to that one go over threads and were there before it was one', () => {
    inVm(function* (sys) {
      const leaf = sys.alloc(4)
      /** A thread that makes a process, and what that does. */
      const byThread = (then: (sys: Libc) => Run<number>): ((sys: Libc) => Run<number>) =>
        function* (sys) {
          ok(
            yield* sys.clone(THREAD, function* (sys) {
              ok(yield* sys.clone(CLONE_VM | SIGCHLD, then))
              return yield* sleepsLong(sys)
            }),
          )
          return yield* sleepsLong(sys)
        }
      const ends = function* (sys: Libc): Run<number> {
        const child = yield* sys.fork(function* (sys) {
          ok(yield* sys.nanosleep(5))
          return 9
        })
        sys.storeInt(leaf, ok(child))
        return yield* sys.nanosleep(2)
      }
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.clone(CLONE_VM | SIGCHLD, byThread(ends)))
          return yield* sleepsLong(sys)
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.prctl(PR_SET_CHILD_SUBREAPER, word(1)))
      is(yield* waitFor(sys, -1), 9 << 8)
      is(sys.loadInt(leaf) > 0, true)
      return yield* sys.exit_group(0)
    })
  })
})
