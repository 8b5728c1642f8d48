import { describe, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGUSR1, SIGUSR2, sigmask } from '../../kernel/task/signal.ts'
import { inVm, is, ok } from '../support/vm.ts'

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
})
