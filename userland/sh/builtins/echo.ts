import { unescape } from './escapes.ts'
import type { Builtin } from './builtin.ts'

/** echo [-n] STRING...: backslashes have a meaning, and `\c` ends it all. */
export const echoBuiltin: Builtin = function* (sh, argv) {
  const quiet = argv[1] === '-n'
  let text = ''
  for (let i = quiet ? 2 : 1; i < argv.length; i++) {
    const { text: piece, stop } = unescape(argv[i], true)
    text += piece
    if (stop) return yield* sh.print(text)
    if (i + 1 < argv.length) text += ' '
  }
  return yield* sh.print(quiet ? text : `${text}\n`)
}
