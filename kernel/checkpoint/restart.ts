import type { KPtr, MaySleep, Pid } from '../types.ts'
import type { task_struct } from '../task/task.ts'
import type { ckpt_ctx } from './checkpoint_types.ts'
import { EINVAL, ENOMEM } from '../errno.ts'
import { BUG_ON } from '../bug.ts'
import { GFP_KERNEL, IS_ERR, NULL, kfree, kmalloc, kmem, koff } from '../mm/slab.ts'
import { current } from '../sched/current.ts'
import { after, andThen, lastly } from '../sched/may_sleep.ts'
import { sizeof_field } from '../struct.ts'
import { new_utsname } from '../task/nsproxy.ts'
import { TASK_COMM_LEN } from '../task/task.ts'
import {
  CHECKPOINT_MAGIC_HEAD,
  CHECKPOINT_MAGIC_TAIL,
  CHECKPOINT_VERSION,
  CKPT_HDR_BUFFER,
  CKPT_HDR_HEADER,
  CKPT_HDR_STRING,
  CKPT_HDR_TAIL,
  ckpt_hdr,
  ckpt_hdr_header,
  ckpt_hdr_tail,
  type ckpt_hdr_const,
} from './checkpoint_hdr.ts'
import { CKPT_DRW, ckpt_debug, ckpt_debugging } from './debug.ts'
import { restore_task } from './process.ts'
import { ckpt_hdr_get, ckpt_hdr_put, ckpt_kread } from './sys.ts'

/**
 * Reading an image: checkpoint/restart.c.
 *
 * SEED: `len` in a header counts the header. _ckpt_read_nbuffer() returns it so, and the maximum of
 * ckpt_read_buf_type() includes it, while the other readers take the length of the payload.
 */

type ckpt_hdr = InstanceType<typeof ckpt_hdr>

/**
 * Read a header to `h` and the payload to `ptr`, or only the header where that is NULL. `len` is what
 * the header must say, or 0; then it may say up to `max`, unless that is 0 too.
 *
 * seed: checkpoint/restart.c:_ckpt_read_obj()
 */
function _ckpt_read_obj(ctx: ckpt_ctx, h: ckpt_hdr, ptr: KPtr, len: number, max: number): MaySleep<number> {
  const ret = ckpt_kread(ctx, h.addr, ckpt_hdr.sizeof)
  return andThen(ret, read_payload, ctx, h, ptr, len, max)
}

function read_payload(ctx: ckpt_ctx, h: ckpt_hdr, ptr: KPtr, len: number, max: number): MaySleep<number> {
  if (ckpt_debugging(CKPT_DRW)) {
    ckpt_debug('_ckpt_read_obj:40', `type ${h.type | 0} len ${h.len | 0}(${len},${max})\n`)
  }
  if (!length_ok(h.len, len, max)) return -EINVAL
  return ptr === NULL ? 0 : ckpt_kread(ctx, ptr, h.len - ckpt_hdr.sizeof)
}

/** SEED: the comparisons are unsigned, so a length of 0xffffffff is large, not -1. */
function length_ok(got: number, len: number, max: number): boolean {
  if (got < ckpt_hdr.sizeof) return false
  if (len !== 0) return got === len >>> 0
  return max === 0 || got <= max >>> 0
}

/**
 * Read a BUFFER record of at most `len` bytes of payload to `ptr`. Returns its length with the header.
 * seed: checkpoint/restart.c:_ckpt_read_nbuffer()
 */
export function _ckpt_read_nbuffer(ctx: ckpt_ctx, ptr: KPtr, len: number): MaySleep<number> {
  BUG_ON(len === 0, '_ckpt_read_nbuffer of length 0')
  const t = current
  const h = local_hdr(t)
  const ret = _ckpt_read_obj(ctx, h, ptr, 0, len + ckpt_hdr.sizeof)
  return lastly(andThen(ret, buffer_len, h), pop_hdr, t)
}

function buffer_len(h: ckpt_hdr): number {
  if (ckpt_debugging(CKPT_DRW)) ckpt_debug('_ckpt_read_nbuffer:73', `type ${h.type | 0} len ${h.len | 0}\n`)
  return h.type === CKPT_HDR_BUFFER ? h.len | 0 : -EINVAL
}

/** `struct ckpt_hdr h;`, on the stack of `t`. pop_hdr() when done. */
function local_hdr(t: task_struct): ckpt_hdr {
  const ptr = t.stack_push(ckpt_hdr.sizeof)
  return new ckpt_hdr(kmem(ptr, ckpt_hdr.sizeof), koff(ptr), ptr)
}

function pop_hdr(t: task_struct): void {
  t.stack_pop(ckpt_hdr.sizeof)
}

