import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { credCases, credLine, runCredCase } from './lib/cred_cases.ts'

/** `npm run cred:host`: the calls that change who one is, compared with the kernel below. */

const here = join(import.meta.dirname, '../test/task')
const count = (text: string): number => Number.parseInt(text, 10)

const command = new Command('npm run --silent cred:host --')
  .description(
    "Change users and groups on the machine and on this computer's own Linux, as root; 1 where they differ, 2 without gcc or root.",
  )
  .option('--seed <number>', 'which cases', count, 1)
  .option('--cases <number>', 'how many', count, 1000)
  .option('--record', 'also keep what the host does, in test/task/cred.host.json')
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
const options = command.opts<{ seed: number; cases: number; record?: true }>()

if (process.platform !== 'linux' || process.getuid?.() !== 0 || spawnSync('gcc', ['--version']).error !== undefined) {
  process.stderr.write('cred:host: this needs Linux, gcc and to be root\n')
  process.exit(2)
}
const cases = credCases(options.seed, options.cases)
const answers = host(cases.map(credLine))
let differences = 0
for (const [i, ops] of cases.entries()) {
  const ours = runCredCase(ops)
  const at = ours.findIndex((line, k) => line !== answers[i][k])
  if (at < 0) continue
  differences++
  process.stdout.write(`case ${i}: ${credLine(ops.slice(0, at + 1))}\n  here  ${ours[at]}\n  host  ${answers[i][at]}\n`)
}
process.stdout.write(`${cases.length} cases, ${differences} differences\n`)
if (options.record) {
  const lines = answers.map((answer) => JSON.stringify(answer)).join(',\n    ')
  writeFileSync(join(here, 'cred.host.json'), `{\n  "seed": ${options.seed},\n  "answers": [\n    ${lines}\n  ]\n}\n`)
}
process.exitCode = differences > 0 ? 1 : 0

function host(lines: readonly string[]): string[][] {
  const dir = mkdtempSync(join(tmpdir(), 'cred-'))
  try {
    const program = join(dir, 'cred')
    execFileSync('gcc', ['-Wall', '-Wextra', '-Werror', '-O1', '-o', program, join(here, 'cred.c')], {
      stdio: 'inherit',
    })
    const output = execFileSync(program, {
      input: lines.map((line) => `${line}\n`).join(''),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    return output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as string[])
  } finally {
    rmSync(dir, { recursive: true })
  }
}
