import type { MaySleep, Sleeps, UserPtr } from '../types.ts'
import type { mm_struct } from '../mm/mm.ts'
import { EAGAIN, EFAULT, EINVAL, ERESTARTSYS, ERESTART_RESTARTBLOCK, ETIMEDOUT } from '../errno.ts'
import { access_ok, get_user_int } from '../mm/uaccess.ts'
import { current } from '../sched/current.ts'
import { wait_event_interruptible, wait_queue_head } from '../sched/wait.ts'

/** Waiting for a word of user memory to change: kernel/futex.c. */

/** One sleeper. */
export interface futex_q {
  /** Where it waits; FUTEX_REQUEUE moves it. */
  key: number
  readonly wq: wait_queue_head
  readonly bitset: number
  woken: boolean
}

/** Who waits where. A word belongs to an address space: there is no memory shared between two. */
const queues = new WeakMap<mm_struct, Map<number, futex_q[]>>()

export const FUTEX_BITSET_MATCH_ANY = -1

/** Marks the key of a futex that was not said to be private: who waits at the one is not woken at the other. */
const FUT_OFF_MMSHARED = 2

/** What the waiters at `uaddr` are found by; -EINVAL, -EFAULT. One that is not private has to be in memory. */
export function get_futex_key(uaddr: UserPtr, shared: boolean): number {
  if ((uaddr & 3) !== 0) return -EINVAL
  if (!access_ok(uaddr, 4)) return -EFAULT
  if (!shared) return uaddr
  return get_user_int(uaddr) === null ? -EFAULT : uaddr + FUT_OFF_MMSHARED
}

/**
 * Sleep until somebody wakes waiters at `uaddr`, if the word there still is `val`. 0; -EAGAIN where it is
 * not, -ETIMEDOUT at `expires` (nanoseconds since boot, by the wall clock where it is `real`), -EFAULT, -EINVAL. Interrupted, it is made again, or
 * goes on until the same instant where there is one.
 */
export function futex_wait(
  uaddr: UserPtr,
  shared: boolean,
  val: number,
  expires: number | null,
  bitset: number,
  real = false,
): MaySleep<number> {
  if (bitset === 0) return -EINVAL
  const key = get_futex_key(uaddr, shared)
  if (key < 0) return key
  const word = get_user_int(uaddr)
  if (word === null) return -EFAULT
  return word === val ? wait(uaddr, key, val, expires, bitset, real) : -EAGAIN
}

function* wait(
  uaddr: UserPtr,
  key: number,
  val: number,
  expires: number | null,
  bitset: number,
  real: boolean,
): Sleeps<number> {
  const { clock } = current.kernel
  const mm = current.mm as mm_struct
  const q: futex_q = { key, wq: new wait_queue_head(`futex 0x${uaddr.toString(16)}`), bitset, woken: false }
  const late = (): boolean => expires !== null && (real ? clock.real : clock.now) >= expires
  enqueue(mm, q)
  const disarm = expires === null ? null : clock.arm(expires, () => q.wq.wake_up(), real)
  try {
    const err = yield* wait_event_interruptible(q.wq, () => q.woken || late())
    if (q.woken) return 0
    if (late()) return -ETIMEDOUT
    if (err === 0 || expires === null) return -ERESTARTSYS
    current.restart_block = () => futex_wait(uaddr, key !== uaddr, val, expires, bitset, real)
    return -ERESTART_RESTARTBLOCK
  } finally {
    disarm?.()
    if (!q.woken) unqueue(mm, q)
  }
}

/** Wake up to `n` waiters at `uaddr` of the current task, at least one, the first ones first. Returns how many. */
export function futex_wake(uaddr: UserPtr, shared: boolean, n: number, bitset: number): number {
  if (bitset === 0) return -EINVAL
  const key = get_futex_key(uaddr, shared)
  return key < 0 ? key : wake_key(current.mm as mm_struct, key, n, bitset)
}

/** The same by a key. */
export function wake_key(mm: mm_struct, key: number, n: number, bitset: number): number {
  const chosen = waiters(mm, key).filter((q) => (q.bitset & bitset) !== 0)
  return chosen.slice(0, Math.max(n, 1)).map((q) => wake_futex(mm, q)).length
}

/** Wake one waiter. */
export function wake_futex(mm: mm_struct, q: futex_q): void {
  unqueue(mm, q)
  q.woken = true
  q.wq.wake_up()
}

/** Have one wait at another futex. */
export function requeue_futex(mm: mm_struct, q: futex_q, key: number): void {
  if (q.key === key) return
  unqueue(mm, q)
  q.key = key
  enqueue(mm, q)
}

/** Who waits at `key` now, the first ones first. */
export function waiters(mm: mm_struct, key: number): readonly futex_q[] {
  return queues.get(mm)?.get(key) ?? []
}

function enqueue(mm: mm_struct, q: futex_q): void {
  let byKey = queues.get(mm)
  if (byKey === undefined) queues.set(mm, (byKey = new Map<number, futex_q[]>()))
  const there = byKey.get(q.key)
  if (there === undefined) byKey.set(q.key, [q])
  else there.push(q)
}

function unqueue(mm: mm_struct, q: futex_q): void {
  const left = waiters(mm, q.key).filter((other) => other !== q)
  if (left.length > 0) queues.get(mm)?.set(q.key, left)
  else queues.get(mm)?.delete(q.key)
}
