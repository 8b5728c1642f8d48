import { tool } from '../tool.ts'

const HELP = `usage: clear [-x]
Clear the terminal, and what has scrolled off it.
  -x  but keep that
`

/** clear(1), for a terminal that knows ECMA-48, as all of today's do. */
export const clear = tool('clear', { letters: 'x', help: HELP, short: true }, function* (self) {
  if (self.operands.length > 0) yield* self.misused(`extra operand '${self.operands[0]}'`)
  yield* self.out(self.has('x') ? '\x1b[H\x1b[2J' : '\x1b[H\x1b[2J\x1b[3J')
})
