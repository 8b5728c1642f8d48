import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { EPERM } from '../../kernel/errno.ts'
import { encodeUtf8 } from '../../kernel/utf8.ts'
import { complain } from '../libc.ts'
import { getopt, say } from '../stdio.ts'
import { utsname } from './uname.ts'

const HELP = `usage: hostname [-s] [NAME]
Tell the host's name, or give it another.
  -s  up to the first dot
`

/** hostname(1) */
export function* hostname(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 's')
  if (typeof options === 'string') return yield* complain(sys, 'hostname', options, 4)
  const { flags, operands } = options
  if (flags.has('help')) return yield* say(sys, 'hostname', HELP)
  if (operands.length > 0) return yield* setName(sys, operands[0])
  const names = yield* utsname(sys)
  if (typeof names === 'number') return yield* complain(sys, 'hostname', names)
  return yield* say(sys, 'hostname', `${flags.has('s') ? names[1].split('.')[0] : names[1]}\n`)
}

function* setName(sys: Libc, name: string): Run<number> {
  const { length } = encodeUtf8(name)
  const err = yield* sys.sethostname(name, length)
  if (err === -EPERM) return yield* complain(sys, 'hostname', 'you must be root to change the host name')
  return err < 0 ? yield* complain(sys, 'hostname', length > 64 ? 'name too long' : err) : 0
}
