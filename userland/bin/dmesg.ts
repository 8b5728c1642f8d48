import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { EAGAIN, EPIPE } from '../../kernel/errno.ts'
import { O_NONBLOCK, O_RDONLY } from '../../kernel/fs/file.ts'
import { decodeUtf8 } from '../../kernel/utf8.ts'
import { complain } from '../libc.ts'
import { getopt, say } from '../stdio.ts'

const HELP = `usage: dmesg [-r | -t | -x] [-l LEVEL,...] [-w]
Show the kernel's log.
  -r  as the kernel keeps it, the level before each line
  -t  without the time       -x  with the level's name
  -l  only these levels: emerg alert crit err warn notice info debug
  -w  and wait for more
`

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug']
const RECORD = 8192

/** dmesg(1), from /dev/kmsg. */
export function* dmesg(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 'rtxwl:')
  if (typeof options === 'string') return yield* complain(sys, 'dmesg', options)
  const { flags } = options
  if (flags.has('help')) return yield* say(sys, 'dmesg', HELP)
  const wanted = flags.get('l')?.split(',') ?? LEVELS
  const unknown = wanted.find((level) => !LEVELS.includes(level))
  if (unknown !== undefined) return yield* complain(sys, 'dmesg', `unknown level '${unknown}'`)
  const fd = yield* sys.open('/dev/kmsg', O_RDONLY | (flags.has('w') ? 0 : O_NONBLOCK))
  if (fd < 0) return yield* complain(sys, 'dmesg: /dev/kmsg', fd)
  const buf = sys.alloc(RECORD)
  for (;;) {
    const n = yield* sys.read(fd, buf, RECORD)
    if (n === -EAGAIN) return 0
    // The oldest lines went while we were reading.
    if (n === -EPIPE) continue
    if (n < 0) return yield* complain(sys, 'dmesg: read kernel buffer failed', n)
    const record = decodeUtf8(sys.load(buf, n))
    const [prio, , usec] = record.split(';', 1)[0].split(',').map(Number)
    if (!wanted.includes(LEVELS[prio & 7])) continue
    const status = yield* say(sys, 'dmesg', `${shown(flags, prio, usec, record.slice(record.indexOf(';') + 1, -1))}\n`)
    if (status !== 0) return status
  }
}

function shown(flags: ReadonlyMap<string, string>, prio: number, usec: number, text: string): string {
  const time = `[${String(Math.floor(usec / 1e6)).padStart(5)}.${String(usec % 1e6).padStart(6, '0')}] `
  if (flags.has('r')) return `<${prio}>${time}${text}`
  const facility = prio >> 3 === 0 ? 'kern' : 'user'
  const level = flags.has('x') ? `${facility.padEnd(6)}:${LEVELS[prio & 7].padEnd(6)}: ` : ''
  return `${level}${flags.has('t') ? '' : time}${text}`
}
