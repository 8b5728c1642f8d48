import type { UserPtr, Word } from '../kernel/types.ts'
import type { task_struct } from '../kernel/task/task.ts'
import { FS_APPEND_FL, FS_IMMUTABLE_FL, FS_NOATIME_FL, FS_NODUMP_FL } from '../kernel/fs/inode.ts'
import * as ioctls from '../kernel/tty/ioctls.ts'
import { TERMIOS_SIZE, termios_of } from '../kernel/tty/termios.ts'
import { flags, peek, ptr, showBits, toInt, toLong, type ArgType } from './args.ts'

/** ioctl(2)'s request and what it points to, as strace shows them. */

const NAMES = new Map<number, string>(
  Object.entries(ioctls)
    .filter(([, value]) => value > 0xff)
    .map(([name, value]) => [value, name]),
)

/** A number that nobody knows is taken apart, as _IOC() made it. */
export const ioctl_cmd: ArgType<number> = {
  convert: (word) => toInt(word) >>> 0,
  show(word) {
    const cmd = toInt(word) >>> 0
    const name = NAMES.get(cmd)
    if (name !== undefined) return name
    const dir = ['_IOC_NONE', '_IOC_WRITE', '_IOC_READ', '_IOC_READ|_IOC_WRITE'][cmd >>> 30]
    const [type, nr, size] = [(cmd >> 8) & 0xff, cmd & 0xff, (cmd >> 16) & 0x3fff].map(hex)
    return `_IOC(${dir}, ${type}, ${nr}, ${size})`
  },
}

const iflags = flags([
  [0o1, 'IGNBRK'],
  [0o2, 'BRKINT'],
  [0o4, 'IGNPAR'],
  [0o10, 'PARMRK'],
  [0o20, 'INPCK'],
  [0o40, 'ISTRIP'],
  [0o100, 'INLCR'],
  [0o200, 'IGNCR'],
  [0o400, 'ICRNL'],
  [0o1000, 'IUCLC'],
  [0o2000, 'IXON'],
  [0o4000, 'IXANY'],
  [0o10000, 'IXOFF'],
  [0o20000, 'IMAXBEL'],
  [0o40000, 'IUTF8'],
])
/** Delays first, of which each has a name for none. */
const odelays = [
  [0o400, 'NL0', 'NL1'],
  [0o3000, 'CR0', 'CR1', 'CR2', 'CR3'],
  [0o14000, 'TAB0', 'TAB1', 'TAB2', 'TAB3'],
  [0o20000, 'BS0', 'BS1'],
  [0o40000, 'VT0', 'VT1'],
  [0o100000, 'FF0', 'FF1'],
] as const
const oflags = flags([
  [0o1, 'OPOST'],
  [0o2, 'OLCUC'],
  [0o4, 'ONLCR'],
  [0o10, 'OCRNL'],
  [0o20, 'ONOCR'],
  [0o40, 'ONLRET'],
  [0o100, 'OFILL'],
  [0o200, 'OFDEL'],
])
const BAUDS = ['B0', 'B50', 'B75', 'B110', 'B134', 'B150', 'B200', 'B300', 'B600', 'B1200', 'B1800', 'B2400']
const baud = (n: number): string => [...BAUDS, 'B4800', 'B9600', 'B19200', 'B38400'][n] ?? `0x${n.toString(16)}`
const cflags = flags([
  [0o100, 'CSTOPB'],
  [0o200, 'CREAD'],
  [0o400, 'PARENB'],
  [0o1000, 'PARODD'],
  [0o2000, 'HUPCL'],
  [0o4000, 'CLOCAL'],
])
const lflags = flags([
  [0o1, 'ISIG'],
  [0o2, 'ICANON'],
  [0o4, 'XCASE'],
  [0o10, 'ECHO'],
  [0o20, 'ECHOE'],
  [0o40, 'ECHOK'],
  [0o100, 'ECHONL'],
  [0o200, 'NOFLSH'],
  [0o400, 'TOSTOP'],
  [0o100000, 'IEXTEN'],
  [0o1000, 'ECHOCTL'],
  [0o2000, 'ECHOPRT'],
  [0o4000, 'ECHOKE'],
  [0o10000, 'FLUSHO'],
  [0o40000, 'PENDIN'],
  [0o200000, 'EXTPROC'],
])

type Shown = (bytes: Uint8Array) => string

