import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkCircles } from './check/circle.ts'
import { checkCitations, type Seed } from './check/cite.ts'
import { formatFinding } from './check/finding.ts'
import { checkGenerated } from './check/generated.ts'
import { checkLock } from './check/lock.ts'
import { eslint, prettier, tsc } from './check/tools.ts'

const root = join(import.meta.dirname, '..')

/** `npm run check`: one line a finding, and exit code 1 if there is any. */
const tools = [eslint(root), prettier(root), tsc(root, 'tsconfig.json'), tsc(root, 'tsconfig.kernel.json')]
const findings = [
  ...checkCitations(sources('kernel', 'syscalls'), JSON.parse(read('scripts/check/seed.json')) as Seed),
  ...checkCircles(sources('kernel', 'syscalls', 'userland', 'schedules', 'scripts')),
  ...(await checkGenerated(root)),
  ...checkLock('package-lock.json', read('package-lock.json')),
  ...(await Promise.all(tools)).flat(),
]

// Both tsc runs see the machine; what both find is said once.
const lines = new Set(findings.map(formatFinding))
for (const line of lines) console.log(line)
if (lines.size > 0) process.exitCode = 1

/** The TypeScript files below `folders`: path from the root, and text. */
function sources(...folders: string[]): Map<string, string> {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  )
  return new Map(paths.map((path) => [path, read(path)]))
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
