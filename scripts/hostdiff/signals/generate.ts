import type { Call, Program } from '../program.ts'
import { Random } from '../random.ts'
import { Cast, type Role } from './cast.ts'
import { drawn, HANDLED, set, type Scene, type Theme } from './draw.ts'

/** Random programs of processes and signals: a seed and a number decide each. */

const LEAST = 14
const MOST = 45

const themes: readonly (readonly [weight: number, theme: Theme])[] = [
  [22, 'handlers'],
  [10, 'queues'],
  [22, 'children'],
  [12, 'groups'],
  [14, 'threads'],
  [12, 'sleep'],
  [6, 'people'],
  [6, 'exec'],
]

/** How often each call is drawn. */
const weights: Readonly<Record<string, number>> = {
  rt_sigaction: 60,
  rt_sigprocmask: 50,
  rt_sigpending: 8,
  rt_sigtimedwait: 25,
  rt_sigsuspend: 10,
  kill: 90,
  tkill: 25,
  tgkill: 30,
  rt_sigqueueinfo: 35,
  rt_tgsigqueueinfo: 20,
  sigaltstack: 15,
  restart_syscall: 1,
  clone: 30,
  exit_group: 10,
  exit: 5,
  wait4: 20,
  waitid: 20,
  setpgid: 8,
  getpgid: 3,
  setsid: 4,
  getsid: 3,
  getppid: 3,
  gettid: 1,
  set_tid_address: 2,
  exec: 5,
  prctl: 8,
  setresuid: 1,
  setreuid: 1,
  setuid: 1,
  setrlimit: 2,
  pipe2: 4,
  read: 8,
  write: 8,
  close: 3,
  eventfd2: 2,
  ppoll: 8,
  nanosleep: 6,
  getitimer: 3,
  setitimer: 3,
  futex: 6,
}

/** How many times as often in which programs. */
const times: Readonly<Record<Theme, Readonly<Record<string, number>>>> = {
  handlers: { clone: 0.3, wait4: 0.3, waitid: 0.3, sigaltstack: 3, rt_sigaction: 1.5, rt_sigsuspend: 2 },
  queues: { rt_sigqueueinfo: 5, rt_tgsigqueueinfo: 4, rt_sigtimedwait: 3, rt_sigprocmask: 2, clone: 0.5, setrlimit: 3 },
  children: { wait4: 5, waitid: 5, exit_group: 2, prctl: 2, setpgid: 2 },
  groups: { setpgid: 8, setsid: 4, getpgid: 4, getsid: 4, waitid: 2, wait4: 2, exit_group: 2, exec: 2 },
  threads: {
    tgkill: 4,
    tkill: 4,
    rt_tgsigqueueinfo: 4,
    futex: 6,
    exit: 5,
    exec: 2,
    rt_sigtimedwait: 2,
    set_tid_address: 4,
  },
  sleep: { read: 8, write: 5, ppoll: 8, nanosleep: 6, rt_sigsuspend: 4, futex: 3, eventfd2: 4, rt_sigtimedwait: 2 },
  people: { setresuid: 12, setreuid: 8, setuid: 6, kill: 4, tkill: 2, rt_sigqueueinfo: 2, prctl: 3 },
  exec: { exec: 15, rt_sigaction: 2, rt_sigprocmask: 2, prctl: 3, sigaltstack: 2, setitimer: 3, getitimer: 3 },
}

const SIGSTOP = 19
const SIGKILL = 9
const SIGCONT = 18
const SIGCHLD = 17
/** CLONE_VM, FS, FILES, SIGHAND, THREAD and SYSVSEM: a thread as the C library makes it. */
const THREAD = 0x50f00
const CLONE_VM = 0x100
const CLONE_VFORK = 0x4000
const CLONE_THREAD = 0x10000

/** Program `index` of a seed. */
export function generateSteps(seed: number, index: number): Program {
  const r = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0xc2b2ae35))
  const theme = r.weighted(themes)
  const nasty = r.pick([2, 5, 12])
  const sigs = [...Array(3 + r.below(4)).keys()].map(() => r.pick(HANDLED))
  if (theme === 'groups' || theme === 'children') sigs.push(SIGSTOP, SIGCONT, 20, SIGKILL, 15)
  if (r.percent(35)) sigs.push(SIGCONT, r.pick([SIGSTOP, 20, 21]))
  const s: Scene = { r, cast: new Cast(), theme, nasty, sigs, fds: [], met: new Set() }
  const program: Call[] = [...begin(s), ...bodies(s)]
  const length = program.length + LEAST + r.below(MOST - LEAST + 1)
  const names = Object.entries(weights).map(([name, n]) => [n * (times[theme][name] ?? 1), name] as const)
  while (program.length < length) {
    const me = s.cast.actor(r)
    if (me === null) break
    if (r.percent(theme === 'handlers' || theme === 'sleep' ? 6 : 1)) {
      program.push(...pended(s, me))
      continue
    }
    const call = r.weighted(names)
    const made = step(s, me, call)
    if (made !== null) program.push([String(me.k), ...made])
  }
  return program
}

