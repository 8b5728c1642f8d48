import type { k_sigaction } from './signal.ts'
import type { task_struct } from './task.ts'
import { EINVAL, ENOMEM, EPERM } from '../errno.ts'
import { SA_ONSTACK } from './signal.ts'

/** The stack that handlers run on where they ask for it: kernel/signal.c. */

export const SS_ONSTACK = 1
export const SS_DISABLE = 2
/** It is none while a handler runs: so the handler may leave it for good. */
export const SS_AUTODISARM = 0x80000000 | 0
/** Least bytes that a stack has. */
const MINSIGSTKSZ = 2048

/** stack_t */
export interface sigstack {
  readonly sp: number
  /** As they were set. An exec leaves them: with nothing set and without SS_DISABLE the end of a handler changes nothing. */
  readonly flags: number
  readonly size: number
}

export const NO_STACK: sigstack = { sp: 0, flags: SS_DISABLE, size: 0 }

/** Where a handler's frame is to go: below `top`, but not below `limit`. */
export interface FramePlace {
  readonly top: number
  readonly limit: number
}

function on_sig_stack({ sas }: task_struct, sp: number): boolean {
  return (sas.flags & SS_AUTODISARM) === 0 && sp > sas.sp && sp - sas.sp <= sas.size
}

/** What sigaltstack(2) tells while the stack pointer is `sp`. */
export function get_sigaltstack(t: task_struct, sp: number): sigstack {
  const { sas } = t
  const now = sas.size === 0 ? SS_DISABLE : on_sig_stack(t, sp) ? SS_ONSTACK : 0
  return { ...sas, flags: now | (sas.flags & SS_AUTODISARM) }
}

/** Set it: 0, -EPERM while `t` is on it, -EINVAL, -ENOMEM for one too small. */
export function do_sigaltstack(t: task_struct, stack: sigstack, sp: number): number {
  if (on_sig_stack(t, sp)) return -EPERM
  const mode = stack.flags & ~SS_AUTODISARM
  if (mode !== SS_DISABLE && mode !== SS_ONSTACK && mode !== 0) return -EINVAL
  if (mode === SS_DISABLE) t.sas = { ...NO_STACK, flags: stack.flags }
  else if (stack.size < MINSIGSTKSZ) return -ENOMEM
  else t.sas = stack
  return 0
}

/** Where the frame of a handler of `action` goes; null for below what it interrupts. */
export function sigframe_place(t: task_struct, action: k_sigaction, sp: number): FramePlace | null {
  const { sas } = t
  if (on_sig_stack(t, sp)) return { top: sp, limit: sas.sp }
  const wanted = (action.flags & SA_ONSTACK) !== 0 && sas.size !== 0
  return wanted ? { top: sas.sp + sas.size, limit: sas.sp } : null
}
