import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runScript, type Told } from '../../support/sh.ts'
import { withVm } from '../../support/vm.ts'

const SCRIPTS = join(import.meta.dirname, 'scripts')
const expected = JSON.parse(readFileSync(join(import.meta.dirname, 'expected.json'), 'utf8')) as Record<string, Told>

describe('the programs make of a script what those of a Linux host make of it', () => {
  const names = readdirSync(SCRIPTS).sort()

  it('and of every script it is recorded', () => {
    expect(names).toEqual(Object.keys(expected))
  })

  it.each(names)('%s', (name) => {
    const told = withVm({}, (vm) => runScript(vm, readFileSync(join(SCRIPTS, name))))
    expect(told).toEqual(expected[name])
  })
})
