import type { UserPtr } from '../kernel/types.ts'
import { buf_out, flags, ints_out, oneOf, ptr, toInt, type ArgType } from './args.ts'
import { filled } from './show_process.ts'
import { readBy } from './show_rlimit.ts'

/** Arguments of the calls about the machine, its clock and its log, as strace shows them. */

export const syslog_action = oneOf('SYSLOG_ACTION_', {
  ...Object.fromEntries(
    'CLOSE OPEN READ READ_ALL READ_CLEAR CLEAR CONSOLE_OFF CONSOLE_ON CONSOLE_LEVEL SIZE_UNREAD SIZE_BUFFER'
      .split(' ')
      .map((name, i) => [i, `SYSLOG_ACTION_${name}`]),
  ),
})

const READS = [2, 3, 4]

/** The text of actions that read; of others an address that they do not look at. */
export const syslog_buf: ArgType<UserPtr> = {
  ...buf_out,
  show: (word, t, ret, args) => (READS.includes(toInt(args[0])) ? buf_out : ptr).show(word, t, ret, args),
}

const KINDS: Readonly<Record<number, string>> = { 0: 'PER_LINUX', 8: 'PER_LINUX32' }
const PERSONALITY = flags([
  [0x0020000, 'UNAME26'],
  [0x0040000, 'ADDR_NO_RANDOMIZE'],
  [0x0080000, 'FDPIC_FUNCPTRS'],
  [0x0100000, 'MMAP_PAGE_ZERO'],
  [0x0200000, 'ADDR_COMPAT_LAYOUT'],
  [0x0400000, 'READ_IMPLIES_EXEC'],
  [0x0800000, 'ADDR_LIMIT_32BIT'],
  [0x1000000, 'SHORT_INODE'],
  [0x2000000, 'WHOLE_SECONDS'],
  [0x4000000, 'STICKY_TIMEOUTS'],
  [0x8000000, 'ADDR_LIMIT_3GB'],
])

/** `PER_LINUX|ADDR_NO_RANDOMIZE` */
export const persona: ArgType<number> = {
  convert: (word) => toInt(word) >>> 0,
  show(word, t, ret, args) {
    const value = toInt(word)
    if (value === -1) return '0xffffffff'
    const kind = KINDS[value & 0xff] ?? `0x${(value & 0xff).toString(16)} /* PER_??? */`
    return (value & ~0xff) === 0 ? kind : `${kind}|${PERSONALITY.show(value & ~0xff, t, ret, args)}`
  },
}

const timeval = (dv: DataView): string => `{tv_sec=${dv.getBigInt64(0, true)}, tv_usec=${dv.getBigInt64(8, true)}}`
const timezone = (dv: DataView): string =>
  `{tz_minuteswest=${dv.getInt32(0, true)}, tz_dsttime=${dv.getInt32(4, true)}}`

export const timeval_out = filled(16, timeval)
export const timeval_in = readBy(16, timeval)
export const timezone_out = filled(8, timezone)
export const timezone_in = readBy(8, timezone)
export const int_out = ints_out(1, (ret) => ret >= 0)

export const sysinfo_out = filled(112, (dv) => {
  const long = (i: number): bigint => dv.getBigUint64(8 * i, true)
  const memory = ['totalram', 'freeram', 'sharedram', 'bufferram', 'totalswap', 'freeswap']
  const shown = memory.map((name, i) => `${name}=${long(4 + i)}`).join(', ')
  const rest = `procs=${dv.getUint16(80, true)}, totalhigh=${long(11)}, freehigh=${long(12)}, mem_unit=${dv.getUint32(104, true)}`
  return `{uptime=${long(0)}, loads=[${long(1)}, ${long(2)}, ${long(3)}], ${shown}, ${rest}}`
})
