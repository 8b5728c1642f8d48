import { describe, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { ESRCH } from '../../kernel/errno.ts'
import { CLONE_NEWPID, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGCHLD, SIGSTOP } from '../../kernel/task/signal.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD

/** The first process of a pid namespace. */
function* namespace(sys: Libc, init: (sys: Libc) => Run<number>): Run<number> {
  return ok(yield* sys.clone(CLONE_NEWPID | SIGCHLD, init))
}

function* sleepsLong(sys: Libc): Run<number> {
  return yield* sys.nanosleep(50)
}

/** It takes a moment longer to end: first its child has to. */
function* sleepsLongWithChild(sys: Libc): Run<number> {
  ok(yield* sys.fork(sleepsLong))
  return yield* sleepsLong(sys)
}

describe('the end of a pid namespace', () => {
  it('is not that of one thread of its first process', () => {
    inVm(function* (sys) {
      const init = yield* namespace(sys, function* (sys) {
        const child = ok(
          yield* sys.fork(function* (sys) {
            ok(yield* sys.nanosleep(2))
            return 4
          }),
        )
        ok(
          yield* sys.clone(THREAD, function* () {
            return 0
          }),
        )
        return (yield* waitFor(sys, child)) >> 8
      })
      is(yield* waitFor(sys, init), 4 << 8)
      return 0
    })
  })

  it('is not held up by the handler for SIGCHLD of its first process', () => {
    inVm(function* (sys) {
      const init = yield* namespace(sys, function* (sys) {
        ok(yield* sys.sigaction(SIGCHLD, function* () {}))
        ok(yield* sys.fork(sleepsLong))
        ok(yield* namespace(sys, sleepsLongWithChild))
        ok(yield* sys.nanosleep(1))
        return 3
      })
      is(yield* waitFor(sys, init), 3 << 8)
      return 0
    })
  })

  it('waits for children that send no SIGCHLD, and for those that are stopped', () => {
    inVm(function* (sys) {
      const init = yield* namespace(sys, function* (sys) {
        ok(yield* sys.clone(CLONE_NEWPID, sleepsLongWithChild))
        const stopped = ok(yield* sys.fork(sleepsLong))
        ok(yield* sys.kill(stopped, SIGSTOP))
        ok(yield* sys.nanosleep(1))
        return 3
      })
      is(yield* waitFor(sys, init), 3 << 8)
      for (const outside of [init + 1, init + 2, init + 3]) fails(yield* sys.kill(outside, 0), ESRCH)
      return 0
    })
  })

  it('leaves its first process the status that its last thread left with, where all went by exit(2)', () => {
    inVm(function* (sys) {
      const init = yield* namespace(sys, function* (sys) {
        ok(
          yield* sys.clone(THREAD, function* (sys) {
            ok(yield* sys.nanosleep(1))
            return yield* sys.exit(6)
          }),
        )
        return yield* sys.exit(5)
      })
      is(yield* waitFor(sys, init), 6 << 8)
      return 0
    })
  })
})