/** A call of `me`, with what it makes of the cast; null where it is better left out. */
function step(s: Scene, me: Role, name: string): Call | null {
  const { r, cast } = s
  const alone = cast.free < 2
  switch (name) {
    case 'clone':
      return cast.isFull ? null : clone(s, me)
    case 'exec':
      if (r.percent(85)) for (const role of cast.roles) if (role.tgid === me.tgid && role !== me) role.gone = true
      return ['exec', r.percent(85) ? '0' : '1']
    case 'exit':
    case 'exit_group':
      if (alone && r.percent(90)) return null
      if (name === 'exit') me.gone = true
      else cast.ended(me.tgid)
      return drawn(s, me, name)
    case 'pipe2': {
      const n = s.fds.length
      s.fds.push(n, n + 1)
      return drawn(s, me, name)
    }
    case 'eventfd2':
      s.fds.push(s.fds.length)
      return drawn(s, me, name)
    case 'rt_sigsuspend':
    case 'nanosleep':
    case 'read':
      if (alone && r.percent(85)) return null
      me.busy = true
      return drawn(s, me, name)
    default: {
      const call = drawn(s, me, name)
      told(s, me, call)
      return call
    }
  }
}

/** What a call that sends a signal does to the cast, or one that may wait. */
function told(s: Scene, me: Role, [name, ...args]: Call): void {
  const { cast } = s
  const numbers = args.map(Number)
  const [first, second, third] = numbers
  if (name === 'wait4' && (third & 1) === 0) me.busy = true
  if (name === 'waitid' && (numbers[3] & 1) === 0) me.busy = true
  if (name === 'ppoll' && args[2] === '0') me.busy = true
  if (name === 'rt_sigtimedwait' && args[2] === '0') me.busy = true
  if (name === 'futex' && (second & 127) % 9 === 0 && args[3] === '0') me.busy = true
  const sent = /^(kill|tkill|rt_sigqueueinfo)$/.test(name) ? second : /^(tgkill|rt_tgsig)/.test(name) ? third : 0
  if (sent === 0) return
  const to = Math.abs(name.startsWith('t') ? (cast.roles.find(({ pid }) => pid === first)?.tgid ?? 0) : first)
  cast.woken(to)
  if (sent === SIGKILL || isDeadly(s, sent)) cast.ended(to)
  if (sent === SIGSTOP) for (const role of cast.roles) if (role.tgid === to) role.busy = true
}

/** A call that lets in what is blocked and pending while it waits. */
function pended(s: Scene, { k, pid }: Role): Call[] {
  const sig = String(s.r.pick(s.sigs))
  const others = set(s)
  const wait = s.r.pick([
    ['rt_sigsuspend', `[${others}]`, '8'],
    ['rt_sigsuspend', '[0]', '8'],
    ['ppoll', '0', '0', s.r.pick(['0', '[0,0]']), `[${others}]`, '8'],
    ['ppoll', '0', '0', '0', '[0]', '8'],
    ['rt_sigtimedwait', `[${others}]`, '@128', '0', '8'],
  ])
  const send = s.r.pick([
    ['kill', String(pid), sig],
    ['tkill', String(pid), sig],
  ])
  return [['rt_sigprocmask', '0', `[${1n << BigInt(Math.max(0, Number(sig) - 1))}]`, '0', '8'], send, wait].map(
    (call) => [String(k), ...call],
  )
}

/** Signals that nobody dies of by default. */
const HARMLESS = [SIGCHLD, SIGCONT, SIGSTOP, 20, 21, 22, 23, 28]

function isDeadly({ met }: Scene, sig: number): boolean {
  return sig > 0 && sig <= 64 && !met.has(sig) && !HARMLESS.includes(sig)
}

