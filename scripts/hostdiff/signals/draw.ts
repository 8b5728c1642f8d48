import type { Call } from '../program.ts'
import type { Random } from '../random.ts'
import type { Cast, Role } from './cast.ts'

/** The arguments of calls. */

/** What a program is mostly about. */
export type Theme = 'handlers' | 'queues' | 'children' | 'groups' | 'threads' | 'sleep' | 'people' | 'exec'

export interface Scene {
  readonly r: Random
  readonly cast: Cast
  readonly theme: Theme
  /** How often in a hundred times an argument is a bad one. */
  readonly nasty: number
  /** Signals that the program is about. */
  readonly sigs: readonly number[]
  /** Descriptors that there are, of pipes. */
  readonly fds: number[]
  /** Signals that have had a handler or were ignored, somewhere. */
  readonly met: Set<number>
}

export type Draw = (s: Scene, me: Role) => (string | number)[]

const SIGKILL = 9
const SIGCHLD = 17
const SIGCONT = 18
const SIGSTOP = 19
export const HANDLED: readonly number[] = [
  1, 10, 10, 12, 12, 14, 15, 17, 17, 18, 34, 35, 35, 36, 64, 32, 28, 13, 20, 11,
]
const ANY = [1, 2, 3, 6, 9, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 30, 31, 33, 64]
const BAD = [0, 65, -1, 100]

export function sig({ r, sigs, nasty, theme }: Scene): number {
  if (r.percent(theme === 'people' ? 25 : nasty)) return r.pick(theme === 'people' ? [0, SIGCONT] : BAD)
  return r.percent(86) ? r.pick(sigs) : r.pick(ANY)
}

/** A set of signals, as a number in decimal. */
export function set({ r, sigs }: Scene): string {
  if (r.percent(12)) return r.pick(['0', '-1', '0', '4294967295'])
  let bits = 0n
  for (let n = 1 + r.below(4); n > 0; n--) {
    const one = r.percent(85) ? r.pick(sigs) : r.pick([SIGKILL, SIGSTOP, SIGCHLD, SIGCONT, 33, 63])
    bits |= 1n << BigInt(one - 1)
  }
  return String(bits)
}

/** The process that is sent something, or asked about. */
export function pid({ r, cast, nasty }: Scene, me: Role): number {
  if (r.percent(nasty)) return r.pick([99, 0, -1, -99, 1, -1, -0x80000000, 0x7fffffff])
  return r.weighted([
    [8, me.tgid],
    [6, r.pick(cast.roles).tgid],
    [8, someone(r, cast).tgid],
    [3, me.parent?.tgid ?? 2],
  ])
}

/** Rather one that sleeps. */
function someone(r: Random, cast: Cast): Role {
  const busy = cast.roles.filter((role) => role.busy && !role.gone)
  return r.pick(busy.length > 0 ? busy : cast.roles)
}

export function tid({ r, cast, nasty }: Scene, me: Role): Role {
  if (r.percent(nasty)) return { ...me, pid: r.pick([99, 0, -1, 1]), tgid: r.pick([99, 0, -1, 2]) }
  return r.percent(40) ? me : r.percent(50) ? someone(r, cast) : r.pick(cast.roles)
}

const SA_FLAGS = [0x1, 0x2, 0x4, 0x08000000, 0x10000000, 0x40000000, 0x80000000]

function actionFlags(r: Random): number {
  return SA_FLAGS.reduce((all, flag) => (r.percent(flag === 4 ? 60 : 28) ? all + flag : all), 0)
}

function setSize({ r, nasty }: Scene): number {
  return r.percent(nasty / 3) ? r.pick([4, 16, 0]) : 8
}

/** The address of a set, or none. */
function setAt(s: Scene): string {
  return s.r.percent(s.nasty / 2) ? s.r.pick(['8', '-4096']) : `[${set(s)}]`
}

const CODES = [-1, -1, -1, -2, -3, -6, 0, 1, 128, -60]

function siginfo(s: Scene, signo: number): string {
  const { r } = s
  if (r.percent(s.nasty / 3)) return '8'
  return `{${[signo, r.pick(CODES), r.below(100), r.pick([0, 1000]), r.below(1000)].join()}}`
}

const WNOHANG = 1

