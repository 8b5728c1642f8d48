import { describe, expect, it } from 'vitest'
import { runScript, type Told } from '../../support/sh.ts'
import { withVm } from '../../support/vm.ts'
import { programs } from '../../../userland/programs.ts'

/** These take every word for an operand, as POSIX wants of them. */
const LITERAL = new Set(['[', 'echo', 'false', 'test', 'true'])
const NAMES = Object.keys(programs).filter((name) => !LITERAL.has(name))

/** What each program makes of one argument. */
function each(argument: string): Map<string, Told> {
  return new Map(NAMES.map((name) => [name, withVm({}, (vm) => runScript(vm, `/bin/${name} ${argument} </dev/null`))]))
}

describe('every program of /bin', () => {
  it('says with --help how it is used, and what its options do', () => {
    for (const [name, { stdout, stderr, status }] of each('--help')) {
      expect([name, stdout.startsWith(`usage: ${name}`), stderr, status]).toEqual([name, true, '', 0])
      expect(stdout.split('\n').length, name).toBeGreaterThan(2)
    }
  })

  it.each(['-#', '--no-such'])('refuses %s in its own name, and does nothing', (option) => {
    for (const [name, { stdout, stderr, status }] of each(option)) {
      expect([name, stdout]).toEqual([name, ''])
      expect(stderr, name).toMatch(new RegExp(`^(/bin/)?${name}: .*(option|argument|signal|${option}).*\n`))
      expect(status, name).toBeGreaterThan(0)
    }
  })
})
