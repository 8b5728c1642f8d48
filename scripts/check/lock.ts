import type { Finding } from './finding.ts'

/** The lock file names versions and hashes, and no place they came from: any registry will do. */
export function checkLock(path: string, text: string): Finding[] {
  return text.split('\n').flatMap((line, i) => {
    if (!/^\s*"resolved":/.test(line)) return []
    return { path, line: i + 1, message: 'a registry address: set omit-lockfile-registry-resolved', rule: 'lock' }
  })
}
