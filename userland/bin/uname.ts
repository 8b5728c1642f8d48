import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { complain } from '../libc.ts'
import { getopt, say } from '../stdio.ts'

const HELP = `usage: uname [-asnrvmo]
Tell what machine this is: with no option as -s.
  -a  all of them        -v  the kernel's version
  -s  the kernel's name  -m  the machine's kind
  -n  the host's name    -o  the operating system
  -r  the kernel's release
`

const FIELDS = ['s', 'n', 'r', 'v', 'm'] as const
const SIZE = 65

/** The six names that uname(2) tells. */
export function* utsname(sys: Libc): Run<string[] | number> {
  const buf = sys.alloc(6 * SIZE)
  const err = yield* sys.uname(buf)
  return err < 0 ? err : [0, 1, 2, 3, 4, 5].map((i) => sys.loadString((buf + i * SIZE) as typeof buf))
}

/** uname(1) */
export function* uname(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 'asnrvmo')
  if (typeof options === 'string') return yield* complain(sys, 'uname', options)
  const { flags, operands } = options
  if (flags.has('help')) return yield* say(sys, 'uname', HELP)
  if (operands.length > 0) return yield* complain(sys, 'uname', `extra operand ‘${operands[0]}’`)
  const names = yield* utsname(sys)
  if (typeof names === 'number') return yield* complain(sys, 'uname: cannot get system name', names)
  const all = flags.has('a')
  const chosen = FIELDS.flatMap((f, i) => (all || flags.has(f) || (f === 's' && flags.size === 0) ? [names[i]] : []))
  if (all || flags.has('o')) chosen.push('GNU/Linux')
  return yield* say(sys, 'uname', `${chosen.join(' ')}\n`)
}
