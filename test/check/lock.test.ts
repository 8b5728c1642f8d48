import { expect, it } from 'vitest'
import { checkLock } from '../../scripts/check/lock.ts'

it('a lock file that says where a package came from fails the check', () => {
  const lock = (entry: string) => `{\n  "packages": {\n    "node_modules/x": { \n${entry}\n    }\n  }\n}`
  const findings = checkLock('package-lock.json', lock('      "resolved": "https://example.org/x.tgz",'))
  expect(findings.map(({ line, rule }) => [line, rule])).toEqual([[4, 'lock']])
  expect(checkLock('package-lock.json', lock('      "version": "1.0.0"'))).toEqual([])
})
