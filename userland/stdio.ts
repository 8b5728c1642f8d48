import type { UserPtr } from '../kernel/types.ts'
import type { Libc } from './libc.ts'
import type { Run } from './program.ts'
import { O_RDONLY } from '../kernel/fs/file.ts'
import { complain } from './libc.ts'

/** Files as the programs of /bin read and write them: by blocks, through memory of their own. */

export const BLOCK = 16384

/** Write `count` bytes at `at`, all of them unless that fails: 0 or a negative errno. */
export function* writeAll(sys: Libc, fd: number, at: UserPtr, count: number): Run<number> {
  for (let done = 0; done < count;) {
    const n = yield* sys.write(fd, (at + done) as UserPtr, count - done)
    if (n < 0) return n
    done += n
  }
  return 0
}

/** What one operand is given to: its descriptor, its name for messages, memory of BLOCK bytes. Returns a status. */
export type Use = (fd: number, name: string, buf: UserPtr) => Run<number>

/**
 * Give each operand to `use`, `-` and no operand at all being standard input. What cannot be opened is
 * complained of, and the rest goes on; the status is 1 where anything failed.
 */
export function* eachOperand(sys: Libc, program: string, operands: readonly string[], use: Use): Run<number> {
  const buf = sys.alloc(BLOCK)
  let status = 0
  for (const name of operands.length === 0 ? ['-'] : operands) {
    const fd = name === '-' ? 0 : yield* sys.open(name, O_RDONLY)
    if (fd < 0) {
      status = yield* complain(sys, `${program}: ${name}`, fd)
      continue
    }
    status = (yield* use(fd, name, buf)) || status
    if (fd !== 0) void (yield* sys.close(fd))
  }
  return status
}

/** Text to standard output; the exit status is 1, with a word why, where it cannot be written. */
export function* say(sys: Libc, program: string, text: string): Run<number> {
  const ret = yield* sys.print(text)
  return ret < 0 ? yield* complain(sys, `${program}: write error`, ret) : 0
}

/** The options of a program, taken off its operands; a string is what is wrong with them. */
export interface Options {
  readonly flags: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

/**
 * getopt(3): single letters of `letters`, a colon behind one that takes an argument. Options end at the
 * first operand where `letters` begins with `+`. `--help` is the flag `help`.
 */
export function getopt(argv: readonly string[], letters: string): Options | string {
  const flags = new Map<string, string>()
  const operands: string[] = []
  for (let i = 1; i < argv.length; i++) {
    const arg = argv[i]
    if (arg === '--') return { flags, operands: [...operands, ...argv.slice(i + 1)] }
    if (arg === '--help') flags.set('help', '')
    else if (arg.startsWith('--')) return `unrecognized option '${arg}'`
    else if (arg === '-' || !arg.startsWith('-')) {
      if (letters.startsWith('+')) return { flags, operands: argv.slice(i) }
      operands.push(arg)
    } else {
      for (let k = 1; k < arg.length; k++) {
        const at = letters.indexOf(arg[k])
        if (at < 0 || arg[k] === ':') return `invalid option -- '${arg[k]}'`
        if (letters[at + 1] !== ':') {
          flags.set(arg[k], '')
          continue
        }
        const value = k + 1 < arg.length ? arg.slice(k + 1) : argv[++i]
        if (value === undefined) return `option requires an argument -- '${arg[k]}'`
        flags.set(arg[k], value)
        break
      }
    }
  }
  return { flags, operands }
}
