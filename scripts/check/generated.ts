import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedFiles, type GeneratedFile } from '../generate/files.ts'
import type { Finding } from './finding.ts'

/** Rule `generated`: what is made from other files is what it would be if it were made now. */
export async function checkGenerated(
  root: string,
  files: readonly GeneratedFile[] = generatedFiles(root),
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { path, source } of files) {
    const at = join(root, path)
    if (existsSync(at) && readFileSync(at, 'utf8') === (await source())) continue
    findings.push({ path, line: 1, message: 'not what it is made from says: npm run generate', rule: 'generated' })
  }
  return findings
}
