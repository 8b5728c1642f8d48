import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import { EINTR } from '../../kernel/errno.ts'
import { fromBytes, toBytes } from '../../kernel/utf8.ts'
import { Readline } from '../readline/readline.ts'
import { builtins } from './builtins/table.ts'
import { completeWord, type Names } from './complete.ts'
import { Interrupt } from './errors.ts'
import { expandPrompt } from './expand.ts'
import { interrupt } from './jobs.ts'
import type { Shell } from './shell.ts'
import { isTerminal } from './terminal.ts'
import { KEYWORDS } from './tokens.ts'
import { runTraps } from './traps.ts'

/** Where the lines of a shell come from that reads standard input. */
export interface Input {
  /** The cursor is on a row of its own behind each line, and behind the end. */
  readonly edited: boolean
  /** The next line, with its newline; '' at the end. `prompt` names the variable, where somebody is asked. */
  line(prompt: 'PS1' | 'PS2'): Run<ByteString>
}

/** Lines with or without somebody who types them. */
export function* openInput(sh: Shell, interactive: boolean): Run<Input> {
  if (!interactive) return { edited: false, line: () => readLine(sh) }
  const dumb = sh.variables.get('TERM') === 'dumb'
  const terminal = !dumb && (yield* isTerminal(sh, 0)) && (yield* isTerminal(sh, 2))
  return terminal ? editedInput(sh) : { edited: false, line: (prompt) => askedLine(sh, prompt) }
}

function* askedLine(sh: Shell, prompt: 'PS1' | 'PS2'): Run<ByteString> {
  void (yield* sh.os.write(2, yield* expandPrompt(sh, prompt)))
  return yield* readLine(sh)
}

/** A line of standard input: no more is taken than that, since commands read there too. */
function* readLine(sh: Shell): Run<ByteString> {
  let line = ''
  for (;;) {
    const c = yield* sh.os.read(0, 1)
    if (c === -EINTR) {
      if (sh.interrupted) throw new Interrupt()
      yield* runTraps(sh)
      continue
    }
    if (typeof c === 'number' || c === '') return line
    line += c
    if (c === '\n') return line
  }
}

/** Lines that are edited as they are typed. */
function editedInput(sh: Shell): Input {
  const readline = new Readline({
    output: 2,
    complete: (_sys, before) => completeWord(namesOf(sh), before),
    onSignal: () => atPrompt(sh),
  })
  return {
    edited: true,
    *line(prompt) {
      for (;;) {
        const entered = yield* readline.read(sh.os.sys, fromBytes(yield* expandPrompt(sh, prompt)))
        if (typeof entered === 'number' || entered.kind === 'eof') return ''
        if (entered.kind === 'line') {
          readline.history.add(entered.text)
          return `${toBytes(entered.text)}\n`
        }
        interrupt(sh)
        if (sh.interrupted) throw new Interrupt(true)
        yield* runTraps(sh)
      }
    },
  }
}

/** A signal came while a line was typed: its trap runs below. */
function* atPrompt(sh: Shell): Run<boolean> {
  sh.interrupted = false
  if (sh.pending.size === 0) return false
  void (yield* sh.os.write(2, '\n'))
  yield* runTraps(sh)
  return true
}

function namesOf(sh: Shell): Names {
  return {
    commands: [...builtins.keys(), ...sh.functions.keys(), ...sh.aliases.keys(), ...KEYWORDS],
    variables: sh.variables.names(),
    variable: (name) => sh.variables.get(name),
    names: (path) => sh.os.names(path),
    stat: (path) => sh.os.stat(path),
  }
}
