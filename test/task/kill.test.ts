import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EINVAL, EPERM, ESRCH } from '../../kernel/errno.ts'
import { CLONE_NEWPID } from '../../kernel/task/fork.ts'
import { SIGCHLD, SIGCONT, SIGKILL, SIGTERM, SIGUSR1, SI_TKILL, SI_USER, sigmask } from '../../kernel/task/signal.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

function* sleeps(sys: Libc): Run<number> {
  ok(yield* sys.nanosleep(1e6))
  return 0
}

/** Somebody with these real, effective and saved users, asleep. */
function* target(sys: Libc, uids: readonly [number, number, number], session = false): Run<number> {
  const child = ok(
    yield* sys.fork(function* (sys) {
      if (session) ok(yield* sys.setsid())
      ok(yield* sys.setresuid(...uids))
      return yield* sleeps(sys)
    }),
  )
  ok(yield* sys.nanosleep(0, 1000))
  return child
}

/** What `call` comes to for somebody with these users. */
function* asks(sys: Libc, uids: readonly [number, number, number], call: (sys: Libc) => Run<number>): Run<number> {
  const at = yield* sys.brk(0)
  const mark = sys.alloc(4)
  is(at > 0, true)
  const { rd, wr } = (yield* sys.pipe()) as { rd: number; wr: number }
  const child = ok(
    yield* sys.fork(function* (sys) {
      ok(yield* sys.sigprocmask(0, sigmask(SIGUSR1)))
      ok(yield* sys.setresuid(...uids))
      sys.storeInt(mark, yield* call(sys))
      ok(yield* sys.write(wr, mark, 4))
      return 0
    }),
  )
  is(yield* waitFor(sys, child), 0)
  is(yield* sys.read(rd, mark, 4), 4)
  ok(yield* sys.close(rd))
  ok(yield* sys.close(wr))
  return sys.loadInt(mark)
}

describe('kill, by who may', () => {
  it('the sender’s real or effective user is to be the receiver’s real or saved one', () => {
    inVm(function* (sys) {
      const child = yield* target(sys, [1, 2, 3])
      for (const [uids, errno] of [
        [[1, 7, 7], 0],
        [[2, 7, 7], EPERM],
        [[3, 7, 7], 0],
        [[7, 1, 7], 0],
        [[7, 2, 7], EPERM],
        [[7, 3, 7], 0],
        [[7, 7, 1], EPERM],
        [[7, 7, 3], EPERM],
        [[0, 7, 7], EPERM],
        [[7, 0, 7], 0],
      ] as const) {
        is(yield* asks(sys, uids, (sys) => sys.kill(child, 0)), errno === 0 ? 0 : -errno, uids.join())
        is(yield* asks(sys, uids, (sys) => sys.syscall(130, child, 0)), errno === 0 ? 0 : -errno)
      }
      ok(yield* sys.kill(child, SIGKILL))
      return 0
    })
  })

  it('SIGCONT goes to everybody in the session', () => {
    inVm(function* (sys) {
      ok(yield* sys.setsid())
      const near = yield* target(sys, [1, 1, 1])
      const far = yield* target(sys, [1, 1, 1], true)
      is(yield* asks(sys, [7, 7, 7], (sys) => sys.kill(near, SIGCONT)), 0)
      is(yield* asks(sys, [7, 7, 7], (sys) => sys.syscall(130, near, SIGCONT)), 0)
      is(yield* asks(sys, [7, 7, 7], (sys) => sys.kill(near, SIGTERM)), -EPERM)
      is(yield* asks(sys, [7, 7, 7], (sys) => sys.kill(far, SIGCONT)), -EPERM)
      for (const pid of [near, far]) ok(yield* sys.kill(pid, SIGKILL))
      return 0
    })
  })

  it('a group is signalled as far as one may, and EPERM says that it was nobody', () => {
    inVm(function* (sys) {
      ok(yield* sys.setsid())
      const me = ok(yield* sys.getpid())
      const mine = yield* target(sys, [7, 7, 7])
      const other = yield* target(sys, [1, 1, 1])
      is(yield* asks(sys, [7, 7, 7], (sys) => sys.kill(-me, SIGUSR1)), 0)
      is(yield* waitFor(sys, mine), SIGUSR1)
      is(yield* sys.wait4(other, 0, 1), 0)
      ok(yield* sys.setpgid(other, other))
      is(yield* asks(sys, [7, 7, 7], (sys) => sys.kill(-other, SIGUSR1)), -EPERM)
      ok(yield* sys.kill(-other, SIGKILL))
      return 0
    })
  })

  it('a group in which the last may not be signalled has been, where another was', () => {
    inVm(function* (sys) {
      const mine = yield* target(sys, [7, 7, 7])
      const other = yield* target(sys, [1, 1, 1])
      for (const pid of [mine, other]) ok(yield* sys.setpgid(pid, mine))
      is(yield* asks(sys, [7, 7, 7], (sys) => sys.kill(-mine, 0)), 0)
      is(yield* asks(sys, [8, 8, 8], (sys) => sys.kill(-mine, 0)), -EPERM)
      ok(yield* sys.kill(-mine, SIGKILL))
      return 0
    })
  })

  it('-1 is everybody whom one may signal: that these are none is no error', () => {
    inVm(function* (sys) {
      fails(yield* sys.kill(-1, 0), ESRCH)
      const mine = yield* target(sys, [7, 7, 7])
      is(yield* asks(sys, [8, 8, 8], (sys) => sys.kill(-1, SIGTERM)), 0)
      is(yield* asks(sys, [8, 8, 8], (sys) => sys.kill(-1, 100)), -EINVAL)
      is(yield* sys.wait4(mine, 0, 1), 0)
      is(yield* asks(sys, [7, 7, 7], (sys) => sys.kill(-1, SIGTERM)), 0)
      is(yield* waitFor(sys, mine), SIGTERM)
      return 0
    })
  })
})

