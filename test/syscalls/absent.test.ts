import { describe, expect, it } from 'vitest'
import type { Vm } from '../../index.ts'
import { ENOSYS } from '../../kernel/errno.ts'
import { UNASSIGNED, absent } from '../../syscalls/absent.ts'
import { rows, syscallName } from '../../syscalls/table.ts'
import { fails, is, withVm } from '../support/vm.ts'

/** The last number of asm-generic in Linux 6.18. */
const LAST = 469
const here = new Set(rows.map(({ nr }) => nr))

/** What a program sees and strace shows that makes every call that is not here. */
function everyAbsent(vm: Vm): void {
  vm.spawn(function* main(sys) {
    const numbers = Array.from({ length: LAST + 50 }, (_, nr) => nr).filter((nr) => !here.has(nr))
    for (const nr of [...numbers, -1, 2 ** 31, 2 ** 53]) {
      fails(yield* sys.syscall(nr), ENOSYS)
      fails(yield* sys.syscall(nr, -1, 2n ** 63n, 3, 4, 5, 6), ENOSYS)
    }
    return 0
  })
  expect(vm.run()).toEqual({ kind: 'exited' })
}

describe('the table of system calls', () => {
  it('has each number once: a call, one that is absent, or none', () => {
    for (let nr = 0; nr <= LAST; nr++) {
      const places = [
        here.has(nr),
        absent.some((a) => a.nr === nr),
        UNASSIGNED.some((u) => nr >= u.first && nr <= u.last),
      ]
      expect(
        places.filter((p) => p),
        `number ${nr}`,
      ).toEqual([true])
    }
    const names = [...rows, ...absent].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(Math.max(...[...rows, ...absent].map(({ nr }) => nr))).toBe(LAST)
    expect(rows.map(({ nr }) => nr)).toEqual(rows.map(({ nr }) => nr).sort((a, b) => a - b))
    expect(absent.map(({ nr }) => nr)).toEqual(absent.map(({ nr }) => nr).sort((a, b) => a - b))
  })

  it('says of each call that is absent why it is', () => {
    for (const { name, reason, nargs } of absent) {
      expect(reason.split(' ').length, name).toBeGreaterThanOrEqual(4)
      expect(nargs <= 6, name).toBe(true)
    }
  })
})

describe('a system call that is absent', () => {
  it('gives ENOSYS, whatever its arguments are', () => {
    withVm({}, everyAbsent)
  })

  it('is shown by its name, and as many arguments as it has', () => {
    withVm({}, (vm) => {
      const lines: string[] = []
      const stop = vm.strace(({ text }) => lines.push(text))
      everyAbsent(vm)
      stop()
      const result = ' = -1 ENOSYS (Function not implemented)'
      const words = ['0xffffffffffffffff', '0x8000000000000000', '0x3', '0x4', '0x5', '0x6']
      for (const { name, nargs } of absent) {
        expect(lines).toContain(`${name}(${Array<string>(nargs).fill('0x0').join(', ')})${result}`)
        expect(lines).toContain(`${name}(${words.slice(0, nargs).join(', ')})${result}`)
      }
      for (const nr of [246, 300, 423, 470, -1]) expect(lines).toContain(`syscall_${nr}(${words.join(', ')})${result}`)
      expect([syscallName(198), syscallName(63), syscallName(1000)]).toEqual(['socket', 'read', 'syscall_1000'])
    })
  })

  it('can be made to succeed by its name and by its number', () => {
    withVm({}, (vm) => {
      const lines: string[] = []
      const stop = vm.strace(({ text }) => lines.push(text))
      const stops = [vm.inject('socket:retval=5'), vm.inject('222:error=ENOMEM')]
      vm.spawn(function* main(sys) {
        is([yield* sys.syscall(198, 1, 2, 3), yield* sys.syscall(222)], [5, -12])
        return 0
      })
      vm.run()
      for (const s of [stop, ...stops]) s()
      expect(lines[0]).toBe('socket(0x1, 0x2, 0x3) = 5 (INJECTED)')
      expect(() => vm.inject('!no_such_call:error=EIO')).toThrow()
      expect(() => vm.inject('300:error=EIO')).toThrow()
    })
  })
})
