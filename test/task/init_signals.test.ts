import { describe, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { CLONE_NEWPID, CLONE_VM } from '../../kernel/task/fork.ts'
import {
  SIGCHLD,
  SIGCONT,
  SIGKILL,
  SIGSEGV,
  SIGSTOP,
  SIGTERM,
  SIGTSTP,
  SIGUSR1,
  sigmask,
} from '../../kernel/task/signal.ts'
import { expectStatus, inVm, is, ok, waitFor, withVm } from '../support/vm.ts'

const [SIG_BLOCK, SIG_UNBLOCK, WUNTRACED] = [0, 1, 2]

/** A first process of a pid namespace that runs `body` and then sleeps; it ends with 7 unless something ends it. */
function* init(sys: Libc, body: (sys: Libc) => Run<void> = function* () {}, flags = 0): Run<number> {
  const child = ok(
    yield* sys.clone(CLONE_NEWPID | SIGCHLD | flags, function* (sys) {
      yield* body(sys)
      for (let i = 0; i < 10; i++) ok(Math.min(0, yield* sys.nanosleep(1)))
      return 7
    }),
  )
  ok(yield* sys.nanosleep(1))
  return child
}

/** Every way to send `sig` to process 1, from a child of it too. */
function* fromInside(sys: Libc, sig: number): Run<void> {
  ok(yield* sys.kill(1, sig))
  ok(yield* sys.syscall(130, 1, sig))
  ok(yield* sys.tgkill(1, 1, sig))
  // A group of its own: the old one has the maker in it.
  ok(yield* sys.setsid())
  ok(yield* sys.kill(0, sig))
  const child = ok(
    yield* sys.fork(function* (sys) {
      return yield* sys.kill(1, sig)
    }),
  )
  // It may be in the group that got the signal.
  ok(yield* sys.wait4(child, 0, 0))
}

describe('the first process of a pid namespace', () => {
  it.each([SIGKILL, SIGTERM, SIGSTOP, SIGTSTP, SIGUSR1])(
    'does not get signal %i from inside unless it has a handler',
    (sig) => {
      inVm(function* (sys) {
        is(yield* waitFor(sys, yield* init(sys, (sys) => fromInside(sys, sig))), 7 << 8)
        return 0
      })
    },
  )

  it('has what it blocks pending, which is gone once it does not', () => {
    inVm(function* (sys) {
      const child = yield* init(sys, function* (sys) {
        const set = sys.alloc(8)
        ok(yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGTERM)))
        ok(yield* sys.kill(1, SIGTERM))
        ok(yield* sys.syscall(136, set, 8))
        is(sys.loadInt(set), Number(sigmask(SIGTERM)))
        ok(yield* sys.sigprocmask(SIG_UNBLOCK, sigmask(SIGTERM)))
        ok(yield* sys.syscall(136, set, 8))
        is(sys.loadInt(set), 0)
      })
      is(yield* waitFor(sys, child), 7 << 8)
      return 0
    })
  })

  it('gets what it has a handler for', () => {
    inVm(function* (sys) {
      const seen = sys.alloc(4)
      const body = function* (sys: Libc): Run<void> {
        ok(
          yield* sys.sigaction(SIGTERM, function* (sys) {
            sys.storeInt(seen, sys.loadInt(seen) + 1)
          }),
        )
        ok(yield* sys.kill(1, SIGTERM))
      }
      const child = yield* init(sys, body, CLONE_VM)
      ok(yield* sys.kill(child, SIGTERM))
      is(yield* waitFor(sys, child), 7 << 8)
      is(sys.loadInt(seen), 2)
      return 0
    })
  })

  it('is killed by SIGKILL from outside, and all with it', () => {
    inVm(function* (sys) {
      const alive = sys.alloc(4)
      const body = function* (sys: Libc): Run<void> {
        ok(
          yield* sys.clone(CLONE_VM | SIGCHLD, function* (sys) {
            ok(yield* sys.nanosleep(5))
            sys.storeInt(alive, 1)
            return 0
          }),
        )
      }
      const child = yield* init(sys, body, CLONE_VM)
      ok(yield* sys.kill(child, SIGKILL))
      is(yield* waitFor(sys, child), SIGKILL)
      ok(yield* sys.nanosleep(20))
      is(sys.loadInt(alive), 0)
      return 0
    })
  })

  it('is stopped by SIGSTOP from outside, and goes on', () => {
    inVm(function* (sys) {
      const child = yield* init(sys)
      ok(yield* sys.kill(child, SIGSTOP))
      const status = sys.alloc(4)
      is(yield* sys.wait4(child, status, WUNTRACED), child)
      is(sys.loadInt(status), (SIGSTOP << 8) | 0x7f)
      ok(yield* sys.kill(child, SIGCONT))
      is(yield* waitFor(sys, child), 7 << 8)
      return 0
    })
  })

  it.each([SIGTERM, SIGTSTP])('does not get signal %i from outside, without a handler', (sig) => {
    inVm(function* (sys) {
      const child = yield* init(sys)
      ok(yield* sys.kill(child, sig))
      is(yield* waitFor(sys, child), 7 << 8)
      return 0
    })
  })

  it('ends by what it does itself', () => {
    inVm(function* (sys) {
      const child = yield* init(sys, function* (sys) {
        sys.storeInt(8 as never, 1)
      })
      is(yield* waitFor(sys, child), SIGSEGV)
      return 0
    })
  })

  it('of one in another is killed from both outside', () => {
    inVm(function* (sys) {
      const outer = yield* init(sys, function* (sys) {
        const inner = yield* init(sys)
        is(inner, 2)
        ok(yield* sys.kill(inner, SIGKILL))
        is(yield* waitFor(sys, inner), SIGKILL)
      })
      is(yield* waitFor(sys, outer), 7 << 8)
      return 0
    })
  })

  it('of the machine is killed by nobody in it', () => {
    withVm({}, (vm) => {
      const main = function* init(sys: Libc): Run<number> {
        yield* fromInside(sys, SIGKILL)
        return 7
      }
      const process = vm.spawn(main, [], { pid: 1 })
      vm.spawn(function* other(sys) {
        ok(yield* sys.kill(1, SIGKILL))
        return 0
      })
      vm.run()
      expectStatus(vm, process, 7 << 8)
    })
  })
})
