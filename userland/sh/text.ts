import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import { Exit, Failure, Interrupt } from './errors.ts'
import { evaluate } from './evaluate.ts'
import { Parser, type Parsed } from './parser.ts'
import { LAST, type Runner, type Shell } from './shell.ts'
import { Malformed } from './source.ts'
import { finish } from './traps.ts'

/** The commands of `text`, each run before the next is read; the status of the last. */
export function* runText(sh: Shell, text: ByteString, flags: number): Run<number> {
  const parser = new Parser(text, sh.aliases)
  let status = 0
  for (;;) {
    const parsed = yield* next(sh, parser, text)
    if (parsed === 'end') return status
    if (parsed.node === null || (sh.option('n') && !sh.interactive)) continue
    status = yield* evaluate(sh, parsed.node, parsed.last ? flags : flags & ~LAST)
    if (sh.skip !== 'no') return status
  }
}

function* next(sh: Shell, parser: Parser, text: ByteString): Run<Parsed> {
  const begin = parser.used
  try {
    return parser.command()
  } catch (error) {
    return yield* malformed(sh, error)
  } finally {
    if (sh.option('v')) void (yield* sh.os.write(2, text.slice(begin, parser.used)))
  }
}

/** Say what is wrong with a text, and where; anything else goes on upwards. */
export function* malformed(sh: Shell, error: unknown): Run<never> {
  if (!(error instanceof Malformed)) throw error
  sh.errorLine = error.line
  return yield* sh.fail(`Syntax error: ${error.message}`)
}

/** A shell's end, whatever it is that ends it: the status. */
export function* toEnd(sh: Shell, body: (sh: Shell) => Run<number>): Run<number> {
  let status: number
  try {
    status = yield* body(sh)
  } catch (error) {
    if (error instanceof Interrupt) status = 130
    else if (error instanceof Exit || error instanceof Failure) ({ status } = error)
    else throw error
  }
  return yield* finish(sh, status)
}

export const runner: Runner = { tree: evaluate, text: runText, child: toEnd }
