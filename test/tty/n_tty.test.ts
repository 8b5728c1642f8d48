import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runTtyCase } from '../../scripts/lib/tty_case.ts'
import { ttyCases, ttyLine, type TtyAnswer } from '../../scripts/lib/tty_cases.ts'

const record = JSON.parse(readFileSync(new URL('host.json', import.meta.url), 'utf8')) as {
  readonly seed: number
  readonly answers: readonly TtyAnswer[]
}

test('the line discipline echoes, edits and hands over what a terminal of a real Linux does, in any mode', () => {
  const { seed, answers } = record
  const wrong = ttyCases(seed, answers.length)
    .map((c, i) => ({ case: ttyLine(c), here: runTtyCase(c), host: answers[i] }))
    .filter(({ here, host }) => JSON.stringify(here) !== JSON.stringify(host))
  expect(answers.length).toBe(300)
  expect(wrong).toEqual([])
})
