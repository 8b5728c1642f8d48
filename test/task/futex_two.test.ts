import { describe, expect, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import type { UserPtr } from '../../kernel/types.ts'
import { EAGAIN, EFAULT, EINTR, EINVAL } from '../../kernel/errno.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGCHLD, SIGCONT, SIGSTOP, SIGUSR1 } from '../../kernel/task/signal.ts'
import { fails, inVm, is, ok, waitFor, withVm } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
const [WAIT, WAKE, REQUEUE, CMP_REQUEUE, WAKE_OP, WAIT_BITSET, WAKE_BITSET, PRIVATE] = [0, 1, 3, 4, 5, 9, 10, 128]
const MANY = 0x7fffffff

function futex(sys: Libc, at: number, op: number, val = 0, val2 = 0, at2 = 0, val3 = 0): Run<number> {
  return sys.syscall(98, at, op, val, val2, at2, val3)
}

/** So many threads that wait at `at`, one after the other; each puts its number into the list once it is woken. */
function* waiters(
  sys: Libc,
  n: number,
  at: UserPtr,
  woken: number[],
  wait = (sys: Libc, _i: number) => futex(sys, at, WAIT),
): Run<void> {
  for (let i = 0; i < n; i++) {
    ok(
      yield* sys.clone(THREAD, function* (sys) {
        const ret = yield* wait(sys, i)
        woken.push(ret === 0 ? i : ret)
        return 0
      }),
    )
    ok(yield* sys.nanosleep(1))
  }
}

/** Who has been woken since last time. */
function* now(sys: Libc, woken: number[]): Run<number[]> {
  ok(yield* sys.nanosleep(1))
  return woken.splice(0)
}

describe('FUTEX_WAKE', () => {
  it('of one wakes one of two, and the other by the next', () => {
    inVm(function* (sys) {
      const at = sys.alloc(4)
      const woken: number[] = []
      yield* waiters(sys, 2, at, woken)
      is([yield* futex(sys, at, WAKE, 1), yield* now(sys, woken)], [1, [0]])
      is([yield* futex(sys, at, WAKE, 1), yield* now(sys, woken)], [1, [1]])
      is(yield* futex(sys, at, WAKE, 1), 0)
      return 0
    })
  })

  it('counts who was woken and has not run yet as gone: two wakes at once wake two', () => {
    inVm(function* (sys) {
      const at = sys.alloc(4)
      const woken: number[] = []
      yield* waiters(sys, 3, at, woken)
      is([yield* futex(sys, at, WAKE, 1), yield* futex(sys, at, WAKE, 1)], [1, 1])
      is(yield* now(sys, woken), [0, 1])
      is([yield* futex(sys, at, WAKE, MANY), yield* now(sys, woken)], [1, [2]])
      return 0
    })
  })

  it('is not taken by who was interrupted, or whose time was up', () => {
    inVm(function* (sys) {
      const at = sys.alloc(4)
      const woken: number[] = []
      const me = yield* sys.getpid()
      ok(yield* sys.sigaction(SIGUSR1, function* () {}))
      const tids: number[] = []
      yield* waiters(sys, 2, at, woken, function* (sys, i) {
        tids[i] = yield* sys.gettid()
        return yield* futex(sys, at, WAIT, 0, i === 0 ? sys.words(100n, 0n) : 0)
      })
      ok(yield* sys.tgkill(me, tids[0], SIGUSR1))
      is(yield* now(sys, woken), [-EINTR])
      is([yield* futex(sys, at, WAKE, 1), yield* now(sys, woken)], [1, [1]])
      return 0
    })
  })

  it('of none wakes one', () => {
    inVm(function* (sys) {
      const at = sys.alloc(4)
      const woken: number[] = []
      yield* waiters(sys, 2, at, woken)
      is([yield* futex(sys, at, WAKE, 0), yield* now(sys, woken)], [1, [0]])
      is([yield* futex(sys, at, WAKE, -5), yield* now(sys, woken)], [1, [1]])
      return 0
    })
  })

  it('of a private futex wakes nobody at a shared one, and the other way round', () => {
    inVm(function* (sys) {
      const at = sys.alloc(4)
      const woken: number[] = []
      yield* waiters(sys, 2, at, woken, (sys, i) => futex(sys, at, i === 0 ? WAIT | PRIVATE : WAIT))
      is([yield* futex(sys, at, WAKE, MANY), yield* now(sys, woken)], [1, [1]])
      is([yield* futex(sys, at, WAKE, MANY), yield* futex(sys, at, WAKE | PRIVATE, MANY)], [0, 1])
      is(yield* now(sys, woken), [0])
      return 0
    })
  })

  it('with bits wakes those who wait for one of them', () => {
    inVm(function* (sys) {
      const at = sys.alloc(4)
      const woken: number[] = []
      yield* waiters(sys, 4, at, woken, (sys, i) => futex(sys, at, WAIT_BITSET, 0, 0, 0, i === 3 ? -1 : 1 << i))
      const wake = (bits: number, n = MANY): Run<number> => futex(sys, at, WAKE_BITSET, n, 0, 0, bits)
      is([yield* wake(8, 1), yield* now(sys, woken)], [1, [3]])
      is([yield* wake(8), yield* wake(6, 1), yield* now(sys, woken)], [0, 1, [1]])
      is([yield* futex(sys, at, WAKE, MANY), yield* now(sys, woken)], [2, [0, 2]])
      return 0
    })
  })
})

describe('FUTEX_REQUEUE', () => {
  it('wakes some and has others wait elsewhere, in their order; the rest stay', () => {
    inVm(function* (sys) {
      const [at, other] = [sys.alloc(4), sys.alloc(4)]
      const woken: number[] = []
      yield* waiters(sys, 5, at, woken)
      is([yield* futex(sys, at, REQUEUE, 1, 2, other), yield* now(sys, woken)], [3, [0]])
      is([yield* futex(sys, other, WAKE, 1), yield* now(sys, woken)], [1, [1]])
      is([yield* futex(sys, at, WAKE, MANY), yield* now(sys, woken)], [2, [3, 4]])
      is([yield* futex(sys, other, WAKE, MANY), yield* now(sys, woken)], [1, [2]])
      return 0
    })
  })

  it('wakes nobody where it is told to', () => {
    inVm(function* (sys) {
      const [at, other] = [sys.alloc(4), sys.alloc(4)]
      const woken: number[] = []
      yield* waiters(sys, 2, at, woken)
      is([yield* futex(sys, at, REQUEUE, 0, 1, other), yield* now(sys, woken)], [1, []])
      is([yield* futex(sys, at, REQUEUE, 0, MANY, at), yield* futex(sys, at, WAKE, MANY)], [1, 1])
      is(yield* now(sys, woken), [1])
      is([yield* futex(sys, other, WAKE, MANY), yield* now(sys, woken)], [1, [0]])
      return 0
    })
  })

  it('compares first where it is to, and then moves nobody', () => {
    inVm(function* (sys) {
      const [at, other] = [sys.alloc(4), sys.alloc(4)]
      const woken: number[] = []
      yield* waiters(sys, 1, at, woken)
      fails(yield* futex(sys, at, CMP_REQUEUE, 1, 1, other, 5), EAGAIN)
      is(yield* now(sys, woken), [])
      is([yield* futex(sys, at, CMP_REQUEUE, 0, 1, other, 0), yield* now(sys, woken)], [1, []])
      is([yield* futex(sys, other, WAKE, 1), yield* now(sys, woken)], [1, [0]])
      return 0
    })
  })

  it('leaves who was interrupted nowhere', () => {
    inVm(function* (sys) {
      const [at, other] = [sys.alloc(4), sys.alloc(4)]
      const woken: number[] = []
      const me = yield* sys.getpid()
      ok(yield* sys.sigaction(SIGUSR1, function* () {}))
      let tid = 0
      yield* waiters(sys, 1, at, woken, function* (sys) {
        tid = yield* sys.gettid()
        return yield* futex(sys, at, WAIT, 0, sys.words(100n, 0n))
      })
      is(yield* futex(sys, at, REQUEUE, 0, 1, other), 1)
      ok(yield* sys.tgkill(me, tid, SIGUSR1))
      is(yield* now(sys, woken), [-EINTR])
      is([yield* futex(sys, at, WAKE, 1), yield* futex(sys, other, WAKE, 1)], [0, 0])
      return 0
    })
  })
})

describe('FUTEX_WAKE_OP', () => {
  const op = (what: number, arg: number, compare: number, with_: number): number =>
    (what << 28) | ((arg & 0xfff) << 12) | (compare << 24) | (with_ & 0xfff)
  const [SET, ADD, OR, ANDN, XOR, SHIFT] = [0, 1, 2, 3, 4, 8]
  const [EQ, NE, LT, LE, GT, GE] = [0, 1, 2, 3, 4, 5]

  it.each([
    [op(SET, 7, EQ, 5), 5, 7],
    [op(ADD, -1, EQ, 5), 5, 4],
    [op(OR, 0x12, EQ, 5), 5, 0x17],
    [op(ANDN, 4, EQ, 5), 5, 1],
    [op(XOR, 6, EQ, 5), 5, 3],
    [op(SHIFT | OR, 33, EQ, 5), 5, 7],
    [op(SHIFT | SET, 31, EQ, 5), 5, -0x80000000],
    [op(ADD, 1, EQ, 0), 0x7fffffff, -0x80000000],
  ])('%i makes of %i %i', (op, from, to) => {
    inVm(function* (sys) {
      const [at, other] = [sys.alloc(4), sys.alloc(4)]
      sys.storeInt(other, from)
      is(yield* futex(sys, at, WAKE_OP, 1, 1, other, op), 0)
      is(sys.loadInt(other), to)
      return 0
    })
  })

  it('wakes at the second word where that compared as asked before it was changed', () => {
    inVm(function* (sys) {
      const [at, other] = [sys.alloc(4), sys.alloc(4)]
      const hits = (compare: number): number[] =>
        [-2, -1, 0].filter((n) => [n === -1, n !== -1, n < -1, n <= -1, n > -1, n >= -1][compare])
      for (const compare of [EQ, NE, LT, LE, GT, GE]) {
        for (const value of [-2, -1, 0]) {
          const woken: number[] = []
          sys.storeInt(other, value)
          yield* waiters(sys, 2, other, woken, (sys) => futex(sys, other, WAIT, value))
          const wakes = hits(compare).includes(value) ? 1 : 0
          is(yield* futex(sys, at, WAKE_OP, 1, 1, other, op(SET, 9, compare, -1)), wakes, `${compare} of ${value}`)
          is((yield* now(sys, woken)).length, wakes)
          is(yield* futex(sys, other, WAKE, MANY), 2 - wakes)
          ok(yield* sys.nanosleep(1))
        }
      }
      return 0
    })
  })

  it('wakes at both, each as many as it is told', () => {
    inVm(function* (sys) {
      const [at, other] = [sys.alloc(4), sys.alloc(4)]
      const woken: number[] = []
      yield* waiters(sys, 3, at, woken)
      yield* waiters(sys, 3, other, woken)
      is([yield* futex(sys, at, WAKE_OP, 2, 1, other, op(SET, 1, EQ, 0)), yield* now(sys, woken)], [3, [0, 1, 0]])
      is([yield* futex(sys, at, WAKE, MANY), yield* futex(sys, other, WAKE, MANY)], [1, 2])
      return 0
    })
  })
})

describe('a futex', () => {
  it('that waiters are moved to from itself keeps their order', () => {
    inVm(function* (sys) {
      const at = sys.alloc(4)
      const woken: number[] = []
      yield* waiters(sys, 3, at, woken)
      is(yield* futex(sys, at, REQUEUE, 0, 1, at), 1)
      is([yield* futex(sys, at, WAKE, 1), yield* now(sys, woken)], [1, [0]])
      is([yield* futex(sys, at, WAKE, MANY), yield* now(sys, woken)], [2, [1, 2]])
      return 0
    })
  })

  it('whose waiter is woken at the instant that its time is up was woken in time', () => {
    inVm(function* (sys) {
      const [at, TIMER_ABSTIME] = [sys.alloc(4), 1]
      const woken: number[] = []
      const instant = (sys: Libc): UserPtr => sys.words(10n, 0n)
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.nanosleep(1))
          woken.push(yield* futex(sys, at, WAIT_BITSET, 0, instant(sys), 0, -1))
          return 0
        }),
      )
      // This timer is set first, and so this task is the first to run.
      is(yield* sys.syscall(115, 1, TIMER_ABSTIME, instant(sys), 0), 0)
      is([yield* futex(sys, at, WAKE, 1), yield* now(sys, woken)], [1, [0]])
      return 0
    })
  })

  it.each([0, PRIVATE])('whose waiter was stopped and goes on is the same as before, with flag %i', (flag) => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          const at = sys.alloc(4)
          ok(
            yield* sys.clone(THREAD, function* (sys) {
              ok(yield* sys.nanosleep(5))
              is(yield* futex(sys, at, WAKE | flag, MANY), 1)
              return 0
            }),
          )
          is(yield* futex(sys, at, WAIT | flag, 0, sys.words(100n, 0n)), 0)
          return 7
        }),
      )
      for (const sig of [SIGSTOP, SIGCONT]) {
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.kill(child, sig))
      }
      is(yield* waitFor(sys, child), 7 << 8)
      return 0
    })
  })
})

