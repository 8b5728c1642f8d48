import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EAGAIN, EINVAL } from '../../kernel/errno.ts'
import { WUNTRACED } from '../../kernel/task/exit.ts'
import { SIGKILL, SIGSTOP, SIGTERM, SIGUSR1, SI_TKILL, SI_USER, sigmask } from '../../kernel/task/signal.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const SIG_BLOCK = 0
const ALL = (1n << 64n) - 1n

function* wait(sys: Libc, set: bigint, info: number, sec?: number): Run<number> {
  const [these, time] = [sys.alloc(8), sys.alloc(16)]
  sys.store(these, new Uint8Array(new BigUint64Array([set]).buffer))
  if (sec !== undefined) sys.storeInt(time, sec)
  return yield* sys.syscall(137, these, info, sec === undefined ? 0 : time, 8)
}

describe('rt_sigtimedwait', () => {
  it('takes neither SIGKILL nor SIGSTOP, whatever it is to wait for', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          for (;;) if ((yield* wait(sys, ALL, 0)) > 0) return 1
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

  it('takes what came to the thread before what came to the process', () => {
    inVm(function* (sys) {
      const me = yield* sys.getpid()
      const info = sys.alloc(128)
      ok(yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGUSR1)))
      ok(yield* sys.kill(me, SIGUSR1))
      ok(yield* sys.tgkill(me, me, SIGUSR1))
      for (const code of [SI_TKILL, SI_USER]) {
        is(yield* wait(sys, sigmask(SIGUSR1), info, 0), SIGUSR1)
        is(sys.loadInt((info + 8) as UserPtr), code)
      }
      fails(yield* wait(sys, sigmask(SIGUSR1), info, 0), EAGAIN)
      return 0
    })
  })

  it('that has slept leaves blocked what was', () => {
    inVm(function* (sys) {
      const [me, old] = [yield* sys.getpid(), sys.alloc(8)]
      ok(yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGUSR1) | sigmask(SIGTERM)))
      fails(yield* wait(sys, sigmask(SIGUSR1), 0, 1), EAGAIN)
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.nanosleep(1))
          return yield* sys.kill(me, SIGUSR1)
        }),
      )
      is(yield* wait(sys, sigmask(SIGUSR1), 0, 5), SIGUSR1)
      ok(yield* sys.syscall(135, SIG_BLOCK, 0, old, 8))
      is(sys.loadInt(old), Number(sigmask(SIGUSR1) | sigmask(SIGTERM)))
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })
})

describe('sigaltstack', () => {
  it('that fails tells nothing of the old stack', () => {
    inVm(function* (sys) {
      const old = sys.alloc(24)
      sys.store(old, new Uint8Array(24).fill(7))
      fails(yield* sys.sigaltstack(sys.words(0x100000n, 77n, 65536n), old), EINVAL)
      is(sys.loadInt(old), 0x07070707)
      return 0
    })
  })
})
