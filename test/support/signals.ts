import { expect } from 'vitest'
import { boot, type Libc, type Run } from '../../index.ts'

/** Run a program on a machine of its own, to its end, with nothing leaked. */
export function machine(main: (sys: Libc, said: string[]) => Run<number>) {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  const said: string[] = []
  const calls: string[] = []
  vm.strace(({ text }) => calls.push(text))
  const process = vm.spawn(function* program(sys) {
    return yield* main(sys, said)
  })
  // What stays is what the program's file takes.
  const { active } = vm.kernel.slab
  const outcome = vm.run({ budget: 100_000 })
  expect(outcome).toEqual({ kind: 'exited' })
  expect(vm.kernel.slab.active).toBeLessThan(active)
  expect(vm.kernel.pages.used).toBe(0)
  return { vm, said, calls, status: process.status }
}

/** The same for a program whose expectations must hold: one that does not ends it with a signal. */
export function succeeds(main: (sys: Libc, said: string[]) => Run<number>) {
  const done = machine(main)
  expect(done.status, done.vm.dmesg().join('\n')).toBe(0)
  return done
}

/** Both ends of a pipe. */
export function* pipe(sys: Libc): Run<{ rd: number; wr: number }> {
  const ends = yield* sys.pipe()
  if (typeof ends === 'number') throw new Error(`pipe: ${ends}`)
  return ends
}

/** A child that sends `sig` to its parent after a second of sleep. */
export function* signalParentLater(sys: Libc, sig: number): Run<number> {
  const me = yield* sys.getpid()
  return yield* sys.fork(function* (child) {
    void (yield* child.nanosleep(1))
    return yield* child.kill(me, sig)
  })
}
