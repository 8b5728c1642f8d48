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
