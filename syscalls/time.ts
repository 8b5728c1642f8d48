import type { MaySleep, Sleeps, UserPtr } from '../kernel/types.ts'
import { EFAULT, EINVAL, ERESTART_RESTARTBLOCK } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_from_user, copy_to_user } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import { sleep_interruptible } from '../kernel/sched/wait.ts'
import { NSEC_PER_SEC } from '../kernel/time.ts'

/** nanosleep(2) */
export function sys_nanosleep(rqtp: UserPtr, rmtp: UserPtr): MaySleep<number> {
  const ts = allocMem(16)
  if (copy_from_user(ts, 0, rqtp, 16) > 0) return -EFAULT
  const sec = Number(ts.dv.getBigInt64(0, true))
  const nsec = Number(ts.dv.getBigInt64(8, true))
  if (sec < 0 || nsec < 0 || nsec >= NSEC_PER_SEC) return -EINVAL
  return sleep_until(current.kernel.clock.now + sec * NSEC_PER_SEC + nsec, rmtp)
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
    const ts = allocMem(16)
    ts.dv.setBigInt64(0, BigInt(Math.floor(rest / NSEC_PER_SEC)), true)
    ts.dv.setBigInt64(8, BigInt(rest % NSEC_PER_SEC), true)
    if (copy_to_user(rmtp, ts, 0, 16) > 0) return -EFAULT
  }
  current.restart_block = () => sleep_until(expires, rmtp)
  return -ERESTART_RESTARTBLOCK
}
