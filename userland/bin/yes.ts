import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { complain } from '../libc.ts'
import { getopt, say } from '../stdio.ts'

const HELP = `usage: yes [STRING]...
Write a line with the STRINGs, or y, again and again.
`

/** yes(1): until its output fails, or SIGPIPE ends it. */
export function* yes(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, '+')
  if (typeof options === 'string') return yield* complain(sys, 'yes', options)
  if (options.flags.has('help')) return yield* say(sys, 'yes', HELP)
  const line = `${options.operands.join(' ') || 'y'}\n`
  const block = line.repeat(Math.max(1, Math.floor(4096 / line.length)))
  for (;;) {
    const status = yield* say(sys, 'yes', block)
    if (status !== 0) return status
  }
}
