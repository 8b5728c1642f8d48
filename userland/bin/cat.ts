import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { complain } from '../libc.ts'
import { BLOCK, eachOperand, getopt, say, writeAll } from '../stdio.ts'

const HELP = `usage: cat [-u] [FILE]...
Write each FILE to standard output; - and no FILE at all are standard input.
`

/** cat(1). Nothing is buffered, so -u changes nothing. */
export function* cat(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 'u')
  if (typeof options === 'string') return yield* complain(sys, 'cat', options)
  if (options.flags.has('help')) return yield* say(sys, 'cat', HELP)
  return yield* eachOperand(sys, 'cat', options.operands, (fd, name, buf) => copy(sys, fd, name, buf))
}

function* copy(sys: Libc, fd: number, name: string, buf: UserPtr): Run<number> {
  for (;;) {
    const n = yield* sys.read(fd, buf, BLOCK)
    if (n < 0) return yield* complain(sys, `cat: ${name}`, n)
    if (n === 0) return 0
    const err = yield* writeAll(sys, 1, buf, n)
    if (err < 0) return yield* complain(sys, 'cat: write error', err)
  }
}
