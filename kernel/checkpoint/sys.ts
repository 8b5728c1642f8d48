import type { ByteString, Fd, KPtr, MaySleep, Pid, Sleeps, UserPtr, Word } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import type { file } from '../fs/file.ts'
import {
  EAGAIN,
  EBADF,
  EINTR,
  EINVAL,
  ENOMEM,
  EPIPE,
  ERESTARTNOHAND,
  ERESTARTNOINTR,
  ERESTARTSYS,
  ERESTART_RESTARTBLOCK,
} from '../errno.ts'
import { fget } from '../fs/fdtable.ts'
import { fput } from '../fs/file.ts'
import { file_read, file_write } from '../fs/read_write.ts'
import { GFP_KERNEL, NULL, kfree, kmem, koff, kzalloc } from '../mm/slab.ts'
import { KERNEL_DS, get_fs, set_fs, type mm_segment_t } from '../mm/uaccess.ts'
import { current } from '../sched/current.ts'
import { after, lastly, may } from '../sched/may_sleep.ts'
import { fruitless_turn } from '../sched/watchdog.ts'
import { task_pid_vnr } from '../task/pid.ts'
import { do_checkpoint } from './checkpoint.ts'
import { ckpt_hdr } from './checkpoint_hdr.ts'
import { CKPT_CTX_CHECKPOINT, CKPT_CTX_RESTART, ckpt_ctx } from './checkpoint_types.ts'
import { do_restart } from './restart.ts'

/** The two system calls, and how bytes get between kernel memory and the image: checkpoint/sys.c. */

/**
 * Checkpoint the current task into the file at `fd`. Returns the checkpoint's id, 1 or more; -EINVAL
 * for any flag, -ENOMEM, -EBADF, or what writing gave. SEED: -ERESTARTSYS and its like come back as they
 * are: the call may be made again, and then writes a second header behind what it had written.
 *
 * seed: checkpoint/sys.c:sys_checkpoint()
 */
export function sys_checkpoint(pid: Pid, fd: Fd, flags: Word): MaySleep<number> {
  if (flags !== 0) return -EINVAL
  // SEED: looked up, and never used.
  if (pid === 0) pid = task_pid_vnr(current) as Pid
  const ctx = ckpt_ctx_alloc(fd, 0n, CKPT_CTX_CHECKPOINT)
  if (typeof ctx === 'number') return ctx
  const ret = after(do_checkpoint(ctx, pid), crid_or_err, ctx)
  return lastly(ret, ckpt_ctx_free, ctx)
}

function crid_or_err(ret: number, ctx: ckpt_ctx): number {
  return ret === 0 ? ctx.crid : ret
}

/**
 * Make the current task the one whose image is in the file at `fd`. Returns 0; -EINVAL for any flag or
 * an image that is not right, -ENOMEM, -EBADF, -EPIPE where the image ends too soon, or what reading
 * gave. A call that a signal ends cannot be made again, since part of the image is read: -EINTR.
 *
 * seed: checkpoint/sys.c:sys_restart()
 */
export function sys_restart(pid: Pid, fd: Fd, flags: Word): MaySleep<number> {
  if (flags !== 0) return -EINVAL
  const ctx = ckpt_ctx_alloc(fd, 0n, CKPT_CTX_RESTART)
  if (typeof ctx === 'number') return ctx
  const ret = lastly(do_restart(ctx, pid), ckpt_ctx_free, ctx)
  return after(ret, never_restart)
}

function never_restart(ret: number): number {
  switch (ret) {
    case -ERESTARTSYS:
    case -ERESTARTNOINTR:
    case -ERESTARTNOHAND:
    case -ERESTART_RESTARTBLOCK:
      return -EINTR
    default:
      return ret
  }
}

/**
 * Write `count` bytes of kernel memory to the image: 0, or a negative errno.
 * SEED: `total` grows by the whole of it even when the write failed.
 *
 * seed: checkpoint/sys.c:ckpt_kwrite()
 */
export function ckpt_kwrite(ctx: ckpt_ctx, addr: KPtr, count: number): MaySleep<number> {
  const fs = get_fs()
  set_fs(KERNEL_DS)
  const ret = _ckpt_kwrite(ctx.file as file, addr as number as UserPtr, count)
  return lastly(ret, transferred, ctx, fs, count)
}

/** seed: checkpoint/sys.c:_ckpt_kwrite() */
function _ckpt_kwrite(file: file, uaddr: UserPtr, count: number): MaySleep<number> {
  if (count === 0) return 0
  // Almost always one call writes it all.
  const nwrite = file_write(file, uaddr, count)
  return nwrite === count ? 0 : _ckpt_kwrite_rest(file, uaddr, count, nwrite)
}

/** The loop of _ckpt_kwrite() from its first vfs_write() on. SEED: -EAGAIN and 0 are tried again at once. */
function* _ckpt_kwrite_rest(file: file, uaddr: UserPtr, nleft: number, first: MaySleep<number>): Sleeps<number> {
  let nwrite = yield* may(first)
  for (;;) {
    if (nwrite === -EAGAIN) nwrite = 0
    else if (nwrite < 0) return nwrite
    if (nwrite === 0) yield* fruitless_turn('_ckpt_kwrite')
    uaddr = (uaddr + nwrite) as UserPtr
    nleft -= nwrite
    if (nleft === 0) return 0
    nwrite = yield* may(file_write(file, uaddr, nleft))
  }
}

