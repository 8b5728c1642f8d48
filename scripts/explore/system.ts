import type { Run, UserPtr } from '../../index.ts'
import { encodeUtf8 } from '../../kernel/utf8.ts'
import * as tty from '../../kernel/tty/ioctls.ts'
import { address, fd, path, pid, signal, size, word64, type Draw, type Life } from './args.ts'
import type { Random } from './random.ts'

/** Calls on who one is, what may be had, what is mounted, what /proc tells, and the terminal. */

const AT_FDCWD = -100
const IDS = [0, 0, 1, 1000, 1000, -1] as const

export const systemDraws: readonly Draw[] = [
  [1, ({ sys }, r) => sys.syscall(r.pick([144, 146, 151, 152]), r.pick(IDS))],
  [1, ({ sys }, r) => sys.syscall(r.pick([143, 145]), r.pick(IDS), r.pick(IDS))],
  [1, ({ sys }, r) => sys.syscall(r.pick([147, 149]), r.pick(IDS), r.pick(IDS), r.pick(IDS))],
  [1, groups],
  [3, queue],
  [2, altstack],
  [2, limit],
  [3, mount],
  [3, (l, r) => l.sys.syscall(39, place(l, r), r.pick([0, 0, 2, 8]))],
  [7, proc],
  [2, (l, r) => l.sys.syscall(78, AT_FDCWD, name(l, 0, procPath(r)), address(l.buf, r), size(r))],
  [3, ({ sys, buf }, r) => sys.syscall(61, fd(r), address(buf, r), r.pick([24, 40, 100, 400, 4096]))],
  [5, terminal],
  [2, ({ sys }, r) => sys.syscall(29, fd(r), r.pick([tty.FIOCLEX, tty.FIONCLEX, tty.FIONREAD, tty.FIONBIO]), 0)],
  [2, (l, r) => l.sys.syscall(56, AT_FDCWD, name(l, 0, r.pick(TTYS)), r.pick([0, 2, 2, 0o402, 0o4002]), 0)],
  [
    2,
    ({ sys, buf }, r) =>
      sys.syscall(95, r.below(4), pid(r), address(buf, r), r.pick([4, 5, 6, 14, 0x1000005, 13]), r.oneIn(2) ? 0 : buf),
  ],
]

const TTYS = ['/dev/tty\0', '/dev/console\0', '/dev/ttyS0\0'] as const
const PROC_ROOT = ['stat', 'meminfo', 'slabinfo', 'uptime', 'version', 'mounts', 'loadavg', 'filesystems'] as const
const PROC_SYS = ['sys/kernel/hostname', 'sys/kernel/pid_max', 'sys', 'sys/kernel', ''] as const
const PROC_TASK = ['stat', 'status', 'cmdline', 'comm', 'maps', 'environ', 'fd', 'fdinfo', 'task', 'syscall'] as const
const PROC_MORE = ['wchan', 'limits', 'statm', 'mounts', 'mountinfo', 'cwd', 'root', 'exe', 'fd/3', 'fdinfo/4'] as const

/** A name in memory, at one of two places. */
function name({ sys, buf }: Life, slot: number, text: string): UserPtr {
  const at = (buf + 13_312 + 64 * slot) as UserPtr
  sys.store(at, encodeUtf8(text))
  return at
}

function procPath(r: Random): string {
  if (r.oneIn(4)) return `/proc/${r.pick(r.oneIn(3) ? PROC_SYS : PROC_ROOT)}\0`
  const who = r.oneIn(3) ? r.pick(['self', 'thread-self', 'self/task/3']) : String(pid(r))
  return `/proc/${who}/${r.pick(r.oneIn(2) ? PROC_TASK : PROC_MORE)}\0`
}

/** Open a file of /proc and read it; what is open outlives whom it tells of. */
function* proc(life: Life, r: Random): Run<number> {
  const { sys, buf } = life
  const flags = r.oneIn(6) ? r.pick([1, 2, 0o200000, 0o10000000]) : 0
  const got = yield* sys.syscall(56, AT_FDCWD, name(life, 0, procPath(r)), flags, 0)
  if (got < 0) return got
  const ret = yield* sys.read(got, address(buf, r), size(r))
  return r.oneIn(2) ? yield* sys.close(got) : ret
}

