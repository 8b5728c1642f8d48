import type { Run } from '../program.ts'
import type { Node } from './ast.ts'
import { Failure, Interrupt } from './errors.ts'
import { settle } from './fork.ts'
import { openInput, type Input } from './input.ts'
import { reportJobs, warnOfStopped } from './jobs.ts'
import { Parser } from './parser.ts'
import type { Shell } from './shell.ts'
import { SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU } from './signals.ts'
import { NeedMore } from './source.ts'
import { readModes, setForeground, writeModes, type Modes } from './terminal.ts'
import { malformed } from './text.ts'

/** Read commands from standard input and run each before the next is read; the status of the last. */
export function* runCommands(sh: Shell, interactive: boolean): Run<number> {
  if (interactive) yield* becomeInteractive(sh)
  const input = yield* openInput(sh, interactive)
  let modes = interactive ? yield* readModes(sh) : null
  let line = 1
  for (;;) {
    if (interactive && sh.option('m')) yield* reportJobs(sh, true, '', 2)
    try {
      const read = yield* readCommand(sh, input, line)
      if (read === null) {
        if (interactive && (yield* warnOfStopped(sh))) continue
        if (interactive && !input.edited) void (yield* sh.os.write(2, '\n'))
        break
      }
      sh.warned = sh.warned === 'now' ? 'before' : 'no'
      line = read.line
      if (read.node === null || (sh.option('n') && !interactive)) continue
      void (yield* sh.run.tree(sh, read.node, 0))
      if (sh.skip !== 'no') {
        if (sh.skip === 'return') break
        sh.skip = 'no'
      }
    } catch (error) {
      if (!interactive || !(error instanceof Failure || error instanceof Interrupt)) throw error
      sh.status = error instanceof Failure ? error.status : 130
      sh.interrupted = false
      sh.loops = 0
      sh.builtin = null
      if (error instanceof Interrupt && !error.told) void (yield* sh.os.write(2, '\n'))
    }
    if (interactive && sh.option('m')) {
      yield* setForeground(sh, sh.pid)
      modes = yield* keepModes(sh, modes)
    }
  }
  return sh.status
}

function* becomeInteractive(sh: Shell): Run<void> {
  sh.interactive = true
  sh.options.add('i')
  sh.options.add('m')
  void (yield* sh.os.sys.setpgid(0, 0))
  for (const sig of [SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU]) yield* settle(sh, sig)
  yield* setForeground(sh, sh.pid)
}

/** What a program has done to the terminal stays where it ended well, and else is undone. */
function* keepModes(sh: Shell, modes: Modes | null): Run<Modes | null> {
  if (sh.status <= 128 || modes === null) return yield* readModes(sh)
  yield* writeModes(sh, modes)
  return modes
}

/** The next complete command and the line behind it; null at the end of the input. */
function* readCommand(sh: Shell, input: Input, line: number): Run<{ node: Node | null; line: number } | null> {
  let text = ''
  for (;;) {
    const next = yield* input.line(text === '' ? 'PS1' : 'PS2')
    const ended = !next.endsWith('\n')
    text += next
    if (text === '') return null
    if (sh.option('v')) void (yield* sh.os.write(2, next))
    const parser = new Parser(text, sh.aliases, line, ended)
    try {
      const parsed = parser.command()
      return { node: parsed === 'end' ? null : parsed.node, line: parser.lineNumber }
    } catch (error) {
      if (!(error instanceof NeedMore)) return yield* malformed(sh, error)
    }
  }
}
