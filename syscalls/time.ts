import type { MaySleep, Sleeps, UserPtr } from '../kernel/types.ts'
import { EFAULT, EINVAL, EOPNOTSUPP, ERESTARTNOHAND, ERESTART_RESTARTBLOCK } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_from_user, copy_to_user } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import { sleep_interruptible, wait_event_interruptible, wait_queue_head } from '../kernel/sched/wait.ts'
import {
  ITIMER_PROF,
  ITIMER_REAL,
  get_cpu_itimer,
  itimer_left,
  set_cpu_itimer,
  set_itimer,
  type CpuTimer,
} from '../kernel/task/itimer.ts'
import { RUSAGE_SELF, k_getrusage } from '../kernel/task/rusage.ts'
import { KTIME_MAX, NSEC_PER_SEC, TICK_NSEC } from '../kernel/time.ts'

export const CLOCK_REALTIME = 0
const CLOCK_MONOTONIC = 1
export const CLOCK_PROCESS_CPUTIME_ID = 2
export const CLOCK_THREAD_CPUTIME_ID = 3
export const CLOCK_MONOTONIC_RAW = 4
const CLOCK_REALTIME_COARSE = 5
const CLOCK_MONOTONIC_COARSE = 6
const CLOCK_BOOTTIME = 7
/** All run alike: time passes for nobody but by the machine's one clock. */
export const CLOCKS = [CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME]
export const NOT_TO_SLEEP_BY = [CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE]
const TIMER_ABSTIME = 1
const NSEC_PER_USEC = 1000

/** nanosleep(2) */
export function sys_nanosleep(rqtp: UserPtr, rmtp: UserPtr): MaySleep<number> {
  const nsec = timespec_from_user(rqtp)
  if (nsec < 0) return nsec
  return sleep_until(later(nsec), rmtp)
}

/** clock_nanosleep(2) */
export function sys_clock_nanosleep(clockid: number, flags: number, rqtp: UserPtr, rmtp: UserPtr): MaySleep<number> {
  if (NOT_TO_SLEEP_BY.includes(clockid)) return -EOPNOTSUPP
  if (!CLOCKS.includes(clockid)) return -EINVAL
  const { clock } = current.kernel
  const nsec = timespec_from_user(rqtp)
  if (nsec < 0) return nsec
  if ((flags & TIMER_ABSTIME) === 0) return sleep_until(later(nsec), rmtp)
  const real = clockid === CLOCK_REALTIME
  return sleep_until_instant(nsec - (real ? clock.boot * NSEC_PER_SEC : 0), real)
}

/** clock_gettime(2) */
export function sys_clock_gettime(clockid: number, tp: UserPtr): number {
  if (clockid === CLOCK_PROCESS_CPUTIME_ID) return cpu_time_to_user(tp, k_getrusage(current, RUSAGE_SELF))
  if (clockid === CLOCK_THREAD_CPUTIME_ID) return cpu_time_to_user(tp, current)
  if (!CLOCKS.includes(clockid) && !NOT_TO_SLEEP_BY.includes(clockid)) return -EINVAL
  const { clock } = current.kernel
  if (clockid === CLOCK_REALTIME || clockid === CLOCK_REALTIME_COARSE) {
    const { sec, nsec } = clock.realtime
    return pair_to_user(tp, sec, nsec)
  }
  return pair_to_user(tp, Math.floor(clock.now / NSEC_PER_SEC), clock.now % NSEC_PER_SEC)
}

function cpu_time_to_user(tp: UserPtr, { utime, stime }: { utime: number; stime: number }): number {
  const nsec = (utime + stime) * TICK_NSEC
  return pair_to_user(tp, Math.floor(nsec / NSEC_PER_SEC), nsec % NSEC_PER_SEC)
}

function is_itimer(which: number): which is typeof ITIMER_REAL | CpuTimer {
  return which >= ITIMER_REAL && which <= ITIMER_PROF
}

/** getitimer(2) */
export function sys_getitimer(which: number, value: UserPtr): number {
  if (!is_itimer(which)) return -EINVAL
  const { left, interval } = which === ITIMER_REAL ? itimer_left(current) : get_cpu_itimer(current, which)
  return itimerval_to_user(value, left, interval)
}

