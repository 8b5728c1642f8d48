import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readlineCases, runReadlineCase } from '../../scripts/lib/readline_cases.ts'

const record = JSON.parse(readFileSync(new URL('host.json', import.meta.url), 'utf8')) as {
  readonly seed: number
  readonly answers: readonly string[]
}

test('a line is edited by any keys as GNU readline edits it', () => {
  const { seed, answers } = record
  const all = readlineCases(seed, answers.length).map((keys, i) => ({
    keys,
    here: runReadlineCase(keys),
    host: answers[i],
  }))
  const compared = all.filter(({ here }) => here !== null)
  expect(compared.length).toBeGreaterThan(250)
  expect(compared.filter(({ here, host }) => here !== host)).toEqual([])
})
