import { existsSync, readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { syscallName } from '../syscalls/table.ts'
import { explore, shrink, type Exploration, type Failure } from './explore/explore.ts'
import { runMachine } from './explore/machine.ts'
import { formatReplay, parseReplay, type Replay } from './explore/world.ts'

/** `npm run explore`: random programs on random machines, and what must hold whatever they do. */

const command = new Command('npm run explore --')
  .description('Run random programs, all drawn from a seed, and check the kernel at every step.')
  .option('--seed <n>', 'where the choices come from', natural, 1)
  .option('--syscalls <n>', 'system calls to make', natural, 100_000)
  .option('--every <n>', 'look at the whole kernel after every n-th context switch', natural, 32)
  .option('--twice', 'run twice, and compare the traces')
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
  .parse()

const options = command.opts<{ seed: number; syscalls: number; every: number; twice?: true; replay?: Replay }>()
process.exitCode = options.replay === undefined ? main() : replayed(options.replay)

function main(): number {
  const { seed, syscalls, every, twice } = options
  const first = explore(seed, syscalls, every)
  if (first.failure !== null) return report(shrink(first.failure))
  summary(first)
  if (twice === undefined) return 0
  const { hash } = explore(seed, syscalls, every)
  say(hash === first.hash ? 'twice the same' : `not the same: the second time ${hex(hash)}`)
  return hash === first.hash ? 0 : 1
}

function replayed(replay: Replay): number {
  const { violation, outcome, syscalls, hash } = runMachine(replay, 1)
  if (violation !== null) return report({ replay, violation })
  say(`${syscalls} system calls, ${outcome}, nothing wrong, trace ${hex(hash)}`)
  return 0
}

function report({ replay, violation }: Failure): number {
  say(`violated: ${violation.message}`)
  say(
    `in the machine of seed ${replay.seed}, at system call ${replay.syscalls}, ${replay.keep?.size ?? 'all'} draws kept`,
  )
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

function natural(text: string): number {
  const n = Number(text)
  if (!/^\d+$/.test(text) || n > 0xffffffff) throw new InvalidArgumentError('A number from 0 to 4294967295 is needed.')
  return n
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
