import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import type { Node } from './ast.ts'
import { EINTR } from '../../kernel/errno.ts'
import { Failure, Interrupt } from './errors.ts'
import { settle } from './fork.ts'
import { reportJobs } from './jobs.ts'
import { Parser } from './parser.ts'
import type { Shell } from './shell.ts'
import { SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU } from './signals.ts'
import { NeedMore } from './source.ts'
import { setForeground } from './terminal.ts'
import { malformed } from './text.ts'
import { runTraps } from './traps.ts'

/** Read commands from standard input and run each before the next is read; the status of the last. */
export function* runCommands(sh: Shell, interactive: boolean): Run<number> {
  if (interactive) yield* becomeInteractive(sh)
  let line = 1
  for (;;) {
    if (interactive) yield* reportJobs(sh, true, '', 2)
    try {
      const read = yield* readCommand(sh, line, interactive)
      if (read === null) break
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
      if (error instanceof Interrupt) void (yield* sh.os.write(2, '\n'))
    }
    if (interactive && sh.option('m')) yield* setForeground(sh, sh.pid)
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

/** The next complete command and the line behind it; null at the end of the input. */
function* readCommand(sh: Shell, line: number, interactive: boolean): Run<{ node: Node | null; line: number } | null> {
  let text = ''
  for (;;) {
    if (interactive) void (yield* sh.os.write(2, sh.variables.get(text === '' ? 'PS1' : 'PS2') ?? ''))
    const next = yield* readLine(sh)
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
