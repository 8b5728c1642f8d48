import { describe, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGCHLD, SIGKILL, SIGUSR1, SIGUSR2, sigmask } from '../../kernel/task/signal.ts'
import { inVm, is, ok, waitFor } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD

function* sleeps(sys: Libc): Run<number> {
  while ((yield* sys.nanosleep(1000)) < 0);
  return 0
}

describe('a signal to a process whose thread was to take it', () => {
  for (const [what, handler] of [
    ['blocks it first', function* () {}],
    [
      'ends first',
      function* (sys: Libc): Run<void> {
        void (yield* sys.exit(0))
      },
    ],
  ] as const) {
    it(`is another one’s where that ${what}`, () => {
      inVm(function* (sys) {
        const me = ok(yield* sys.getpid())
        const took: number[] = []
        ok(
          yield* sys.sigaction(SIGUSR1, function* (sys) {
            took.push(yield* sys.gettid())
          }),
        )
        // While it runs the other one is blocked.
        ok(yield* sys.sigaction(SIGUSR2, handler, 0, sigmask(SIGUSR1)))
        const chosen = ok(yield* sys.clone(THREAD, sleeps))
        const other = ok(yield* sys.clone(THREAD, sleeps))
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.sigprocmask(0, sigmask(SIGUSR1)))
        ok(yield* sys.tgkill(me, chosen, SIGUSR2))
        ok(yield* sys.kill(me, SIGUSR1))
        ok(yield* sys.nanosleep(1))
        is(took, [other])
        return yield* sys.exit_group(0)
      })
    })
  }

  it('is no dead leader’s, though he blocked nothing', () => {
    inVm(function* (sys) {
      const took = sys.alloc(4)
      const child = ok(
        yield* sys.clone(CLONE_VM | SIGCHLD, function* (sys) {
          ok(
            yield* sys.sigaction(SIGUSR1, function* (sys) {
              sys.storeInt(took, yield* sys.gettid())
            }),
          )
          // While it runs the other one is blocked.
          ok(yield* sys.sigaction(SIGUSR2, function* () {}, 0, sigmask(SIGUSR1)))
          for (let i = 0; i < 2; i++) ok(yield* sys.clone(THREAD, sleeps))
          return yield* sys.exit(0)
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.tgkill(child, child + 1, SIGUSR2))
      ok(yield* sys.kill(child, SIGUSR1))
      ok(yield* sys.nanosleep(1))
      is(sys.loadInt(took), child + 2)
      ok(yield* sys.kill(child, SIGKILL))
      is(yield* waitFor(sys, child), SIGKILL)
      return 0
    })
  })
})
