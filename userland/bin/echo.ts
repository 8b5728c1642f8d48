import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { say } from '../stdio.ts'

const HELP = `usage: echo [-n] [STRING]...
Write the STRINGs with a space between, and a newline unless -n is given.
`

/** echo(1). What is no option is text, so only a lone `--help` is one. */
export function* echo(sys: Libc, argv: readonly string[]): Run<number> {
  if (argv.length === 2 && argv[1] === '--help') return yield* say(sys, 'echo', HELP)
  let i = 1
  while (argv[i] === '-n') i++
  return yield* say(sys, 'echo', argv.slice(i).join(' ') + (i > 1 ? '' : '\n'))
}
