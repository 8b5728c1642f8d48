import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { HISTORY, hexOf, readlineCases, runReadlineCase, textOf } from './lib/readline_cases.ts'

/** `npm run readline:host`: the line editor, compared with GNU readline in this computer's bash. */

const here = join(import.meta.dirname, '../test/readline')
const count = (text: string): number => Number.parseInt(text, 10)

const command = new Command('npm run --silent readline:host --')
  .description(
    "Edit lines with ours and with this computer's own readline; 1 where they differ, 2 without gcc or bash.",
  )
  .option('--seed <number>', 'which cases', count, 1)
  .option('--cases <number>', 'how many', count, 300)
  .option('--record', 'also keep what the host does, in test/readline/host.json')
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
const options = command.opts<{ seed: number; cases: number; record?: true }>()

if (['gcc', 'bash'].some((tool) => spawnSync(tool, ['--version']).error !== undefined)) {
  process.stderr.write('readline:host: this needs gcc and bash\n')
  process.exit(2)
}
const cases = readlineCases(options.seed, options.cases)
const answers = host(cases)
let differences = 0
for (const [i, keys] of cases.entries()) {
  const ours = runReadlineCase(keys)
  if (ours === null || ours === answers[i]) continue
  differences++
  const [typed, here_, there] = [keys, ours, answers[i]].map((text) => JSON.stringify(text))
  process.stdout.write(`case ${i}: ${typed}\n  here  ${here_}\n  host  ${there}\n`)
}
process.stdout.write(`${cases.length} cases, ${differences} differences\n`)
if (options.record) {
  const lines = answers.map((answer) => JSON.stringify(answer)).join(',\n    ')
  writeFileSync(join(here, 'host.json'), `{\n  "seed": ${options.seed},\n  "answers": [\n    ${lines}\n  ]\n}\n`)
}
process.exitCode = differences > 0 ? 1 : 0

function host(cases: readonly string[]): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'readline-'))
  try {
    const program = join(dir, 'readline')
    const flags = ['-Wall', '-Wextra', '-Werror', '-O1', '-o', program, join(here, 'readline.c'), '-lutil']
    execFileSync('gcc', flags, { stdio: 'inherit' })
    const input = cases.map((keys) => `${hexOf(`${keys}\r`)}\n`).join('')
    const output = execFileSync(program, HISTORY, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] })
    return output
      .split('\n')
      .slice(0, -1)
      .map((line) => (/^(none|eof)$/.test(line) ? line : textOf(line)))
  } finally {
    rmSync(dir, { recursive: true })
  }
}
