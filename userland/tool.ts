import type { ByteString } from '../kernel/types.ts'
import type { Libc } from './libc.ts'
import type { Program, Run } from './program.ts'
import { EINTR, errnoMessage } from '../kernel/errno.ts'
import { Files } from './files.ts'
import { Os } from './sh/os.ts'

/** What a program's command line may hold. */
export interface Usage {
  /** As getopt(3) has them: a colon behind a letter that takes an argument; `+` first ends options at the first operand. */
  readonly letters: string
  /** Long options by the letters that they stand for. */
  readonly long?: Readonly<Record<string, string>>
  readonly help: string
  /** The letter whose argument a number after a minus is: `-5` is `-n 5`. */
  readonly number?: string
  /** The name in messages is this one, however the program was called. */
  readonly short?: boolean
  /** Take no options off but --help: what begins with a minus is an operand. */
  readonly lone?: boolean
  /** The status of wrong use. Default 1. */
  readonly wrong?: number
}

/** A program's end from within. */
class Quit extends Error {
  readonly status: number

  constructor(status: number) {
    super('quit')
    this.status = status
  }
}

const BUFFERED = 4096

/** A program at work: its options and operands, as bytes, and its output, written by blocks. */
export class Tool {
  readonly os: Os
  readonly files: Files
  readonly name: string
  readonly usage: Usage
  readonly environment: readonly ByteString[]
  /** Every option's arguments in order; '' where it takes none. */
  readonly flags = new Map<string, ByteString[]>()
  operands: readonly ByteString[] = []
  /** What it ends with where nothing worse happens. */
  status = 0
  #out: ByteString[] = []
  #length = 0

  constructor(sys: Libc, name: string, usage: Usage) {
    this.environment = Os.environment(sys)
    this.os = new Os(sys)
    this.files = new Files(sys)
    this.name = name
    this.usage = usage
  }

  has(letter: string): boolean {
    return this.flags.has(letter)
  }

  /** The last argument of an option. */
  value(letter: string): ByteString | undefined {
    return this.flags.get(letter)?.at(-1)
  }

  *out(text: ByteString): Run<void> {
    this.#out.push(text)
    this.#length += text.length
    if (this.#length >= BUFFERED) yield* this.flush()
  }

  *flush(): Run<void> {
    const text = this.#out.join('')
    this.#out = []
    this.#length = 0
    const err = text === '' ? 0 : yield* this.os.write(1, text)
    if (err < 0) {
      yield* this.complain('write error', err)
      throw new Quit(this.status)
    }
  }

  /** A line on standard error; the status is the worse of what it was and `status`. */
  *complain(what: string, problem?: number | string, status = 1): Run<void> {
    yield* this.flush()
    const why = typeof problem === 'number' ? (errnoMessage(-problem) ?? `error ${-problem}`) : problem
    void (yield* this.os.write(2, `${this.name}: ${what}${why === undefined ? '' : `: ${why}`}\n`))
    this.status = Math.max(this.status, status)
  }

  /** The same, and the status to end with. */
  *fails(what: string, problem?: number | string, status = 1): Run<number> {
    yield* this.complain(what, problem, status)
    return this.status
  }

  /** Wrong use ends the program. */
  *misused(what: string | null): Run<never> {
    if (what !== null) yield* this.complain(what)
    void (yield* this.os.write(2, `Try '${this.name} --help' for more information.\n`))
    throw new Quit(this.usage.wrong ?? 1)
  }

  *quit(status: number): Run<never> {
    yield* this.flush()
    throw new Quit(status)
  }

  /** Take the options off the arguments. */
  *parse(argv: readonly ByteString[]): Run<void> {
    const operands: ByteString[] = []
    for (let i = 1; i < argv.length; i++) {
      const arg = argv[i]
      if (arg === '--') {
        operands.push(...argv.slice(i + 1))
        break
      }
      if (arg === '--help') {
        yield* this.out(this.usage.help)
        yield* this.quit(0)
      }
      if (this.usage.lone === true) {
        operands.push(arg)
        continue
      }
      if (this.usage.number !== undefined && /^-\d+$/.test(arg)) this.#add(this.usage.number, arg.slice(1))
      else if (arg.startsWith('--')) i += yield* this.#long(arg, argv[i + 1])
      else if (arg !== '-' && arg.startsWith('-')) i += yield* this.#short(arg, argv[i + 1])
      else if (this.usage.letters.startsWith('+')) {
        operands.push(...argv.slice(i))
        break
      } else operands.push(arg)
    }
    this.operands = operands
  }

  /** How many arguments it took besides its own. */
  *#short(arg: ByteString, next: ByteString | undefined): Run<number> {
    const { letters } = this.usage
    for (let k = 1; k < arg.length; k++) {
      const at = arg[k] === ':' || arg[k] === '+' ? -1 : letters.indexOf(arg[k])
      if (at < 0) return yield* this.misused(`invalid option -- '${arg[k]}'`)
      if (letters[at + 1] !== ':') {
        this.#add(arg[k], '')
        continue
      }
      if (k + 1 < arg.length) this.#add(arg[k], arg.slice(k + 1))
      else if (next === undefined) return yield* this.misused(`option requires an argument -- '${arg[k]}'`)
      else this.#add(arg[k], next)
      return k + 1 < arg.length ? 0 : 1
    }
    return 0
  }

