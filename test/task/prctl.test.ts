import { describe, expect, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { ECHILD, EFAULT, EINVAL } from '../../kernel/errno.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGTERM, SIGUSR1 } from '../../kernel/task/signal.ts'
import {
  PR_GET_CHILD_SUBREAPER,
  PR_GET_PDEATHSIG,
  PR_SET_CHILD_SUBREAPER,
  PR_SET_PDEATHSIG,
} from '../../syscalls/prctl.ts'
import { UNMAPPED, fails, inVm, is, ok, waitFor, withVm } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
const word = (n: number): UserPtr => n as UserPtr

function* ask(sys: Libc, option: number): Run<number> {
  const at = sys.alloc(4)
  ok(yield* sys.prctl(option, at))
  return sys.loadInt(at)
}

describe('the signal of the parent’s death', () => {
  it('is none at first, one signal or none, and a child has none', () => {
    inVm(function* (sys) {
      is(yield* ask(sys, PR_GET_PDEATHSIG), 0)
      for (const bad of [65, -1]) fails(yield* sys.prctl(PR_SET_PDEATHSIG, word(bad)), EINVAL)
      ok(yield* sys.prctl(PR_SET_PDEATHSIG, word(SIGUSR1)))
      is(yield* ask(sys, PR_GET_PDEATHSIG), SIGUSR1)
      const child = ok(yield* sys.fork((sys) => ask(sys, PR_GET_PDEATHSIG)))
      is(yield* waitFor(sys, child), 0)
      fails(yield* sys.prctl(PR_GET_PDEATHSIG, UNMAPPED), EFAULT)
      ok(yield* sys.prctl(PR_SET_PDEATHSIG, word(0)))
      is(yield* ask(sys, PR_GET_PDEATHSIG), 0)
      return 0
    })
  })

  it('comes when the thread that made it ends, even where its process goes on', () => {
    inVm(function* (sys) {
      const child = sys.alloc(4)
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          const pid = ok(
            yield* sys.fork(function* (sys) {
              ok(yield* sys.prctl(PR_SET_PDEATHSIG, word(SIGTERM)))
              return yield* sys.nanosleep(100)
            }),
          )
          sys.storeInt(child, pid)
          ok(yield* sys.nanosleep(1))
          return 0
        }),
      )
      ok(yield* sys.nanosleep(0, 1))
      is([yield* waitFor(sys, -1), sys.loadInt(child) > 0], [SIGTERM, true])
      return 0
    })
  })

  it('goes with the rights that one had', () => {
    inVm(function* (sys) {
      for (const [change, left] of [
        [(sys: Libc) => sys.setuid(7), 0],
        [(sys: Libc) => sys.setgid(7), 0],
        [(sys: Libc) => sys.setfsuid(7), 0],
        [(sys: Libc) => sys.setgroups([7]), SIGTERM],
        [(sys: Libc) => sys.setresuid(7, -1, -1), SIGTERM],
      ] as const) {
        const child = ok(
          yield* sys.fork(function* (sys) {
            ok(yield* sys.prctl(PR_SET_PDEATHSIG, word(SIGTERM)))
            ok(yield* change(sys))
            return yield* ask(sys, PR_GET_PDEATHSIG)
          }),
        )
        is(yield* waitFor(sys, child), left << 8)
      }
      return 0
    })
  })
})

describe('a subreaper', () => {
  /** A child whose own child is an orphan at once and ends with 5 after a second. */
  function* orphan(sys: Libc): Run<number> {
    ok(
      yield* sys.fork(function* (sys) {
        ok(yield* sys.nanosleep(1))
        return 5
      }),
    )
    return 0
  }

  it('gets the orphans among its descendants, and waits for them as for its own', () => {
    inVm(function* (sys) {
      is(yield* ask(sys, PR_GET_CHILD_SUBREAPER), 0)
      is(yield* waitFor(sys, ok(yield* sys.fork(orphan))), 0)
      fails(yield* sys.wait4(-1, 0, 0), ECHILD)
      ok(yield* sys.prctl(PR_SET_CHILD_SUBREAPER, word(1)))
      is(yield* ask(sys, PR_GET_CHILD_SUBREAPER), 1)
      const child = ok(
        yield* sys.fork(function* (sys) {
          is(yield* ask(sys, PR_GET_CHILD_SUBREAPER), 0)
          is(yield* waitFor(sys, ok(yield* sys.fork(orphan))), 0)
          fails(yield* sys.wait4(-1, 0, 0), ECHILD)
          return 0
        }),
      )
      is(yield* waitFor(sys, child), 0)
      is(yield* waitFor(sys, -1), 5 << 8)
      ok(yield* sys.prctl(PR_SET_CHILD_SUBREAPER, word(0)))
      is(yield* waitFor(sys, ok(yield* sys.fork(orphan))), 0)
      fails(yield* sys.wait4(-1, 0, 0), ECHILD)
      fails(yield* sys.prctl(PR_GET_CHILD_SUBREAPER, UNMAPPED), EFAULT)
      return 0
    })
  })

  it('is sent SIGCHLD, whatever the orphan was made to send', () => {
    inVm(function* (sys) {
      ok(yield* sys.prctl(PR_SET_CHILD_SUBREAPER, word(1)))
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(
            yield* sys.clone(0, function* (sys) {
              ok(yield* sys.nanosleep(1))
              return 5
            }),
          )
          return 0
        }),
      )
      is(yield* waitFor(sys, child), 0)
      const status = sys.alloc(4)
      is([(yield* sys.wait4(-1, status, 0)) > 0, sys.loadInt(status)], [true, 5 << 8])
      return 0
    })
  })

  it('gets those of processes that were there before it asked', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.nanosleep(1))
          return yield* orphan(sys)
        }),
      )
      ok(yield* sys.prctl(PR_SET_CHILD_SUBREAPER, word(1)))
      is(yield* waitFor(sys, child), 0)
      is(yield* waitFor(sys, -1), 5 << 8)
      return 0
    })
  })

  it('the nearest one is asked', () => {
    withVm({}, (vm) => {
      vm.spawn(function* main(sys) {
        ok(yield* sys.prctl(PR_SET_CHILD_SUBREAPER, word(1)))
        const near = ok(
          yield* sys.fork(function* (sys) {
            ok(yield* sys.prctl(PR_SET_CHILD_SUBREAPER, word(1)))
            is(yield* waitFor(sys, ok(yield* sys.fork(orphan))), 0)
            is(yield* waitFor(sys, -1), 5 << 8)
            return 0
          }),
        )
        is(yield* waitFor(sys, near), 0)
        fails(yield* sys.wait4(-1, 0, 0), ECHILD)
        return 0
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
    })
  })
})
