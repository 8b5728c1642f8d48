import type { Word } from '../types.ts'
import type { task_struct } from './task.ts'

/** Why user code stopped running. */
export type Trap =
  /** It made the system call `nr` with `args`; the kernel is to make it and give the result. */
  | 'syscall'
  /** It entered the kernel by itself, where it now sleeps, was preempted or died. */
  | 'kernel'
  /** Its time slice is used up, or it says so: it wants to go on in its turn. */
  | 'preempt'
  /** It touched memory it may not: `fault` says where. */
  | 'fault'
  /** It broke in a way only its kind can: `fault` says how. */
  | 'illegal'

/**
 * A user program between two traps: registers, code and whatever else its kind has. The kernel runs
 * it and answers it through this, and knows nothing else of it.
 */
export interface UserContext {
  /** Run until the next trap. */
  resume(): Trap
  /** The system call of the last 'syscall' trap. */
  readonly nr: number
  readonly args: readonly [Word, Word, Word, Word, Word, Word]
  /** What the last 'fault' or 'illegal' was, in a line. */
  readonly fault: string
  /** The result of the system call, seen when user code goes on. */
  setResult(ret: number): void
  /** The context of `child`, made by the call that is under way: there it returns 0. */
  fork(child: task_struct): UserContext
}