  *#long(arg: ByteString, next: ByteString | undefined): Run<number> {
    const [name, ...rest] = arg.slice(2).split('=')
    const letter = this.usage.long !== undefined && Object.hasOwn(this.usage.long, name) ? this.usage.long[name] : null
    if (letter === null) return yield* this.misused(`unrecognized option '${arg}'`)
    const takes = this.usage.letters[this.usage.letters.indexOf(letter) + 1] === ':'
    if (!takes) this.#add(letter, '')
    else if (rest.length > 0) this.#add(letter, rest.join('='))
    else if (next === undefined) return yield* this.misused(`option '--${name}' requires an argument`)
    else this.#add(letter, next)
    return takes && rest.length === 0 ? 1 : 0
  }

  #add(letter: string, value: ByteString): void {
    const before = this.flags.get(letter) ?? []
    // What was said last is the last: of options that exclude each other it counts.
    this.flags.delete(letter)
    this.flags.set(letter, [...before, value])
  }

  /** Give each operand to `use`, opened; `-` and no operand at all are standard input. */
  *eachFile(use: (fd: number, name: ByteString) => Run<void>, cannot = 'cannot open'): Run<void> {
    for (const name of this.operands.length === 0 ? ['-'] : this.operands) {
      const fd = name === '-' ? 0 : yield* this.os.open(name, 0)
      if (fd < 0) {
        yield* this.complain(cannot === '' ? name : `${cannot} '${name}' for reading`, fd)
        continue
      }
      yield* use(fd, name)
      if (fd !== 0) void (yield* this.os.sys.close(fd))
    }
  }

  /** Ask on standard error; does the answer on standard input begin with y? */
  *asks(question: string): Run<boolean> {
    yield* this.flush()
    void (yield* this.os.write(2, `${this.name}: ${question} `))
    let answer = ''
    for (;;) {
      const c = yield* this.os.read(0, 1)
      if (typeof c === 'number' || c === '' || c === '\n') return /^[yY]/.test(answer)
      answer += c
    }
  }
}

/** A program of /bin: `run` with what its command line says; its status, or the one that it has come to. */
export function tool(name: string, usage: Usage, run: (tool: Tool) => Run<number | void>): Program {
  return function* (sys) {
    const argv = Os.arguments(sys)
    const self = new Tool(sys, usage.short === true ? name : (argv[0] ?? name), usage)
    try {
      yield* self.parse(argv)
      const status = yield* run(self)
      yield* self.flush()
      return status ?? self.status
    } catch (error) {
      if (!(error instanceof Quit)) throw error
      return error.status
    }
  }
}

/** The lines of a descriptor. */
export class Lines {
  readonly #os: Os
  readonly #fd: number
  readonly #end: string
  #buffer = ''
  #pos = 0
  /** The kernel's answer where reading has failed. */
  error = 0
  /** The line given last had its newline. */
  ended = false

  constructor(os: Os, fd: number, end = '\n') {
    this.#os = os
    this.#fd = fd
    this.#end = end
  }

  /** The next, without its newline; null at the end, or where reading fails. */
  *next(): Run<ByteString | null> {
    for (;;) {
      const at = this.#buffer.indexOf(this.#end, this.#pos)
      if (at >= 0) {
        const line = this.#buffer.slice(this.#pos, at)
        this.#pos = at + 1
        this.ended = true
        return line
      }
      const chunk = yield* this.#os.read(this.#fd)
      if (chunk === -EINTR) continue
      if (typeof chunk === 'number') this.error = chunk
      if (typeof chunk === 'number' || chunk === '') {
        const rest = this.#buffer.slice(this.#pos)
        this.#buffer = ''
        this.#pos = 0
        this.ended = false
        return rest === '' ? null : rest
      }
      this.#buffer = this.#buffer.slice(this.#pos) + chunk
      this.#pos = 0
    }
  }
}

/** A number with a unit: k, K, M, G are powers of 1024, b is 512; null where it is none. */
export function sizeOf(text: string): number | null {
  const [, digits, unit] = /^\+?(\d+)(b|kB|[kKMG]?)$/.exec(text) ?? []
  if (digits === undefined) return null
  return Number(digits) * (UNITS[unit] ?? 1)
}

const UNITS: Readonly<Record<string, number>> = { b: 512, kB: 1000, k: 1024, K: 1024, M: 1 << 20, G: 1 << 30 }
