import type { MaySleep, UserPtr } from '../kernel/types.ts'
import type { mm_struct } from '../kernel/mm/mm.ts'
import { ENOSYS } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { FUTEX_BITSET_MATCH_ANY, futex_wait, futex_wake } from '../kernel/task/futex.ts'
import { NSEC_PER_SEC } from '../kernel/time.ts'
import { timespec_from_user } from './time.ts'

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
    case FUTEX_WAIT:
      return wait(uaddr, val, utime, current.kernel.clock.now, FUTEX_BITSET_MATCH_ANY)
    case FUTEX_WAIT_BITSET:
      // The time is absolute here, on one clock or the other.
      return wait(uaddr, val, utime, realtime ? -current.kernel.clock.boot * NSEC_PER_SEC : 0, val3)
    default:
      return -ENOSYS
  }
}

/** Wait until the time at `utime`, which counts from `start`, or for ever where there is none. */
function wait(uaddr: UserPtr, val: number, utime: UserPtr, start: number, bitset: number): MaySleep<number> {
  if (utime === 0) return futex_wait(uaddr, val, null, bitset)
  const nsec = timespec_from_user(utime)
  return nsec < 0 ? nsec : futex_wait(uaddr, val, start + nsec, bitset)
}
