import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkGenerated } from '../../scripts/check/generated.ts'
import { generatedFiles } from '../../scripts/generate/files.ts'
import { root, temporary } from '../support/cli.ts'

const folder = temporary()

test('each generated file that is stale or not there is a finding, and no other', async () => {
  const files = generatedFiles(root)
  expect(files.map(({ path }) => path)).toEqual([
    'kernel/windows.ts',
    'docs/ckpt.ksy',
    'docs/ckpt.magic',
    'docs/syscalls.md',
  ])
  const [windows, ksy, magic, syscalls] = files
  for (const name of ['kernel', 'docs']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, windows.path), await windows.source())
  writeFileSync(join(folder, ksy.path), (await ksy.source()).replace('type: u4', 'type: u8'))
  writeFileSync(join(folder, syscalls.path), await syscalls.source())
  const findings = await checkGenerated(folder, files)
  expect(findings.map(({ path, rule }) => [path, rule])).toEqual([
    [ksy.path, 'generated'],
    [magic.path, 'generated'],
  ])
})
