import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Compile native.c into `folder`. Null where there is no gcc. */
export function compileNative(folder: string): string | null {
  const program = join(folder, 'native')
  try {
    execFileSync('gcc', ['-O2', '-Wall', '-o', program, join(import.meta.dirname, 'native.c')], { stdio: 'pipe' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  return program
}

/** Where the native files are best: in memory, as the machine's are. */
export function nativeFolder(): { readonly path: string; readonly tmpfs: boolean } {
  return isTmpfs('/dev/shm') ? { path: '/dev/shm', tmpfs: true } : { path: tmpdir(), tmpfs: isTmpfs(tmpdir()) }
}

/** Is a tmpfs mounted just there? What the last mount says counts. */
function isTmpfs(path: string): boolean {
  if (!existsSync('/proc/mounts')) return false
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
  return mounts.map((line) => line.split(' ')).findLast(([, at]) => at === path)?.[2] === 'tmpfs'
}
