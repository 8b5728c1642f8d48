import type { ByteString, KPtr, MaySleep, Pid } from '../types.ts'
import type { ckpt_ctx } from './checkpoint_types.ts'
import { ENOMEM } from '../errno.ts'
import { KERN_NOTICE } from '../printk.ts'
import { NULL, kmem, koff } from '../mm/slab.ts'
import { current } from '../sched/current.ts'
import { up_read } from '../sched/rwsem.ts'
import { after, andThen, lastly } from '../sched/may_sleep.ts'
import { sizeof_field } from '../struct.ts'
import { kernelString, new_utsname, utsname } from '../task/nsproxy.ts'
import { TASK_COMM_LEN } from '../task/task.ts'
import { do_gettimeofday } from '../time.ts'
import { bytesOf } from '../utf8.ts'
import { vsnprintf, vsprintf, type FormatArg } from '../vsprintf.ts'
import {
  CHECKPOINT_MAGIC_HEAD,
  CHECKPOINT_MAGIC_TAIL,
  CHECKPOINT_VERSION,
  CKPT_HDR_BUFFER,
  CKPT_HDR_ERROR,
  CKPT_HDR_HEADER,
  CKPT_HDR_STRING,
  CKPT_HDR_TAIL,
  ckpt_hdr,
  ckpt_hdr_header,
  ckpt_hdr_tail,
  type ckpt_hdr_const,
} from './checkpoint_hdr.ts'
import { CKPT_DEBUG, CKPT_DRW, ckpt_debug, ckpt_debugging } from './debug.ts'
import { checkpoint_task } from './process.ts'
import { _ckpt_hdr_put, ckpt_hdr_get, ckpt_hdr_get_type, ckpt_hdr_put, ckpt_kwrite } from './sys.ts'

/** Writing an image: checkpoint/checkpoint.c. */

type ckpt_hdr = InstanceType<typeof ckpt_hdr>

/** Write a record, its header's `len` bytes. seed: checkpoint/checkpoint.c:ckpt_write_obj() */
export function ckpt_write_obj(ctx: ckpt_ctx, { h }: { readonly h: ckpt_hdr }): MaySleep<number> {
  if (ckpt_debugging(CKPT_DRW)) ckpt_debug('ckpt_write_obj:35', `type ${h.type | 0} len ${h.len | 0}\n`)
  return ckpt_kwrite(ctx, h.addr, h.len)
}

/**
 * Write a record of `type` around the `len` bytes at `ptr`; with NULL only its header, for a payload to
 * follow. seed: checkpoint/checkpoint.c:ckpt_write_obj_type()
 */
export function ckpt_write_obj_type(ctx: ckpt_ctx, ptr: KPtr, len: number, type: number): MaySleep<number> {
  const hdr = ckpt_hdr_get(ctx, ckpt_hdr.sizeof)
  if (hdr === NULL) return -ENOMEM
  const h = new ckpt_hdr(kmem(hdr, ckpt_hdr.sizeof), koff(hdr), hdr)
  h.type = type
  h.len = len + ckpt_hdr.sizeof
  if (ckpt_debugging(CKPT_DRW)) ckpt_debug('ckpt_write_obj_type:60', `type ${h.type | 0} len ${h.len | 0}\n`)
  let ret = ckpt_kwrite(ctx, hdr, ckpt_hdr.sizeof)
  if (ptr !== NULL) ret = andThen(ret, ckpt_kwrite, ctx, ptr, len)
  return lastly(ret, _ckpt_hdr_put, ctx, hdr, ckpt_hdr.sizeof)
}

/** seed: checkpoint/checkpoint.c:ckpt_write_buffer() */
export function ckpt_write_buffer(ctx: ckpt_ctx, ptr: KPtr, len: number): MaySleep<number> {
  return ckpt_write_obj_type(ctx, ptr, len, CKPT_HDR_BUFFER)
}

/** seed: checkpoint/checkpoint.c:ckpt_write_string() */
export function ckpt_write_string(ctx: ckpt_ctx, str: KPtr, len: number): MaySleep<number> {
  return ckpt_write_obj_type(ctx, str, len, CKPT_HDR_STRING)
}

/**
 * Keep a message in `err_string`, with a zero before it: whoever finds the message at the end of an image
 * finds its beginning by going back to a zero. seed: checkpoint/checkpoint.c:__ckpt_generate_err()
 */
function __ckpt_generate_err(ctx: ckpt_ctx, fmt: ByteString, args: readonly FormatArg[]): void {
  const { slab } = current.kernel
  const err_string = slab.mem(ctx.err_string).u8
  const at = koff(ctx.err_string)
  const { text, len } = vsnprintf(255, fmt, args)
  err_string[at] = 0
  err_string.set(bytesOf(`${text}\0`), at + 1)
  if (len + 2 > 256) {
    current.kernel.printk(`${KERN_NOTICE}c/r: error string truncated: `)
    current.kernel.printk(vsprintf(fmt, args))
  }
  if (ckpt_debugging(CKPT_DEBUG)) ckpt_debug('__ckpt_generate_err:117', `c/r: checkpoint error: ${cstr(text)}\n`)
}

/** Keep a message for ckpt_write_err(). Does not sleep. seed: checkpoint/checkpoint.c:__ckpt_write_err() */
export function __ckpt_write_err(ctx: ckpt_ctx, fmt: ByteString, ...args: readonly FormatArg[]): void {
  __ckpt_generate_err(ctx, fmt, args)
}

