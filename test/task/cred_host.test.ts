import { expect, test } from 'vitest'
import { credCases, runCredCase } from '../../scripts/lib/cred_cases.ts'
import host from './cred.host.json' with { type: 'json' }

test('who one may become, and what one may do then, is what Linux says', () => {
  const cases = credCases(host.seed, host.answers.length)
  expect(cases.map(runCredCase)).toEqual(host.answers)
})
