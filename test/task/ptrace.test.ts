import { describe, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EACCES, ENOENT } from '../../kernel/errno.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGKILL } from '../../kernel/task/signal.ts'
import { readlink } from '../support/proc.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
const __NR_prctl = 167
const PR_SET_DUMPABLE = 4

type Ids = readonly [uid: number, euid: number, suid: number]

/** A process with these users and groups, that may be looked into as far as those allow. */
function* target(sys: Libc, users: Ids, groups: Ids, dumpable = 1): Run<number> {
  const child = ok(
    yield* sys.fork(function* (sys) {
      ok(yield* sys.setresgid(...groups))
      ok(yield* sys.setresuid(...users))
      ok(yield* sys.syscall(__NR_prctl, PR_SET_DUMPABLE, dumpable))
      return yield* sys.nanosleep(1000)
    }),
  )
  ok(yield* sys.nanosleep(1))
  return child
}

/** What `look` gives a process of the user 5 and the group 6 with these file system ids. */
function* asUser(sys: Libc, look: (sys: Libc) => Run<number>, fsuid = 5, fsgid = 6): Run<number> {
  const child = yield* sys.fork(function* (sys) {
    ok(yield* sys.setresgid(6, 6, 9))
    ok(yield* sys.setresuid(5, 5, 0))
    ok(yield* sys.setfsgid(fsgid))
    ok(yield* sys.setfsuid(fsuid))
    return -(yield* look(sys))
  })
  return 0 - ((yield* waitFor(sys, ok(child))) >> 8)
}

const exe = (pid: number) =>
  function* (sys: Libc): Run<number> {
    const link = yield* readlink(sys, `/proc/${pid}/exe`)
    return typeof link === 'number' ? link : 0
  }

const FIVE: Ids = [5, 5, 5]
const SIX: Ids = [6, 6, 6]

describe('a process', () => {
  it('may be looked into by who has all its users and groups', () => {
    inVm(function* (sys) {
      for (const [users, groups, err] of [
        [FIVE, SIX, 0],
        [[7, 5, 5], SIX, -EACCES],
        [[5, 7, 5], SIX, -EACCES],
        [[5, 5, 7], SIX, -EACCES],
        [FIVE, [7, 6, 6], -EACCES],
        [FIVE, [6, 7, 6], -EACCES],
        [FIVE, [6, 6, 7], -EACCES],
      ] as const) {
        const pid = yield* target(sys, users, groups)
        is(yield* asUser(sys, exe(pid)), err, `${users.join()} ${groups.join()}`)
        ok(yield* sys.kill(pid, SIGKILL))
        ok(yield* waitFor(sys, pid))
      }
      return 0
    })
  })

  it('is looked into with the file system’s ids', () => {
    inVm(function* (sys) {
      const [mine, other] = [yield* target(sys, FIVE, SIX), yield* target(sys, [0, 0, 0], [9, 9, 9])]
      is(yield* asUser(sys, exe(mine), 0), -EACCES)
      is(yield* asUser(sys, exe(mine), 5, 9), -EACCES)
      is(yield* asUser(sys, exe(other), 0, 9), 0)
      return 0
    })
  })

  it('that is not dumpable may be by root alone, and by itself and its threads', () => {
    inVm(function* (sys) {
      const pid = yield* target(sys, FIVE, SIX, 0)
      is(yield* asUser(sys, exe(pid)), -EACCES)
      is(yield* exe(pid)(sys), 0)
      const self = function* (sys: Libc): Run<number> {
        ok(yield* sys.syscall(__NR_prctl, PR_SET_DUMPABLE, 0))
        const me = yield* sys.getpid()
        ok(
          yield* sys.clone(THREAD, function* (sys) {
            is(yield* exe(me)(sys), 0)
            return yield* sys.exit_group(0)
          }),
        )
        is(yield* exe(me)(sys), 0)
        return yield* sys.nanosleep(1)
      }
      is(yield* asUser(sys, self), 0)
      return 0
    })
  })

  it('that has ended holds nothing, which its user may know', () => {
    inVm(function* (sys) {
      const look = function* (sys: Libc): Run<number> {
        const child = yield* sys.fork(function* () {
          return 0
        })
        ok(yield* sys.nanosleep(1))
        fails(yield* exe(child)(sys), ENOENT)
        return yield* waitFor(sys, child)
      }
      const user = yield* sys.fork(function* (sys) {
        ok(yield* sys.setresgid(...SIX))
        ok(yield* sys.setresuid(...FIVE))
        return yield* look(sys)
      })
      is(yield* waitFor(sys, ok(user)), 0)
      return 0
    })
  })
})