/**
 * Read a record of `type` with exactly `len` bytes of payload to `ptr`. SEED: its type is looked at only
 * after the payload has been read. seed: checkpoint/restart.c:_ckpt_read_obj_type()
 */
export function _ckpt_read_obj_type(ctx: ckpt_ctx, ptr: KPtr, len: number, type: number): MaySleep<number> {
  const t = current
  const h = local_hdr(t)
  const whole = len + ckpt_hdr.sizeof
  const ret = _ckpt_read_obj(ctx, h, ptr, whole, whole)
  return lastly(andThen(ret, check_type, h, type), pop_hdr, t)
}

function check_type(h: ckpt_hdr, type: number): number {
  return h.type === type >>> 0 ? 0 : -EINVAL
}

/** seed: checkpoint/restart.c:_ckpt_read_buffer() */
export function _ckpt_read_buffer(ctx: ckpt_ctx, ptr: KPtr, len: number): MaySleep<number> {
  BUG_ON(len === 0, '_ckpt_read_buffer of length 0')
  return _ckpt_read_obj_type(ctx, ptr, len, CKPT_HDR_BUFFER)
}

/**
 * Read a STRING record of `len` bytes to `ptr`, the last of which becomes zero.
 * seed: checkpoint/restart.c:_ckpt_read_string()
 */
export function _ckpt_read_string(ctx: ckpt_ctx, ptr: KPtr, len: number): MaySleep<number> {
  BUG_ON(len === 0, '_ckpt_read_string of length 0')
  return andThen(_ckpt_read_obj_type(ctx, ptr, len, CKPT_HDR_STRING), terminate, ptr, len)
}

function terminate(ptr: KPtr, len: number): number {
  if (ptr !== NULL) kmem(ptr, len).setUint8(koff(ptr) + len - 1, 0)
  return 0
}

/**
 * Read a whole record into new memory: its address, or a negative errno in its place. `len` and `max`
 * as for _ckpt_read_obj(), the header included. seed: checkpoint/restart.c:ckpt_read_obj()
 */
function ckpt_read_obj(ctx: ckpt_ctx, len: number, max: number): MaySleep<KPtr> {
  const t = current
  const hh = local_hdr(t)
  let ret = ckpt_kread(ctx, hh.addr, ckpt_hdr.sizeof)
  ret = andThen(ret, read_new, ctx, hh, len, max)
  return lastly(ret, pop_hdr, t) as MaySleep<KPtr>
}

/** The rest of ckpt_read_obj(), once it has the header. */
function read_new(ctx: ckpt_ctx, hh: ckpt_hdr, len: number, max: number): MaySleep<number> {
  if (ckpt_debugging(CKPT_DRW)) {
    ckpt_debug('ckpt_read_obj:156', `type ${hh.type | 0} len ${hh.len | 0}(${len},${max})\n`)
  }
  if (!length_ok(hh.len, len, max)) return -EINVAL
  // The length goes on as an int: one of 2^31 and more is negative, and no memory for it.
  const ptr = ckpt_hdr_get(ctx, hh.len | 0)
  if (ptr === NULL) return -ENOMEM
  const h = new ckpt_hdr(kmem(ptr, ckpt_hdr.sizeof), koff(ptr), ptr)
  h.type = hh.type
  h.len = hh.len
  const ret = ckpt_kread(ctx, (ptr + ckpt_hdr.sizeof) as KPtr, hh.len - ckpt_hdr.sizeof)
  return after(ret, read_or_free, ctx, ptr)
}

/** The record at `ptr`, unless reading it failed with `ret`: then it is freed. */
function read_or_free(ret: number, ctx: ckpt_ctx, ptr: KPtr): number {
  if (ret >= 0) return ptr
  ckpt_hdr_put(ctx, ptr)
  return ret
}

/**
 * Read a record of `type`, `len` bytes with its header, into new memory.
 * seed: checkpoint/restart.c:ckpt_read_obj_type()
 */
export function ckpt_read_obj_type(ctx: ckpt_ctx, len: number, type: number): MaySleep<KPtr> {
  BUG_ON(len === 0, 'ckpt_read_obj_type of length 0')
  return after(ckpt_read_obj(ctx, len, len), of_type, ctx, type)
}

/**
 * The same of up to `len` bytes, or of any number where that is 0.
 * seed: checkpoint/restart.c:ckpt_read_buf_type()
 */
export function ckpt_read_buf_type(ctx: ckpt_ctx, len: number, type: number): MaySleep<KPtr> {
  return after(ckpt_read_obj(ctx, 0, len), of_type, ctx, type)
}

