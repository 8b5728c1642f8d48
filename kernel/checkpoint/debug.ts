import type { ByteString } from '../types.ts'
import { KERN_DEBUG } from '../printk.ts'
import { current } from '../sched/current.ts'
import { task_pid_vnr } from '../task/pid.ts'

/**
 * Debug messages of c/r: the macros of include/linux/checkpoint.h. A macro knows function and line by
 * itself; here the caller says them, and they are the patch's, so that logs can be compared.
 */

export const CKPT_DBASE = 0x1
export const CKPT_DSYS = 0x2
export const CKPT_DRW = 0x4
/** Level at boot: everything. */
export const CKPT_DDEFAULT = 0xffff

/** The messages of ckpt_debug(): in all four files CKPT_DFLAG is CKPT_DSYS. */
export const CKPT_DEBUG = CKPT_DBASE | CKPT_DSYS

/** Are messages of `level` wanted? Ask before building one. */
export function ckpt_debugging(level: number): boolean {
  return (current.kernel.ckpt_debug_level & level) !== 0
}

/**
 * Print `text` with the prefix of the patch; `where` is `function:line`.
 * seed: include/linux/checkpoint.h:_ckpt_debug(), include/linux/checkpoint.h:ckpt_debug()
 */
export function ckpt_debug(where: string, text: ByteString): void {
  current.kernel.printk(`${KERN_DEBUG}[${current.pid}:${task_pid_vnr(current)}:c/r:${where}] ${text}`)
}
