import { describe, expect, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EINTR, EINVAL, EOPNOTSUPP } from '../../kernel/errno.ts'
import { SIGALRM } from '../../kernel/task/signal.ts'
import { fails, inVm, is, ok, withVm } from '../support/vm.ts'

const LONG_MAX = 2n ** 63n - 1n
const MONOTONIC = 1
const ABSTIME = 1

/** Have SIGALRM come in a second, with a handler. */
function* alarm(sys: Libc): Run<void> {
  ok(
    yield* sys.sigaction(SIGALRM, function* () {
      yield* []
    }),
  )
  ok(yield* sys.syscall(103, 0, sys.words(0n, 0n, 1n, 0n), 0))
}

describe('sleeping for longer than there is time', () => {
  it('is sleeping for ever: what is left ends in 292 years', () => {
    inVm(function* (sys) {
      const rest = sys.alloc(16)
      const time = sys.alloc(16)
      sys.store(time, new Uint8Array(new BigInt64Array([LONG_MAX, 999_999_999n]).buffer))
      for (const call of [() => sys.syscall(101, time, rest), () => sys.syscall(115, MONOTONIC, 0, time, rest)]) {
        yield* alarm(sys)
        fails(yield* call(), EINTR)
        const [sec] = new BigInt64Array(sys.load(rest, 16).buffer)
        is(sec > 9_223_372_000n && sec < 9_223_372_036n, true)
      }
      yield* alarm(sys)
      fails(yield* sys.syscall(115, MONOTONIC, ABSTIME, time, 0), EINTR)
      return 0
    })
  })

  it('is a deadlock where nobody else is there, and time stands still', () => {
    for (const sec of [LONG_MAX, 9_223_372_037n]) {
      withVm({}, (vm) => {
        vm.spawn(function* main(sys) {
          return yield* sys.syscall(101, sys.words(sec, 0n), 0)
        })
        expect(vm.run()).toMatchObject({ kind: 'deadlock', waiting: [{ waits_for: 'time to pass' }] })
        expect(vm.kernel.clock.now).toBe(0)
      })
    }
  })
})

describe('clocks', () => {
  it('run alike, and some cannot be slept by', () => {
    inVm(function* (sys) {
      const at = sys.alloc(16)
      const second = sys.alloc(16)
      sys.storeInt(second, 1)
      ok(yield* sys.syscall(115, 7, 0, second, 0))
      const told: number[] = []
      for (const clock of [1, 4, 6, 7, 0, 5]) {
        ok(yield* sys.syscall(113, clock, at))
        told.push(sys.loadInt(at))
      }
      is(told.slice(0, 4), [1, 1, 1, 1])
      is(told[4] > 1e9 && told[4] === told[5], true)
      for (const clock of [4, 5, 6]) fails(yield* sys.syscall(115, clock, 0, second, 0), EOPNOTSUPP)
      for (const clock of [77, -1]) {
        fails(yield* sys.syscall(115, clock, 0, second, 0), EINVAL)
        fails(yield* sys.syscall(113, clock, at), EINVAL)
      }
      return 0
    })
  })
})
