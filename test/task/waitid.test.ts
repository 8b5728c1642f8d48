import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { ECHILD, EFAULT, EINVAL, ESRCH } from '../../kernel/errno.ts'
import {
  WCONTINUED,
  WEXITED,
  WNOHANG,
  WNOWAIT,
  WSTOPPED,
  __WALL,
  __WCLONE,
  __WNOTHREAD,
} from '../../kernel/task/exit.ts'
import { CLONE_PARENT, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import {
  CLD_CONTINUED,
  CLD_EXITED,
  CLD_KILLED,
  CLD_STOPPED,
  SIGCHLD,
  SIGCONT,
  SIGSTOP,
  SIGTERM,
} from '../../kernel/task/signal.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
const P_ALL = 0
const P_PID = 1
const P_PGID = 2
const P_PIDFD = 3
/** What the call leaves alone. */
const KEPT = -0x11111112

/** A child that sleeps `sec` seconds and ends with `status`. */
function sleeper(sec: number, status = 0) {
  return function* (sys: Libc): Run<number> {
    ok(yield* sys.nanosleep(sec))
    return status
  }
}

/** Call waitid(2); what it returns, and the siginfo_t's first eight ints, each KEPT where they were not written. */
function* waitid(sys: Libc, which: number, id: number, options: number): Run<{ ret: number; info: number[] }> {
  const info = sys.alloc(128)
  sys.store(info, new Uint8Array(128).fill(0xee))
  const ret = yield* sys.waitid(which, id, info, options)
  const bytes = new DataView(sys.load(info, 32).buffer)
  return { ret, info: Array.from({ length: 8 }, (_, i) => bytes.getInt32(4 * i, true)) }
}

const child = (code: number, pid: number, status: number): number[] => [SIGCHLD, 0, code, KEPT, pid, 0, status, KEPT]
const NONE = [0, 0, 0, KEPT, 0, 0, 0, KEPT]

describe('waitid', () => {
  it('refuses what names no children and no news, and clears the siginfo all the same', () => {
    inVm(function* (sys) {
      for (const [which, id, options, errno] of [
        [P_ALL, 0, WEXITED, ECHILD],
        [P_PGID, 0, WEXITED, ECHILD],
        [P_ALL, 0, WNOHANG, EINVAL],
        [P_ALL, 0, WEXITED | 0x10000, EINVAL],
        [P_PID, 0, WEXITED, EINVAL],
        [P_PID, -1, WEXITED, EINVAL],
        [P_PGID, -1, WEXITED, EINVAL],
        [P_PIDFD, 3, WEXITED, EINVAL],
        [9, 0, WEXITED, EINVAL],
      ] as const) {
        is(yield* waitid(sys, which, id, options), { ret: -errno, info: NONE })
      }
      fails(yield* sys.wait4(-0x80000000, 0, 0), ESRCH)
      return 0
    })
  })

  it('tells how a child ended, and with WNOWAIT tells it again', () => {
    inVm(function* (sys) {
      const a = ok(yield* sys.fork(sleeper(1, 0x1ff)))
      const b = ok(yield* sys.fork(sleeper(100)))
      is(yield* waitid(sys, P_ALL, 0, WEXITED | WNOHANG), { ret: 0, info: NONE })
      is(yield* waitid(sys, P_PID, a, WEXITED | WNOWAIT), { ret: 0, info: child(CLD_EXITED, a, 0xff) })
      is(yield* waitid(sys, P_PGID, 0, WEXITED), { ret: 0, info: child(CLD_EXITED, a, 0xff) })
      ok(yield* sys.kill(b, SIGTERM))
      is(yield* waitid(sys, P_ALL, 0, WEXITED), { ret: 0, info: child(CLD_KILLED, b, SIGTERM) })
      is(yield* waitid(sys, P_ALL, 0, WEXITED), { ret: -ECHILD, info: NONE })
      return 0
    })
  })

  it('tells of a stop and of its end, each once', () => {
    inVm(function* (sys) {
      const pid = ok(yield* sys.fork(sleeper(100)))
      ok(yield* sys.kill(pid, SIGSTOP))
      const stopped = { ret: 0, info: child(CLD_STOPPED, pid, SIGSTOP) }
      is(yield* waitid(sys, P_PID, pid, WSTOPPED | WNOWAIT), stopped)
      is(yield* waitid(sys, P_PID, pid, WSTOPPED | WEXITED), stopped)
      is(yield* waitid(sys, P_PID, pid, WSTOPPED | WNOHANG), { ret: 0, info: NONE })
      ok(yield* sys.kill(pid, SIGCONT))
      const continued = { ret: 0, info: child(CLD_CONTINUED, pid, SIGCONT) }
      is(yield* waitid(sys, P_PID, pid, WCONTINUED | WNOWAIT), continued)
      is(yield* waitid(sys, P_PID, pid, WCONTINUED), continued)
      is(yield* waitid(sys, P_PID, pid, WCONTINUED | WNOHANG), { ret: 0, info: NONE })
      ok(yield* sys.kill(pid, SIGTERM))
      is(yield* waitFor(sys, pid), SIGTERM)
      return 0
    })
  })

  it('without WEXITED a child that has ended is none to wait for', () => {
    inVm(function* (sys) {
      const pid = ok(yield* sys.fork(sleeper(0)))
      ok(yield* sys.nanosleep(1))
      is(yield* waitid(sys, P_ALL, 0, WSTOPPED | WCONTINUED), { ret: -ECHILD, info: NONE })
      is(yield* waitFor(sys, pid), 0)
      return 0
    })
  })

  it('waits asleep for one that stops, and is told where it ends instead', () => {
    inVm(function* (sys) {
      const pid = ok(yield* sys.fork(sleeper(1)))
      is(yield* waitid(sys, P_PID, pid, WSTOPPED), { ret: -ECHILD, info: NONE })
      is(yield* waitFor(sys, pid), 0)
      return 0
    })
  })

  it('the siginfo may be nowhere, and where it is bad the child is gone', () => {
    inVm(function* (sys) {
      ok(yield* sys.fork(sleeper(0)))
      is(yield* sys.waitid(P_ALL, 0, 0, WEXITED), 0)
      ok(yield* sys.fork(sleeper(0)))
      fails(yield* sys.waitid(P_ALL, 0, 8, WEXITED), EFAULT)
      fails(yield* sys.waitid(P_ALL, 0, 8, WEXITED), EFAULT)
      fails(yield* sys.wait4(-1, 0, 0), ECHILD)
      const info = sys.alloc(128)
      ok(yield* sys.fork(sleeper(0)))
      fails(yield* sys.waitid(P_ALL, 0, info, WEXITED, 8), EFAULT)
      is(sys.loadInt(info), 0)
      return 0
    })
  })

  it('waits for a process group', () => {
    inVm(function* (sys) {
      const [a, b] = [ok(yield* sys.fork(sleeper(1))), ok(yield* sys.fork(sleeper(2)))]
      ok(yield* sys.setpgid(b, 0))
      is(yield* waitid(sys, P_PGID, b, WEXITED), { ret: 0, info: child(CLD_EXITED, b, 0) })
      is(yield* waitid(sys, P_PGID, b, WEXITED), { ret: -ECHILD, info: NONE })
      is(yield* waitid(sys, P_PGID, 1, WEXITED), { ret: -ECHILD, info: NONE })
      is(yield* waitFor(sys, a), 0)
      return 0
    })
  })
})

describe('the children of a thread', () => {
  it('are its own with __WNOTHREAD, and the process’s without', () => {
    inVm(function* (sys) {
      const seen = sys.alloc(8)
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          sys.storeInt(seen, ok(yield* sys.fork(sleeper(2))))
          ok(yield* sys.nanosleep(9))
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      fails(yield* sys.wait4(-1, 0, __WNOTHREAD), ECHILD)
      is(yield* waitid(sys, P_ALL, 0, WEXITED | __WNOTHREAD), { ret: -ECHILD, info: NONE })
      is(yield* sys.wait4(-1, 0, 0), sys.loadInt(seen))
      return 0
    })
  })

  it('go to another thread when it ends', () => {
    inVm(function* (sys) {
      const seen = sys.alloc(8)
      const me = ok(yield* sys.getpid())
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          const pid = ok(
            yield* sys.fork(function* (sys) {
              ok(yield* sys.nanosleep(2))
              is(yield* sys.getppid(), me)
              return 3
            }),
          )
          sys.storeInt(seen, pid)
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      is(yield* sys.wait4(-1, (seen + 4) as UserPtr, __WNOTHREAD), sys.loadInt(seen))
      is(sys.loadInt((seen + 4) as UserPtr), 3 << 8)
      return 0
    })
  })
})

describe('CLONE_PARENT', () => {
  it('makes a brother, who sends what its maker sends', () => {
    inVm(function* (sys) {
      const me = ok(yield* sys.getpid())
      const seen = sys.alloc(4)
      const maker = ok(
        yield* sys.clone(CLONE_VM | SIGCHLD, function* (sys) {
          const brother = yield* sys.clone(CLONE_PARENT, function* (sys) {
            is(yield* sys.getppid(), me)
            return 5
          })
          sys.storeInt(seen, ok(brother))
          fails(yield* sys.wait4(-1, 0, __WALL), ECHILD)
          return 0
        }),
      )
      is(yield* waitFor(sys, maker), 0)
      fails(yield* sys.wait4(-1, 0, __WCLONE), ECHILD)
      const brother = sys.loadInt(seen)
      is(yield* waitid(sys, P_PID, brother, WEXITED), { ret: 0, info: child(CLD_EXITED, brother, 5) })
      return 0
    })
  })
})