/**
 * Write an ERROR record and behind it the message, or the one kept before where `fmt` is null.
 *
 * SEED: there is always something to write. The patch means to skip an empty message, but asks whether
 * its length, to which it has just added the two zeroes around it, is 0.
 *
 * seed: checkpoint/checkpoint.c:ckpt_write_err()
 */
export function ckpt_write_err(ctx: ckpt_ctx, fmt: ByteString | null, ...args: readonly FormatArg[]): MaySleep<number> {
  const { slab } = current.kernel
  if (fmt !== null) __ckpt_generate_err(ctx, fmt, args)
  const str = ctx.err_string
  const text = kernelString(slab, (str + 1) as KPtr, 255)
  const len = text.length + 2
  let ret = ckpt_write_obj_type(ctx, NULL, 0, CKPT_HDR_ERROR)
  ret = andThen(ret, ckpt_write_string, ctx, str, len)
  return after(ret, (ret) => {
    if (ret < 0) current.kernel.printk(`${KERN_NOTICE}c/r: error string unsaved (${ret}): ${text}\n`)
    slab.mem(str).u8[koff(str) + 1] = 0
    return ret
  })
}

/** seed: checkpoint/checkpoint.c:fill_kernel_const() */
function fill_kernel_const(h: InstanceType<typeof ckpt_hdr_const>): void {
  h.task_comm_len = TASK_COMM_LEN
  h.uts_release_len = UTS_RELEASE_LEN
  h.uts_version_len = UTS_VERSION_LEN
  h.uts_machine_len = UTS_MACHINE_LEN
}

const UTS_RELEASE_LEN = sizeof_field(new_utsname, 'release')
const UTS_VERSION_LEN = sizeof_field(new_utsname, 'version')
const UTS_MACHINE_LEN = sizeof_field(new_utsname, 'machine')

/** Write the HEADER record and the three strings. seed: checkpoint/checkpoint.c:checkpoint_write_header() */
function checkpoint_write_header(ctx: ckpt_ctx): MaySleep<number> {
  const { kernel } = current
  const ptr = ckpt_hdr_get_type(ctx, ckpt_hdr_header.sizeof, CKPT_HDR_HEADER)
  if (ptr === NULL) return -ENOMEM
  const uts = utsname()
  const h = new ckpt_hdr_header(kmem(ptr, ckpt_hdr_header.sizeof), koff(ptr), ptr)
  h.magic = CHECKPOINT_MAGIC_HEAD
  h.major = (kernel.version_code >> 16) & 0xff
  h.minor = (kernel.version_code >> 8) & 0xff
  h.patch = kernel.version_code & 0xff
  h.rev = CHECKPOINT_VERSION
  h.uflags = ctx.uflags
  h.time = BigInt(do_gettimeofday(kernel.clock).tv_sec)
  fill_kernel_const(h.constants)
  const ret = lastly(ckpt_write_obj(ctx, h), ckpt_hdr_put, ctx, ptr)
  return andThen(ret, write_uts, ctx, uts)
}

/** The three strings behind the header. */
function write_uts(ctx: ckpt_ctx, uts: new_utsname): MaySleep<number> {
  const { uts_sem } = current.kernel
  const ret = andThen(uts_sem.down_read(), write_uts_locked, ctx, uts)
  return lastly(ret, up_read, uts_sem)
}

function write_uts_locked(ctx: ckpt_ctx, uts: new_utsname): MaySleep<number> {
  let ret = ckpt_write_buffer(ctx, uts.release, UTS_RELEASE_LEN)
  ret = andThen(ret, ckpt_write_buffer, ctx, uts.version, UTS_VERSION_LEN)
  return andThen(ret, ckpt_write_buffer, ctx, uts.machine, UTS_MACHINE_LEN)
}

/** Write the TAIL record. seed: checkpoint/checkpoint.c:checkpoint_write_tail() */
function checkpoint_write_tail(ctx: ckpt_ctx): MaySleep<number> {
  const ptr = ckpt_hdr_get_type(ctx, ckpt_hdr_tail.sizeof, CKPT_HDR_TAIL)
  if (ptr === NULL) return -ENOMEM
  const h = new ckpt_hdr_tail(kmem(ptr, ckpt_hdr_tail.sizeof), koff(ptr), ptr)
  h.magic = CHECKPOINT_MAGIC_TAIL
  return lastly(ckpt_write_obj(ctx, h), ckpt_hdr_put, ctx, ptr)
}

/**
 * Write the image of the current task. SEED: `pid` is ignored.
 * seed: checkpoint/checkpoint.c:do_checkpoint()
 */
export function do_checkpoint(ctx: ckpt_ctx, _pid: Pid): MaySleep<number> {
  let ret = checkpoint_write_header(ctx)
  ret = andThen(ret, checkpoint_task, ctx, current)
  ret = andThen(ret, checkpoint_write_tail, ctx)
  return andThen(ret, take_crid, ctx)
}

/** atomic_inc_return(): the count is an int, and the id what it has become. */
function take_crid(ctx: ckpt_ctx): number {
  ctx.crid = current.kernel.ctx_count = (current.kernel.ctx_count + 1) | 0
  return ctx.crid
}

/** A C string ends at its first zero. */
function cstr(text: ByteString): ByteString {
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}
