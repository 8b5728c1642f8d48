import { expect, test } from 'vitest'
import { boot, type BootOptions } from '../index.ts'

test('boot refuses parameters that no machine can be booted with', () => {
  const bad: BootOptions[] = [{ mem: 10 }, { version: [6, 300, 1] }, { seed: 1.5 }, { slice: 0 }, { time: NaN }]
  for (const options of bad) expect(() => boot(options)).toThrow(RangeError)
  expect(boot({ mem: 1 << 20 }).run()).toEqual({ kind: 'exited' })
})

test('what the kernel throws while a program runs is the kernel’s failure, not the program’s', () => {
  const vm = boot()
  vm.kernel.trace.sys_enter.register(() => {
    throw new Error('a listener of the host broke')
  })
  const process = vm.spawn(function* program(sys) {
    return yield* sys.getpid()
  })
  expect(() => vm.run()).toThrow('a listener of the host broke')
  expect(process.status).toBe(null)
})

test('a program that throws is ended, and the log says where, without the folders of this computer', () => {
  const vm = boot()
  const process = vm.spawn(function* clumsy() {
    throw new TypeError('ouch')
  })
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(process.status).toBe(4)
  expect(vm.dmesg().at(-1)).toMatch(/clumsy\[2\]: uncaught TypeError: ouch at boot\.test\.ts:\d+:\d+$/)
})

test('an option that nobody takes replaces the one of its name in the first environment', () => {
  const { kernel } = boot({ cmdline: 'HOME=/root ckpt_debug=1 ckpt_debug=2 single nosuch.option=1 __proto__=1' })
  expect(kernel.envp_init).toEqual(['HOME=/root', 'TERM=linux', 'ckpt_debug=2', '__proto__=1'])
  expect(kernel.argv_init).toEqual(['single'])
  expect(kernel.ckpt_debug_level).toBe(2)
})

test('an id that has wrapped around is what checkpoint returns', () => {
  const ids: number[] = []
  const vm = boot({ ctx_count: 0x7fffffff, cmdline: 'ckpt_debug=0' })
  vm.spawn(function* program(sys) {
    const fd = yield* sys.creat('/tmp/x', 0o600)
    ids.push(yield* sys.checkpoint(0, fd, 0), yield* sys.checkpoint(0, fd, 0))
    return 0
  })
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(ids).toEqual([-0x80000000, -0x7fffffff])
})
