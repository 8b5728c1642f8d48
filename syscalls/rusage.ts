import type { UserPtr } from '../kernel/types.ts'
import { EFAULT, EINVAL } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_to_user } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import {
  RUSAGE_CHILDREN,
  RUSAGE_SELF,
  RUSAGE_THREAD,
  jiffies_to_clock_t,
  k_getrusage,
  nsec_to_clock_t,
} from '../kernel/task/rusage.ts'
import { rusage_to_user } from './wait.ts'

/** getrusage(2) */
export function sys_getrusage(who: number, ru: UserPtr): number {
  if (who !== RUSAGE_SELF && who !== RUSAGE_CHILDREN && who !== RUSAGE_THREAD) return -EINVAL
  return rusage_to_user(ru, k_getrusage(current, who))
}

/** times(2): what the process and the children that it waited for have used, and the time since boot. */
export function sys_times(tbuf: UserPtr): number {
  if (tbuf !== 0) {
    const own = k_getrusage(current, RUSAGE_SELF)
    const children = k_getrusage(current, RUSAGE_CHILDREN)
    const tms = allocMem(32)
    const ticks = [own.utime, own.stime, children.utime, children.stime]
    ticks.forEach((n, i) => tms.dv.setBigInt64(8 * i, BigInt(jiffies_to_clock_t(n)), true))
    if (copy_to_user(tbuf, tms, 0, 32) > 0) return -EFAULT
  }
  return nsec_to_clock_t(current.kernel.clock.now)
}
