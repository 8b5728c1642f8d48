import { current } from '../sched/current.ts'

/** What kind of system a program wants to run on: include/uapi/linux/personality.h. Most of it is only kept. */

/** select and poll leave the time that is left where it was. */
export const STICKY_TIMEOUTS = 0x4000000
const PER_MASK = 0xff
const PER_LINUX32 = 8
/** What would make a program that runs by other rights easier to attack. */
const PER_CLEAR_ON_SETID = 0x0040000 | 0x0100000 | 0x0200000 | 0x0400000
/** Only to ask. */
const ASK = 0xffffffff

/** personality(2): what it was. */
export function set_personality(personality: number): number {
  const old = current.personality
  if (personality !== ASK) current.personality = personality
  return old
}

/** What is left of it when a task becomes another program, of a file that `lends` rights or not. */
export function exec_personality(old: number, lends: boolean): number {
  const kept = (old & PER_MASK) === PER_LINUX32 ? old : old & ~PER_MASK
  return (lends ? kept & ~PER_CLEAR_ON_SETID : kept) >>> 0
}
