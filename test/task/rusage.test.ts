import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EFAULT, EINVAL } from '../../kernel/errno.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { RUSAGE_CHILDREN, RUSAGE_SELF, RUSAGE_THREAD } from '../../kernel/task/rusage.ts'
import { SIGCHLD, SIG_IGN } from '../../kernel/task/signal.ts'
import { BAD_POINTERS, fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
/** Calls in a slice: each slice takes a tick, 4 ms. */
const slice = { slice: 10 }

function* spin(sys: Libc, slices: number): Run<void> {
  for (let i = 0; i < 10 * slices; i++) ok(yield* sys.getpid())
}

interface Usage {
  /** User time in microseconds. */
  utime: number
  maxrss: number
  minflt: number
  nvcsw: number
}

function decode(sys: Libc, at: UserPtr): Usage {
  const dv = new DataView(sys.load(at, 144).buffer)
  const long = (i: number): number => Number(dv.getBigInt64(8 * i, true))
  return { utime: long(0) * 1e6 + long(1), maxrss: long(4), minflt: long(8), nvcsw: long(16) }
}

function* usage(sys: Libc, who: number): Run<Usage> {
  const at = sys.alloc(144)
  ok(yield* sys.getrusage(who, at))
  return decode(sys, at)
}

describe('getrusage', () => {
  it('counts the slices that a task has used up as its time, and those of its threads with them', () => {
    inVm(function* (sys) {
      const before = (yield* usage(sys, RUSAGE_SELF)).utime
      yield* spin(sys, 5)
      is((yield* usage(sys, RUSAGE_SELF)).utime - before, 5 * 4000)
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          yield* spin(sys, 3)
          const mine = (yield* usage(sys, RUSAGE_THREAD)).utime
          is(mine >= 2 * 4000 && mine <= 4 * 4000, true)
          return 0
        }),
      )
      const thread = (yield* usage(sys, RUSAGE_THREAD)).utime
      ok(yield* sys.nanosleep(1))
      const self = (yield* usage(sys, RUSAGE_SELF)).utime
      is(self - thread >= 2 * 4000, true)
      is((yield* usage(sys, RUSAGE_CHILDREN)).utime, 0)
      return 0
    }, slice)
  })

  it('counts pages and the times that a task gave up the CPU', () => {
    inVm(function* (sys) {
      const start = ok(yield* sys.brk(0))
      ok(yield* sys.brk(start + 100 * 4096))
      const before = yield* usage(sys, RUSAGE_SELF)
      for (let i = 0; i < 100; i++) sys.storeInt((start + i * 4096) as UserPtr, 1)
      for (let i = 0; i < 3; i++) ok(yield* sys.nanosleep(0, 1))
      const after = yield* usage(sys, RUSAGE_SELF)
      is([after.minflt - before.minflt, after.maxrss - before.maxrss, after.nvcsw - before.nvcsw], [100, 400, 3])
      ok(yield* sys.brk(start))
      is((yield* usage(sys, RUSAGE_SELF)).maxrss, after.maxrss)
      return 0
    })
  })

  it('of children it tells those that were waited for, their own children too', () => {
    inVm(function* (sys) {
      const at = sys.alloc(144)
      const child = ok(
        yield* sys.fork(function* (sys) {
          const inner = ok(
            yield* sys.fork(function* (sys) {
              yield* spin(sys, 4)
              return 0
            }),
          )
          is(yield* waitFor(sys, inner), 0)
          yield* spin(sys, 3)
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      is((yield* usage(sys, RUSAGE_CHILDREN)).utime, 0)
      is(yield* sys.wait4(child, 0, 0, at), child)
      const told = decode(sys, at)
      is(told.utime >= 6 * 4000, true)
      const { utime, maxrss } = yield* usage(sys, RUSAGE_CHILDREN)
      is([utime, maxrss], [told.utime, told.maxrss])
      return 0
    }, slice)
  })

  it('forgets children that nobody waits for', () => {
    inVm(function* (sys) {
      ok(yield* sys.sigaction(SIGCHLD, SIG_IGN))
      ok(
        yield* sys.fork(function* (sys) {
          yield* spin(sys, 4)
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      is((yield* usage(sys, RUSAGE_CHILDREN)).utime, 0)
      return 0
    }, slice)
  })

  it('EINVAL for whom there is not, EFAULT for where there is nothing', () => {
    inVm(function* (sys) {
      for (const who of [-2, 2, 5]) fails(yield* sys.getrusage(who, 8 as UserPtr), EINVAL)
      for (const at of BAD_POINTERS) fails(yield* sys.getrusage(RUSAGE_SELF, at), EFAULT)
      return 0
    })
  })
})

describe('times', () => {
  it('tells what was used and the time since boot, in hundredths of a second', () => {
    inVm(function* (sys) {
      const at = sys.alloc(32)
      ok(yield* sys.nanosleep(2))
      const start = ok(yield* sys.times(0))
      yield* spin(sys, 50)
      const child = ok(
        yield* sys.fork(function* (sys) {
          yield* spin(sys, 25)
          return 0
        }),
      )
      is(yield* waitFor(sys, child), 0)
      const now = ok(yield* sys.times(at))
      const [utime, stime, cutime] = [...new BigInt64Array(sys.load(at, 32).buffer)].map(Number)
      is([utime >= 20 && utime < 24, stime, cutime >= 10 && cutime < 13], [true, 0, true])
      is(now - start >= 30, true)
      for (const at of BAD_POINTERS) fails(yield* sys.times(at), EFAULT)
      return 0
    }, slice)
  })
})
