import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { format } from 'prettier'
import { eintrDifferences, type EintrRow } from './lib/eintr.ts'

/** `npm run eintr:host`: interrupted calls on the kernel below, compared with ours. Takes some seconds. */

const here = join(import.meta.dirname, '../test/task')
const RECORD = join(here, 'eintr.host.json')

const command = new Command('npm run --silent eintr:host --')
  .description(
    "Compare test/task/eintr.json with what this computer's own Linux does; 1 where it differs, 2 without gcc.",
  )
  .option('--record', 'also keep what it does, in test/task/eintr.host.json')
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()

if (process.platform !== 'linux' || spawnSync('gcc', ['--version']).error !== undefined) {
  process.stderr.write('eintr:host: this needs Linux and gcc\n')
  process.exit(2)
}
const host = run()
const ours = JSON.parse(readFileSync(join(here, 'eintr.json'), 'utf8')) as EintrRow[]
const differences = eintrDifferences(ours, host)
const kernel = /^\d+\.\d+/.exec(release())?.[0] ?? release()
for (const line of differences) process.stdout.write(`${line}\n`)
process.stdout.write(`${host.length} rows on Linux ${kernel}: ${differences.length} differences\n`)
if (command.opts<{ record?: true }>().record) {
  writeFileSync(RECORD, await format(JSON.stringify({ kernel, rows: host }), { parser: 'json', printWidth: 120 }))
}
process.exitCode = differences.length > 0 ? 1 : 0

/** Compile the C program and run it; a line of JSON a row. */
function run(): EintrRow[] {
  const dir = mkdtempSync(join(tmpdir(), 'eintr-'))
  try {
    const program = join(dir, 'eintr')
    execFileSync('gcc', ['-Wall', '-Wextra', '-Werror', '-O1', '-o', program, join(here, 'eintr.c')], {
      stdio: 'inherit',
    })
    const output = execFileSync(program, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    return output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as EintrRow)
  } finally {
    rmSync(dir, { recursive: true })
  }
}
