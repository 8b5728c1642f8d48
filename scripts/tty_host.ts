import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { ttyCases, ttyLine, ttyRequest, type TtyAnswer } from './lib/tty_cases.ts'
import { runTtyCase } from './lib/tty_case.ts'

/** `npm run tty:host`: the line discipline, compared with that of the kernel below. */

const here = join(import.meta.dirname, '../test/tty')
const count = (text: string): number => Number.parseInt(text, 10)

const command = new Command('npm run --silent tty:host --')
  .description(
    "Type at a terminal of the machine and at one of this computer's own Linux; 1 where they differ, 2 without gcc.",
  )
  .option('--seed <number>', 'which cases', count, 1)
  .option('--cases <number>', 'how many', count, 300)
  .option('--record', 'also keep what the host does, in test/tty/host.json')
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
const options = command.opts<{ seed: number; cases: number; record?: true }>()

if (process.platform !== 'linux' || spawnSync('gcc', ['--version']).error !== undefined) {
  process.stderr.write('tty:host: this needs Linux and gcc\n')
  process.exit(2)
}
const cases = ttyCases(options.seed, options.cases)
const machine: TtyAnswer[] = []
const answers = host(
  cases.map((c, i) => {
    const echoes: number[] = []
    machine[i] = runTtyCase(c, echoes)
    return ttyRequest(c, echoes, machine[i].avail)
  }),
)
let differences = 0
for (const [i, c] of cases.entries()) {
  const ours = JSON.stringify(machine[i])
  const theirs = JSON.stringify(answers[i])
  if (ours === theirs) continue
  differences++
  process.stdout.write(`case ${i}: ${ttyLine(c)}\n  here  ${ours}\n  host  ${theirs}\n`)
}
process.stdout.write(`${cases.length} cases, ${differences} differences\n`)
if (options.record) {
  const lines = answers.map((answer) => JSON.stringify(answer)).join(',\n    ')
  writeFileSync(join(here, 'host.json'), `{\n  "seed": ${options.seed},\n  "answers": [\n    ${lines}\n  ]\n}\n`)
}
process.exitCode = differences > 0 ? 1 : 0

function host(lines: readonly string[]): TtyAnswer[] {
  const dir = mkdtempSync(join(tmpdir(), 'tty-'))
  try {
    const program = join(dir, 'tty')
    execFileSync('gcc', ['-Wall', '-Wextra', '-Werror', '-O1', '-o', program, join(here, 'tty.c')], {
      stdio: 'inherit',
    })
    const output = execFileSync(program, { input: lines.map((line) => `${line}\n`).join(''), encoding: 'utf8' })
    return output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TtyAnswer)
  } finally {
    rmSync(dir, { recursive: true })
  }
}
