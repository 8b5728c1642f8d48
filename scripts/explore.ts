import { existsSync, readFileSync } from 'node:fs'
import { Worker, isMainThread, workerData } from 'node:worker_threads'
import { Command, InvalidArgumentError } from 'commander'
import { syscallName } from '../syscalls/table.ts'
import { examine, explore, shrink, type Exploration, type Failure } from './explore/explore.ts'
import { guard } from './explore/guard.ts'
import { runMachine } from './explore/machine.ts'
import { formatReplay, parseReplay, type Replay } from './explore/world.ts'

/** `npm run explore`: random programs on random machines, and what must hold whatever they do. */

/** Milliseconds: a hang costs all the patience there is, each time. */
const SHRINK_PATIENCE = 2000
/** Lines of a replay's trace that are shown, the last ones. */
const LINES = 40

/** What the thread that explores is given. */
interface Given {
  readonly argv: readonly string[]
  /** How far it is, where both threads can see it. */
  readonly progress: Uint32Array
}

const { argv, progress } = isMainThread
  ? { argv: process.argv.slice(2), progress: new Uint32Array(new SharedArrayBuffer(16)) }
  : (workerData as Given)

const command = new Command('npm run explore --')
  .description('Run random programs, all drawn from a seed, and check the kernel at every step.')
  .option('--seed <n>', 'where the choices come from', from(0), 1)
  .option('--syscalls <n>', 'system calls to make', from(1), 100_000)
  .option('--every <n>', 'look at the whole kernel after every n-th system call', from(1), 1)
  .option('--patience <s>', 'seconds that the kernel may take for one machine until it hangs', from(1), 60)
  .option('--twice', 'run all of it twice, and compare the traces')
  .option('--replay <replay>', 'run one machine: a replay that was printed, or a file with one', replayOf)
  .allowExcessArguments(false)
  .showHelpAfterError('(npm run explore -- --help says what there is)')
  .addHelpText(
    'after',
    `
Examples:
  npm run explore -- --seed 7 --syscalls 1000000
  npm run explore -- --seed 7 --twice
  npm run explore -- --replay 1z141z3:5k:*

Exits with 0 where all held, 1 where something did not, 2 for a wrong option.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse(argv, { from: 'user' })

interface Options {
  readonly seed: number
  readonly syscalls: number
  readonly every: number
  readonly patience: number
  readonly twice?: true
  readonly replay?: Replay
}

const options = command.opts<Options>()
if (isMainThread) inThread()
else process.exitCode = options.replay === undefined ? main() : replayed(options.replay)

/** Explore in a thread of its own: one that runs out of memory is survived, and can be named. */
function inThread(): void {
  // A new thread knows nothing of TypeScript until tsx is registered there.
  const code = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}
register()
await import(${JSON.stringify(import.meta.url)})`
  const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`)
  const worker = new Worker(url, { workerData: { argv, progress } satisfies Given })
  worker.on('error', (error) => {
    const [seed, call, nr, pid] = progress
    say(`violated: ${(error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out of memory' : error.stack}`)
    say(`in the machine of seed ${seed}, at system call ${call}, ${syscallName(nr)} of task ${pid}`)
    say(`replay: npm run explore -- --replay ${formatReplay({ seed, syscalls: call, keep: null })}`)
  })
  worker.on('exit', (code) => (process.exitCode = code))
}

function main(): number {
  const { seed, syscalls, every, patience, twice } = options
  const manner = { every, progress, guard: guard(patience * 1000) }
  const first = explore(seed, syscalls, manner)
  if (first.failure !== null) return reportShrunk(first.failure)
  summary(first)
  if (twice === undefined) return 0
  const { hash } = explore(seed, syscalls, manner)
  say(hash === first.hash ? 'twice the same' : `not the same: the second time ${hex(hash)}`)
  return hash === first.hash ? 0 : 1
}

function replayed(replay: Replay): number {
  const manner = { every: 1, progress, guard: guard(options.patience * 1000) }
  const { violation, outcome, syscalls, hash } = examine(replay, manner, true)
  if (violation !== null) return report({ replay, violation })
  say(`${syscalls} system calls, ${outcome}, nothing wrong, trace ${hex(hash)}`)
  return 0
}

function reportShrunk(failure: Failure): number {
  say(`violated: ${failure.violation.message}`)
  say(`in the machine of seed ${failure.replay.seed}; shrinking ...`)
  const ms = failure.violation.kind === 'hang' ? SHRINK_PATIENCE : options.patience * 1000
  const shrunk = shrink(failure, { every: 1, progress, guard: guard(ms) })
  const minimal = shrunk.minimal ? 'none of which can be left out' : 'and maybe more than are needed'
  say(`${shrunk.runs} machines later: ${shrunk.replay.keep?.size ?? 'all'} operations, ${minimal}`)
  return report(shrunk)
}

function report({ replay, violation }: Failure): number {
  const lines: string[] = []
  void runMachine(replay, { every: 1, progress, guard: guard(SHRINK_PATIENCE), trace: (line) => lines.push(line) })
  for (const line of lines.slice(-LINES)) say(`  ${line}`)
  say(`violated: ${violation.message}`)
  say(`in the machine of seed ${replay.seed}, at system call ${replay.syscalls}`)
  say(`replay: npm run explore -- --replay ${formatReplay(replay)}`)
  return 1
}

function summary(e: Exploration): void {
  const calls = [...e.byNumber].sort(([a], [b]) => a - b).map(([nr, n]) => `${syscallName(nr)} ${n}`)
  say(`${e.machines} machines, ${e.syscalls} system calls, ${e.switches} switches, ${e.signals} signals taken`)
  say(`ends: ${[...e.outcomes].map(([kind, n]) => `${kind} ${n}`).join(', ')}`)
  say(`calls: ${calls.join(', ')}`)
  say(`trace ${hex(e.hash)}`)
}

function from(least: number): (text: string) => number {
  return (text) => {
    const n = Number(text)
    if (/^\d+$/.test(text) && n >= least && n <= 0xffffffff) return n
    throw new InvalidArgumentError(`A number from ${least} to 4294967295 is needed.`)
  }
}

function replayOf(text: string): Replay {
  const replay = parseReplay(existsSync(text) ? readFileSync(text, 'utf8') : text)
  if (replay === null) throw new InvalidArgumentError('That is neither a replay nor a file with one.')
  return replay
}

function hex(n: number): string {
  return n.toString(16).padStart(8, '0')
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
