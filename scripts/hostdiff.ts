import { Command, InvalidArgumentError } from 'commander'
import { difference, shrink } from './hostdiff/compare.ts'
import { generate } from './hostdiff/generate.ts'
import { Host, whyNoHost } from './hostdiff/host.ts'
import { hasCall, runInMachine } from './hostdiff/machine.ts'
import { countCalls, formatProgram, parseProgram, type Program } from './hostdiff/program.ts'
import { writeRecorded, type Recorded } from './hostdiff/recorded.ts'
import { kindOf, report } from './hostdiff/report.ts'

/** `npm run hostdiff`: random programs, run by the machine and by this computer's own kernel. */

const command = new Command('npm run --silent hostdiff --')
  .description(
    "Run random programs of file and process calls on the machine and on this computer's own Linux, and compare.",
  )
  .option('--seed <n>', 'where the programs come from', natural, 1)
  .option('--programs <n>', 'how many', natural, 1000)
  .option('--show <n>', 'differences that are shrunk and shown', natural, 3)
  .option('--replay <program>', 'run one program: what a report says behind replay:', programOf)
  .option('--record <file>', 'also keep the programs and what the host answers')
  .option('--print', 'print the programs, and run none')
  .allowExcessArguments(false)
  .showHelpAfterError('(npm run --silent hostdiff -- --help says what there is)')
  .addHelpText(
    'after',
    '\nExits with 0 where all was the same, 1 where something was not, 2 for wrong use and where there is no host to compare with.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()

interface Options {
  seed: number
  programs: number
  show: number
  replay?: Program
  print?: true
  record?: string
}

const BATCH = 500

process.exitCode = main(command.opts<Options>())

function main({ seed, programs, show, replay, print, record }: Options): number {
  if (print === true) {
    for (let i = 0; i < programs; i++) say(formatProgram(generate(seed, i, hasCall)))
    return 0
  }
  const why = whyNoHost()
  if (why !== null) {
    process.stderr.write(`hostdiff: ${why}\n`)
    return 2
  }
  const host = new Host()
  try {
    if (replay !== undefined) return replayed(host, replay)
    const recorded: Recorded[] = []
    const status = compare(host, seed, programs, show, recorded)
    if (record !== undefined) writeRecorded(record, recorded)
    return status
  } finally {
    host.remove()
  }
}

function compare(host: Host, seed: number, programs: number, show: number, recorded: Recorded[]): number {
  let calls = 0
  let differences = 0
  const shown = new Set<string>()
  for (let at = 0; at < programs; at += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, programs - at) }, (_, i) => generate(seed, at + i, hasCall))
    const answers = host.run(batch)
    batch.forEach((program, i) => {
      calls += countCalls(program)
      recorded.push({ program, answers: answers[i] })
      if (difference(runInMachine(program), answers[i]) === null) return
      differences++
      if (shown.size >= show) return
      if (difference(runInMachine(program), host.run([program])[0]) === null) {
        say(`program ${at + i} of seed ${seed}: differs behind those before it, and not alone`)
        return
      }
      const least = shrink(program, { machine: runInMachine, host: (all) => host.run(all) })
      const [answer] = host.run([least])
      // One of a kind is enough.
      const kind = kindOf(least, answer)
      if (shown.has(kind)) return
      shown.add(kind)
      say(`program ${at + i} of seed ${seed}:`)
      report(least, answer).forEach(say)
    })
  }
  say(`${programs} programs, ${calls} calls, ${differences} differences`)
  return differences === 0 ? 0 : 1
}

function replayed(host: Host, program: Program): number {
  const [answers] = host.run([program])
  report(program, answers).forEach(say)
  const differs = difference(runInMachine(program), answers) !== null
  say(`1 programs, ${countCalls(program)} calls, ${differs ? 1 : 0} differences`)
  return differs ? 1 : 0
}

function natural(text: string): number {
  const n = Number(text)
  if (!/^\d+$/.test(text) || n > 0xffffffff) throw new InvalidArgumentError('A number from 0 to 4294967295 is needed.')
  return n
}

function programOf(text: string): Program {
  const program = parseProgram(text)
  if (program === null) throw new InvalidArgumentError('That is no program.')
  return program
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
