import type { KPtr, MaySleep } from '../types.ts'
import type { task_struct } from '../task/task.ts'
import type { ckpt_ctx } from './checkpoint_types.ts'
import { ENOMEM } from '../errno.ts'
import { IS_ERR, NULL, kmem, koff } from '../mm/slab.ts'
import { clear } from '../mm/mem.ts'
import { current } from '../sched/current.ts'
import { TASK_COMM_LEN } from '../task/task.ts'
import { after, andThen, lastly } from '../sched/may_sleep.ts'
import { ckpt_write_obj, ckpt_write_string } from './checkpoint.ts'
import { CKPT_HDR_TASK, ckpt_hdr_task } from './checkpoint_hdr.ts'
import { CKPT_DEBUG, ckpt_debug, ckpt_debugging } from './debug.ts'
import { _ckpt_read_string, ckpt_read_obj_type } from './restart.ts'
import { ckpt_hdr_get_type, ckpt_hdr_put } from './sys.ts'

/** A task's own data: checkpoint/process.c. */

/** seed: checkpoint/process.c:checkpoint_task_struct() */
function checkpoint_task_struct(ctx: ckpt_ctx, t: task_struct): MaySleep<number> {
  const ptr = ckpt_hdr_get_type(ctx, ckpt_hdr_task.sizeof, CKPT_HDR_TASK)
  if (ptr === NULL) return -ENOMEM
  const h = new ckpt_hdr_task(kmem(ptr, ckpt_hdr_task.sizeof), koff(ptr), ptr)
  h.state = t.state
  h.exit_state = t.exit_state
  h.exit_code = t.exit_code
  h.exit_signal = t.exit_signal
  h.set_child_tid = t.set_child_tid
  h.clear_child_tid = t.clear_child_tid
  const ret = lastly(ckpt_write_obj(ctx, h), ckpt_hdr_put, ctx, ptr)
  return andThen(ret, ckpt_write_string, ctx, t.comm, TASK_COMM_LEN)
}

/** Write the state of `t`. seed: checkpoint/process.c:checkpoint_task() */
export function checkpoint_task(ctx: ckpt_ctx, t: task_struct): MaySleep<number> {
  return after(checkpoint_task_struct(ctx, t), log_task, 'checkpoint_task:56')
}

function log_task(ret: number, where: string): number {
  if (ckpt_debugging(CKPT_DEBUG)) ckpt_debug(where, `task ${ret}\n`)
  return ret
}

/**
 * SEED: not all or nothing. The name is gone before its record is read, and what the record holds is kept
 * even where a later one is refused.
 *
 * seed: checkpoint/process.c:restore_task_struct()
 */
function restore_task_struct(ctx: ckpt_ctx): MaySleep<number> {
  return after(ckpt_read_obj_type(ctx, ckpt_hdr_task.sizeof, CKPT_HDR_TASK), restore_from, ctx)
}

/** The rest of it, once it has the record. */
function restore_from(ptr: KPtr, ctx: ckpt_ctx): MaySleep<number> {
  if (IS_ERR(ptr)) return ptr
  const t = current
  clear(t.kernel.slab.mem(t.comm), koff(t.comm), TASK_COMM_LEN)
  let ret = _ckpt_read_string(ctx, t.comm, TASK_COMM_LEN)
  ret = andThen(ret, restore_tids, t, ptr)
  return lastly(ret, ckpt_hdr_put, ctx, ptr)
}

function restore_tids(t: task_struct, ptr: KPtr): number {
  const h = new ckpt_hdr_task(kmem(ptr, ckpt_hdr_task.sizeof), koff(ptr), ptr)
  t.set_child_tid = h.set_child_tid
  t.clear_child_tid = h.clear_child_tid
  return 0
}

/** Read the state of the current task. seed: checkpoint/process.c:restore_task() */
export function restore_task(ctx: ckpt_ctx): MaySleep<number> {
  return after(restore_task_struct(ctx), log_task, 'restore_task:96')
}
