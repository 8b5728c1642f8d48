import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import type { Bench, Figures } from './bench/bench.ts'
import { bundle } from './bench/bundle.ts'
import { benches } from './bench/list.ts'
import { compileNative, nativeFolder } from './bench/native.ts'
import { table } from './bench/report.ts'

/** `npm run bench`: how long the machine takes for a thing, and how long the host's kernel does. */

const HELP = `usage: npm run bench -- [--json] [--rounds N] [BENCHMARK…]

Measure the machine, and beside it a C program that does the same on the host.

  --json      print figures as JSON and nothing else (npm run --silent bench -- --json)
  --rounds N  rounds of each side, in turns; the best counts (default 8)
  --help      this text

Benchmarks: ${benches.map((b) => b.name).join(', ')}; all of them where none is named.
`
/** Of one round of one side. */
const MILLISECONDS = 200

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '8' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const unknown = positionals.find((name) => !benches.some((b) => b.name === name))
if (values.help) process.stdout.write(HELP)
else if (unknown !== undefined || !/^[1-9]\d*$/.test(values.rounds)) {
  process.stderr.write(unknown === undefined ? 'bench: --rounds wants a number\n' : `bench: no benchmark ${unknown}\n`)
  process.exitCode = 2
} else await main(positionals.length === 0 ? benches : benches.filter((b) => positionals.includes(b.name)))

async function main(chosen: readonly Bench[]): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'ckptvm-bench-'))
  const files = nativeFolder()
  const file = join(files.path, `ckptvm-bench-${process.pid}`)
  try {
    const script = join(work, 'bench.mjs')
    await bundle(script)
    const native = compileNative(work)
    // A process for each benchmark: the engine is not to specialise its code for the others too.
    const rows = chosen.map((bench): [Bench, Figures] => {
      const host = native === null || bench.alone === true ? [] : [native, file]
      const args = ['--expose-gc', script, bench.name, values.rounds, String(MILLISECONDS), ...host]
      return [bench, JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Figures]
    })
    if (values.json) {
      const figures = Object.fromEntries(rows.map(([{ name }, f]) => [name, f]))
      process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
      return
    }
    const where = native === null ? 'no gcc: nothing to compare with' : `native files on ${whereabouts(files)}`
    process.stdout.write(`log lines off (ckpt_debug=0); ${where}; best of ${values.rounds} rounds\n\n${table(rows)}\n`)
  } finally {
    rmSync(work, { recursive: true })
    rmSync(file, { force: true })
    rmSync(`${file}.d`, { force: true, recursive: true })
  }
}

function whereabouts({ path, tmpfs }: ReturnType<typeof nativeFolder>): string {
  return tmpfs ? `tmpfs at ${path}` : `${path}, which is no tmpfs`
}
