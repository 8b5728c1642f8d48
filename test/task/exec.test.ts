import { expect, test } from 'vitest'
import { boot, type Libc, type Run } from '../../index.ts'
import { E2BIG, EACCES, EFAULT, ENOENT, ENOEXEC, ENOTDIR } from '../../kernel/errno.ts'
import { SIGUSR1, SIGUSR2, SIG_IGN } from '../../kernel/task/signal.ts'

const O_CLOEXEC = 0o2000000
const O_RDWR = 2
const O_CREAT = 0o100

/** Say what one was started with. */
function* args(sys: Libc, argv: readonly string[], envp: readonly string[]): Run<number> {
  void (yield* sys.print(`${argv.join('|')} ${envp.join('|')}\n`))
  return 3
}

function machine(main: (sys: Libc, said: (string | number)[]) => Run<number>) {
  const vm = boot({ cmdline: 'ckpt_debug=0', programs: { args } })
  const said: (string | number)[] = []
  const process = vm.spawn(function* program(sys) {
    return yield* main(sys, said)
  })
  return { vm, said, process, outcome: () => vm.run({ budget: 10_000 }) }
}

test('execve starts another program in the same process, with its arguments and environment', () => {
  const m = machine(function* (sys) {
    return yield* sys.execve('/bin/args', ['a', 'b c', 'ü'], ['X=1'])
  })
  expect(m.outcome()).toEqual({ kind: 'exited' })
  expect(m.vm.console).toBe('a|b c|ü X=1\n')
  expect(m.process.status).toBe(3 << 8)
  expect(m.vm.kernel.pages.used).toBe(0)
})

test('execve takes the name of the file, closes what is close-on-exec, and keeps the rest', () => {
  const names: string[] = []
  const m = machine(function* (sys, said) {
    said.push(yield* sys.open('/tmp/kept', O_RDWR | O_CREAT, 0o600))
    said.push(yield* sys.open('/tmp/gone', O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
    return yield* sys.execve('/bin/args', ['args'])
  })
  m.vm.kernel.trace.sys_enter.register((t, nr) => {
    if (nr === 94) names.push(t.commString(), String(t.files?.fd[3] !== null), String(t.files?.fd[4] !== null))
  })
  expect(m.outcome()).toEqual({ kind: 'exited' })
  expect(m.said).toEqual([3, 4])
  expect(names).toEqual(['args', 'true', 'false'])
})

test('execve sets handlers back to the default, and keeps what is ignored', () => {
  const m = machine(function* (sys) {
    void (yield* sys.sigaction(SIGUSR1, function* () {}))
    void (yield* sys.sigaction(SIGUSR2, SIG_IGN))
    return yield* sys.execve('/bin/args', ['args'])
  })
  const { sighand } = m.process.task
  expect(m.outcome()).toEqual({ kind: 'exited' })
  expect([sighand.action[SIGUSR1].handler, sighand.action[SIGUSR2].handler]).toEqual([0, 1])
})

test('a script runs its interpreter with the rest of its first line as one argument, and its own path', () => {
  const m = machine(function* (sys) {
    return yield* sys.execve('/tmp/script', ['ignored', 'one'])
  })
  m.vm.writeFile('/tmp/script', '#! /bin/args  -x y \nanything\n', 0o755)
  expect(m.outcome()).toEqual({ kind: 'exited' })
  expect(m.vm.console).toBe('/bin/args|-x y|/tmp/script|one \n')
  expect(m.process.task.exit_code).toBe(3 << 8)
})

test('execve fails, and the program goes on', () => {
  const m = machine(function* (sys, said) {
    said.push(yield* sys.execve('/bin/none', ['x']))
    said.push(yield* sys.execve('/bin/args/x', ['x']))
    said.push(yield* sys.execve('/bin', ['x']))
    said.push(yield* sys.execve('/tmp/plain', ['x']))
    said.push(yield* sys.execve('/tmp/text', ['x']))
    said.push(yield* sys.execve('/tmp/loop', ['x']))
    said.push(yield* sys.syscall(221, sys.string('/bin/args'), 8, 0))
    said.push(yield* sys.execve('/bin/args', ['x'.repeat(32 * 4096)]))
    return 0
  })
  m.vm.writeFile('/tmp/plain', 'text', 0o644)
  m.vm.writeFile('/tmp/text', 'text', 0o755)
  m.vm.writeFile('/tmp/loop', '#!/tmp/loop\n', 0o755)
  expect(m.outcome()).toEqual({ kind: 'exited' })
  expect(m.said).toEqual([-ENOENT, -ENOTDIR, -EACCES, -EACCES, -ENOEXEC, -ENOEXEC, -EFAULT, -E2BIG])
  expect(m.process.status).toBe(0)
})

test('fork copies no memory until one of the two writes to it', () => {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  const used: number[] = []
  const seen: number[] = []
  vm.spawn(function* program(sys) {
    const word = sys.alloc(4096)
    sys.storeInt(word, 1)
    used.push(vm.kernel.pages.used)
    void (yield* sys.fork(function* (child) {
      used.push(vm.kernel.pages.used)
      seen.push(child.loadInt(word))
      child.storeInt(word, 2)
      seen.push(child.loadInt(word))
      return 0
    }))
    void (yield* sys.wait4(-1, 0, 0))
    seen.push(sys.loadInt(word))
    used.push(vm.kernel.pages.used)
    return 0
  })
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(seen).toEqual([1, 2, 1])
  // The child's id is written into its copy of one page.
  expect(used[1] - used[0]).toBeLessThanOrEqual(2)
  expect(used[2]).toBeLessThanOrEqual(used[0] + 1)
  expect(vm.kernel.pages.used).toBe(0)
})
