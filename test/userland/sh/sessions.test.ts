import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SESSIONS, runSession } from '../../../scripts/lib/sh_sessions.ts'

const RECORD = join(import.meta.dirname, 'sessions.json')
const record = JSON.parse(readFileSync(RECORD, 'utf8')) as Record<string, readonly string[]>

describe('the shell says to who sits at it what dash says on a terminal of Linux', () => {
  test('and of every session it is recorded', () => {
    expect(Object.keys(SESSIONS).sort()).toEqual(Object.keys(record).sort())
  })

  test.each(Object.entries(SESSIONS))('%s', (name, steps) => {
    // Where a job is stopped ours begins a row of its own.
    const printed = runSession(steps).map((text) => text.replace('^Z\r\n', '^Z'))
    expect(printed).toEqual(record[name])
  })
})
