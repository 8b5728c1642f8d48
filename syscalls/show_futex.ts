import type { UserPtr, Word } from '../kernel/types.ts'
import { hex, int, ptr, toInt, type ArgType } from './args.ts'
import {
  FUTEX_CLOCK_REALTIME,
  FUTEX_CMP_REQUEUE,
  FUTEX_PRIVATE_FLAG,
  FUTEX_REQUEUE,
  FUTEX_WAIT,
  FUTEX_WAIT_BITSET,
  FUTEX_WAKE,
  FUTEX_WAKE_BITSET,
  FUTEX_WAKE_OP,
} from './futex.ts'
import { timespec_in } from './show.ts'

/** futex(2)'s arguments, as strace shows them: which there are depends on the operation. */

const FUTEX_OPS: Readonly<Record<number, string>> = {
  [FUTEX_WAIT]: 'FUTEX_WAIT',
  [FUTEX_WAKE]: 'FUTEX_WAKE',
  2: 'FUTEX_FD',
  [FUTEX_REQUEUE]: 'FUTEX_REQUEUE',
  [FUTEX_CMP_REQUEUE]: 'FUTEX_CMP_REQUEUE',
  [FUTEX_WAKE_OP]: 'FUTEX_WAKE_OP',
  [FUTEX_WAIT_BITSET]: 'FUTEX_WAIT_BITSET',
  [FUTEX_WAKE_BITSET]: 'FUTEX_WAKE_BITSET',
}

/** With the other clock there are those that wait, in strace's book. */
const BY_CLOCK = [FUTEX_WAIT, FUTEX_WAIT_BITSET]

const commandOf = (op: Word): number => toInt(op) & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)

/** The operation of a name that strace has; -1 where it prints a number, and every argument with it. */
function command(op: Word): number {
  const cmd = commandOf(op)
  if (FUTEX_OPS[cmd] === undefined) return -1
  return (toInt(op) & FUTEX_CLOCK_REALTIME) === 0 || BY_CLOCK.includes(cmd) ? cmd : -1
}

export const futex_op: ArgType<number> = {
  convert: toInt,
  show(word) {
    const op = toInt(word)
    if (command(word) < 0) return `0x${(op >>> 0).toString(16)} /* FUTEX_??? */`
    const secret = (op & FUTEX_PRIVATE_FLAG) === 0 ? '' : '_PRIVATE'
    return FUTEX_OPS[commandOf(word)] + secret + ((op & FUTEX_CLOCK_REALTIME) === 0 ? '' : '|FUTEX_CLOCK_REALTIME')
  },
}

export const futex_val: ArgType<number> = { convert: toInt, show: (word) => String(toInt(word) >>> 0) }

/** A time, or how many waiters more. */
export const futex_utime: ArgType<UserPtr> = {
  ...ptr,
  show(word, t, ret, args) {
    switch (commandOf(args[1])) {
      case FUTEX_WAIT:
      case FUTEX_WAIT_BITSET:
        return timespec_in.show(word, t, ret, args)
      case FUTEX_WAKE:
      case FUTEX_WAKE_BITSET:
      case 2:
        return null
      case FUTEX_REQUEUE:
      case FUTEX_CMP_REQUEUE:
      case FUTEX_WAKE_OP:
        return String(toInt(word) >>> 0)
      default:
        return hex(word)
    }
  },
}

const OF_ONE = [FUTEX_WAIT, FUTEX_WAKE, 2, FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET]

export const futex_uaddr2: ArgType<UserPtr> = {
  ...ptr,
  show: (word, t, ret, args) => (OF_ONE.includes(commandOf(args[1])) ? null : ptr.show(word, t, ret, args)),
}

const CHANGES = ['SET', 'ADD', 'OR', 'ANDN', 'XOR']
const COMPARISONS = ['EQ', 'NE', 'LT', 'LE', 'GT', 'GE']

/** A set of bits, a value to compare with, or an operation. */
export const futex_val3: ArgType<number> = {
  convert: toInt,
  show(word, t, ret, args) {
    const value = toInt(word)
    switch (commandOf(args[1])) {
      case FUTEX_WAIT:
      case FUTEX_WAKE:
      case 2:
      case FUTEX_REQUEUE:
        return null
      case FUTEX_WAIT_BITSET:
      case FUTEX_WAKE_BITSET:
        return value === -1 ? 'FUTEX_BITSET_MATCH_ANY' : short(value >>> 0)
      case FUTEX_WAKE_OP:
        return wakeOp(value)
      case FUTEX_CMP_REQUEUE:
        return String(value >>> 0)
      default:
        return int.show(word, t, ret, args)
    }
  },
}

function wakeOp(op: number): string {
  const change = (op >>> 28) & 7
  const compare = (op >>> 24) & 15
  const [what, how] = [CHANGES.at(change), COMPARISONS.at(compare)]
  return [
    ...(op < 0 ? ['FUTEX_OP_OPARG_SHIFT<<28'] : []),
    what === undefined ? `0x${change.toString(16)}<<28 /* FUTEX_OP_??? */` : `FUTEX_OP_${what}<<28`,
    `${short((op >>> 12) & 0xfff)}<<12`,
    how === undefined ? `0x${compare.toString(16)}<<24 /* FUTEX_OP_CMP_??? */` : `FUTEX_OP_CMP_${how}<<24`,
    short(op & 0xfff),
  ].join('|')
}

const short = (n: number): string => (n === 0 ? '0' : `0x${n.toString(16)}`)