/**
 * Read `count` bytes of the image into kernel memory: 0, -EPIPE where it ends before, a negative errno.
 * SEED: `total` grows by the whole of it even when the read failed.
 *
 * seed: checkpoint/sys.c:ckpt_kread()
 */
export function ckpt_kread(ctx: ckpt_ctx, addr: KPtr, count: number): MaySleep<number> {
  const fs = get_fs()
  set_fs(KERNEL_DS)
  const ret = _ckpt_kread(ctx.file as file, addr as number as UserPtr, count)
  return lastly(ret, transferred, ctx, fs, count)
}

/** seed: checkpoint/sys.c:_ckpt_kread() */
function _ckpt_kread(file: file, uaddr: UserPtr, count: number): MaySleep<number> {
  if (count === 0) return 0
  const nread = file_read(file, uaddr, count)
  return nread === count ? 0 : _ckpt_kread_rest(file, uaddr, count, nread)
}

/** The loop of _ckpt_kread() from its first vfs_read() on. SEED: -EAGAIN is tried again at once. */
function* _ckpt_kread_rest(file: file, uaddr: UserPtr, nleft: number, first: MaySleep<number>): Sleeps<number> {
  let nread = yield* may(first)
  for (;;) {
    if (nread === -EAGAIN) {
      nread = 0
      yield* fruitless_turn('_ckpt_kread')
    } else if (nread === 0) return -EPIPE
    else if (nread < 0) return nread
    uaddr = (uaddr + nread) as UserPtr
    nleft -= nread
    if (nleft === 0) return 0
    nread = yield* may(file_read(file, uaddr, nleft))
  }
}

function transferred(ctx: ckpt_ctx, fs: mm_segment_t, count: number): void {
  set_fs(fs)
  ctx.total += count
}

/** Zeroed room for a record of `len` bytes, or NULL. seed: checkpoint/sys.c:ckpt_hdr_get() */
export function ckpt_hdr_get(_ctx: ckpt_ctx, len: number): KPtr {
  return kzalloc(len, GFP_KERNEL)
}

/** Free a record. seed: checkpoint/sys.c:_ckpt_hdr_put() */
export function _ckpt_hdr_put(_ctx: ckpt_ctx, ptr: KPtr, _len: number): void {
  kfree(ptr)
}

/** Free a record that begins with a ckpt_hdr. seed: checkpoint/sys.c:ckpt_hdr_put() */
export function ckpt_hdr_put(ctx: ckpt_ctx, ptr: KPtr): void {
  _ckpt_hdr_put(ctx, ptr, new ckpt_hdr(kmem(ptr, ckpt_hdr.sizeof), koff(ptr), ptr).len)
}

/** Room for a record of `len` bytes with its header filled in, or NULL. seed: checkpoint/sys.c:ckpt_hdr_get_type() */
export function ckpt_hdr_get_type(ctx: ckpt_ctx, len: number, type: number): KPtr {
  const ptr = ckpt_hdr_get(ctx, len)
  if (ptr === NULL) return NULL
  const h = new ckpt_hdr(kmem(ptr, ckpt_hdr.sizeof), koff(ptr), ptr)
  h.type = type
  h.len = len
  return ptr
}

/**
 * A context with a reference to the file at `fd`; -ENOMEM, or -EBADF, looked at in this order.
 * seed: checkpoint/sys.c:ckpt_ctx_alloc()
 */
export function ckpt_ctx_alloc(fd: Fd, uflags: bigint, kflags: bigint): ckpt_ctx | number {
  const ptr = kzalloc(ckpt_ctx.sizeof, GFP_KERNEL)
  if (ptr === NULL) return -ENOMEM
  const ctx = new ckpt_ctx(kmem(ptr, ckpt_ctx.sizeof), koff(ptr), ptr)
  ctx.uflags = uflags
  ctx.kflags = kflags
  ctx.file = fget(fd)
  if (ctx.file === null) {
    ckpt_ctx_free(ctx)
    return -EBADF
  }
  return ctx
}

/** seed: checkpoint/sys.c:ckpt_ctx_free() */
export function ckpt_ctx_free(ctx: ckpt_ctx): void {
  if (ctx.file !== null) fput(ctx.file)
  kfree(ctx.addr)
}

/**
 * `ckpt_debug=` on the command line: which messages of c/r are printed. Returns 0, or -EINVAL for what
 * is no decimal number and then leaves the level alone.
 *
 * seed: checkpoint/sys.c:ckpt_debug_setup()
 */
export function ckpt_debug_setup(kernel: Kernel, s: ByteString): number {
  const val = strict_strtoul(s)
  if (val < 0n) return -EINVAL
  // No message has a level above the lowest 32 bits.
  kernel.ckpt_debug_level = Number(BigInt.asUintN(32, val))
  return 0
}

/**
 * An unsigned long in decimal: digits only, one newline behind them allowed; -EINVAL for anything else.
 * Too many digits wrap around, as in lib/vsprintf.c of 2.6.31.
 */
function strict_strtoul(s: ByteString): bigint {
  const digits = /^(\d+)\n?$/.exec(s)
  return digits === null ? BigInt(-EINVAL) : BigInt.asUintN(64, BigInt(digits[1]))
}