describe('kill', () => {
  it('asks first whether there is somebody, then what the signal is', () => {
    inVm(function* (sys) {
      const me = ok(yield* sys.getpid())
      for (const sig of [100, 65, -1]) {
        fails(yield* sys.kill(9999, sig), ESRCH)
        fails(yield* sys.kill(-9999, sig), ESRCH)
        fails(yield* sys.syscall(130, 9999, sig), ESRCH)
        fails(yield* sys.tgkill(me, 9999, sig), ESRCH)
        fails(yield* sys.kill(me, sig), EINVAL)
        fails(yield* sys.syscall(130, me, sig), EINVAL)
        fails(yield* sys.tgkill(me, me, sig), EINVAL)
      }
      fails(yield* sys.kill(-0x80000000, 0), ESRCH)
      for (const pid of [0, -1]) fails(yield* sys.syscall(130, pid, 100), EINVAL)
      fails(yield* sys.tgkill(0, me, 0), EINVAL)
      fails(yield* sys.tgkill(me + 1, me, 0), ESRCH)
      return 0
    })
  })

  it('tells who sent it: the process, and its real user', () => {
    inVm(function* (sys) {
      const me = ok(yield* sys.getpid())
      const info = sys.alloc(128)
      const int = (at: number): number => sys.loadInt((info + at) as UserPtr)
      ok(yield* sys.sigprocmask(0, sigmask(SIGUSR1) | sigmask(SIGCHLD)))
      for (const [tkill, code] of [
        [false, SI_USER],
        [true, SI_TKILL],
      ] as const) {
        const child = ok(
          yield* sys.fork(function* (sys) {
            ok(yield* sys.setresuid(5, 0, 6))
            return yield* tkill ? sys.tgkill(me, me, SIGUSR1) : sys.kill(me, SIGUSR1)
          }),
        )
        is(yield* sys.syscall(137, sys.words(sigmask(SIGUSR1)), info, 0, 8), SIGUSR1)
        is([int(0), int(8), int(16), int(20)], [SIGUSR1, code, child, 5])
        is(yield* sys.syscall(137, sys.words(sigmask(SIGCHLD)), info, 0, 8), SIGCHLD)
        is([int(16), int(20), int(24)], [child, 5, 0])
        is(yield* waitFor(sys, child), 0)
      }
      return 0
    })
  })

  it('in a namespace ids are the namespace’s, and a sender from outside has none', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.clone(CLONE_NEWPID | SIGCHLD, function* (sys) {
          ok(yield* sys.setsid())
          is([yield* sys.getsid(0), yield* sys.getpgid(0), yield* sys.getpgid(1)], [1, 1, 1])
          const info = sys.alloc(128)
          ok(yield* sys.sigprocmask(0, sigmask(SIGUSR1)))
          is(yield* sys.syscall(137, sys.words(sigmask(SIGUSR1)), info, 0, 8), SIGUSR1)
          is(sys.loadInt((info + 16) as UserPtr), 0)
          const inner = ok(yield* sys.fork(sleeps))
          is(yield* sys.getpgid(inner), 1)
          ok(yield* sys.setpgid(inner, 0))
          is(yield* sys.getpgid(inner), inner)
          ok(yield* sys.kill(-inner, SIGTERM))
          is(yield* sys.wait4(-inner, 0, 0), inner)
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.kill(child, SIGUSR1))
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })
})
