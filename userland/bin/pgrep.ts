import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { complain } from '../libc.ts'
import { field, processes, type ProcessInfo } from '../proc.ts'
import { getopt, say } from '../stdio.ts'

const HELP = `usage: pgrep [-acfilnovx] [-d DELIMITER] [-P PPID,...] [-u EUID,...] [-U UID,...] [-g PGID,...] [-s SID,...] [PATTERN]
Tell the ids of processes whose names match PATTERN, a regular expression.
  -f  match the whole command line    -x  match all of it, not a part
  -i  no matter capitals or not       -v  those that do not match
  -n  only the one begun last         -o  only the one begun first
  -l  with the name                   -a  with the command line
  -c  only how many                   -d  this between them, not a newline
  -P  only children of these          -u -U -g -s  only with these ids
The status is 0 where some match, 1 where none does, 2 where it is used wrongly.
`

/** Options that name ids, and what they are compared with. */
const IDS: Readonly<Record<string, (p: ProcessInfo) => number>> = {
  P: (p) => field(p, 4),
  g: (p) => field(p, 5),
  s: (p) => field(p, 6),
  u: (p) => p.uid[1],
  U: (p) => p.uid[0],
}

/** pgrep(1) */
export function* pgrep(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 'acfilnovxd:P:u:U:g:s:')
  if (typeof options === 'string') return yield* complain(sys, 'pgrep', options, 2)
  const { flags, operands } = options
  if (flags.has('help')) return yield* say(sys, 'pgrep', HELP)
  if (operands.length > 1) return yield* complain(sys, 'pgrep', 'only one pattern can be provided', 2)
  const ids = Object.keys(IDS).filter((f) => flags.has(f))
  if (operands.length === 0 && ids.length === 0)
    return yield* complain(sys, 'pgrep', 'no matching criteria specified', 2)
  const pattern = patternOf(operands[0] ?? '', flags)
  if (pattern === null) return yield* complain(sys, 'pgrep', `invalid pattern '${operands[0]}'`, 2)
  const all = yield* processes(sys)
  if (typeof all === 'number') return yield* complain(sys, 'pgrep: /proc', all, 2)
  const me = yield* sys.getpid()
  const line = (p: ProcessInfo): string => (p.args.length === 0 ? p.comm : p.args.join(' '))
  const wanted = (p: ProcessInfo): boolean => {
    const name = flags.has('f') ? line(p) : p.comm
    const byId = ids.every((f) => (flags.get(f) ?? '').split(',').map(Number).includes(IDS[f](p)))
    return byId && pattern.test(name)
  }
  let found = all.filter((p) => p.pid !== me && wanted(p) !== flags.has('v'))
  const begun = (p: ProcessInfo): number => field(p, 22) * 2 ** 23 + p.pid
  if (flags.has('n')) found = found.sort((a, b) => begun(b) - begun(a)).slice(0, 1)
  if (flags.has('o')) found = found.sort((a, b) => begun(a) - begun(b)).slice(0, 1)
  const status = found.length > 0 ? 0 : 1
  if (flags.has('c')) return (yield* say(sys, 'pgrep', `${found.length}\n`)) || status
  const shown = found.map((p) =>
    flags.has('a') ? `${p.pid} ${line(p)}` : flags.has('l') ? `${p.pid} ${p.comm}` : String(p.pid),
  )
  return (shown.length === 0 ? 0 : yield* say(sys, 'pgrep', `${shown.join(flags.get('d') ?? '\n')}\n`)) || status
}

/** Null for what is no regular expression. The dialect is JavaScript's, which has all of POSIX's but classes by name. */
function patternOf(text: string, flags: ReadonlyMap<string, string>): RegExp | null {
  try {
    return new RegExp(flags.has('x') ? `^(?:${text})$` : text, flags.has('i') ? 'i' : '')
  } catch {
    return null
  }
}
