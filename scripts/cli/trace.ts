import { Option, type Command } from 'commander'
import type { Vm } from '../../index.ts'
import { fromBytes } from '../../kernel/utf8.ts'
import { syscallSet } from '../../syscalls/inject.ts'
import { attach } from '../lib/terminal.ts'
import type { LineWriter } from '../lib/output.ts'
import { StraceText, Summary } from '../../userland/strace/text.ts'
import { ending, linesTo, terminalOutput } from './ending.ts'
import { machineOptions, prepare, type MachineOptions } from './machine.ts'
import { jsonOf, textOf, traceTasks, type TraceEvent, type Watch } from './tracer.ts'
import { UsageError, collect, verb } from './usage.ts'

interface TraceOptions extends MachineOptions {
  readonly f?: true
  readonly e?: readonly string[]
  readonly o?: string
  readonly T?: true
  readonly y?: true
  readonly k?: true
  readonly c?: true
  readonly format: 'text' | 'jsonl' | 'chrome'
}

/** `ckptvm trace`: a program in a machine of its own, and its system calls in strace's form. */
export function traceVerb(): Command {
  let time = 0
  const command = verb('trace', 'Run a program in a machine of its own, and show its system calls as strace does.')
    .argument('<program>', 'a path in the machine, a name in its /bin, or a .ts or .js file here that exports main')
    .argument('[args...]', 'what the program gets')
    .passThroughOptions()
    .option('-f', 'its children too')
    .option('-e <expr>', 'trace=SET, inject=SET:…, signal=none; SET is read,write or !read or %file', collect)
    .option('-o <file>', 'write to a file of this computer, not to standard error')
    .option('-t', "the machine's time of day in front of each line; -tt with microseconds, -ttt since 1970")
    .option('-T', 'how long each call took')
    .option('-y', 'behind each descriptor the path of what is open there')
    .option('-k', 'below each call where in the program it is made: function, file, line and column')
    .option('-c', 'only count, and show a table at the end')
    .addOption(new Option('--format <form>', 'what is written').choices(['text', 'jsonl', 'chrome']).default('text'))
    .on('option:t', () => time++)
  return machineOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  ckptvm trace self_checkpoint /tmp/image counter
  ckptvm trace -f -e trace=%process,pipe2 sh -c 'seq 3 | wc -l'
  ckptvm trace -e inject=checkpoint:error=EINTR ./program.ts
  ckptvm trace --format=chrome -o trace.json sh -c 'yes | head -2'    (open it in Perfetto)

What the program prints goes to standard output. Exits as the program does.`,
    )
    .action(async (program: string, args: string[], options: TraceOptions) => {
      process.exitCode = await trace(program, args, options, time)
    })
}

async function trace(program: string, args: readonly string[], options: TraceOptions, time: number): Promise<number> {
  const { watch, injections } = expressions(options)
  const inject = [...(options.inject ?? []), ...injections]
  const { vm, spawn } = await prepare(program, args, { ...options, inject })
  const out = terminalOutput()
  const write = linesTo(out, options.o)
  let finish: () => void = () => undefined
  const { process: child, outcome } = await attach(
    vm,
    (terminal) => {
      const child = spawn(terminal)
      const { tell, end } = teller(vm, child.task, options, time, write)
      finish = end
      traceTasks(vm.kernel, child.task, watch, tell)
      return child
    },
    { out },
  )
  finish()
  return await ending(vm, program, child, outcome, out)
}

/** What is done with each event, and at the end. */
function teller(
  vm: Vm,
  first: Parameters<typeof traceTasks>[1],
  options: TraceOptions,
  time: number,
  write: LineWriter,
): { readonly tell: (event: TraceEvent) => void; readonly end: () => void } {
  if (options.c === true) {
    const summary = new Summary()
    return { tell: (event) => summary.tell(textOf(event)), end: () => summary.lines().forEach(write) }
  }
  if (options.format === 'text') {
    const { boot } = vm.kernel.clock
    const always = options.f === true && options.o !== undefined
    const text = new StraceText([first], (t) => t.pid, { time, spent: options.T === true, always, boot }, write)
    return { tell: (event) => text.tell(textOf(event)), end: () => undefined }
  }
  if (options.format === 'jsonl') {
    const tell = (event: TraceEvent): void => {
      const line = jsonOf(event)
      if (line !== null) write(JSON.stringify(line))
    }
    return { tell, end: () => undefined }
  }
  const chrome = new ChromeTrace()
  return { tell: (event) => chrome.tell(event), end: () => write(chrome.json()) }
}

/**
 * Chrome's trace events. The machine's clock stands still while it works, so what happened one behind the other
 * is drawn a microsecond apart, and the machine's time is among the arguments.
 */
class ChromeTrace {
  readonly #events: object[] = []
  readonly #begun = new Map<object, number>()
  #now = 0

  tell(event: TraceEvent): void {
    const { t, type } = event
    const ts = ++this.#now
    const who = { pid: t.group_leader.pid, tid: t.pid }
    if (type === 'enter') {
      this.#begun.set(event.call, ts)
      return
    }
    if (type === 'syscall') {
      const { shown, ret, start, end } = event.call
      const begun = this.#begun.get(event.call) ?? ts
      const args = { args: shown.args(ret).join(', '), ret, start_ns: start, end_ns: end }
      this.#events.push({ name: shown.name, cat: 'syscall', ph: 'X', ts: begun, dur: ts - begun, ...who, args })
      return
    }
    const name = type === 'signal' ? String((jsonOf(event) as { signal: string }).signal) : type
    this.#events.push({ name, cat: type, ph: 'i', s: 't', ts, ...who, args: jsonOf(event) })
    const named = { name: 'process_name', ph: 'M', ...who, args: { name: fromBytes(t.commString()) } }
    if (type === 'exit') this.#events.push(named)
  }

  json(): string {
    return JSON.stringify({ traceEvents: this.#events, displayTimeUnit: 'ns' })
  }
}

function expressions({ e = [], f, y, k }: TraceOptions): { readonly watch: Watch; readonly injections: string[] } {
  let calls: ReadonlySet<number> | null = null
  let signals = true
  const injections: string[] = []
  for (const expression of e) {
    const [, word, value] = /^(\w+)=(.*)$/.exec(expression) ?? ['', 'trace', expression]
    if (word === 'inject' || word === 'fault') injections.push(value)
    else if (['signal', 'signals'].includes(word) && ['none', 'all'].includes(value)) signals = value === 'all'
    else if (word === 'trace') {
      const set = syscallSet(value)
      if (typeof set === 'string') throw new UsageError(`-e ${expression}: ${set}`)
      calls = set
    } else throw new UsageError(`-e ${expression}: trace=, inject= or signal=none|all is wanted`)
  }
  const watch = { calls, signals, follow: f === true, paths: y === true, stacks: k === true }
  return { watch, injections }
}
