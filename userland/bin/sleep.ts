import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { complain } from '../libc.ts'
import { getopt, say } from '../stdio.ts'

const HELP = `usage: sleep NUMBER[smhd]...
Sleep for the sum of the times, in seconds, minutes, hours or days; they may have fractions.
`
const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 }

/** sleep(1). */
export function* sleep(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, '')
  if (typeof options === 'string') return yield* complain(sys, 'sleep', options)
  if (options.flags.has('help')) return yield* say(sys, 'sleep', HELP)
  if (options.operands.length === 0) return yield* complain(sys, 'sleep', 'missing operand')
  let time = 0
  for (const operand of options.operands) {
    const parts = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(operand)
    if (parts === null) return yield* complain(sys, 'sleep', `invalid time interval '${operand}'`)
    time += Number(parts[1]) * SECONDS[parts[2]]
  }
  const sec = Math.floor(time)
  const ret = yield* sys.nanosleep(sec, Math.floor((time - sec) * 1e9))
  return ret < 0 ? yield* complain(sys, 'sleep', ret) : 0
}
