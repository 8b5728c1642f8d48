import { Command, InvalidArgumentError, Option } from 'commander'
import { difference, shrink } from './hostdiff/compare.ts'
import { files } from './hostdiff/files.ts'
import { Host, whyNoHost } from './hostdiff/host.ts'
import type { Answers } from './hostdiff/machine.ts'
import { formatProgram, type Program } from './hostdiff/program.ts'
import { writeRecorded, type Recorded } from './hostdiff/recorded.ts'
import { signals } from './hostdiff/signals/subject.ts'
import type { Subject } from './hostdiff/subject.ts'

/** `npm run hostdiff`: random programs, run by the machine and by this computer's own kernel. */

const command = new Command('npm run --silent hostdiff --')
  .description(
    "Run random programs of file and process calls on the machine and on this computer's own Linux, and compare.",
  )
  .addOption(
    new Option('--kind <kind>', 'what programs are about: files, or processes and signals')
      .choices(['files', 'signals'])
      .default('files'),
  )
  .option('--seed <n>', 'where the programs come from', natural, 1)
  .option('--programs <n>', 'how many', natural, 1000)
  .option('--show <n>', 'differences that are shrunk and shown', natural, 3)
  .option('--replay <program>', 'run one program: what a report says behind replay:')
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
  kind: 'files' | 'signals'
  seed: number
  programs: number
  show: number
  replay?: string
  print?: true
  record?: string
}

const BATCH = 500

const { kind, ...options } = command.opts<Options>()
const subject: Subject = { files, signals }[kind]
process.exitCode = main(options)

function main({ seed, programs, show, replay, print, record }: Omit<Options, 'kind'>): number {
  if (print === true) {
    for (let i = 0; i < programs; i++) say(formatProgram(subject.generate(seed, i)))
    return 0
  }
  const one = replay === undefined ? null : programOf(replay)
  const why = whyNoHost()
  if (why !== null) {
    process.stderr.write(`hostdiff: ${why}\n`)
    return 2
  }
  const host = new Host(subject.runner)
  try {
    if (one !== null) return replayed(host, one)
    const recorded: Recorded[] = []
    const status = compare(host, seed, programs, show, recorded)
    if (record !== undefined) writeRecorded(record, recorded)
    return status
  } finally {
    host.remove()
  }
}

/** What the host answers; those races where it does not each time. */
function ask(host: Host, programs: readonly Program[]): Answers[] {
  const [first, ...others] = subject.times.map((args) => host.run(programs, ...args))
  return first.map((answers, i) =>
    others.every((other) => difference(answers, other[i]) === null) ? answers : { ...answers, races: true },
  )
}

function compare(host: Host, seed: number, programs: number, show: number, recorded: Recorded[]): number {
  let calls = 0
  let differences = 0
  let races = 0
  const shown = new Set<string>()
  const sides = {
    host: (all: readonly Program[]) => ask(host, all),
    differs: (program: Program, answers: Answers) => subject.differs(program, answers),
  }
  for (let at = 0; at < programs; at += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, programs - at) }, (_, i) => subject.generate(seed, at + i))
    const answers = ask(host, batch)
    batch.forEach((program, i) => {
      calls += subject.count(program)
      if (answers[i].races === true) races++
      else recorded.push({ program, answers: answers[i] })
      if (!subject.differs(program, answers[i])) return
      differences++
      if (shown.size >= show) return
      if (!subject.differs(program, ask(host, [program])[0])) {
        say(`program ${at + i} of seed ${seed}: differs behind those before it, and not alone`)
        return
      }
      const least = shrink(program, sides)
      const [answer] = ask(host, [least])
      // One of a kind is enough.
      const kind = subject.kindOf(least, answer)
      if (shown.has(kind)) return
      shown.add(kind)
      say(`program ${at + i} of seed ${seed}:`)
      subject.report(least, answer).forEach(say)
    })
  }
  const left = races === 0 ? '' : `, ${races} that depend on who is faster`
  say(`${programs} programs, ${calls} calls, ${differences} differences${left}`)
  return differences === 0 ? 0 : 1
}

function replayed(host: Host, program: Program): number {
  const [answers] = ask(host, [program])
  subject.report(program, answers).forEach(say)
  const differs = subject.differs(program, answers)
  say(`1 programs, ${subject.count(program)} calls, ${differs ? 1 : 0} differences`)
  return differs ? 1 : 0
}

function natural(text: string): number {
  const n = Number(text)
  if (!/^\d+$/.test(text) || n > 0xffffffff) throw new InvalidArgumentError('A number from 0 to 4294967295 is needed.')
  return n
}

function programOf(text: string): Program {
  return subject.parse(text) ?? command.error(`error: that is no program of the kind ${kind}: '${text}'`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