/** Which child, and how. It does not wait where nobody else could go on. */
function waitOptions({ r, cast, nasty }: Scene, with4: readonly number[]): number {
  const bits: number = r.bits(with4, 45)
  const hang = cast.free < 2 || r.percent(70) ? WNOHANG : 0
  return bits | hang | (r.percent(nasty / 2) ? r.pick([0x10, 0x40000000, 0x20000000, 0x80000000 | 0]) : 0)
}

const IDS = [0, 1000, 1000, 1001, 1002, -1]

export const draws: Readonly<Record<string, Draw>> = {
  rt_sigaction: (s) => [
    sig(s),
    s.r.weighted<string | number>([
      [60, `h${s.r.below(4)}`],
      [12, 0],
      [17, 1],
      [8, -1],
    ]),
    actionFlags(s.r),
    s.r.percent(60) ? 0 : set(s),
    setSize(s),
  ],
  rt_sigprocmask: (s) => [
    s.r.percent(s.nasty / 2) ? s.r.pick([3, -1]) : s.r.below(3),
    s.r.percent(8) ? 0 : setAt(s),
    s.r.percent(60) ? '@8' : s.r.percent(s.nasty) ? 8 : 0,
    setSize(s),
  ],
  rt_sigpending: (s) => [s.r.percent(s.nasty) ? 8 : '@8', s.r.percent(s.nasty) ? s.r.pick([4, 0, 9]) : 8],
  rt_sigtimedwait: (s) => [
    setAt(s),
    s.r.percent(85) ? '@128' : 0,
    s.cast.free > 1 && s.r.percent(20) ? 0 : s.r.percent(s.nasty) ? s.r.pick(['[0,-1]', '[-1,0]', '8']) : '[0,0]',
    setSize(s),
  ],
  rt_sigsuspend: (s) => [setAt(s), setSize(s)],
  kill: (s, me) => {
    const { r, theme } = s
    const to = pid(s, me)
    const group = to > 0 && r.percent(theme === 'groups' ? 40 : 8)
    return [group ? (r.percent(25) ? 0 : -to) : to, sig(s)]
  },
  tkill: (s, me) => [tid(s, me).pid, sig(s)],
  tgkill: (s, me) => {
    const to = tid(s, me)
    return [to.tgid, to.pid, sig(s)]
  },
  rt_sigqueueinfo: (s, me) => {
    const signo = sig(s)
    return [pid(s, me), signo, siginfo(s, s.r.percent(90) ? signo : 3)]
  },
  rt_tgsigqueueinfo: (s, me) => {
    const signo = sig(s)
    const to = tid(s, me)
    return [to.tgid, to.pid, signo, siginfo(s, signo)]
  },
  sigaltstack: (s) => {
    const { r } = s
    const stack = r.weighted([
      [6, '<0,65536>'],
      [2, '<2,0>'],
      [1, '<1,65536>'],
      [1, '<2147483648,65536>'],
      [1, '<0,1000>'],
      [1, '<4,65536>'],
      [1, '<2147483650,0>'],
    ])
    return [r.percent(25) ? 0 : r.percent(s.nasty / 2) ? 8 : stack, r.percent(70) ? '@24' : 0]
  },
  restart_syscall: () => [],
  wait4: (s, me) => [
    s.r.percent(45) ? -1 : s.r.percent(50) ? child(s, me) : s.r.pick([0, -child(s, me), 99, -99, 1]),
    s.r.percent(90) ? '@4' : s.r.percent(s.nasty) ? 8 : 0,
    waitOptions(s, [2, 8]),
    0,
  ],
  waitid: (s, me) => {
    const { r } = s
    const which = r.percent(s.nasty)
      ? r.pick([4, -1])
      : r.weighted([
          [3, 0],
          [5, 1],
          [2, 2],
        ] as const)
    const id = which === 0 ? 0 : r.percent(s.nasty) ? r.pick([0, -1, 99]) : child(s, me)
    return [which, id, r.percent(92) ? '@128' : 0, waitOptions(s, [2, 4, 4, 8, 0x1000000]), 0]
  },
  exit: (s) => [s.r.pick([0, 1, 3, 255, 256, -1])],
  exit_group: (s) => [s.r.pick([0, 1, 3, 255, 256, -1])],
  setpgid: (s, me) => [
    s.r.percent(35) ? 0 : s.r.percent(60) ? child(s, me) : pid(s, me),
    s.r.percent(45) ? 0 : pid(s, me),
  ],
  getpgid: (s, me) => [s.r.percent(25) ? 0 : pid(s, me)],
  getsid: (s, me) => [s.r.percent(25) ? 0 : pid(s, me)],
  set_tid_address: (s) => [s.r.pick(['&1', '&2', '8', '0'])],
  setresuid: (s) => [s.r.pick(IDS), s.r.pick(IDS), s.r.pick(IDS)],
  setreuid: (s) => [s.r.pick(IDS), s.r.pick(IDS)],
  setuid: (s) => [s.r.pick(IDS)],
  // None but 0: how much else a host's root has waiting is not the question.
  setrlimit: (s) => [11, s.r.pick(['[0,100]', '[0,100]', '[100,100]'])],
  prctl: (s) => {
    const { r } = s
    const option = r.weighted([
      [4, 1],
      [3, 2],
      [2, 15],
      [3, 16],
      [2, 36],
      [1, 37],
    ] as const)
    switch (option) {
      case 1:
        return [1, r.percent(s.nasty) ? r.pick([65, -1, 0]) : r.pick([10, 12, 15, 9, 35, 18])]
      case 15:
        return [15, r.pick(['$3.1', '$20.4', '8', '$15.0'])]
      case 36:
        return [36, r.pick([1, 1, 0])]
      default:
        return [option, r.percent(s.nasty) ? 8 : '@16']
    }
  },
  pipe2: (s) => ['@8', s.r.pick([0, 0, 0o4000])],
  read: (s) => [fd(s), '@8', s.r.pick([1, 4, 8])],
  write: (s) => [fd(s), s.r.percent(s.nasty / 2) ? 8 : `$8.${s.r.below(20)}`, s.r.pick([1, 4, 8])],
  close: (s) => [fd(s)],
  eventfd2: (s) => [s.r.pick([0, 1, 3]), s.r.pick([0, 0o4000, 1])],
  ppoll: (s) => {
    const { r } = s
    const events = r.pick([1n, 4n, 5n, 0n])
    return [
      r.percent(20) ? 0 : `[${BigInt(fd(s)) | (events << 32n)}]`,
      r.percent(20) ? 0 : 1,
      s.cast.free > 1 && r.percent(50) ? 0 : '[0,0]',
      r.percent(50) ? 0 : setAt(s),
      setSize(s),
    ]
  },
  nanosleep: (s) => [
    s.r.percent(s.nasty) ? s.r.pick(['[0,-1]', '[-1,0]', '[0,1000000000]', '8']) : '[1000000,0]',
    s.r.percent(50) ? '@16' : 0,
  ],
  getitimer: (s) => [s.r.percent(s.nasty) ? s.r.pick([3, -1]) : s.r.pick([0, 0, 1, 2]), '@32'],
  setitimer: (s) => [
    0,
    s.r.pick(['[0,0,100000,0]', '[5000,0,100000,0]', '[0,0,0,0]', '[0,0,30000,5]', '[0,1000000,1,0]', '[0,0,0,-1]']),
    s.r.percent(70) ? '@32' : 0,
  ],
  futex: (s) => {
    const { r } = s
    const word = `&${1 + r.below(2)}`
    const mine = r.pick([0, 128])
    return r.weighted<(string | number)[]>([
      [4, [word, mine, r.percent(75) ? 0 : 7, r.percent(80) ? 0 : '[0,0]', 0, 0]],
      [4, [word, mine + 1, r.pick([1, 1, 2, 100, 0]), 0, 0, 0]],
      [1, [word, mine + 9, 0, r.percent(50) ? 0 : '[0,0]', 0, r.pick([1, 2, -1, 0])]],
      [1, [word, mine + 10, 1, 0, 0, r.pick([1, 2, -1, 0])]],
      [1, [word, mine + 3, r.below(2), r.below(3), `&${1 + r.below(2)}`, 0]],
      [1, [r.pick(['8', '-4096', '2']), mine + r.below(2), 1, 0, 0, 0]],
    ])
  },
}

function child({ r, cast }: Scene, me: Role): number {
  const own = cast.roles.filter(({ parent, pid, tgid }) => parent?.tgid === me.tgid && pid === tgid)
  return own.length > 0 && r.percent(85) ? r.pick(own).pid : r.pick(cast.roles).pid
}

function fd({ r, fds }: Scene): number {
  return fds.length > 0 && r.percent(90) ? r.pick(fds) : r.pick([0, 1, 5, 99, -1])
}

/** A call with arguments. */
export function drawn(s: Scene, me: Role, name: string): Call {
  const draw = draws[name]
  return [name, ...(draw === undefined ? [] : draw(s, me).map(String))]
}
