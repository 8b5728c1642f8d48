import { oneOf, peek, ptr, toLong, type ArgType } from './args.ts'
import type { UserPtr } from '../kernel/types.ts'
import { filled } from './show_process.ts'

/** Limits and alternate stacks, as strace shows them. */

const RESOURCES =
  'CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO RTTIME'.split(' ')
export const resource = oneOf('RLIMIT_', Object.fromEntries(RESOURCES.map((name, i) => [i, `RLIMIT_${name}`])))

function limit(value: bigint): string {
  if (value === 2n ** 64n - 1n) return 'RLIM64_INFINITY'
  return value > 0n && value % 1024n === 0n && value > 1024n ? `${value / 1024n}*1024` : String(value)
}

const rlimit = (dv: DataView): string =>
  `{rlim_cur=${limit(dv.getBigUint64(0, true))}, rlim_max=${limit(dv.getBigUint64(8, true))}}`

export const rlimit_out = filled(16, rlimit)
export const rlimit_in = readBy(16, rlimit)

/** What the kernel reads `size` bytes of. */
export function readBy(size: number, show: (dv: DataView) => string): ArgType<UserPtr> {
  return {
    ...ptr,
    show(word, t, ret, args) {
      const bytes = toLong(word) === 0 ? null : peek(t, toLong(word), size)
      return bytes?.length === size ? show(new DataView(bytes.buffer)) : ptr.show(word, t, ret, args)
    },
  }
}

const STACK_FLAGS = ['0', 'SS_ONSTACK', 'SS_DISABLE']

const stack = (dv: DataView): string => {
  const sp = dv.getBigUint64(0, true)
  const flags = dv.getUint32(8, true)
  const mode = STACK_FLAGS[flags & 0x7fffffff] ?? `0x${(flags & 0x7fffffff).toString(16)}`
  const all = flags < 0x80000000 ? mode : mode === '0' ? 'SS_AUTODISARM' : `SS_AUTODISARM|${mode}`
  return `{ss_sp=${sp === 0n ? 'NULL' : `0x${sp.toString(16)}`}, ss_flags=${all}, ss_size=${dv.getBigUint64(16, true)}}`
}

export const stack_in = readBy(24, stack)
export const stack_out = filled(24, stack)

const SI_CODES: Readonly<Record<number, string>> = {
  0: 'SI_USER',
  128: 'SI_KERNEL',
  [-1]: 'SI_QUEUE',
  [-2]: 'SI_TIMER',
  [-3]: 'SI_MESGQ',
  [-4]: 'SI_ASYNCIO',
  [-6]: 'SI_TKILL',
}

/** The siginfo_t of rt_sigqueueinfo(2), of which the code and the sender are shown. */
export const siginfo_in = readBy(128, (dv) => {
  const code = dv.getInt32(8, true)
  return `{si_code=${SI_CODES[code] ?? code}, si_pid=${dv.getInt32(16, true)}, si_uid=${dv.getUint32(20, true)}}`
})