/** The record at `ptr` if it is of `type`, else it is freed; or the errno that is in its place. */
function of_type(ptr: KPtr, ctx: ckpt_ctx, type: number): KPtr {
  if (IS_ERR(ptr) || new ckpt_hdr(kmem(ptr, ckpt_hdr.sizeof), koff(ptr), ptr).type === type >>> 0) return ptr
  ckpt_hdr_put(ctx, ptr)
  return -EINVAL as KPtr
}

/** seed: checkpoint/restart.c:check_kernel_const() */
function check_kernel_const(h: InstanceType<typeof ckpt_hdr_const>): number {
  if (h.task_comm_len !== TASK_COMM_LEN) return -EINVAL
  if (h.uts_release_len !== UTS_RELEASE_LEN) return -EINVAL
  if (h.uts_version_len !== UTS_VERSION_LEN) return -EINVAL
  if (h.uts_machine_len !== UTS_MACHINE_LEN) return -EINVAL
  return 0
}

const UTS_RELEASE_LEN = sizeof_field(new_utsname, 'release')
const UTS_VERSION_LEN = sizeof_field(new_utsname, 'version')
const UTS_MACHINE_LEN = sizeof_field(new_utsname, 'machine')

/**
 * Read the HEADER record and the three strings. SEED: what the strings say is not compared with anything.
 * seed: checkpoint/restart.c:restore_read_header()
 */
function restore_read_header(ctx: ckpt_ctx): MaySleep<number> {
  return after(ckpt_read_obj_type(ctx, ckpt_hdr_header.sizeof, CKPT_HDR_HEADER), restore_header, ctx)
}

/** The rest of it, once it has the record. */
function restore_header(ptr: KPtr, ctx: ckpt_ctx): MaySleep<number> {
  if (IS_ERR(ptr)) return ptr
  const h = new ckpt_hdr_header(kmem(ptr, ckpt_hdr_header.sizeof), koff(ptr), ptr)
  const ret = andThen(check_header(h), restore_read_uts, ctx, h)
  return lastly(ret, ckpt_hdr_put, ctx, ptr)
}

/** Can this kernel take an image with such a header? 0 or -EINVAL. */
function check_header(h: InstanceType<typeof ckpt_hdr_header>): number {
  const code = current.kernel.version_code
  if (
    h.magic !== CHECKPOINT_MAGIC_HEAD ||
    h.rev !== CHECKPOINT_VERSION ||
    h.major !== ((code >> 16) & 0xff) ||
    h.minor !== ((code >> 8) & 0xff) ||
    h.patch !== (code & 0xff)
  )
    return -EINVAL
  if (h.uflags !== 0n) return -EINVAL
  return check_kernel_const(h.constants)
}

/** The three strings behind the header. */
function restore_read_uts(ctx: ckpt_ctx, h: InstanceType<typeof ckpt_hdr_header>): MaySleep<number> {
  const ptr = kmalloc(new_utsname.sizeof, GFP_KERNEL)
  if (ptr === NULL) return -ENOMEM
  const uts = new new_utsname(kmem(ptr, new_utsname.sizeof), koff(ptr), ptr)
  ctx.oflags = h.uflags
  let ret = _ckpt_read_buffer(ctx, uts.release, UTS_RELEASE_LEN)
  ret = andThen(ret, _ckpt_read_buffer, ctx, uts.version, UTS_VERSION_LEN)
  ret = andThen(ret, _ckpt_read_buffer, ctx, uts.machine, UTS_MACHINE_LEN)
  return lastly(ret, kfree, ptr)
}

/** Read the TAIL record. seed: checkpoint/restart.c:restore_read_tail() */
function restore_read_tail(ctx: ckpt_ctx): MaySleep<number> {
  return after(ckpt_read_obj_type(ctx, ckpt_hdr_tail.sizeof, CKPT_HDR_TAIL), check_tail, ctx)
}

function check_tail(ptr: KPtr, ctx: ckpt_ctx): number {
  if (IS_ERR(ptr)) return ptr
  const { magic } = new ckpt_hdr_tail(kmem(ptr, ckpt_hdr_tail.sizeof), koff(ptr), ptr)
  ckpt_hdr_put(ctx, ptr)
  return magic === CHECKPOINT_MAGIC_TAIL ? 0 : -EINVAL
}

/** Read an image into the current task. SEED: `pid` is ignored. seed: checkpoint/restart.c:do_restart() */
export function do_restart(ctx: ckpt_ctx, _pid: Pid): MaySleep<number> {
  let ret = restore_read_header(ctx)
  ret = andThen(ret, restore_task, ctx)
  return andThen(ret, restore_read_tail, ctx)
}
