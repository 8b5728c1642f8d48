import { expect, test } from 'vitest'
import { boot } from '../../index.ts'
import { CLONE_FILES, CLONE_FS, CLONE_NEWPID, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGALRM, SIGCHLD, SIGSEGV, SIGTERM, SIG_IGN } from '../../kernel/task/signal.ts'
import { machine, pipe } from '../support/signals.ts'

const THREAD = CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD

test('a large write whose rest is small waits for room again and again', () => {
  const { said } = machine(function* (sys, said) {
    const { rd, wr } = yield* pipe(sys)
    const SIZE = 65536 + 3000
    void (yield* sys.fork(function* (c) {
      void (yield* c.nanosleep(1))
      for (let left = SIZE; left > 0;) left -= yield* c.read(rd, c.alloc(100), 100)
      return 0
    }))
    said.push(String(yield* sys.write(wr, sys.alloc(SIZE), SIZE)))
    return (yield* sys.wait4(-1, 0, 0)) > 0 ? 0 : 1
  })
  expect(said).toEqual([String(65536 + 3000)])
})

test('an alarm that repeats and is ignored does not keep a machine from its deadlock', () => {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  vm.spawn(function* program(sys) {
    const { rd } = yield* pipe(sys)
    void (yield* sys.sigaction(SIGALRM, SIG_IGN))
    const value = sys.alloc(32)
    sys.storeInt(value, 1)
    sys.store((value + 16) as typeof value, sys.load(value, 16))
    void (yield* sys.syscall(103, 0, value, 0))
    return yield* sys.read(rd, value, 1)
  })
  expect(vm.run({ budget: 1000 }).kind).toBe('deadlock')
})

test('rt_sigtimedwait without a time waits for ever', () => {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  vm.spawn(function* program(sys) {
    return yield* sys.syscall(137, sys.alloc(8), 0, 0, 8)
  })
  expect(vm.run().kind).toBe('deadlock')
})

test('the children of a process whose first thread is gone are still its own', () => {
  const { said } = machine(function* (sys, said) {
    void (yield* sys.clone(THREAD, function* (thread) {
      void (yield* thread.nanosleep(1))
      const child = yield* thread.fork((c) => c.getpid())
      said.push(String((yield* thread.wait4(-1, 0, 0)) === child))
      return 0
    }))
    return yield* sys.exit(0)
  })
  expect(said).toEqual(['true'])
})

test('a process whose first thread is gone can still be signalled', () => {
  const { said } = machine(function* (sys, said) {
    const child = yield* sys.fork(function* (c) {
      void (yield* c.clone(THREAD, (thread) => thread.nanosleep(100)))
      return yield* c.exit(0)
    })
    void (yield* sys.nanosleep(1))
    void (yield* sys.kill(child, SIGTERM))
    const status = sys.alloc(4)
    void (yield* sys.wait4(child, status, 0))
    said.push(String(yield* sys.syscall(113, 1, status)), String(sys.loadInt(status)))
    return 0
  })
  expect(said).toEqual(['0', '1'])
})

test('a child may ask for an exit signal that is none', () => {
  const { said } = machine(function* (sys, said) {
    const child = yield* sys.clone(200, (c) => c.getpid())
    said.push(String((yield* sys.wait4(child, 0, 0x40000000)) === child))
    return 0
  })
  expect(said).toEqual(['true'])
})

test('the first process of a namespace does not outlive a fault of its own', () => {
  const { said } = machine(function* (sys, said) {
    const child = yield* sys.clone(CLONE_NEWPID | SIGCHLD, function* (c) {
      c.storeInt(8 as ReturnType<typeof c.alloc>, 1)
      return (yield* c.getpid()) * 0
    })
    const status = sys.alloc(4)
    said.push(String((yield* sys.wait4(child, status, 0)) === child), String(sys.loadInt(status)))
    return 0
  })
  expect(said[0]).toBe('true')
})

test('a handler that makes rt_sigreturn itself does not go on, and what it interrupted does', () => {
  for (const sleeps of [false, true]) {
    const { said, status } = machine(function* (sys, said) {
      void (yield* sys.sigaction(SIGALRM, function* (inner) {
        said.push('handler')
        void (yield* inner.syscall(139))
        said.push('behind it')
      }))
      const me = yield* sys.getpid()
      if (sleeps) {
        const value = sys.alloc(32)
        sys.storeInt((value + 16) as typeof value, 1)
        void (yield* sys.syscall(103, 0, value, 0))
        said.push(String(yield* sys.nanosleep(5)))
      } else said.push(String(yield* sys.kill(me, SIGALRM)))
      return 7
    })
    expect(said).toEqual(['handler', sleeps ? '-4' : '0'])
    expect(status).toBe(7 << 8)
  }
})

test('rt_sigreturn where no handler runs finds no frame, and is the end of the program', () => {
  const { status } = machine(function* (sys) {
    void (yield* sys.syscall(139))
    return 3
  })
  expect(status).toBe(SIGSEGV)
})
