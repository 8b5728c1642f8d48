import { expect } from 'vitest'
import { boot, type Libc, type Program, type Run, type Vm } from '../../index.ts'
import { WUNTRACED } from '../../kernel/task/exit.ts'

/** A machine with a terminal, and what came out of that. */
export function terminal(main: (sys: Libc, said: string[]) => Run<number>) {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  vm.terminal({ rows: 24, cols: 80 })
  const said: string[] = []
  const shell: Program = function* shell(sys) {
    return yield* main(sys, said)
  }
  const process = vm.spawn(shell, [], { terminal: true })
  return { vm, said, process }
}

/** The same, to its end. */
export function toItsEnd(main: (sys: Libc, said: string[]) => Run<number>): string[] {
  const { vm, said, process } = terminal(main)
  expect(vm.run({ budget: 100_000 })).toEqual({ kind: 'exited' })
  expect(process.status, said.join('\n')).toBe(0)
  return said
}

/** A child in a group of its own, in the background; wait(2)'s status once it has stopped or ended. */
export function* job(sys: Libc, main: (sys: Libc) => Run<number>): Run<{ pid: number; status: number }> {
  const pid = yield* sys.fork(function* (child) {
    void (yield* child.setpgid(0, 0))
    return yield* main(child)
  })
  return { pid, status: yield* wait(sys, pid) }
}

export function* wait(sys: Libc, pid: number): Run<number> {
  const status = sys.alloc(4)
  void (yield* sys.wait4(pid, status, WUNTRACED))
  return sys.loadInt(status)
}

export const stopped = (sig: number): number => (sig << 8) | 0x7f

export function* readText(sys: Libc, fd = 0, size = 64): Run<string> {
  const buf = sys.alloc(size)
  const n = yield* sys.read(fd, buf, size)
  return n < 0 ? String(n) : new TextDecoder().decode(sys.load(buf, n))
}

export function* int(sys: Libc, fd: number, request: number, value = 0): Run<number> {
  const at = sys.alloc(4)
  sys.storeInt(at, value)
  const ret = yield* sys.ioctl(fd, request, at)
  return ret < 0 ? ret : sys.loadInt(at)
}

/** Type what `keys` says, a piece each time that the machine waits for input. Returns all that the terminal shows. */
export function type(vm: Vm, ...keys: string[]): string {
  for (const key of keys) {
    expect(vm.run({ budget: 100_000 }).kind).toBe('input')
    vm.input(key)
  }
  vm.run({ budget: 100_000 })
  return vm.console
}