function clone({ r, cast, theme, nasty }: Scene, me: Role): Call {
  const thread = r.percent({ threads: 65, people: 0 }[theme as string] ?? 10)
  const tids = r.bits([0x200000, 0x1000000], theme === 'threads' ? 50 : 10)
  let flags: number
  if (r.percent(nasty / 2)) flags = r.pick([0x10000, 0x800, 0x10800, 0x900, 0x11, 0xff])
  else if (thread) flags = THREAD
  else {
    const signal = r.weighted([
      [14, SIGCHLD],
      [1, 0],
      [1, 10],
      [1, 34],
      [1, 65],
    ] as const)
    const kind = r.weighted([
      [12, 0],
      [3, CLONE_VM | CLONE_VFORK],
      [1, CLONE_VFORK],
      [2, CLONE_VM],
      [1, CLONE_VM | 0x800],
      [theme === 'children' ? 3 : 1, 0x8000],
    ])
    flags = signal | kind | r.bits([0x200, 0x400], 15)
  }
  const role = cast.add(me, (flags & CLONE_THREAD) !== 0)
  if ((flags & CLONE_VFORK) !== 0) me.busy = true
  return ['clone', String(role.k), String(flags | tids), tids === 0 ? '0' : r.pick(['&1', '&2', '&3'])]
}

/** What is there when it begins to be random. */
function begin(s: Scene): Call[] {
  const { r, cast, theme } = s
  const out: Call[] = []
  const me = cast.roles[0]
  const add = (who: Role, name: string): void => void out.push([String(who.k), ...drawn(s, who, name)])
  for (const sig of new Set(s.sigs)) {
    if (!r.percent(75) || sig === SIGKILL || sig === SIGSTOP) continue
    const [, , handler, flags, mask] = drawn(s, me, 'rt_sigaction')
    const taken = handler === '-1' || handler === '0' ? `h${r.below(4)}` : handler
    out.push(['0', 'rt_sigaction', String(sig), taken, flags, mask, '8'])
    s.met.add(sig)
  }
  if (theme === 'sleep' || r.percent(15)) {
    out.push([String(me.k), 'pipe2', '@8', '0'])
    s.fds.push(0, 1)
  }
  for (let n = r.below(3); n > 0; n--) add(me, 'rt_sigaction')
  if (r.percent(theme === 'queues' ? 80 : 30)) add(me, 'rt_sigprocmask')
  if (theme === 'handlers' && r.percent(40)) add(me, 'sigaltstack')
  const company = { handlers: 0, queues: 1, children: 3, groups: 4, threads: 3, sleep: 2, people: 4, exec: 1 }[theme]
  for (let n = company; n > 0 && !cast.isFull; n--) {
    const free = cast.roles.filter(({ busy }) => !busy)
    const parent = r.percent(75) ? (free[0] ?? me) : r.pick(cast.roles)
    out.push([String(parent.k), ...clone(s, parent)])
    if (theme === 'people') {
      const [uid, euid, suid] = [1, 2, 3].map(() => String(r.pick([1000, 1001, 1002, 1003])))
      out.push([String(cast.roles.at(-1)?.k), 'setresuid', uid, euid, suid])
    }
    if (theme === 'groups' && r.percent(60)) {
      out.push([
        String(parent.k),
        'setpgid',
        String(r.pick(cast.roles).pid),
        r.percent(50) ? '0' : String(r.pick(cast.roles).pid),
      ])
    }
  }
  return out
}

/** What handlers do, by the steps that some have. */
function bodies(s: Scene): Call[] {
  const { r, cast } = s
  const names = [
    [8, 'kill'],
    [4, 'tgkill'],
    [6, 'rt_sigprocmask'],
    [4, 'rt_sigaction'],
    [3, 'rt_sigqueueinfo'],
    [2, 'rt_sigpending'],
    [2, 'sigaltstack'],
    [3, 'wait4'],
    [2, 'rt_sigtimedwait'],
    [1, 'gettid'],
  ] as const
  const out: Call[] = []
  for (let h = 0; h < 4; h++) {
    if (!r.percent(45)) continue
    for (let n = 1 + r.below(3); n > 0; n--) {
      const call = drawn({ ...s, fds: [] }, cast.roles[0], r.weighted(names))
      // None that waits.
      if (call[0] === 'wait4' && (Number(call[3]) & 1) === 0) continue
      if (call[0] === 'rt_sigtimedwait' && call[3] === '0') continue
      out.push([`h${h}`, ...call])
    }
  }
  return out
}
