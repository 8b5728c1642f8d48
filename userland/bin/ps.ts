import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { complain } from '../libc.ts'
import { field, processes, slurp, type ProcessInfo } from '../proc.ts'
import { getopt, say } from '../stdio.ts'
import { accountNames } from './id.ts'

const HELP = `usage: ps [-A | -e] [-a] [-f | -l | -o KEY[=TITLE],...] [-p PID,...] [-C NAME,...] [-t TTY] [-u EUID,...] [aux]
Tell of processes: with no option of one's own on one's terminal.
  -A -e  all             -a  all with a terminal, but leaders of sessions
  -p -C -t -u            those with this id, name, terminal or user
  -f     more of each    -l  other things of each
  aux    all, as BSD's ps shows them; ax without users
  -o     these: pid ppid pgid sid tty stat s user uid gid ruser time pcpu pmem vsz rss wchan nlwp pri ni stime comm args
`

interface World {
  readonly users: ReadonlyMap<number, string>
  /** Seconds since boot, and since 1970 at boot. */
  readonly uptime: number
  readonly btime: number
  readonly memTotal: number
  readonly pidWidth: number
}

interface Column {
  readonly title: string
  /** Negative: flush left. */
  readonly width: (w: World) => number
  readonly show: (p: ProcessInfo, w: World) => string
}

const HZ = 100
const PAGE_KB = 4

const fixed = (n: number) => (): number => n
const pidWide = (w: World): number => w.pidWidth
const tty = (p: ProcessInfo): string => (field(p, 7) === 0 ? '?' : `ttyS${(field(p, 7) & 0xff) - 64}`)
const ticks = (p: ProcessInfo): number => field(p, 14) + field(p, 15)
const two = (n: number): string => String(n).padStart(2, '0')
const name = (p: ProcessInfo): string => (p.stat[0] === 'Z' ? `${p.comm} <defunct>` : p.comm)
const command = (p: ProcessInfo): string =>
  p.args.length > 0 ? p.args.join(' ') : p.stat[0] === 'Z' ? `[${p.comm}] <defunct>` : `[${p.comm}]`

function time(p: ProcessInfo): string {
  const s = Math.floor(ticks(p) / HZ)
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}

/** Hundredths of what it could have had since it began. */
function cpu(p: ProcessInfo, w: World): number {
  const lived = w.uptime - field(p, 22) / HZ
  return lived <= 0 ? 0 : (ticks(p) * 100) / HZ / lived
}