/** setitimer(2) */
export function sys_setitimer(which: number, value: UserPtr, ovalue: UserPtr): number {
  let interval = 0
  let first = 0
  if (value !== 0) {
    interval = timeval_from_user(value)
    first = timeval_from_user((value + 16) as UserPtr)
    if (interval === -EFAULT || first === -EFAULT) return -EFAULT
    if (interval < 0 || first < 0) return -EINVAL
  }
  if (!is_itimer(which)) return -EINVAL
  const old = which === ITIMER_REAL ? itimer_left(current) : get_cpu_itimer(current, which)
  if (which === ITIMER_REAL) set_itimer(current, first, interval)
  else set_cpu_itimer(current, which, first, interval)
  return ovalue === 0 ? 0 : itimerval_to_user(ovalue, old.left, old.interval)
}

/** In `nsec` nanoseconds, if that ever comes. kernel/time/hrtimer.c:ktime_add_safe(). */
function later(nsec: number): number {
  return Math.min(KTIME_MAX, current.kernel.clock.now + nsec)
}

/**
 * Sleep until `expires`. A signal leaves what is missing at `rmtp`, and word how to go on: without a handler
 * restart_syscall(2) sleeps for the rest, not from the start. kernel/hrtimer.c:hrtimer_nanosleep().
 */
function* sleep_until(expires: number, rmtp: UserPtr): Sleeps<number> {
  const { clock } = current.kernel
  const ret = yield* sleep_interruptible(expires - clock.now)
  if (ret === 0) return 0
  if (rmtp !== 0) {
    const rest = Math.max(0, expires - clock.now)
    if (pair_to_user(rmtp, Math.floor(rest / NSEC_PER_SEC), rest % NSEC_PER_SEC) < 0) return -EFAULT
  }
  current.restart_block = () => sleep_until(expires, rmtp)
  return -ERESTART_RESTARTBLOCK
}

/** With an absolute time there is nothing to remember: the call is simply made again. */
function* sleep_until_instant(expires: number, real: boolean): Sleeps<number> {
  const { clock } = current.kernel
  const wq = new wait_queue_head('time to pass')
  const disarm = clock.arm(expires, () => wq.wake_up(), real)
  try {
    const ret = yield* wait_event_interruptible(wq, () => (real ? clock.real : clock.now) >= expires)
    return ret === 0 ? 0 : -ERESTARTNOHAND
  } finally {
    disarm()
  }
}

/** A struct timespec in nanoseconds, or -EFAULT, -EINVAL. */
export function timespec_from_user(from: UserPtr): number {
  const ts = allocMem(16)
  if (copy_from_user(ts, 0, from, 16) > 0) return -EFAULT
  const sec = Number(ts.dv.getBigInt64(0, true))
  const nsec = Number(ts.dv.getBigInt64(8, true))
  return sec < 0 || nsec < 0 || nsec >= NSEC_PER_SEC ? -EINVAL : Math.min(KTIME_MAX, sec * NSEC_PER_SEC + nsec)
}

/** A struct timeval in nanoseconds, or -EFAULT, -EINVAL. */
function timeval_from_user(from: UserPtr): number {
  const tv = allocMem(16)
  if (copy_from_user(tv, 0, from, 16) > 0) return -EFAULT
  const sec = Number(tv.dv.getBigInt64(0, true))
  const usec = Number(tv.dv.getBigInt64(8, true))
  return sec < 0 || usec < 0 || usec >= 1_000_000 ? -EINVAL : sec * NSEC_PER_SEC + usec * NSEC_PER_USEC
}

function itimerval_to_user(to: UserPtr, left: number, interval: number): number {
  const usec = (nsec: number): number => Math.floor((nsec % NSEC_PER_SEC) / NSEC_PER_USEC)
  const err = pair_to_user(to, Math.floor(interval / NSEC_PER_SEC), usec(interval))
  return err < 0 ? err : pair_to_user((to + 16) as UserPtr, Math.floor(left / NSEC_PER_SEC), usec(left))
}

/** Two longs: a timespec or a timeval. */
export function pair_to_user(to: UserPtr, a: number, b: number): number {
  const pair = allocMem(16)
  pair.dv.setBigInt64(0, BigInt(a), true)
  pair.dv.setBigInt64(8, BigInt(b), true)
  return copy_to_user(to, pair, 0, 16) > 0 ? -EFAULT : 0
}
