import type { MaySleep, UserPtr } from '../kernel/types.ts'
import { ENOSYS } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { FUTEX_BITSET_MATCH_ANY, futex_wait, futex_wake } from '../kernel/task/futex.ts'
import { futex_requeue, futex_wake_op } from '../kernel/task/futex_requeue.ts'
import { NSEC_PER_SEC } from '../kernel/time.ts'
import { timespec_from_user } from './time.ts'

export const FUTEX_WAIT = 0
export const FUTEX_WAKE = 1
export const FUTEX_REQUEUE = 3
export const FUTEX_CMP_REQUEUE = 4
export const FUTEX_WAKE_OP = 5
export const FUTEX_WAIT_BITSET = 9
export const FUTEX_WAKE_BITSET = 10
export const FUTEX_PRIVATE_FLAG = 128
export const FUTEX_CLOCK_REALTIME = 256

/** futex(2): waiting, waking and requeueing; what needs priority inheritance is -ENOSYS. */
export function sys_futex(
  uaddr: UserPtr,
  op: number,
  val: number,
  utime: UserPtr,
  uaddr2: UserPtr,
  val3: number,
): MaySleep<number> {
  const cmd = op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)
  const shared = (op & FUTEX_PRIVATE_FLAG) === 0
  const sleeps = cmd === FUTEX_WAIT || cmd === FUTEX_WAIT_BITSET
  const nsec = sleeps && utime !== 0 ? timespec_from_user(utime) : null
  if (nsec !== null && nsec < 0) return nsec
  if ((op & FUTEX_CLOCK_REALTIME) !== 0 && cmd !== FUTEX_WAIT_BITSET) return -ENOSYS
  if (!sleeps) return at_once(cmd, uaddr, shared, val, utime | 0, uaddr2, val3)
  const expires = nsec === null ? null : nsec + start(op)
  const bitset = cmd === FUTEX_WAIT ? FUTEX_BITSET_MATCH_ANY : val3
  return futex_wait(uaddr, shared, val, expires, bitset, (op & FUTEX_CLOCK_REALTIME) !== 0)
}

/** What a time is counted from, in nanoseconds since boot: now, or where it is absolute a clock's zero. */
function start(op: number): number {
  const { clock } = current.kernel
  if ((op & FUTEX_CLOCK_REALTIME) !== 0) return -clock.boot * NSEC_PER_SEC
  return (op & FUTEX_WAIT_BITSET) !== 0 ? 0 : clock.now
}

/** The operations that never sleep: what others have a time for is a number here. */
function at_once(
  cmd: number,
  uaddr: UserPtr,
  shared: boolean,
  val: number,
  val2: number,
  uaddr2: UserPtr,
  val3: number,
): number {
  switch (cmd) {
    case FUTEX_WAKE:
      return futex_wake(uaddr, shared, val, FUTEX_BITSET_MATCH_ANY)
    case FUTEX_WAKE_BITSET:
      return futex_wake(uaddr, shared, val, val3)
    case FUTEX_REQUEUE:
      return futex_requeue(uaddr, shared, uaddr2, val, val2, null)
    case FUTEX_CMP_REQUEUE:
      return futex_requeue(uaddr, shared, uaddr2, val, val2, val3)
    case FUTEX_WAKE_OP:
      return futex_wake_op(uaddr, shared, uaddr2, val, val2, val3)
    default:
      return -ENOSYS
  }
}
