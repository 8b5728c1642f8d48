import { describe, expect, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGALRM, SIG_IGN, SI_KERNEL, sigmask } from '../../kernel/task/signal.ts'
import { inVm, is, ok, waitFor, withVm } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
const [SIG_BLOCK, SIG_UNBLOCK] = [0, 1]
const [__NR_getitimer, __NR_setitimer, __NR_rt_sigtimedwait] = [102, 103, 137]
const MSEC = 1_000_000
const word = (n: number): UserPtr => n as UserPtr

/** A struct itimerval in milliseconds: what is left, and the interval. */
function valuesAt(sys: Libc, at: UserPtr): number[] {
  const words = new BigInt64Array(sys.load(at, 32).buffer)
  const msec = (i: number): number => Number(words[i]) * 1000 + Number(words[i + 1]) / 1000
  return [msec(2), msec(0)]
}

/** What was set before. */
function* set(sys: Libc, msec: number, interval = 0): Run<number[]> {
  const at = sys.alloc(64)
  const words = [interval, msec].flatMap((n) => [BigInt(Math.floor(n / 1000)), BigInt((n % 1000) * 1000)])
  sys.store(at, new Uint8Array(new BigInt64Array(words).buffer))
  ok(yield* sys.syscall(__NR_setitimer, 0, at, at + 32))
  return valuesAt(sys, word(at + 32))
}

function* get(sys: Libc): Run<number[]> {
  const at = sys.alloc(32)
  ok(yield* sys.syscall(__NR_getitimer, 0, at))
  return valuesAt(sys, at)
}

/** Count the alarms. */
function* count(sys: Libc): Run<{ n: number }> {
  const seen = { n: 0 }
  ok(
    yield* sys.sigaction(SIGALRM, function* () {
      seen.n++
    }),
  )
  return seen
}

function* sleep(sys: Libc, msec: number): Run<void> {
  void (yield* sys.nanosleep(Math.floor(msec / 1000), (msec % 1000) * MSEC))
}

