import type { UserPtr } from '../kernel/types.ts'
import { EFAULT, EINVAL } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_from_user, copy_to_user } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import { TICK_NSEC, do_gettimeofday } from '../kernel/time.ts'
import { do_sys_settimeofday, type timezone } from '../kernel/timekeeping.ts'
import {
  CLOCKS,
  CLOCK_MONOTONIC_RAW,
  CLOCK_PROCESS_CPUTIME_ID,
  CLOCK_REALTIME,
  CLOCK_THREAD_CPUTIME_ID,
  NOT_TO_SLEEP_BY,
  pair_to_user,
} from './time.ts'

/** gettimeofday(2) */
export function sys_gettimeofday(tv: UserPtr, tz: UserPtr): number {
  const { kernel } = current
  const { tv_sec, tv_usec } = do_gettimeofday(kernel.clock)
  if (tv !== 0 && pair_to_user(tv, tv_sec, tv_usec) < 0) return -EFAULT
  if (tz === 0) return 0
  const zone = allocMem(8)
  zone.dv.setInt32(0, kernel.sys_tz?.tz_minuteswest ?? 0, true)
  zone.dv.setInt32(4, kernel.sys_tz?.tz_dsttime ?? 0, true)
  return copy_to_user(tz, zone, 0, 8) > 0 ? -EFAULT : 0
}

/** settimeofday(2) */
export function sys_settimeofday(tv: UserPtr, tz: UserPtr): number {
  const time = tv === 0 ? null : pair_from_user(tv)
  if (time === null && tv !== 0) return -EFAULT
  if (time !== null && (time[1] < 0 || time[1] > 1_000_000)) return -EINVAL
  const zone = tz === 0 ? null : timezone_from_user(tz)
  if (zone === null && tz !== 0) return -EFAULT
  return do_sys_settimeofday(time === null ? null : { sec: time[0], nsec: time[1] * 1000 }, zone)
}

/** clock_settime(2): of the clocks, that on the wall alone can be set. */
export function sys_clock_settime(which: number, tp: UserPtr): number {
  if (which !== CLOCK_REALTIME) return -EINVAL
  const time = pair_from_user(tp)
  return time === null ? -EFAULT : do_sys_settimeofday({ sec: time[0], nsec: time[1] }, null)
}

/** clock_getres(2). NON-SEED: what tasks use is told in ticks, and its clocks say so. */
export function sys_clock_getres(which: number, tp: UserPtr): number {
  const cpu = which === CLOCK_PROCESS_CPUTIME_ID || which === CLOCK_THREAD_CPUTIME_ID
  const coarse = NOT_TO_SLEEP_BY.includes(which) && which !== CLOCK_MONOTONIC_RAW
  if (!cpu && !CLOCKS.includes(which) && !NOT_TO_SLEEP_BY.includes(which)) return -EINVAL
  return tp === 0 ? 0 : pair_to_user(tp, 0, cpu || coarse ? TICK_NSEC : 1)
}

/** Two longs: a timespec or a timeval. Null where they are not there. */
function pair_from_user(from: UserPtr): [number, number] | null {
  const pair = allocMem(16)
  if (copy_from_user(pair, 0, from, 16) > 0) return null
  return [Number(pair.dv.getBigInt64(0, true)), Number(pair.dv.getBigInt64(8, true))]
}

function timezone_from_user(from: UserPtr): timezone | null {
  const zone = allocMem(8)
  if (copy_from_user(zone, 0, from, 8) > 0) return null
  return { tz_minuteswest: zone.dv.getInt32(0, true), tz_dsttime: zone.dv.getInt32(4, true) }
}
