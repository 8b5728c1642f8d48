import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { complain } from '../libc.ts'
import { say } from '../stdio.ts'

const HELP = `usage: seq [-s STRING] [FIRST [STEP]] LAST
Write the whole numbers from FIRST (1) to LAST by STEP (1), a line each or with STRING between.
`

/** seq(1), of whole numbers. Negative ones are operands, so the options are looked for by hand. */
export function* seq(sys: Libc, argv: readonly string[]): Run<number> {
  let args = argv.slice(1)
  let separator = '\n'
  if (args[0] === '--help') return yield* say(sys, 'seq', HELP)
  if (args[0] === '-s' && args.length > 1) {
    separator = args[1]
    args = args.slice(2)
  }
  if (args.length === 0) return yield* complain(sys, 'seq', 'missing operand')
  if (args.length > 3) return yield* complain(sys, 'seq', `extra operand '${args[3]}'`)
  const bad = args.find((arg) => !/^[-+]?\d+$/.test(arg))
  if (bad !== undefined) return yield* complain(sys, 'seq', `invalid argument: '${bad}'`)
  const numbers = args.map(Number)
  const last = numbers[numbers.length - 1]
  const first = numbers.length > 1 ? numbers[0] : 1
  const step = numbers.length > 2 ? numbers[1] : 1
  if (step === 0) return yield* complain(sys, 'seq', `invalid Zero increment value: '${args[1]}'`)
  let text = ''
  for (let n = first; step > 0 ? n <= last : n >= last; n += step) {
    text += n === first ? `${n}` : `${separator}${n}`
    if (text.length < 4096) continue
    const status = yield* say(sys, 'seq', text)
    if (status !== 0) return status
    text = ''
  }
  const any = step > 0 ? first <= last : first >= last
  return any ? yield* say(sys, 'seq', `${text}\n`) : 0
}