describe('the alarm of a process', () => {
  it('tells what is left and how often it comes, and what it was to who sets it anew', () => {
    inVm(function* (sys) {
      is(yield* get(sys), [0, 0])
      is(yield* set(sys, 0, 5000), [0, 0])
      is(yield* get(sys), [0, 0])
      is(yield* set(sys, 10_000), [0, 0])
      yield* sleep(sys, 400)
      is(yield* get(sys), [9600, 0])
      is(yield* set(sys, 1), [9600, 0])
      ok(yield* sys.nanosleep(0, 999_500))
      is(yield* set(sys, 10_000, 3000), [0, 0])
      is(yield* get(sys), [10_000, 3000])
      is(yield* set(sys, 0), [10_000, 3000])
      is(yield* get(sys), [0, 0])
      return 0
    })
  })

  it('is the last one that was set: the one before does not come any more', () => {
    inVm(function* (sys) {
      const seen = yield* count(sys)
      is(yield* set(sys, 100), [0, 0])
      is(yield* set(sys, 1000), [100, 0])
      yield* sleep(sys, 500)
      is([seen.n, yield* set(sys, 0)], [0, [500, 0]])
      yield* sleep(sys, 2000)
      is(seen.n, 0)
      return 0
    })
  })

  it('comes once without an interval, also where somebody else sends SIGALRM behind it', () => {
    inVm(function* (sys) {
      const seen = yield* count(sys)
      is(yield* set(sys, 100), [0, 0])
      yield* sleep(sys, 1000)
      is([seen.n, yield* get(sys)], [1, [0, 0]])
      ok(yield* sys.kill(yield* sys.getpid(), SIGALRM))
      yield* sleep(sys, 1000)
      is([seen.n, yield* get(sys)], [2, [0, 0]])
      return 0
    })
  })

  it('keeps its beat where it was taken late: the periods in between are lost', () => {
    inVm(function* (sys) {
      const seen = yield* count(sys)
      ok(yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGALRM)))
      is(yield* set(sys, 50, 100), [0, 0])
      yield* sleep(sys, 470)
      ok(yield* sys.sigprocmask(SIG_UNBLOCK, sigmask(SIGALRM)))
      is([seen.n, yield* get(sys)], [1, [80, 100]])
      yield* sleep(sys, 1000)
      is([seen.n, yield* get(sys)], [2, [100, 100]])
      return 0
    })
  })

  it('has nothing left while it waits to be taken, for as long as that is, and where it is ignored', () => {
    inVm(function* (sys) {
      ok(yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGALRM)))
      is(yield* set(sys, 50, 100), [0, 0])
      for (const msec of [70, 400]) {
        yield* sleep(sys, msec)
        is(yield* get(sys), [0, 100])
      }
      is(yield* set(sys, 0), [0, 100])
      ok(yield* sys.sigaction(SIGALRM, SIG_IGN))
      ok(yield* sys.sigprocmask(SIG_UNBLOCK, sigmask(SIGALRM)))
      is(yield* set(sys, 50, 100), [0, 0])
      yield* sleep(sys, 270)
      is(yield* get(sys), [0, 100])
      return 0
    })
  })

  it('that waits to be taken still is, though it was switched off', () => {
    inVm(function* (sys) {
      const seen = yield* count(sys)
      ok(yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGALRM)))
      is(yield* set(sys, 50), [0, 0])
      yield* sleep(sys, 100)
      is(yield* set(sys, 0), [0, 0])
      ok(yield* sys.sigprocmask(SIG_UNBLOCK, sigmask(SIGALRM)))
      is([seen.n, yield* get(sys)], [1, [0, 0]])
      return 0
    })
  })

  it('is not moved by a SIGALRM that comes before its time from somebody else', () => {
    inVm(function* (sys) {
      const seen = yield* count(sys)
      is(yield* set(sys, 500, 300), [0, 0])
      yield* sleep(sys, 100)
      ok(yield* sys.kill(yield* sys.getpid(), SIGALRM))
      is([seen.n, yield* get(sys)], [1, [400, 300]])
      yield* sleep(sys, 450)
      is([seen.n, yield* get(sys)], [2, [300, 300]])
      return 0
    })
  })

  it('is set again where rt_sigtimedwait(2) took it', () => {
    inVm(function* (sys) {
      ok(yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGALRM)))
      const [these, info] = [sys.alloc(8), sys.alloc(128)]
      sys.storeInt(these, Number(sigmask(SIGALRM)))
      is(yield* set(sys, 50, 100), [0, 0])
      for (let i = 0; i < 3; i++) is(yield* sys.syscall(__NR_rt_sigtimedwait, these, info, 0, 8), SIGALRM)
      is(
        [8, 16, 20].map((at) => sys.loadInt(word(info + at))),
        [SI_KERNEL, 0, 0],
      )
      is(yield* get(sys), [100, 100])
      return 0
    })
  })

  it('goes to whichever thread takes it', () => {
    inVm(function* (sys) {
      const seen = yield* count(sys)
      ok(yield* sys.clone(THREAD, (sys) => sys.nanosleep(5)))
      ok(yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGALRM)))
      is(yield* set(sys, 50), [0, 0])
      yield* sleep(sys, 100)
      is(seen.n, 1)
      return yield* sys.exit_group(0)
    })
  })

  it('is not that of a child, and comes to another program, be it one of its threads that became it', () => {
    const waits = function* waits(sys: Libc): Run<number> {
      is(yield* get(sys), [1000, 0])
      return yield* sys.nanosleep(50)
    }
    withVm({ programs: { waits } }, (vm) => {
      vm.spawn(function* main(sys) {
        for (const thread of [false, true]) {
          const child = yield* sys.fork(function* (sys) {
            is(yield* set(sys, 1000), [0, 0])
            const child = yield* sys.fork(function* (sys) {
              is(yield* get(sys), [0, 0])
              return 0
            })
            is(yield* waitFor(sys, child), 0)
            const becomes = (sys: Libc): Run<number> => sys.execve('/bin/waits', ['waits'])
            if (!thread) return yield* becomes(sys)
            ok(yield* sys.clone(THREAD, becomes))
            return yield* sys.nanosleep(50)
          })
          is(yield* waitFor(sys, child), SIGALRM)
        }
        return 0
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
    })
  })
})
