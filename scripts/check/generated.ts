import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { WINDOWS, windowsSource } from '../generate/windows.ts'
import type { Finding } from './finding.ts'

/** Rule `generated`: what is made from other files is what it would be if it were made now. */
export async function checkGenerated(root: string): Promise<Finding[]> {
  const path = join(root, WINDOWS)
  if (readFileSync(path, 'utf8') === (await windowsSource(path))) return []
  return [{ path: WINDOWS, line: 1, message: 'not what the structs say: npm run generate', rule: 'generated' }]
}