describe('a wait with a time', () => {
  it('that goes on after a stop is for the same bits as before', () => {
    inVm(function* (sys) {
      const at = sys.alloc(4)
      const child = ok(
        yield* sys.clone(CLONE_VM | SIGCHLD, function* (sys) {
          return yield* futex(sys, at, WAIT_BITSET, 0, sys.words(100n, 0n), 0, 0b01)
        }),
      )
      for (const sig of [SIGSTOP, SIGCONT]) {
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.kill(child, sig))
      }
      ok(yield* sys.nanosleep(1))
      is(yield* futex(sys, at, WAKE_BITSET, MANY, 0, 0, 0b10), 0)
      is(yield* futex(sys, at, WAKE_BITSET, MANY, 0, 0, 0b01), 1)
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })

  it('that goes on after a stop, when the word is another one, is EAGAIN', () => {
    inVm(function* (sys) {
      const at = sys.alloc(4)
      const child = ok(
        yield* sys.clone(CLONE_VM | SIGCHLD, function* (sys) {
          return -(yield* futex(sys, at, WAIT, 0, sys.words(100n, 0n)))
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.kill(child, SIGSTOP))
      ok(yield* sys.nanosleep(1))
      sys.storeInt(at, 1)
      ok(yield* sys.kill(child, SIGCONT))
      is(yield* waitFor(sys, child), EAGAIN << 8)
      return 0
    })
  })

  it('that ended before leaves nothing to happen then', () => {
    withVm({}, (vm) => {
      vm.spawn(function* main(sys) {
        const at = sys.alloc(4)
        const woken: number[] = []
        yield* waiters(sys, 1, at, woken, (sys) => futex(sys, at, WAIT, 0, sys.words(100n, 0n)))
        is(yield* futex(sys, at, WAKE, 1), 1)
        return yield* futex(sys, at, WAIT)
      })
      expect(vm.run()).toMatchObject({ kind: 'deadlock' })
      expect(vm.now).toBe(1e9)
    })
  })
})

describe('the address of a futex', () => {
  it('is to be a multiple of 4, which is asked before whether it is user space’s', () => {
    inVm(function* (sys) {
      const at = sys.alloc(8)
      for (const op of [WAIT, WAKE, WAIT | PRIVATE, WAKE | PRIVATE]) {
        for (const odd of [at + 1, at + 2, at + 3, -1, -2]) fails(yield* futex(sys, odd, op), EINVAL)
        fails(yield* futex(sys, -4, op), EFAULT)
      }
      return 0
    })
  })
})
