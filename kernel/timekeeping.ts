import { EINVAL, EPERM } from './errno.ts'
import { current } from './sched/current.ts'
import { CAP_SYS_TIME, capable } from './task/cred.ts'
import { NSEC_PER_SEC } from './time.ts'

/** Setting the wall clock: kernel/time/time.c, kernel/time/timekeeping.c. */

/** A struct timezone, which the kernel keeps and does nothing with. */
export interface timezone {
  readonly tz_minuteswest: number
  readonly tz_dsttime: number
}

/** What is later is too near to the end of time: TIME_SETTOD_SEC_MAX, 30 years before it. */
const SETTOD_SEC_MAX = 9_223_372_036 - 30 * 365 * 24 * 3600

/**
 * Set the wall clock, the time zone, or both. 0; -EINVAL for what is no time, or earlier than the machine has been up,
 * or no time zone; -EPERM. The first time zone that is set without a time tells how far off the clock is that is
 * kept in local time.
 */
export function do_sys_settimeofday(
  tv: { readonly sec: number; readonly nsec: number } | null,
  tz: timezone | null,
): number {
  const { kernel, cred } = current
  if (tv !== null && !is_settable(tv)) return -EINVAL
  if (!capable(cred, CAP_SYS_TIME)) return -EPERM
  if (tz !== null) {
    if (Math.abs(tz.tz_minuteswest) > 15 * 60) return -EINVAL
    const first = kernel.sys_tz === null
    kernel.sys_tz = tz
    if (first && tv === null) {
      const { sec, nsec } = kernel.clock.realtime
      kernel.clock.setRealtime(sec + tz.tz_minuteswest * 60, nsec)
    }
  }
  if (tv === null) return 0
  if (tv.sec * NSEC_PER_SEC + tv.nsec < kernel.clock.now) return -EINVAL
  kernel.clock.setRealtime(tv.sec, tv.nsec)
  return 0
}

/** include/linux/time64.h:timespec64_valid_settod() */
function is_settable({ sec, nsec }: { readonly sec: number; readonly nsec: number }): boolean {
  return sec >= 0 && nsec >= 0 && nsec < NSEC_PER_SEC && sec < SETTOD_SEC_MAX
}
