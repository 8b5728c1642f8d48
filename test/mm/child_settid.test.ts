import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { CLONE_CHILD_SETTID, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGCHLD } from '../../kernel/task/signal.ts'
import { inVm, is, ok, waitFor } from '../support/vm.ts'

const SETTID = CLONE_CHILD_SETTID | SIGCHLD
const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
const PAGE = 4096
const at = (n: number): UserPtr => n as UserPtr

/** Two pages of heap, which are in memory. */
function* heap(sys: Libc): Run<number> {
  const start = yield* sys.brk(0)
  is(yield* sys.brk(start + 2 * PAGE), start + 2 * PAGE)
  for (const page of [start, start + PAGE]) sys.store(at(page), new Uint8Array(PAGE).fill(7))
  return start
}

const SEVENS = 0x07070707

describe('the id that CLONE_CHILD_SETTID puts into the child’s memory', () => {
  it('is there, with what was around it, and not in the parent’s', () => {
    inVm(function* (sys) {
      const start = yield* heap(sys)
      for (const tid of [start, start + 8, start + PAGE - 2, start + 2 * PAGE - 4]) {
        const child = yield* sys.clone(
          SETTID,
          function* (sys) {
            is(sys.loadInt(at(tid)), yield* sys.gettid())
            if (tid > start) is(sys.loadInt(at(tid - 4)), SEVENS)
            return 0
          },
          0,
          tid,
        )
        is([yield* waitFor(sys, ok(child)), sys.loadInt(at(tid))], [0, SEVENS])
      }
      return 0
    })
  })

  it('is in the memory of a grandchild too, that was made before anybody looked, beside its own', () => {
    inVm(function* (sys) {
      const start = yield* heap(sys)
      const child = yield* sys.clone(
        SETTID,
        function* (sys) {
          const grandchild = yield* sys.clone(
            SETTID,
            function* (sys) {
              const [me, parent] = [yield* sys.gettid(), yield* sys.getppid()]
              is([sys.loadInt(at(start)), sys.loadInt(at(start + 4))], [parent, me])
              return 0
            },
            0,
            start + 4,
          )
          is([yield* waitFor(sys, ok(grandchild)), sys.loadInt(at(start + 4))], [0, SEVENS])
          return 0
        },
        0,
        start,
      )
      is(yield* waitFor(sys, ok(child)), 0)
      return 0
    })
  })

  it('is seen by threads that share the memory, also where each has its own put into one page', () => {
    inVm(function* (sys) {
      const start = yield* heap(sys)
      const child = yield* sys.clone(
        SETTID,
        function* (sys) {
          const look = function* (sys: Libc): Run<number> {
            const [pid, tid] = [yield* sys.getpid(), yield* sys.gettid()]
            is([sys.loadInt(at(start)), sys.loadInt(at(start + 4)), sys.loadInt(at(start + 8))], [pid, tid, SEVENS])
            sys.storeInt(at(start + 8), 1)
            return 0
          }
          const thread = yield* sys.clone(THREAD | CLONE_CHILD_SETTID, look, 0, start + 4)
          ok(yield* sys.sched_yield())
          ok(yield* sys.sched_yield())
          is([sys.loadInt(at(start + 4)), sys.loadInt(at(start + 8))], [thread, 1])
          is(sys.loadInt(at(start)), yield* sys.getpid())
          return 0
        },
        0,
        start,
      )
      is([yield* waitFor(sys, ok(child)), sys.loadInt(at(start))], [0, SEVENS])
      return 0
    })
  })

  it('takes one page to write to, which is counted once', () => {
    inVm(function* (sys) {
      const start = yield* heap(sys)
      const faults = function* (sys: Libc): Run<number> {
        const usage = sys.alloc(144)
        ok(yield* sys.getrusage(0, usage))
        return sys.loadInt(at(usage + 64))
      }
      const exits: number[] = []
      for (const [flags, touch] of [
        [SIGCHLD, false],
        [SIGCHLD, true],
        [SETTID, false],
        [SETTID, true],
      ] as const) {
        const child = yield* sys.clone(
          flags,
          function* (sys) {
            if (touch) sys.storeInt(at(start), 1)
            return yield* faults(sys)
          },
          0,
          start,
        )
        exits.push((yield* waitFor(sys, ok(child))) >> 8)
      }
      const [none] = exits
      is(exits, [none, none + 1, none + 1, none + 1])
      return 0
    })
  })

  it('goes with its page where brk(2) takes that away: the new one is zero', () => {
    inVm(function* (sys) {
      const start = yield* heap(sys)
      const child = yield* sys.clone(
        SETTID,
        function* (sys) {
          is(yield* sys.brk(start), start)
          is(yield* sys.brk(start + PAGE), start + PAGE)
          is(sys.loadInt(at(start)), 0)
          return 0
        },
        0,
        start,
      )
      is(yield* waitFor(sys, ok(child)), 0)
      return 0
    })
  })
})
