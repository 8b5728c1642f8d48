import type { ByteString } from '../../kernel/types.ts'
import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import type { Definition, Node } from './ast.ts'
import { Failure, Interrupt } from './errors.ts'
import type { Jobs } from './jobs.ts'
import { OPTIONS, optionKey } from './options.ts'
import type { Os } from './os.ts'
import { Variables } from './variables.ts'

/** How a command is run: it is the last thing that the process does; or its status is asked for, so that `set -e` does not apply. */
export const LAST = 1
export const TESTED = 2

/** What runs trees and text: the parts of a shell need it, and it needs them. */
export interface Runner {
  tree(sh: Shell, node: Node, flags: number): Run<number>
  /** The commands of `text`, as they come; the status of the last. */
  text(sh: Shell, text: ByteString, flags: number): Run<number>
  /** Run `body` in a child to its end, which is the child's. */
  child(sh: Shell, body: (sh: Shell) => Run<number>): Run<number>
}

/** What commands are passed over for: `break`, `continue`, or a `return`. */
export type Skip = 'no' | 'break' | 'continue' | 'return'

/** All that one shell process knows. A fork takes a copy along. */
export class Shell {
  readonly os: Os
  readonly run: Runner
  readonly variables: Variables
  readonly functions: Map<string, Definition>
  readonly aliases: Map<string, ByteString>
  /** Letters of what is switched on, or long names. */
  readonly options: Set<string>
  readonly jobs: Jobs
  /** What is to be done on a signal, on 0 at the end; '' is nothing at all. */
  readonly traps: Map<number, ByteString>
  /** Signals that came and whose trap has not run yet. */
  readonly pending = new Set<number>()
  /** Signals that were ignored when the shell began: they stay so. */
  readonly ignored: Map<number, boolean>
  /** `$0`, and how messages begin. */
  arg0: ByteString
  parameters: ByteString[] = []
  /** `$?` */
  status = 0
  /** Of the last command substitution of a command: an assignment's status. */
  substituted = 0
  /** `$$`: that of the shell that is no subshell. */
  pid = 0
  /** The process at the end of the last background job. */
  background: number | null = null
  interactive = false
  /** This process is no subshell. */
  root = true
  /** Whether the end was put off for the sake of stopped jobs: by this command, or the one before. */
  warned: 'no' | 'now' | 'before' = 'no'
  /** Ctrl-C was pressed where no trap was set. */
  interrupted = false
  /** Where this is, as `cd` has come there; null where nobody can tell. */
  directory: ByteString | null = null
  /** `$LINENO`; and the line that messages name, which a function does not count anew. */
  line = 0
  errorLine = 0
  /** Line of the function that runs, 0 outside. */
  functionLine = 0
  functionDepth = 0
  /** One for each function that runs: it keeps its changes of the options to itself. */
  readonly localOptions: ('kept' | null)[] = []
  /** The builtin that runs, for messages. */
  builtin: string | null = null
  loops = 0
  skip: Skip = 'no'
  skipCount = 0
  /** getopts: the argument to look at next, and the letter in the one before, 0 where that is done. */
  optind = 1
  optoff = 0
  /** While a trap runs: `$?` as it was before, which `exit` ends with. */
  trapStatus: number | null = null
  /** Where programs were found, until PATH changes. */
  readonly hashed: Map<string, ByteString>

  constructor(os: Os, run: Runner, jobs: Jobs, arg0: ByteString, from?: Shell) {
    this.os = os
    this.run = run
    this.jobs = jobs
    this.arg0 = arg0
    this.variables = new Variables(from?.variables)
    this.functions = new Map(from?.functions)
    this.aliases = new Map(from?.aliases)
    this.options = new Set(from?.options)
    this.traps = new Map(from?.traps)
    this.ignored = new Map(from?.ignored)
    this.hashed = new Map(from?.hashed)
    this.variables.changed = (name, value) => this.#changed(name, value)
    if (from === undefined) return
    this.parameters = [...from.parameters]
    this.status = from.status
    this.pid = from.pid
    this.background = from.background
    this.interactive = from.interactive
    this.root = false
    this.directory = from.directory
    this.line = from.line
    this.errorLine = from.errorLine
    this.functionLine = from.functionLine
    this.functionDepth = from.functionDepth
    this.builtin = from.builtin
    this.optind = from.optind
    this.optoff = from.optoff
  }

  option(letter: string): boolean {
    return this.options.has(letter)
  }

  /** `$-` */
  get flags(): string {
    return OPTIONS.map(([letter]) => letter)
      .filter((letter) => letter !== '' && this.options.has(letter))
      .reverse()
      .join('')
  }

  optionList(): readonly (readonly [name: string, on: boolean])[] {
    return OPTIONS.map(([letter, name]) => [name, this.options.has(optionKey(letter, name))])
  }

  /** Give a variable a value; what is read only ends the command. */
  *assign(name: string, value: ByteString, exported = false): Run<void> {
    if (!this.variables.set(name, value, exported || this.option('a'))) yield* this.fail(`${name}: is read only`)
  }

  /** A line on standard error that says where. */
  *warn(message: ByteString): Run<void> {
    const builtin = this.builtin === null ? '' : `${this.builtin}: `
    void (yield* this.os.write(2, `${this.arg0}: ${this.errorLine}: ${builtin}${message}\n`))
  }

  /** Say what is wrong, and give the command up. */
  *fail(message: ByteString, status = 2): Run<never> {
    yield* this.warn(message)
    throw new Failure(status)
  }

  /** Text on standard output: the status of a command that has nothing more to say. */
  *print(text: ByteString): Run<number> {
    if ((yield* this.os.write(1, text)) >= 0) return 0
    if (this.interrupted) throw new Interrupt()
    yield* this.warn('I/O error')
    return 1
  }

  #changed(name: string, value: ByteString | undefined): void {
    if (name === 'PATH') this.hashed.clear()
    if (name !== 'OPTIND') return
    const n = Number(value ?? '1')
    this.optind = Number.isInteger(n) && n > 0 ? n : 1
    this.optoff = 0
  }
}

/** The shell of each process, for its signal handler. */
const shells = new WeakMap<Libc, Shell>()

export function register(sh: Shell): void {
  shells.set(sh.os.sys, sh)
  sh.os.givesUp = () => sh.interrupted
}

const SIGINT = 2

/** The one handler: what is to be done is done when the shell gets to it. */
export function* onSignal(sys: Libc, sig: number): Run<void> {
  const sh = shells.get(sys)
  if (sh === undefined) return
  if (sh.traps.has(sig)) sh.pending.add(sig)
  else if (sig === SIGINT) sh.interrupted = true
}
