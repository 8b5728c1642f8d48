import { describe, expect, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { ENOMEM } from '../../kernel/errno.ts'
import { CLONE_NEWPID, CLONE_NEWUTS, CLONE_VM } from '../../kernel/task/fork.ts'
import { PID_MAX_DEFAULT } from '../../kernel/task/pid.ts'
import { fails, inVm, is, ok, waitFor, withVm } from '../support/vm.ts'

const SIGCHLD = 17

function* nothing(): Run<number> {
  return 0
}

describe('process ids', () => {
  it('count up, are free again once the child is waited for, and start at 300 after the last', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* main(sys) {
        const first = ok(yield* sys.fork(nothing))
        is(yield* waitFor(sys, first), 0)
        is(yield* waitFor(sys, ok(yield* sys.fork(nothing))), 0)
        vm.kernel.pid_ns.last_pid = PID_MAX_DEFAULT - 2
        const last = ok(yield* sys.fork(nothing))
        const wrapped = ok(yield* sys.fork(nothing))
        is([last, wrapped], [PID_MAX_DEFAULT - 1, 300])
        vm.kernel.pid_ns.last_pid = 299
        // Not while the one that has it is a zombie.
        ok(yield* sys.nanosleep(1))
        const next = ok(yield* sys.fork(nothing))
        is(next, 301)
        for (const pid of [last, wrapped, next]) is(yield* waitFor(sys, pid), 0)
        return 0
      })
      expect(process.pid).toBe(2)
      vm.run()
      expect(process.status).toBe(0)
    })
  })

  it('without a free one clone fails with ENOMEM, and leaves nothing behind', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* main(sys) {
        const { pid_map } = vm.kernel.pid_ns
        const taken = Array.from({ length: PID_MAX_DEFAULT }, (_, nr) => nr).filter((nr) => !pid_map.has(nr))
        for (const nr of taken) pid_map.set(nr, process.task.thread_pid)
        for (let i = 0; i < 3; i++) fails(yield* sys.fork(nothing), ENOMEM)
        for (const nr of taken) pid_map.delete(nr)
        is(yield* waitFor(sys, ok(yield* sys.fork(nothing))), 0)
        return 0
      })
      vm.run()
      expect(process.status).toBe(0)
    })
  })

  it('one that is asked for and taken is refused', () => {
    withVm({}, (vm) => {
      expect(vm.spawn(nothing, [], { pid: 77 }).pid).toBe(77)
      expect(() => vm.spawn(nothing, [], { pid: 77 })).toThrow('EAGAIN')
      vm.run()
      expect(vm.spawn(nothing, [], { pid: 77 }).pid).toBe(77)
    })
  })
})

describe('namespaces', () => {
  it('CLONE_NEWPID: the child is 1 inside, and has its id of the parent’s space outside', () => {
    inVm(function* (sys) {
      const inner = function* (sys: Libc): Run<number> {
        is([yield* sys.getpid(), yield* sys.gettid(), yield* sys.getppid()], [1, 1, 0])
        const child = ok(
          yield* sys.fork(function* (sys) {
            is([yield* sys.getpid(), yield* sys.getppid()], [2, 1])
            return 3
          }),
        )
        is([child, yield* waitFor(sys, child)], [2, 3 << 8])
        return 4
      }
      const child = ok(yield* sys.clone(CLONE_NEWPID | SIGCHLD, inner))
      is([child, yield* waitFor(sys, child)], [3, 4 << 8])
      // And one inside another.
      const deep = ok(
        yield* sys.clone(CLONE_NEWPID | SIGCHLD, function* (sys) {
          const child = ok(yield* sys.clone(CLONE_NEWPID | SIGCHLD, inner))
          is([child, yield* waitFor(sys, child)], [2, 4 << 8])
          return 0
        }),
      )
      is(yield* waitFor(sys, deep), 0)
      return 0
    })
  })

  it('orphans of a pid namespace go to its first process, which ends with all of them', () => {
    inVm(function* (sys) {
      const alive = sys.alloc(4)
      const child = ok(
        yield* sys.clone(CLONE_NEWPID | CLONE_VM | SIGCHLD, function* (sys) {
          const middle = ok(
            yield* sys.fork(function* (sys) {
              ok(
                yield* sys.fork(function* (sys) {
                  ok(yield* sys.nanosleep(1))
                  is(yield* sys.getppid(), 1)
                  return 5
                }),
              )
              return 0
            }),
          )
          is(yield* waitFor(sys, middle), 0)
          is(yield* waitFor(sys, -1), 5 << 8)
          ok(
            yield* sys.clone(CLONE_VM | SIGCHLD, function* (sys) {
              ok(yield* sys.nanosleep(10))
              sys.storeInt(alive, 1)
              return 0
            }),
          )
          return 6
        }),
      )
      is(yield* waitFor(sys, child), 6 << 8)
      ok(yield* sys.nanosleep(20))
      is(sys.loadInt(alive), 0)
      return 0
    })
  })

  it('CLONE_NEWUTS: a name given inside is not seen outside', () => {
    inVm(function* (sys) {
      const nodename = function* (sys: Libc): Run<string> {
        const buf = sys.alloc(390)
        ok(yield* sys.uname(buf))
        return sys.loadString((buf + 65) as UserPtr)
      }
      ok(yield* sys.sethostname('outside', 7))
      const child = ok(
        yield* sys.clone(CLONE_NEWUTS | SIGCHLD, function* (sys) {
          is(yield* nodename(sys), 'outside')
          ok(yield* sys.sethostname('inside', 6))
          is(yield* nodename(sys), 'inside')
          return 0
        }),
      )
      is([yield* waitFor(sys, child), yield* nodename(sys)], [0, 'outside'])
      return 0
    })
  })
})