function groups({ sys, buf }: Life, r: Random): Run<number> {
  for (let i = 0; i < 4; i++) sys.storeInt((buf + 4 * i) as UserPtr, r.below(4))
  return sys.syscall(159, r.below(5), buf)
}

/** A signal with what a program tells of it. */
function queue({ sys, buf }: Life, r: Random): Run<number> {
  const sig = signal(r)
  const at = (buf + 8000) as UserPtr
  sys.store(at, new Uint8Array(128))
  sys.storeInt(at, sig)
  sys.storeInt((at + 8) as UserPtr, r.pick([-1, -1, -1, 0, 5]))
  const to = pid(r)
  return r.oneIn(2) ? sys.syscall(138, to, sig, at) : sys.syscall(240, to, r.oneIn(2) ? to : pid(r), sig, at)
}

function altstack({ sys, buf }: Life, r: Random): Run<number> {
  const at = (buf + 8000) as UserPtr
  sys.store(at, word64(buf + 8192))
  sys.store((at + 8) as UserPtr, word64(r.pick([0, 0, 2, 4])))
  sys.store((at + 16) as UserPtr, word64(r.pick([2048, 4096, 100])))
  return sys.syscall(132, r.oneIn(4) ? 0 : at, r.oneIn(2) ? 0 : address(buf, r))
}

/** prlimit64(2): of signals, tasks, files, and how long these may be. */
function limit({ sys, buf }: Life, r: Random): Run<number> {
  const at = (buf + 8000) as UserPtr
  sys.store(at, word64(r.pick([0, 2, 12, 5000, -1])))
  sys.store((at + 8) as UserPtr, word64(r.pick([12, 5000, -1, -1])))
  return sys.syscall(261, r.oneIn(2) ? 0 : pid(r), r.pick([1, 6, 7, 11]), r.oneIn(4) ? 0 : at, r.oneIn(2) ? 0 : buf)
}

const PLACES = ['/tmp/d\0', '/tmp/m\0', '/tmp/m\0', '/tmp/d/e\0', '/tmp\0', '/proc\0', '/dev\0'] as const

function place(life: Life, r: Random): UserPtr {
  return r.oneIn(4) ? path(life, r, 1) : name(life, 1, r.pick(PLACES))
}

function mount(life: Life, r: Random): Run<number> {
  const type = name(life, 0, r.pick(['tmpfs\0', 'tmpfs\0', 'proc\0', 'ramfs\0', 'ext4\0']))
  const data = name(life, 2, r.pick(['\0', '\0', 'size=16k\0', 'size=1m,mode=700\0', 'mode=1777\0', 'nonsense\0']))
  return life.sys.syscall(40, type, place(life, r), type, r.pick([0, 0, 0, 1, 32, 33, 1024, 4096]), data)
}

/** Requests that only look, or change little; those that stop output would stop the machine too. */
const TTY_REQUESTS = [
  ...[tty.TCGETS, tty.TIOCGPGRP, tty.TIOCSPGRP, tty.TIOCSPGRP, tty.TIOCGSID, tty.TIOCGWINSZ, tty.TIOCSWINSZ],
  ...[tty.TIOCSCTTY, tty.TIOCSCTTY, tty.TIOCNOTTY, tty.TCFLSH, tty.TCXONC, tty.TIOCOUTQ, tty.FIONREAD, tty.TIOCSTI],
  ...[tty.TCSETS, tty.TCSETSF, tty.TCSBRK, tty.TIOCGETD],
] as const

function terminal({ sys, buf }: Life, r: Random): Run<number> {
  const request = r.pick(TTY_REQUESTS)
  const at = (buf + 8000) as UserPtr
  sys.storeInt(at, request === tty.TIOCSPGRP ? 2 + r.below(10) : r.below(100))
  const small = [tty.TIOCSCTTY, tty.TCFLSH, tty.TCXONC].some((one) => one === request)
  return sys.syscall(29, r.oneIn(2) ? r.below(3) : fd(r), request, small ? r.below(5) : r.oneIn(20) ? -1 : at)
}
