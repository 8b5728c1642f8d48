import { join } from 'node:path'
import { KSY, ksySource } from './ksy.ts'
import { MAGIC, magicSource } from './magic.ts'
import { SYSCALLS, syscallsSource } from './syscalls.ts'
import { WINDOWS, windowsSource } from './windows.ts'

/** A file that is made from others. */
export interface GeneratedFile {
  /** From the root. */
  readonly path: string
  /** What it holds when it is made now. */
  readonly source: () => string | Promise<string>
}

export function generatedFiles(root: string): readonly GeneratedFile[] {
  return [
    { path: WINDOWS, source: () => windowsSource(join(root, WINDOWS)) },
    { path: KSY, source: () => ksySource(root) },
    { path: MAGIC, source: magicSource },
    { path: SYSCALLS, source: () => syscallsSource(join(root, SYSCALLS)) },
  ]
}
