import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { EAGAIN, EPIPE } from '../../kernel/errno.ts'
import { O_NONBLOCK, O_RDONLY } from '../../kernel/fs/file.ts'
import { SEEK_DATA } from '../../kernel/fs/read_write.ts'
import { decodeUtf8 } from '../../kernel/utf8.ts'
import { complain } from '../libc.ts'
import { getopt, say } from '../stdio.ts'

const HELP = `usage: dmesg [-r | -t | -x] [-l LEVEL,...] [-c | -w]
       dmesg -C | -D | -E | -n LEVEL
Show the kernel's log.
  -r  as the kernel keeps it, the level before each line
  -t  without the time       -x  with the level's name
  -l  only these levels: emerg alert crit err warn notice info debug
  -w  and wait for more          -c  and clear it: it is not shown again
  -C  clear it                   -n  only more serious lines come to the console
  -D  none do                    -E  those do that did before -D
`

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug']
const RECORD = 8192
const SYSLOG_ACTION_CLEAR = 5
/** What is done to the log, or to what comes to the console. */
const ORDERS = [
  { letter: 'C', action: SYSLOG_ACTION_CLEAR },
  { letter: 'D', action: 6 },
  { letter: 'E', action: 7 },
  { letter: 'n', action: 8 },
] as const

/** dmesg(1), from /dev/kmsg. */
export function* dmesg(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 'rtxwcCDEl:n:')
  if (typeof options === 'string') return yield* complain(sys, 'dmesg', options)
  const { flags } = options
  if (flags.has('help')) return yield* say(sys, 'dmesg', HELP)
  const wanted = flags.get('l')?.split(',') ?? LEVELS
  const unknown = wanted.find((level) => !LEVELS.includes(level))
  if (unknown !== undefined) return yield* complain(sys, 'dmesg', `unknown level '${unknown}'`)
  const order = ORDERS.find(({ letter }) => flags.has(letter))
  if (order !== undefined) return yield* klogctl(sys, order.action, flags.get('n') ?? '')
  const fd = yield* sys.open('/dev/kmsg', O_RDONLY | (flags.has('w') ? 0 : O_NONBLOCK))
  if (fd < 0) return yield* complain(sys, 'dmesg: /dev/kmsg', fd)
  void (yield* sys.lseek(fd, 0, SEEK_DATA))
  const buf = sys.alloc(RECORD)
  for (;;) {
    const n = yield* sys.read(fd, buf, RECORD)
    if (n === -EAGAIN) return flags.has('c') ? yield* klogctl(sys, SYSLOG_ACTION_CLEAR) : 0
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

/** syslog(2); lines of `level` and above are to come to no console. */
function* klogctl(sys: Libc, action: number, level = ''): Run<number> {
  const named = LEVELS.indexOf(level)
  if (level !== '' && named < 0 && !/^[1-8]$/.test(level))
    return yield* complain(sys, 'dmesg', `unknown level '${level}'`)
  const ret = yield* sys.syscall(116, action, 0, named < 0 ? Number(level) : named + 1)
  return ret < 0 ? yield* complain(sys, 'dmesg: klogctl failed', ret) : 0
}

function shown(flags: ReadonlyMap<string, string>, prio: number, usec: number, text: string): string {
  const time = `[${String(Math.floor(usec / 1e6)).padStart(5)}.${String(usec % 1e6).padStart(6, '0')}] `
  if (flags.has('r')) return `<${prio}>${time}${text}`
  const facility = prio >> 3 === 0 ? 'kern' : 'user'
  const level = flags.has('x') ? `${facility.padEnd(6)}:${LEVELS[prio & 7].padEnd(6)}: ` : ''
  return `${level}${flags.has('t') ? '' : time}${text}`
}
