import { expect, test } from 'vitest'
import { boot, type Libc, type Run } from '../../index.ts'
import { CLONE_VFORK } from '../../kernel/task/fork.ts'
import { SIGKILL, SIGUSR1 } from '../../kernel/task/signal.ts'
import { succeeds } from '../support/signals.ts'

const SIGCHLD = 17

test('the parent goes on when the child has ended, and sees what it did to their memory', () => {
  const { calls } = succeeds(function* (sys) {
    const word = sys.alloc(4)
    for (let n = 1; n <= 100; n++) {
      const child = yield* sys.vfork(function* (child) {
        void (yield* child.nanosleep(1))
        child.storeInt(word, n)
        return 0
      })
      expect(sys.loadInt(word)).toBe(n)
      expect(yield* sys.wait4(child, 0, 1)).toBe(child)
    }
    return 0
  })
  expect(calls).toContain('clone(child_stack=NULL, flags=CLONE_VM|CLONE_VFORK|SIGCHLD) = 3')
})

test('the parent goes on when the child execs', () => {
  const said: string[] = []
  const vm = boot({
    programs: {
      *slow(sys) {
        void (yield* sys.nanosleep(1))
        said.push('slow')
        return 0
      },
    },
  })
  vm.spawn(function* program(sys) {
    void (yield* sys.vfork(function* (child) {
      said.push('child')
      return yield* child.execve('/bin/slow', ['slow'])
    }))
    said.push('parent')
    return 0
  })
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(said).toEqual(['child', 'parent', 'slow'])
})

test('an exec that fails leaves the parent waiting', () => {
  succeeds(function* (sys) {
    const word = sys.alloc(4)
    void (yield* sys.vfork(function* (child) {
      child.storeInt(word, yield* child.execve('/bin/absent', []))
      void (yield* child.sched_yield())
      return 0
    }))
    expect(sys.loadInt(word)).toBe(-2)
    return (yield* sys.wait4(-1, 0, 0)) > 0 ? 0 : 1
  })
})

test('it waits also where the memory is a copy, and a child that is killed ends it', () => {
  const { calls } = succeeds(function* (sys) {
    const child = yield* sys.clone(CLONE_VFORK | SIGCHLD, function* (child) {
      return yield* child.kill(yield* child.getpid(), SIGKILL)
    })
    expect(yield* sys.wait4(child, 0, 1)).toBe(child)
    return 0
  })
  expect(calls.findIndex((c) => c.startsWith('+++ killed'))).toBeLessThan(calls.findIndex((c) => c.startsWith('clone')))
})

/** What a waiting parent says, and its status, where the child sends it `sig` and sleeps on. */
function signalled(sig: number): { said: string[]; status: number | null } {
  const said: string[] = []
  const vm = boot()
  const parent = vm.spawn(function* program(sys: Libc): Run<number> {
    void (yield* sys.sigaction(SIGUSR1, function* () {
      said.push('handler')
    }))
    void (yield* sys.vfork(function* (child) {
      void (yield* child.kill(yield* child.getppid(), sig))
      void (yield* child.nanosleep(1))
      said.push(parent.status === null ? 'parent waits' : 'parent is gone')
      return 0
    }))
    said.push('parent')
    return 0
  })
  expect(vm.run()).toEqual({ kind: 'exited' })
  return { said, status: parent.status }
}

test('a signal does not end the wait, SIGKILL does', () => {
  expect(signalled(SIGUSR1)).toEqual({ said: ['parent waits', 'handler', 'parent'], status: 0 })
  expect(signalled(SIGKILL)).toEqual({ said: ['parent is gone'], status: SIGKILL })
})