function termios(bytes: Uint8Array): string {
  const t = termios_of(bytes)
  const name = (type: ArgType<number>, word: number): string => type.show(word, NO_TASK, 0, []) as string
  const delays = odelays.map(([mask, ...names]) => names[(t.c_oflag & mask) / (mask & -mask)])
  const rest = t.c_oflag & 0o377
  const c_oflag = [...delays, ...(rest === 0 ? [] : [name(oflags, rest)])].join('|')
  const size = ['CS5', 'CS6', 'CS7', 'CS8'][(t.c_cflag & 0o60) >> 4]
  const others = t.c_cflag & ~0o77
  const c_cflag = [baud(t.c_cflag & 0o17), size, ...(others === 0 ? [] : [name(cflags, others)])].join('|')
  return `{c_iflag=${name(iflags, t.c_iflag)}, c_oflag=${c_oflag}, c_cflag=${c_cflag}, c_lflag=${name(lflags, t.c_lflag)}, ...}`
}
// What shows flags asks no task.
const NO_TASK = null as unknown as task_struct

function winsize(bytes: Uint8Array): string {
  const dv = new DataView(bytes.buffer, bytes.byteOffset)
  const names = ['ws_row', 'ws_col', 'ws_xpixel', 'ws_ypixel']
  return `{${names.map((name, i) => `${name}=${dv.getUint16(2 * i, true)}`).join(', ')}}`
}

const integer: Shown = (bytes) => `[${new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true)}]`
const fsflags: Shown = (bytes) => {
  const value = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true)
  return `[${showBits(FS_FLAGS, value)}]`
}
const FS_FLAGS = [
  [FS_IMMUTABLE_FL, 'FS_IMMUTABLE_FL'],
  [FS_APPEND_FL, 'FS_APPEND_FL'],
  [FS_NODUMP_FL, 'FS_NODUMP_FL'],
  [FS_NOATIME_FL, 'FS_NOATIME_FL'],
] as const
const byte: Shown = ([c]) => `[${hex(c)}]`

interface Pointee {
  readonly size: number
  readonly show: Shown
  /** The kernel fills it. */
  readonly out: boolean
}

const pointee = (size: number, show: Shown, out: boolean): Pointee => ({ size, show, out })
const POINTEES: Readonly<Record<number, Pointee>> = {
  [ioctls.TCGETS]: pointee(TERMIOS_SIZE, termios, true),
  [ioctls.TCSETS]: pointee(TERMIOS_SIZE, termios, false),
  [ioctls.TCSETSW]: pointee(TERMIOS_SIZE, termios, false),
  [ioctls.TCSETSF]: pointee(TERMIOS_SIZE, termios, false),
  [ioctls.TIOCGWINSZ]: pointee(8, winsize, true),
  [ioctls.TIOCSWINSZ]: pointee(8, winsize, false),
  [ioctls.TIOCGPGRP]: pointee(4, integer, true),
  [ioctls.TIOCGSID]: pointee(4, integer, true),
  [ioctls.TIOCGETD]: pointee(4, integer, true),
  [ioctls.TIOCOUTQ]: pointee(4, integer, true),
  [ioctls.FIONREAD]: pointee(4, integer, true),
  [ioctls.TIOCSPGRP]: pointee(4, integer, false),
  [ioctls.FIONBIO]: pointee(4, integer, false),
  [ioctls.FIOASYNC]: pointee(4, integer, false),
  [ioctls.FS_IOC_GETFLAGS]: pointee(4, fsflags, true),
  [ioctls.FS_IOC_SETFLAGS]: pointee(4, fsflags, false),
  [ioctls.TIOCSTI]: pointee(1, byte, false),
}

const NUMBERS: Readonly<Record<number, readonly string[]>> = {
  [ioctls.TCFLSH]: ['TCIFLUSH', 'TCOFLUSH', 'TCIOFLUSH'],
  [ioctls.TCXONC]: ['TCOOFF', 'TCOON', 'TCIOFF', 'TCION'],
}
const WITHOUT = [ioctls.TIOCNOTTY, ioctls.FIOCLEX, ioctls.FIONCLEX]

export const ioctl_arg: ArgType<UserPtr> = {
  ...ptr,
  out: true,
  show(word, t, ret, args) {
    const cmd = toInt(args[1]) >>> 0
    if (WITHOUT.includes(cmd)) return null
    if (cmd === ioctls.TIOCSCTTY || cmd === ioctls.TCSBRK) return String(toInt(word))
    if (cmd in NUMBERS) return NUMBERS[cmd][toLong(word)] ?? hex(word)
    const p = cmd in POINTEES ? POINTEES[cmd] : null
    const known = p !== null && (!p.out || (ret !== null && ret >= 0))
    const bytes = known ? peek(t, toLong(word), p.size) : null
    if (bytes !== null && p !== null && bytes.length === p.size) return p.show(bytes)
    return p === null ? hex(word) : ptr.show(word, t, ret, args)
  },
}

function hex(word: Word): string {
  return word === 0 ? '0' : `0x${BigInt.asUintN(64, BigInt(word)).toString(16)}`
}
