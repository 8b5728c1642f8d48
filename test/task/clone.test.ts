import { describe, expect, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EBADF, EINVAL, ENOMEM } from '../../kernel/errno.ts'
import {
  CLONE_CHILD_CLEARTID,
  CLONE_CHILD_SETTID,
  CLONE_FILES,
  CLONE_FS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  CLONE_PARENT_SETTID,
  CLONE_SETTLS,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
} from '../../kernel/task/fork.ts'
import { PID_MAX_DEFAULT } from '../../kernel/task/pid.ts'
import { PR_GET_NAME, PR_SET_NAME } from '../../userland/libc.ts'
import { BAD_POINTERS, fails, inVm, is, ok, waitFor, withVm } from '../support/vm.ts'

const SIGCHLD = 17
const THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD

function* nothing(): Run<number> {
  return 0
}

/** The name of the task, as it sees it. */
function* comm(sys: Libc): Run<string> {
  const buf = sys.alloc(16)
  ok(yield* sys.prctl(PR_GET_NAME, buf))
  return sys.loadString(buf)
}

describe('clone', () => {
  it('flags that contradict each other are EINVAL', () => {
    inVm(function* (sys) {
      for (const flags of [
        CLONE_THREAD,
        CLONE_THREAD | CLONE_VM,
        CLONE_SIGHAND,
        CLONE_SIGHAND | CLONE_THREAD,
        THREAD | CLONE_NEWPID,
        CLONE_VFORK | SIGCHLD,
        0x10000000 | SIGCHLD,
        0x40000000 | SIGCHLD,
      ]) {
        fails(yield* sys.clone(flags, nothing), EINVAL)
      }
      return 0
    })
  })

  it('takes the flags of pthread_create, those that mean nothing here included', () => {
    inVm(function* (sys) {
      const tid = sys.alloc(4)
      const flags = THREAD | CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID
      const thread = ok(yield* sys.clone(flags, nothing, tid, tid))
      is(sys.loadInt(tid), thread)
      ok(yield* sys.nanosleep(1))
      is(sys.loadInt(tid), 0)
      return 0
    })
  })

  it('the child gets 0 and ids of its own, the parent the id of the child', () => {
    inVm(function* (sys) {
      const me = ok(yield* sys.getpid())
      const child = ok(
        yield* sys.fork(function* (sys) {
          is(yield* sys.getppid(), me)
          is(yield* sys.getpid(), yield* sys.gettid())
          return ok(yield* sys.getpid())
        }),
      )
      is(yield* waitFor(sys, child), (child & 0xff) << 8)
      return 0
    })
  })

  it('a thread has the pid and the parent of its process, and an id of its own', () => {
    inVm(function* (sys) {
      const [me, parent] = [yield* sys.getpid(), yield* sys.getppid()]
      const seen = sys.alloc(12)
      const thread = ok(
        yield* sys.clone(THREAD, function* (sys) {
          sys.storeInt(seen, ok(yield* sys.getpid()))
          sys.storeInt((seen + 4) as UserPtr, ok(yield* sys.gettid()))
          sys.storeInt((seen + 8) as UserPtr, ok(yield* sys.getppid()))
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      is(
        [0, 4, 8].map((at) => sys.loadInt((seen + at) as UserPtr)),
        [me, thread, parent],
      )
      return 0
    })
  })

  it('CLONE_PARENT_SETTID writes to the parent alone, CLONE_CHILD_SETTID to the child alone', () => {
    inVm(function* (sys) {
      const [ptid, ctid] = [sys.alloc(4), sys.alloc(4)]
      sys.storeInt(ptid, -7)
      sys.storeInt(ctid, -7)
      const child = ok(
        yield* sys.clone(
          CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD,
          function* (sys) {
            is([sys.loadInt(ptid), sys.loadInt(ctid)], [-7, ok(yield* sys.gettid())])
            return 0
          },
          ptid,
          ctid,
        ),
      )
      is([sys.loadInt(ptid), sys.loadInt(ctid)], [child, -7])
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })

  it('ids that cannot be written are not, and nobody is told', () => {
    inVm(function* (sys) {
      const flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD
      for (const at of BAD_POINTERS) is(yield* waitFor(sys, ok(yield* sys.clone(flags, nothing, at, at))), 0)
      return 0
    })
  })

  it('clear_child_tid is cleared in shared memory only, and set_tid_address moves it', () => {
    inVm(function* (sys) {
      const [first, second] = [sys.alloc(4), sys.alloc(4)]
      sys.storeInt(first, 1)
      sys.storeInt(second, 1)
      ok(
        yield* sys.clone(
          THREAD | CLONE_CHILD_CLEARTID,
          function* (sys) {
            is(yield* sys.set_tid_address(second), yield* sys.gettid())
            return 0
          },
          0,
          first,
        ),
      )
      ok(yield* sys.nanosleep(1))
      is([sys.loadInt(first), sys.loadInt(second)], [1, 0])
      // Alone in its memory, nobody would see it.
      const child = ok(yield* sys.clone(CLONE_CHILD_CLEARTID | SIGCHLD, nothing, 0, first))
      is([yield* waitFor(sys, child), sys.loadInt(first)], [0, 1])
      ok(yield* sys.set_tid_address(-1))
      ok(yield* sys.set_tid_address(100))
      return 0
    })
  })

  it('fork copies memory: neither sees what the other writes', () => {
    inVm(function* (sys) {
      const at = sys.alloc(4)
      const big = sys.alloc(20000)
      sys.storeInt(at, 1)
      const child = ok(
        yield* sys.fork(function* (sys) {
          is(sys.loadInt(at), 1)
          sys.storeInt(at, 2)
          ok(yield* sys.nanosleep(2))
          is([sys.loadInt(at), sys.loadInt((big + 8000) as UserPtr)], [2, 0])
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      is(sys.loadInt(at), 1)
      sys.storeInt((big + 8000) as UserPtr, 3)
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })

  it('CLONE_VM shares memory, the heap that brk makes included', () => {
    inVm(function* (sys) {
      const at = sys.alloc(4)
      const end = ok(yield* sys.brk(0))
      const child = ok(
        yield* sys.clone(CLONE_VM | SIGCHLD, function* (sys) {
          is(yield* sys.brk(end + 4096), end + 4096)
          sys.storeInt(end as UserPtr, 5)
          sys.storeInt(at, 6)
          return 0
        }),
      )
      is(yield* waitFor(sys, child), 0)
      is([sys.loadInt(at), sys.loadInt(end as UserPtr), yield* sys.brk(0)], [6, 5, end + 4096])
      return 0
    })
  })

  it('CLONE_FILES shares the table of descriptors, fork copies it', () => {
    inVm(function* (sys) {
      const copies = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.close(0))
          return ok(yield* sys.dup(1))
        }),
      )
      is([yield* waitFor(sys, copies), yield* sys.dup(0)], [0, 3])
      const shares = ok(
        yield* sys.clone(CLONE_FILES | SIGCHLD, function* (sys) {
          ok(yield* sys.close(0))
          return ok(yield* sys.dup3(1, 9, 0))
        }),
      )
      is(yield* waitFor(sys, shares), 9 << 8)
      fails(yield* sys.close(0), EBADF)
      ok(yield* sys.close(9))
      return 0
    })
  })

  it('a child has the name of its parent, and changes its own only', () => {
    inVm(function* (sys) {
      ok(yield* sys.prctl(PR_SET_NAME, 'parent'))
      const child = ok(
        yield* sys.fork(function* (sys) {
          is(yield* comm(sys), 'parent')
          ok(yield* sys.prctl(PR_SET_NAME, 'child'))
          is(yield* comm(sys), 'child')
          return 0
        }),
      )
      is([yield* waitFor(sys, child), yield* comm(sys)], [0, 'parent'])
      return 0
    })
  })

  it('a hundred threads one after the other, and threads of threads, have memory of their own', () => {
    inVm(function* (sys) {
      const done = sys.alloc(4)
      for (let i = 0; i < 100; i++) {
        ok(
          yield* sys.clone(THREAD, function* (sys) {
            sys.storeInt(sys.alloc(1000), i)
            sys.storeInt(done, i)
            return 0
          }),
        )
        while (sys.loadInt(done) !== i) ok(yield* sys.sched_yield())
        ok(yield* sys.sched_yield())
      }
      const marks: UserPtr[] = []
      const marker = (value: number) =>
        function* (sys: Libc): Run<number> {
          const mark = sys.alloc(1000)
          marks.push(mark)
          for (let i = 0; i < 1000; i += 4) sys.storeInt((mark + i) as UserPtr, value)
          if (value < 3) ok(yield* sys.clone(THREAD, marker(value + 10)))
          ok(yield* sys.nanosleep(1))
          for (let i = 0; i < 1000; i += 4) is(sys.loadInt((mark + i) as UserPtr), value)
          return 0
        }
      for (const value of [1, 2, 3]) ok(yield* sys.clone(THREAD, marker(value)))
      ok(yield* sys.nanosleep(5))
      is(new Set(marks).size, 5)
      return 0
    })
  })
})

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
