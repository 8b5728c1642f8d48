import type { ByteString } from '../../../kernel/types.ts'
import type { Run } from '../../program.ts'
import type { Shell } from '../shell.ts'

/** A command that runs in the shell itself: its name and arguments, and how it is run; a status. */
export type Builtin = (sh: Shell, argv: readonly ByteString[], flags: number) => Run<number>

/** Letters of `letters` off the front of the arguments; another one ends the builtin. */
export function* letters(
  sh: Shell,
  argv: readonly ByteString[],
  known: string,
): Run<{ readonly on: ReadonlySet<string>; readonly operands: readonly ByteString[] }> {
  const on = new Set<string>()
  let i = 1
  for (; i < argv.length && argv[i].startsWith('-') && argv[i] !== '-'; i++) {
    if (argv[i] === '--') {
      i++
      break
    }
    for (const letter of argv[i].slice(1)) {
      if (!known.includes(letter)) yield* sh.fail(`Illegal option -${letter}`)
      on.add(letter)
    }
  }
  return { on, operands: argv.slice(i) }
}

/** A number that is none below zero. */
export function* count(sh: Shell, text: ByteString): Run<number> {
  if (!/^\d+$/.test(text) || Number(text) > 0x7fffffff) return yield* sh.fail(`Illegal number: ${text}`)
  return Number(text)
}

/** `text` in apostrophes, so that a shell reads it as it is. */
export function quote(text: ByteString): ByteString {
  if (text === '') return "''"
  return text
    .split(/('+)/)
    .filter((piece) => piece !== '')
    .map((piece) => (piece.startsWith("'") ? `"${piece}"` : `'${piece}'`))
    .join('')
}
