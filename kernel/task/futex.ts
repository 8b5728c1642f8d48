import type { MaySleep, Sleeps, UserPtr } from '../types.ts'
import type { mm_struct } from '../mm/mm.ts'
import { EAGAIN, EFAULT, EINVAL, ERESTARTSYS, ERESTART_RESTARTBLOCK, ETIMEDOUT } from '../errno.ts'
import { allocMem } from '../mm/mem.ts'
import { copy_from_user } from '../mm/uaccess.ts'
import { current } from '../sched/current.ts'
import { wait_event_interruptible, wait_queue_head } from '../sched/wait.ts'

/** Waiting for a word of user memory to change: kernel/futex.c. */

/** One sleeper. */
interface futex_q {
  readonly wq: wait_queue_head
  readonly bitset: number
  woken: boolean
}

/** Who waits where. An address belongs to an address space: there is no memory shared between two. */
const queues = new WeakMap<mm_struct, Map<number, futex_q[]>>()

export const FUTEX_BITSET_MATCH_ANY = -1

/**
 * Sleep until somebody wakes waiters at `uaddr`, if the word there still is `val`. 0; -EAGAIN where it is
 * not, -ETIMEDOUT at `expires` (nanoseconds since boot), -EFAULT, -EINVAL. Interrupted, it is made again, or
 * goes on until the same instant where there is one.
 */
export function futex_wait(uaddr: UserPtr, val: number, expires: number | null, bitset: number): MaySleep<number> {
  if (bitset === 0 || (uaddr & 3) !== 0) return -EINVAL
  const word = allocMem(4)
  if (copy_from_user(word, 0, uaddr, 4) > 0) return -EFAULT
  if (word.dv.getInt32(0, true) !== val) return -EAGAIN
  return wait(uaddr, val, expires, bitset)
}

function* wait(uaddr: UserPtr, val: number, expires: number | null, bitset: number): Sleeps<number> {
  const { clock } = current.kernel
  const waiters = waitersAt(current.mm as mm_struct, uaddr)
  const q: futex_q = { wq: new wait_queue_head(`futex 0x${uaddr.toString(16)}`), bitset, woken: false }
  const late = (): boolean => expires !== null && clock.now >= expires
  waiters.push(q)
  const disarm = expires === null ? null : clock.arm(expires, () => q.wq.wake_up())
  try {
    const err = yield* wait_event_interruptible(q.wq, () => q.woken || late())
    if (q.woken) return 0
    if (late()) return -ETIMEDOUT
    if (err === 0 || expires === null) return -ERESTARTSYS
    current.restart_block = () => futex_wait(uaddr, val, expires, bitset)
    return -ERESTART_RESTARTBLOCK
  } finally {
    disarm?.()
    const i = waiters.indexOf(q)
    if (i >= 0) waiters.splice(i, 1)
  }
}

/** Wake up to `n` waiters at `uaddr` of `mm`, the first ones first. Returns how many. */
export function futex_wake(mm: mm_struct, uaddr: UserPtr, n: number, bitset: number): number {
  if (bitset === 0 || (uaddr & 3) !== 0) return -EINVAL
  const waiters = queues.get(mm)?.get(uaddr) ?? []
  let woken = 0
  for (const q of waiters.filter((q) => (q.bitset & bitset) !== 0).slice(0, Math.max(n, 1))) {
    waiters.splice(waiters.indexOf(q), 1)
    q.woken = true
    q.wq.wake_up()
    woken++
  }
  return woken
}

function waitersAt(mm: mm_struct, uaddr: number): futex_q[] {
  let byAddress = queues.get(mm)
  if (byAddress === undefined) queues.set(mm, (byAddress = new Map<number, futex_q[]>()))
  let waiters = byAddress.get(uaddr)
  if (waiters === undefined) byAddress.set(uaddr, (waiters = []))
  return waiters
}
