import { expect, test } from 'vitest'
import { boot, type Libc, type Run } from '../../index.ts'
import { EAGAIN, EINVAL } from '../../kernel/errno.ts'
import { SIGALRM, SIGUSR1, SIG_IGN, sigmask } from '../../kernel/task/signal.ts'

const SETITIMER = 103
const SIGTIMEDWAIT = 137
const SIG_BLOCK = 0

/** setitimer(ITIMER_REAL), in microseconds. */
function setitimer(sys: Libc, first: bigint, interval: bigint): Run<number> {
  return sys.syscall(SETITIMER, 0, sys.words(0n, interval, 0n, first), 0)
}

function said(main: (sys: Libc, said: number[]) => Run<number>, budget = 10_000) {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  const out: number[] = []
  const process = vm.spawn(function* program(sys) {
    return yield* main(sys, out)
  })
  return { outcome: vm.run({ budget }), status: process.status, said: out, now: vm.kernel.clock.now }
}

test('an alarm comes in its time, and an interval brings it again each time it was taken', () => {
  const { said: out, outcome } = said(function* (sys, out) {
    void (yield* sys.sigaction(SIGALRM, function* () {
      out.push(out.length)
    }))
    out.push(yield* setitimer(sys, 500_000n, 250_000n))
    for (let i = 0; i < 3; i++) void (yield* sys.nanosleep(10))
    out.push(yield* setitimer(sys, 0n, 0n))
    return 0
  })
  expect(outcome).toEqual({ kind: 'exited' })
  expect(out).toEqual([0, 1, 2, 3, 0])
})

test('an alarm that nobody handles ends the process', () => {
  const { status } = said(function* (sys) {
    void (yield* setitimer(sys, 1n, 0n))
    return yield* sys.nanosleep(10)
  })
  expect(status).toBe(SIGALRM)
})

test('an alarm of a microsecond that is ignored or blocked does not keep the machine busy', () => {
  for (const blocked of [false, true]) {
    const { outcome, now } = said(function* (sys) {
      void (yield* blocked ? sys.sigprocmask(SIG_BLOCK, sigmask(SIGALRM)) : sys.sigaction(SIGALRM, SIG_IGN))
      void (yield* setitimer(sys, 1n, 1n))
      return yield* sys.nanosleep(1000)
    })
    expect(outcome).toEqual({ kind: 'exited' })
    expect(now).toBeGreaterThanOrEqual(1000e9)
  }
})

test('who waits for a signal without a time, and nobody sends it, is a deadlock and not the end of time', () => {
  const { outcome, now } = said(function* (sys) {
    return yield* sys.syscall(SIGTIMEDWAIT, sys.words(sigmask(SIGUSR1)), 0, 0, 8)
  })
  expect(outcome.kind).toBe('deadlock')
  expect(now).toBe(0)
})

test('rt_sigtimedwait is EAGAIN when its time is over', () => {
  const { said: out } = said(function* (sys, out) {
    const words = sys.alloc(32)
    sys.storeInt(words, 0x200)
    sys.storeInt((words + 8) as typeof words, 1)
    out.push(yield* sys.syscall(SIGTIMEDWAIT, words, 0, words + 8, 8))
    out.push(yield* sys.syscall(SIGTIMEDWAIT, words, 0, words + 8, 4))
    return 0
  })
  expect(out).toEqual([-EAGAIN, -EINVAL])
})

test('a child may name any byte as its exit signal; what is none is not sent', () => {
  const { outcome, said: out } = said(function* (sys, out) {
    const __WALL = 0x40000000
    const pid = yield* sys.clone(200, function* () {
      return 0
    })
    out.push((yield* sys.wait4(pid, 0, __WALL)) - pid)
    return 0
  })
  expect(outcome).toEqual({ kind: 'exited' })
  expect(out).toEqual([0])
})
