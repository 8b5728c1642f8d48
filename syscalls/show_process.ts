import type { UserPtr } from '../kernel/types.ts'
import { signalName } from '../kernel/task/signame.ts'
import { flags, oneOf, peek, ptr, toLong, type ArgType } from './args.ts'

/** Arguments of the calls about processes, as strace shows them. */

export const waitid_which = oneOf('P_', { 0: 'P_ALL', 1: 'P_PID', 2: 'P_PGID', 3: 'P_PIDFD' })
export const waitid_options = flags([
  [1, 'WNOHANG'],
  [2, 'WSTOPPED'],
  [4, 'WEXITED'],
  [8, 'WCONTINUED'],
  [0x1000000, 'WNOWAIT'],
  [0x20000000, '__WNOTHREAD'],
  [0x40000000, '__WALL'],
  [0x80000000 | 0, '__WCLONE'],
])
export const rusage_who = oneOf('RUSAGE_', { 0: 'RUSAGE_SELF', [-1]: 'RUSAGE_CHILDREN', 1: 'RUSAGE_THREAD' })

/** What the kernel has filled `size` bytes of, once the call has succeeded. */
export function filled(size: number, show: (dv: DataView) => string, least = 0): ArgType<UserPtr> {
  return {
    ...ptr,
    out: true,
    show(word, t, ret, args) {
      const bytes = ret === null || ret < least || toLong(word) === 0 ? null : peek(t, toLong(word), size)
      return bytes?.length === size ? show(new DataView(bytes.buffer)) : ptr.show(word, t, ret, args)
    },
  }
}

const CLD_CODES = ['', 'CLD_EXITED', 'CLD_KILLED', 'CLD_DUMPED', 'CLD_TRAPPED', 'CLD_STOPPED', 'CLD_CONTINUED']

/** What waitid(2) tells of a child; `{}` for no news. */
export const siginfo_out = filled(28, (dv) => {
  const [signo, code, pid, uid, status] = [0, 8, 16, 20, 24].map((at) => dv.getInt32(at, true))
  if (signo === 0) return '{}'
  const shown = CLD_CODES[code] === 'CLD_EXITED' ? status : signalName(status)
  return `{si_signo=${signalName(signo)}, si_code=${CLD_CODES[code]}, si_pid=${pid}, si_uid=${uid}, si_status=${shown}}`
})

const timeval = (dv: DataView, at: number): string =>
  `{tv_sec=${dv.getBigInt64(at, true)}, tv_usec=${dv.getBigInt64(at + 8, true)}}`

const rusage = (dv: DataView): string => `{ru_utime=${timeval(dv, 0)}, ru_stime=${timeval(dv, 16)}, ...}`

/** A struct rusage, of which strace shows the times. */
export const rusage_out = filled(144, rusage)
/** wait4(2) fills it only where it returns a child. */
export const wait4_rusage = filled(144, rusage, 1)

export const tms_out = filled(32, (dv) => {
  const names = ['tms_utime', 'tms_stime', 'tms_cutime', 'tms_cstime']
  return `{${names.map((name, i) => `${name}=${dv.getBigInt64(8 * i, true)}`).join(', ')}}`
})
