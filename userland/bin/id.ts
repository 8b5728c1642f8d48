import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { complain } from '../libc.ts'
import { slurp } from '../proc.ts'
import { getopt, say } from '../stdio.ts'

const HELP = `usage: id [-u | -g | -G] [-n] [-r]
Tell whose this process is.
  -u  only the user      -n  a name in place of the number
  -g  only the group     -r  the real one, not the effective one
  -G  all groups
`

/** The names that a file like /etc/passwd has for ids; nobody is known where there is no such file. */
export function* accountNames(sys: Libc, path: string): Run<ReadonlyMap<number, string>> {
  const text = yield* slurp(sys, path)
  const lines = typeof text === 'string' ? text.split('\n').map((line) => line.split(':')) : []
  return new Map(lines.filter((l) => l.length > 2).map(([name, , id]): [number, string] => [Number(id), name]))
}

/** id(1) */
export function* id(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 'ugGnr')
  if (typeof options === 'string') return yield* complain(sys, 'id', options)
  const { flags } = options
  if (flags.has('help')) return yield* say(sys, 'id', HELP)
  const only = ['u', 'g', 'G'].filter((f) => flags.has(f))
  if (only.length > 1) return yield* complain(sys, 'id', 'cannot print "only" of more than one choice')
  if (only.length === 0 && (flags.has('n') || flags.has('r')))
    return yield* complain(sys, 'id', 'cannot print only names or real IDs in default format')
  const users = yield* accountNames(sys, '/etc/passwd')
  const groups = yield* accountNames(sys, '/etc/group')
  const [uid, euid, gid, egid] = [yield* sys.getuid(), yield* sys.geteuid(), yield* sys.getgid(), yield* sys.getegid()]
  const list = sys.alloc(4 * 65536)
  const n = yield* sys.getgroups(65536, list)
  const more = Array.from({ length: Math.max(n, 0) }, (_, i) => sys.loadInt((list + 4 * i) as typeof list) >>> 0)
  const own = flags.has('r') ? gid : egid
  const all = [...new Set([...(only[0] === 'G' ? [gid, egid] : [own]), ...more])]
  const plain = (names: ReadonlyMap<number, string>, id: number): string =>
    (flags.has('n') ? names.get(id) : undefined) ?? String(id)
  if (only[0] === 'u') return yield* say(sys, 'id', `${plain(users, flags.has('r') ? uid : euid)}\n`)
  if (only[0] === 'g') return yield* say(sys, 'id', `${plain(groups, own)}\n`)
  if (only[0] === 'G') return yield* say(sys, 'id', `${all.map((g) => plain(groups, g)).join(' ')}\n`)
  const both = (names: ReadonlyMap<number, string>, id: number): string => {
    const name = names.get(id)
    return name === undefined ? String(id) : `${id}(${name})`
  }
  const parts = [`uid=${both(users, uid)}`, `gid=${both(groups, gid)}`]
  if (euid !== uid) parts.push(`euid=${both(users, euid)}`)
  if (egid !== gid) parts.push(`egid=${both(groups, egid)}`)
  parts.push(`groups=${all.map((g) => both(groups, g)).join(',')}`)
  return yield* say(sys, 'id', `${parts.join(' ')}\n`)
}
