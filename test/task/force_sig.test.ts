import { describe, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { CLONE_NEWPID, CLONE_VM } from '../../kernel/task/fork.ts'
import { SA_ONSTACK, SIGCHLD, SIGKILL, SIGSEGV, SIGTERM, SIGUSR1, SIG_IGN, sigmask } from '../../kernel/task/signal.ts'
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

describe('the first process of a namespace', () => {
  it('that has a handler for what it did itself is as safe as before', () => {
    inVm(function* (sys) {
      const seen = sys.alloc(4)
      const init = yield* sys.clone(CLONE_NEWPID | CLONE_VM | SIGCHLD, function* (sys) {
        ok(
          yield* sys.sigaction(SIGSEGV, function* (sys) {
            sys.storeInt(seen, 1)
          }),
        )
        // Its stack for this one is nowhere: SIGSEGV comes in its place.
        ok(yield* sys.sigaltstack(sys.words(4096n, 0n, 65536n)))
        ok(yield* sys.sigaction(SIGUSR1, function* () {}, SA_ONSTACK))
        for (const sig of [SIGUSR1, SIGTERM]) ok(yield* sys.kill(1, sig))
        return 4
      })
      is([yield* waitFor(sys, ok(init)), sys.loadInt(seen)], [4 << 8, 1])
      return 0
    })
  })
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
