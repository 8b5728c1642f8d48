import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EBADF, EINVAL } from '../../kernel/errno.ts'
import {
  CLONE_CHILD_CLEARTID,
  CLONE_CHILD_SETTID,
  CLONE_FILES,
  CLONE_FS,
  CLONE_NEWPID,
  CLONE_PARENT_SETTID,
  CLONE_SETTLS,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VM,
} from '../../kernel/task/fork.ts'
import { PR_GET_NAME, PR_SET_NAME } from '../../userland/libc.ts'
import { BAD_POINTERS, fails, inVm, is, ok, waitFor } from '../support/vm.ts'

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
