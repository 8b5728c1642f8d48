import type { MaySleep, UserPtr } from '../kernel/types.ts'
import type { mm_struct } from '../kernel/mm/mm.ts'
import { EFAULT, EINVAL, ENOSYS } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_from_user } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import { FUTEX_BITSET_MATCH_ANY, futex_wait, futex_wake } from '../kernel/task/futex.ts'
import { NSEC_PER_SEC } from '../kernel/time.ts'

const FUTEX_WAIT = 0
const FUTEX_WAKE = 1
const FUTEX_WAIT_BITSET = 9
const FUTEX_WAKE_BITSET = 10
const FUTEX_PRIVATE_FLAG = 128
const FUTEX_CLOCK_REALTIME = 256

/** futex(2): WAIT and WAKE, with bit sets or without; the rest is -ENOSYS. */
export function sys_futex(
  uaddr: UserPtr,
  op: number,
  val: number,
  utime: UserPtr,
  _uaddr2: UserPtr,
  val3: number,
): MaySleep<number> {
  const realtime = (op & FUTEX_CLOCK_REALTIME) !== 0
  switch (op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)) {
    case FUTEX_WAKE:
      return futex_wake(current.mm as mm_struct, uaddr, val, FUTEX_BITSET_MATCH_ANY)
    case FUTEX_WAKE_BITSET:
      return futex_wake(current.mm as mm_struct, uaddr, val, val3)
    case FUTEX_WAIT: {
      const expires = expiry(utime, current.kernel.clock.now)
      return typeof expires === 'string' ? errors[expires] : futex_wait(uaddr, val, expires, FUTEX_BITSET_MATCH_ANY)
    }
    case FUTEX_WAIT_BITSET: {
      // The time is absolute here, on one clock or the other.
      const expires = expiry(utime, realtime ? -current.kernel.clock.boot * NSEC_PER_SEC : 0)
      return typeof expires === 'string' ? errors[expires] : futex_wait(uaddr, val, expires, val3)
    }
    default:
      return -ENOSYS
  }
}

const errors = { fault: -EFAULT, invalid: -EINVAL }

/** When a wait is to end, in nanoseconds since boot: the timespec at `utime` counted from `start`; null for never. */
function expiry(utime: UserPtr, start: number): number | null | keyof typeof errors {
  if (utime === 0) return null
  const ts = allocMem(16)
  if (copy_from_user(ts, 0, utime, 16) > 0) return 'fault'
  const sec = Number(ts.dv.getBigInt64(0, true))
  const nsec = Number(ts.dv.getBigInt64(8, true))
  return sec < 0 || nsec < 0 || nsec >= NSEC_PER_SEC ? 'invalid' : start + sec * NSEC_PER_SEC + nsec
}