/** 10:04 where it began today, else `Nov24`, by universal time. */
function began(p: ProcessInfo, w: World): string {
  const at = w.btime + Math.floor(field(p, 22) / HZ)
  const now = w.btime + Math.floor(w.uptime)
  if (now - at < 86_400) return `${two(Math.floor(at / 3600) % 24)}:${two(Math.floor(at / 60) % 60)}`
  return dayOf(at)
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Month and day of seconds since 1970, by counting from March on, so that a leap day is the last. */
function dayOf(at: number): string {
  const z = Math.floor(at / 86_400) + 719_468
  const dayOfEra = z % 146_097
  const yoe = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const doy = dayOfEra - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  return `${MONTHS[(mp + 2) % 12]}${two(doy - Math.floor((153 * mp + 2) / 5) + 1)}`
}

/** The state, and what is special about it: not nice or nice, a leader of a session, threads, the foreground. */
function stat(p: ProcessInfo): string {
  const leads = field(p, 6) === p.pid ? 's' : ''
  const nice = field(p, 19) < 0 ? '<' : field(p, 19) > 0 ? 'N' : ''
  return `${p.stat[0]}${nice}${leads}${field(p, 20) > 1 ? 'l' : ''}${field(p, 8) === field(p, 5) && field(p, 7) !== 0 ? '+' : ''}`
}

const user = (p: ProcessInfo, w: World): string => w.users.get(p.uid[1]) ?? String(p.uid[1])

const COLUMNS: Readonly<Record<string, Column>> = {
  pid: { title: 'PID', width: pidWide, show: (p) => String(p.pid) },
  ppid: { title: 'PPID', width: pidWide, show: (p) => String(field(p, 4)) },
  pgid: { title: 'PGID', width: pidWide, show: (p) => String(field(p, 5)) },
  sid: { title: 'SID', width: pidWide, show: (p) => String(field(p, 6)) },
  tty: { title: 'TT', width: fixed(-8), show: tty },
  TTY: { title: 'TTY', width: fixed(-8), show: tty },
  stat: { title: 'STAT', width: fixed(-4), show: stat },
  s: { title: 'S', width: fixed(-1), show: (p) => p.stat[0] },
  user: { title: 'USER', width: fixed(-8), show: user },
  UID: { title: 'UID', width: fixed(-8), show: user },
  uid: { title: 'UID', width: fixed(5), show: (p) => String(p.uid[1]) },
  gid: { title: 'GID', width: fixed(5), show: (p) => String(p.gid[1]) },
  ruser: { title: 'RUSER', width: fixed(-8), show: (p, w) => w.users.get(p.uid[0]) ?? String(p.uid[0]) },
  time: { title: 'TIME', width: fixed(8), show: time },
  btime: {
    title: 'TIME',
    width: fixed(6),
    show: (p) => `${Math.floor(ticks(p) / HZ / 60)}:${two(Math.floor(ticks(p) / HZ) % 60)}`,
  },
  c: { title: 'C', width: fixed(2), show: (p, w) => String(Math.floor(cpu(p, w))) },
  pcpu: { title: '%CPU', width: fixed(4), show: (p, w) => cpu(p, w).toFixed(1) },
  pmem: { title: '%MEM', width: fixed(4), show: (p, w) => ((field(p, 24) * PAGE_KB * 100) / w.memTotal).toFixed(1) },
  vsz: { title: 'VSZ', width: fixed(6), show: (p) => String(field(p, 23) / 1024) },
  rss: { title: 'RSS', width: fixed(5), show: (p) => String(field(p, 24) * PAGE_KB) },
  sz: { title: 'SZ', width: fixed(5), show: (p) => String(field(p, 23) / 4096) },
  f: { title: 'F', width: fixed(1), show: (p) => String((field(p, 9) >> 6) & 7) },
  wchan: { title: 'WCHAN', width: fixed(-6), show: (p) => (p.wchan === '0' ? '-' : p.wchan.slice(0, 6)) },
  nlwp: { title: 'NLWP', width: fixed(4), show: (p) => String(field(p, 20)) },
  pri: { title: 'PRI', width: fixed(3), show: (p) => String(19 - field(p, 19)) },
  opri: { title: 'PRI', width: fixed(3), show: (p) => String(60 + field(p, 18)) },
  ni: { title: 'NI', width: fixed(3), show: (p) => String(field(p, 19)) },
  addr: { title: 'ADDR', width: fixed(-4), show: () => '-' },
  stime: { title: 'STIME', width: fixed(5), show: began },
  start: { title: 'START', width: fixed(-5), show: began },
  comm: { title: 'COMMAND', width: fixed(-15), show: name },
  CMD: { title: 'CMD', width: fixed(-15), show: name },
  args: { title: 'COMMAND', width: fixed(-27), show: command },
  FULL: { title: 'CMD', width: fixed(-27), show: command },
}
const ALIASES: Readonly<Record<string, string>> = {
  ...{ pgrp: 'pgid', sess: 'sid', session: 'sid', tt: 'tty', tname: 'tty', state: 's', euser: 'user', uname: 'user' },
  ...{ euid: 'uid', egid: 'gid', cputime: 'time', '%cpu': 'pcpu', '%mem': 'pmem', vsize: 'vsz', rssize: 'rss' },
  ...{ thcount: 'nlwp', nice: 'ni', ucmd: 'CMD', ucomm: 'comm', cmd: 'FULL', command: 'args' },
}
const DEFAULT = ['pid', 'TTY', 'time', 'CMD']
const FULL = ['UID', 'pid', 'ppid', 'c', 'stime', 'TTY', 'time', 'FULL']
const LONG = ['f', 's', 'uid', 'pid', 'ppid', 'c', 'opri', 'ni', 'addr', 'sz', 'wchan', 'TTY', 'time', 'CMD']
const BSD_USER = ['user', 'pid', 'pcpu', 'pmem', 'vsz', 'rss', 'TTY', 'stat', 'start', 'btime', 'args']
const BSD = ['pid', 'TTY', 'stat', 'btime', 'args']

/** ps(1) */
export function* ps(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 'Aeaflo:p:C:t:u:')
  if (typeof options === 'string') return yield* complain(sys, 'ps', options)
  const { flags, operands } = options
  if (flags.has('help')) return yield* say(sys, 'ps', HELP)
  const bsd = operands.join('')
  if (!/^[auxww]*$/.test(bsd)) return yield* complain(sys, 'ps', `garbage option '${operands[0]}'`)
  const usual = bsd.includes('u')
    ? BSD_USER
    : bsd !== ''
      ? BSD
      : flags.has('f')
        ? FULL
        : flags.has('l')
          ? LONG
          : DEFAULT
  const keys = flags.get('o')?.split(/[ ,]+/) ?? usual
  const columns = columnsOf(keys)
  if (typeof columns === 'string')
    return yield* complain(sys, 'ps', `unknown user-defined format specifier "${columns}"`)
  const all = yield* processes(sys)
  if (typeof all === 'number') return yield* complain(sys, 'ps: /proc', all)
  const me = yield* sys.getpid()
  const self = all.find((p) => p.pid === me)
  const chosen = all.filter(choice(flags, bsd, self))
  const world = yield* worldOf(sys)
  const out = table(columns, chosen, world)
  return (yield* say(sys, 'ps', out)) || (chosen.length > 0 ? 0 : 1)
}

