import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EAGAIN, EFAULT, EINVAL, EPERM, ESRCH } from '../../kernel/errno.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { RLIMIT_SIGPENDING } from '../../kernel/task/rlimit.ts'
import { SIGUSR1, SI_KERNEL, SI_QUEUE, SI_TKILL, SI_USER, sigmask } from '../../kernel/task/signal.ts'
import { UNMAPPED, fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
const RT = 40

/** A siginfo_t that says so, with every byte behind it 0xab. */
function siginfo(sys: Libc, code: number, pid = 77, uid = 88): UserPtr {
  const at = sys.alloc(128)
  sys.store(at, new Uint8Array(128).fill(0xab))
  ;[3, 0, code, 0, pid, uid].forEach((value, i) => sys.storeInt((at + 4 * i) as UserPtr, value))
  return at
}

/** Take a signal of `set` that waits: its siginfo_t, or the errno. */
function* take(sys: Libc, set: bigint): Run<DataView | number> {
  const at = sys.alloc(128)
  const now = sys.alloc(16)
  const ret = yield* sys.syscall(137, sys.words(set), at, now, 8)
  return ret < 0 ? ret : new DataView(sys.load(at, 128).buffer)
}

const shown = (info: DataView | number): number | number[] =>
  typeof info === 'number' ? info : [0, 8, 16, 20].map((at) => info.getInt32(at, true))

describe('rt_sigqueueinfo', () => {
  it('hands over what the sender says, byte for byte, under the number that was asked for', () => {
    inVm(function* (sys) {
      const me = ok(yield* sys.getpid())
      ok(yield* sys.sigprocmask(0, sigmask(RT)))
      ok(yield* sys.rt_sigqueueinfo(me, RT, siginfo(sys, SI_QUEUE)))
      const info = yield* take(sys, sigmask(RT))
      is(shown(info), [RT, SI_QUEUE, 77, 88])
      is((info as DataView).getInt32(124, true), 0xabababab | 0)
      return 0
    })
  })

  it('what looks like kill(2), tkill(2) or the kernel one may send to oneself only', () => {
    inVm(function* (sys) {
      const me = ok(yield* sys.getpid())
      ok(yield* sys.sigprocmask(0, sigmask(SIGUSR1)))
      const child = ok(yield* sys.fork((sys) => sys.nanosleep(100)))
      for (const code of [SI_USER, SI_TKILL, SI_KERNEL, 5]) {
        fails(yield* sys.rt_sigqueueinfo(child, SIGUSR1, siginfo(sys, code)), EPERM)
        fails(yield* sys.rt_tgsigqueueinfo(child, child, SIGUSR1, siginfo(sys, code)), EPERM)
        ok(yield* sys.rt_sigqueueinfo(me, SIGUSR1, siginfo(sys, code)))
        is(shown(yield* take(sys, sigmask(SIGUSR1))), [SIGUSR1, code, 77, 88])
        ok(yield* sys.rt_tgsigqueueinfo(me, me, SIGUSR1, siginfo(sys, code)))
        is(shown(yield* take(sys, sigmask(SIGUSR1))), [SIGUSR1, code, 77, 88])
      }
      ok(yield* sys.rt_sigqueueinfo(child, 9, siginfo(sys, SI_QUEUE)))
      is(yield* waitFor(sys, child), 9)
      return 0
    })
  })

  it('refuses what kill(2) and tgkill(2) refuse', () => {
    inVm(function* (sys) {
      const me = ok(yield* sys.getpid())
      const info = siginfo(sys, SI_QUEUE)
      is(yield* sys.rt_sigqueueinfo(me, 0, info), 0)
      fails(yield* sys.rt_sigqueueinfo(me, 65, info), EINVAL)
      for (const pid of [9999, 0, -1]) fails(yield* sys.rt_sigqueueinfo(pid, 65, info), ESRCH)
      fails(yield* sys.rt_sigqueueinfo(me, SIGUSR1, UNMAPPED), EFAULT)
      fails(yield* sys.rt_tgsigqueueinfo(me, 0, SIGUSR1, info), EINVAL)
      fails(yield* sys.rt_tgsigqueueinfo(0, me, SIGUSR1, info), EINVAL)
      fails(yield* sys.rt_tgsigqueueinfo(me + 1, me, SIGUSR1, info), ESRCH)
      fails(yield* sys.rt_tgsigqueueinfo(0, 0, SIGUSR1, UNMAPPED), EFAULT)
      const child = ok(yield* sys.fork((sys) => sys.nanosleep(100)))
      ok(yield* sys.setresuid(7, 7, 7))
      fails(yield* sys.rt_sigqueueinfo(child, SIGUSR1, info), EPERM)
      return 0
    })
  })

  it('rt_tgsigqueueinfo reaches one thread', () => {
    inVm(function* (sys) {
      const me = ok(yield* sys.getpid())
      const got: number[] = []
      ok(
        yield* sys.sigaction(SIGUSR1, function* (sys) {
          got.push(yield* sys.gettid())
        }),
      )
      const tid = ok(
        yield* sys.clone(THREAD, function* (sys) {
          void (yield* sys.nanosleep(100))
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.rt_tgsigqueueinfo(me, tid, SIGUSR1, siginfo(sys, SI_QUEUE)))
      ok(yield* sys.nanosleep(1))
      is(got, [tid])
      return 0
    })
  })
})

describe('RLIMIT_SIGPENDING', () => {
  it('keeps queued signals from being sent, and from the others takes what is told of them', () => {
    inVm(function* (sys) {
      const me = ok(yield* sys.getpid())
      const set = sigmask(RT) | sigmask(SIGUSR1)
      ok(yield* sys.sigprocmask(0, set))
      ok(yield* sys.setrlimit(RLIMIT_SIGPENDING, sys.words(2n, 2n)))
      const info = siginfo(sys, SI_QUEUE)
      for (let i = 0; i < 2; i++) ok(yield* sys.rt_sigqueueinfo(me, RT, info))
      fails(yield* sys.rt_sigqueueinfo(me, RT, info), EAGAIN)
      fails(yield* sys.tgkill(me, me, RT), EAGAIN)
      ok(yield* sys.rt_sigqueueinfo(me, SIGUSR1, info))
      is(shown(yield* take(sys, set)), [SIGUSR1, SI_USER, 0, 0])
      // kill(2) comes through, if without a place in the queue.
      for (let i = 0; i < 3; i++) ok(yield* sys.kill(me, RT))
      ok(yield* sys.kill(me, SIGUSR1))
      is(shown(yield* take(sys, set)), [SIGUSR1, SI_USER, me, 0])
      is(shown(yield* take(sys, set)), [RT, SI_QUEUE, 77, 88])
      ok(yield* sys.rt_sigqueueinfo(me, RT, info))
      for (let i = 0; i < 2; i++) is(shown(yield* take(sys, set)), [RT, SI_QUEUE, 77, 88])
      is(shown(yield* take(sys, set)), -EAGAIN)
      ok(yield* sys.setrlimit(RLIMIT_SIGPENDING, sys.words(0n, 0n)))
      ok(yield* sys.kill(me, RT))
      is(shown(yield* take(sys, set)), [RT, SI_USER, 0, 0])
      is(shown(yield* take(sys, set)), -EAGAIN)
      return 0
    })
  })

  it('counts for the user, and no longer for what a dead process did not take', () => {
    inVm(function* (sys) {
      ok(yield* sys.setresuid(7, 7, 7))
      ok(yield* sys.setrlimit(RLIMIT_SIGPENDING, sys.words(3n, 3n)))
      const info = siginfo(sys, SI_QUEUE)
      const me = ok(yield* sys.getpid())
      ok(yield* sys.sigprocmask(0, sigmask(RT)))
      for (let round = 0; round < 2; round++) {
        const child = ok(
          yield* sys.fork(function* (sys) {
            const own = ok(yield* sys.getpid())
            ok(yield* sys.rt_sigqueueinfo(own, RT, info))
            ok(yield* sys.rt_tgsigqueueinfo(own, own, RT, info))
            ok(yield* sys.rt_sigqueueinfo(me, RT, info))
            fails(yield* sys.rt_sigqueueinfo(me, RT, info), EAGAIN)
            return 0
          }),
        )
        is(yield* waitFor(sys, child), 0)
        is(shown(yield* take(sys, sigmask(RT))), [RT, SI_QUEUE, 77, 88])
        is(shown(yield* take(sys, sigmask(RT))), -EAGAIN)
      }
      return 0
    })
  })
})
