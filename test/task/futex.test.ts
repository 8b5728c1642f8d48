import { expect, test } from 'vitest'
import { boot, type Libc, type Run } from '../../index.ts'
import { EAGAIN, EFAULT, EINTR, EINVAL, ETIMEDOUT } from '../../kernel/errno.ts'
import {
  CLONE_CHILD_CLEARTID,
  CLONE_FILES,
  CLONE_FS,
  CLONE_SIGHAND,
  CLONE_THREAD,
  CLONE_VM,
} from '../../kernel/task/fork.ts'
import { SA_RESTART, SIGUSR1 } from '../../kernel/task/signal.ts'

const THREAD = CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD

function said(main: (sys: Libc, said: number[]) => Run<number>): number[] {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  const out: number[] = []
  vm.spawn(function* program(sys) {
    return yield* main(sys, out)
  })
  expect(vm.run({ budget: 10_000 })).toEqual({ kind: 'exited' })
  return out
}

test('a waiter is woken by a thread that has changed the word', () => {
  const out = said(function* (sys, out) {
    const word = sys.alloc(4)
    void (yield* sys.clone(THREAD, function* (thread) {
      void (yield* thread.nanosleep(1))
      thread.storeInt(word, 1)
      out.push(yield* thread.futex_wake(word, 10))
      return 0
    }))
    out.push(yield* sys.futex_wait(word, 0), sys.loadInt(word))
    void (yield* sys.nanosleep(1))
    return 0
  })
  expect(out).toEqual([1, 0, 1])
})

test('at most as many are woken as asked for, the first ones first', () => {
  const out = said(function* (sys, out) {
    const word = sys.alloc(4)
    for (let i = 0; i < 3; i++) {
      void (yield* sys.clone(THREAD, function* (thread) {
        void (yield* thread.futex_wait(word, 0))
        out.push(i)
        return 0
      }))
    }
    void (yield* sys.nanosleep(1))
    out.push(-(yield* sys.futex_wake(word, 2)))
    void (yield* sys.nanosleep(1))
    out.push(-(yield* sys.futex_wake(word, 2)))
    void (yield* sys.nanosleep(1))
    return 0
  })
  expect(out).toEqual([-2, 0, 1, -1, 2])
})

test('a futex call fails as futex(2) says', () => {
  const out = said(function* (sys, out) {
    const word = sys.alloc(4)
    out.push(yield* sys.futex_wait(word, 1), yield* sys.futex_wait(word, 0, 1))
    out.push(yield* sys.syscall(98, 1, 0, 0), yield* sys.syscall(98, 4096, 0, 0), yield* sys.futex_wake(word, 1))
    out.push(yield* sys.syscall(98, word, 9, 0, 0, 0, 0))
    return 0
  })
  expect(out).toEqual([-EAGAIN, -ETIMEDOUT, -EINVAL, -EFAULT, 0, -EINVAL])
})

test('the end of a thread wakes who waits at its clear_child_tid', () => {
  const out = said(function* (sys, out) {
    const tid = sys.alloc(4)
    sys.storeInt(tid, 77)
    const child = (thread: Libc): Run<number> => thread.nanosleep(5)
    void (yield* sys.clone(THREAD | CLONE_CHILD_CLEARTID, child, 0, tid))
    out.push(yield* sys.futex_wait(tid, 77), sys.loadInt(tid))
    return 0
  })
  expect(out).toEqual([0, 0])
})

test('a wait without a time goes on under SA_RESTART, one with a time is EINTR', () => {
  const out = said(function* (sys, out) {
    const word = sys.alloc(4)
    const me = yield* sys.getpid()
    void (yield* sys.sigaction(SIGUSR1, function* () {}, SA_RESTART))
    void (yield* sys.clone(THREAD, function* (thread) {
      for (let i = 0; i < 2; i++) {
        void (yield* thread.nanosleep(1))
        void (yield* thread.kill(me, SIGUSR1))
      }
      void (yield* thread.nanosleep(1))
      return (yield* thread.futex_wake(word, 1)) === 1 ? 0 : 1
    }))
    out.push(yield* sys.futex_wait(word, 0, 100), yield* sys.futex_wait(word, 0))
    return 0
  })
  expect(out).toEqual([-EINTR, 0])
})