/** Which processes are shown. */
function choice(
  flags: ReadonlyMap<string, string>,
  bsd: string,
  self: ProcessInfo | undefined,
): (p: ProcessInfo) => boolean {
  const list = (f: string): string[] => (flags.get(f) ?? '').split(/[ ,]+/)
  const named: ((p: ProcessInfo) => boolean)[] = []
  if (flags.has('p')) named.push((p) => list('p').includes(String(p.pid)))
  if (flags.has('C')) named.push((p) => list('C').includes(p.comm))
  if (flags.has('t')) named.push((p) => list('t').includes(tty(p)))
  if (flags.has('u')) named.push((p) => list('u').includes(String(p.uid[1])))
  if (flags.has('A') || flags.has('e')) named.push(() => true)
  if (flags.has('a')) named.push((p) => field(p, 7) !== 0 && field(p, 6) !== p.pid)
  if (bsd.includes('a') && bsd.includes('x')) named.push(() => true)
  else if (bsd.includes('a')) named.push((p) => field(p, 7) !== 0)
  else if (bsd.includes('x')) named.push((p) => p.uid[1] === self?.uid[1])
  if (named.length > 0) return (p) => named.some((which) => which(p))
  return (p) => self !== undefined && p.uid[1] === self.uid[1] && field(p, 7) === field(self, 7)
}

/** The columns of `pid,comm=NAME`; a string is the key that is none. */
function columnsOf(keys: readonly string[]): Column[] | string {
  const columns: Column[] = []
  for (const key of keys) {
    const [wanted, title] = key.split('=')
    const column = COLUMNS[ALIASES[wanted] ?? wanted] as Column | undefined
    if (column === undefined) return wanted
    columns.push(title === undefined ? column : { ...column, title })
  }
  return columns
}

function table(columns: readonly Column[], rows: readonly ProcessInfo[], world: World): string {
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const width = columns[i].width(world)
        if (width >= 0) return cell.padStart(Math.max(width, columns[i].title.length))
        return i === cells.length - 1 ? cell : cell.padEnd(Math.max(-width, columns[i].title.length))
      })
      .join(' ')
  const head = columns.map((c) => c.title)
  const lines = rows.map((p) => line(columns.map((c) => c.show(p, world))))
  return (head.every((t) => t === '') ? lines : [line(head), ...lines]).map((l) => `${l}\n`).join('')
}

function* worldOf(sys: Libc): Run<World> {
  const text = function* (path: string): Run<string> {
    const got = yield* slurp(sys, path)
    return typeof got === 'string' ? got : ''
  }
  const pid_max = Number(yield* text('/proc/sys/kernel/pid_max'))
  return {
    users: yield* accountNames(sys, '/etc/passwd'),
    uptime: Number((yield* text('/proc/uptime')).split(' ')[0]),
    btime: Number(/^btime (\d+)$/m.exec(yield* text('/proc/stat'))?.[1] ?? 0),
    memTotal: Number(/^MemTotal: +(\d+)/m.exec(yield* text('/proc/meminfo'))?.[1] ?? 1),
    pidWidth: Math.max(5, String(pid_max - 1).length),
  }
}
