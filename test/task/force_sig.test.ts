import { describe, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { SIGKILL, SIGSEGV, SIG_IGN, sigmask } from '../../kernel/task/signal.ts'
import { UNMAPPED, inVm, is, ok, waitFor } from '../support/vm.ts'

const SIG_BLOCK = 0

describe('a program that does what it may not', () => {
  for (const [what, prepare] of [
    ['ignores SIGSEGV', (sys: Libc) => sys.sigaction(SIGSEGV, SIG_IGN)],
    ['blocks SIGSEGV', (sys: Libc) => sys.sigprocmask(SIG_BLOCK, sigmask(SIGSEGV))],
    [
      'blocks SIGSEGV and has a handler for it',
      function* (sys: Libc): Run<number> {
        ok(yield* sys.sigaction(SIGSEGV, function* () {}))
        return yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGSEGV))
      },
    ],
  ] as const) {
    it(`ends by SIGSEGV, though it ${what}`, () => {
      inVm(function* (sys) {
        const child = yield* sys.fork(function* (sys) {
          ok(yield* prepare(sys))
          sys.storeInt(UNMAPPED, 1)
          return 0
        })
        is(yield* waitFor(sys, ok(child)), SIGSEGV)
        return 0
      })
    })
  }
})

describe('SIGKILL', () => {
  it('to the thread or to the process ends who waits for a child of vfork at once', () => {
    inVm(function* (sys) {
      const now = function* (): Run<number> {
        const at = sys.alloc(16)
        ok(yield* sys.syscall(113, 1, at))
        return sys.loadInt(at)
      }
      for (const toThread of [false, true]) {
        const child = ok(yield* sys.fork((sys) => sys.vfork((sys) => sys.nanosleep(50))))
        ok(yield* sys.nanosleep(1))
        const before = yield* now()
        ok(yield* toThread ? sys.tgkill(child, child, SIGKILL) : sys.kill(child, SIGKILL))
        is([yield* waitFor(sys, child), (yield* now()) - before], [SIGKILL, 0])
      }
      return 0
    })
  })
})
