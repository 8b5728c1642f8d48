import type { UserPtr } from '../types.ts'
import type { mm_struct } from '../mm/mm.ts'
import { EAGAIN, EFAULT, EINVAL, ENOSYS } from '../errno.ts'
import { get_user_int, put_user_int } from '../mm/uaccess.ts'
import { current } from '../sched/current.ts'
import { FUTEX_BITSET_MATCH_ANY, get_futex_key, requeue_futex, waiters, wake_futex, wake_key } from './futex.ts'

/** Futex operations on two words: kernel/futex.c. */

/**
 * Wake `nr_wake` waiters at `uaddr`, and have up to `nr_requeue` more wait at `uaddr2` instead. Returns how many
 * both were; -EAGAIN where `uaddr` is not `cmpval`, given one, -EINVAL, -EFAULT.
 */
export function futex_requeue(
  uaddr: UserPtr,
  shared: boolean,
  uaddr2: UserPtr,
  nr_wake: number,
  nr_requeue: number,
  cmpval: number | null,
): number {
  if (nr_wake < 0 || nr_requeue < 0) return -EINVAL
  const key = get_futex_key(uaddr, shared)
  if (key < 0) return key
  const key2 = get_futex_key(uaddr2, shared)
  if (key2 < 0) return key2
  if (cmpval !== null) {
    const word = get_user_int(uaddr)
    if (word === null) return -EFAULT
    if (word !== cmpval) return -EAGAIN
  }
  const mm = current.mm as mm_struct
  const chosen = waiters(mm, key).slice(0, nr_wake + nr_requeue)
  chosen.forEach((q, i) => {
    if (i < nr_wake) wake_futex(mm, q)
    else requeue_futex(mm, q, key2)
  })
  return chosen.length
}

/**
 * Change the word at `uaddr2` as `op` says, wake `nr_wake` waiters at `uaddr` and, where the word compared as `op`
 * wants, `nr_wake2` at `uaddr2`. Returns how many; -ENOSYS for an operation or, once it is done, a comparison that
 * there is not, -EINVAL, -EFAULT.
 */
export function futex_wake_op(
  uaddr: UserPtr,
  shared: boolean,
  uaddr2: UserPtr,
  nr_wake: number,
  nr_wake2: number,
  op: number,
): number {
  const key = get_futex_key(uaddr, shared)
  if (key < 0) return key
  const key2 = get_futex_key(uaddr2, shared)
  if (key2 < 0) return key2
  const compared = futex_atomic_op_inuser(op, uaddr2)
  if (compared < 0) return compared
  const mm = current.mm as mm_struct
  const woken = wake_key(mm, key, nr_wake, FUTEX_BITSET_MATCH_ANY)
  return compared === 0 ? woken : woken + wake_key(mm, key2, nr_wake2, FUTEX_BITSET_MATCH_ANY)
}

/** Sign-extend the 12 bits of `op` from `shift` on. */
function arg(op: number, shift: number): number {
  return (op << (20 - shift)) >> 20
}

/** FUTEX_OP_SET and so on, by number. */
const OPS: readonly ((old: number, arg: number) => number)[] = [
  (_, arg) => arg,
  (old, arg) => old + arg,
  (old, arg) => old | arg,
  (old, arg) => old & ~arg,
  (old, arg) => old ^ arg,
]

/** FUTEX_OP_CMP_EQ and so on. */
const COMPARISONS: readonly ((old: number, arg: number) => boolean)[] = [
  (old, arg) => old === arg,
  (old, arg) => old !== arg,
  (old, arg) => old < arg,
  (old, arg) => old <= arg,
  (old, arg) => old > arg,
  (old, arg) => old >= arg,
]

/** Change the word; 1 or 0 for how it compared before, -EFAULT, -ENOSYS. asm/futex.h */
function futex_atomic_op_inuser(op: number, uaddr: UserPtr): number {
  const change = OPS.at((op >>> 28) & 7)
  const compare = COMPARISONS.at((op >>> 24) & 15)
  const old = get_user_int(uaddr)
  if (old === null) return -EFAULT
  if (change === undefined) return -ENOSYS
  // The highest bit: the argument is the number of a bit.
  const oparg = op < 0 ? 1 << arg(op, 12) : arg(op, 12)
  if (put_user_int(change(old, oparg) | 0, uaddr) < 0) return -EFAULT
  return compare === undefined ? -ENOSYS : compare(old, arg(op, 0)) ? 1 : 0
}
