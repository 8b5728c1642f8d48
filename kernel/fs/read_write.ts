import type { KPtr, MaySleep, Sleeps, UserPtr } from '../types.ts'
import type { Loff } from '../task/task.ts'
import type { Tracepoint } from '../trace.ts'
import { EBADF, EFAULT, EFBIG, EINVAL, ENXIO, ESPIPE } from '../errno.ts'
import { current } from '../sched/current.ts'
import { KERNEL_DS, access_ok, get_fs, set_fs } from '../mm/uaccess.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { RLIMIT_FSIZE, rlimit } from '../task/rlimit.ts'
import { SIGXFSZ, send_sig_current } from '../task/signal.ts'
import { task_kiocb } from './kiocb.ts'
import { FMODE_LSEEK, FMODE_READ, FMODE_STREAM, FMODE_WRITE, file_pos_read, file_pos_write, type file } from './file.ts'

/** The way of every byte that moves between a program and a file: fs/read_write.c of 2.6.31. */

export const SEEK_SET = 0
export const SEEK_CUR = 1
export const SEEK_END = 2
export const SEEK_DATA = 3
export const SEEK_HOLE = 4

/** Most that one transfer moves, in bytes. */
export const MAX_RW_COUNT = 0x7fffffff & ~(PAGE_SIZE - 1)
/** Two such numbers together are an int, and less than any limit. */
const SMALL = 0x3fff_ffff
/** Largest file offset: what a number holds exactly. NON-SEED: Linux goes to 2^63 - 1. */
export const MAX_LFS_FILESIZE = Number.MAX_SAFE_INTEGER

/**
 * Read up to `count` bytes from `pos` on into `buf`. Returns the bytes read, 0 at the end of the file.
 *
 * In this order: -EBADF when not open for reading; -EINVAL when it cannot be read; -EFAULT when the
 * range is not user memory; -EINVAL when count or position are out of range; what the file says.
 */
export function vfs_read(file: file, buf: UserPtr, count: number, pos: Loff): MaySleep<number> {
  const { kernel } = current
  let ret: MaySleep<number>
  if ((file.f_mode & FMODE_READ) === 0) ret = -EBADF
  else if (file.f_op.read === undefined) ret = -EINVAL
  else if (!access_ok(buf, count)) ret = -EFAULT
  else if ((ret = rw_verify_area(pos.pos, count)) >= 0) {
    const action = kernel.watched && kernel.inject.vfs_read.active ? kernel.inject.vfs_read.hit() : null
    if (action === null) ret = file.f_op.read(file, buf, ret, pos)
    else ret = 'retval' in action ? action.retval : file.f_op.read(file, buf, Math.min(ret, action.max), pos)
  }
  if (typeof ret !== 'number') {
    const { kiocb } = current
    if (kiocb !== null && ret === kiocb) return kiocb.tells(false, count)
    return traceLater(kernel.trace.vfs_read, file, count, ret)
  }
  if (ret > 0) kernel.watchdog.touch()
  if (kernel.watched && kernel.trace.vfs_read.enabled) kernel.trace.vfs_read.emit(file, count, ret)
  return ret
}

/** Write up to `count` bytes of `buf` at `pos`. Returns the bytes written; the checks are vfs_read()'s. */
export function vfs_write(file: file, buf: UserPtr, count: number, pos: Loff): MaySleep<number> {
  const { kernel } = current
  let ret: MaySleep<number>
  if ((file.f_mode & FMODE_WRITE) === 0) ret = -EBADF
  else if (file.f_op.write === undefined) ret = -EINVAL
  else if (!access_ok(buf, count)) ret = -EFAULT
  else if ((ret = rw_verify_area(pos.pos, count)) >= 0) {
    const action = kernel.watched && kernel.inject.vfs_write.active ? kernel.inject.vfs_write.hit() : null
    if (action === null) ret = file.f_op.write(file, buf, ret, pos)
    else ret = 'retval' in action ? action.retval : file.f_op.write(file, buf, Math.min(ret, action.max), pos)
  }
  if (typeof ret !== 'number') {
    const { kiocb } = current
    if (kiocb !== null && ret === kiocb) return kiocb.tells(true, count)
    return traceLater(kernel.trace.vfs_write, file, count, ret)
  }
  if (ret > 0) kernel.watchdog.touch()
  if (kernel.watched && kernel.trace.vfs_write.enabled) kernel.trace.vfs_write.emit(file, count, ret)
  return ret
}

/**
 * One transfer at the file's own position: file_pos_read(), vfs_read(), file_pos_write(), as sys_read()
 * and the patch both do it. The position is written back whatever came of the transfer. A stream has none.
 */
export function file_read(file: file, buf: UserPtr, count: number): MaySleep<number> {
  if ((file.f_mode & FMODE_STREAM) !== 0) return vfs_read(file, buf, count, NO_POS)
  const pos = task_kiocb(current)
  pos.pos = file_pos_read(file)
  const ret = vfs_read(file, buf, count, pos)
  if (typeof ret !== 'number') return writePosLater(file, pos, ret)
  file_pos_write(file, pos.pos)
  return ret
}

/** The same for writing. */
export function file_write(file: file, buf: UserPtr, count: number): MaySleep<number> {
  if ((file.f_mode & FMODE_STREAM) !== 0) return vfs_write(file, buf, count, NO_POS)
  const pos = task_kiocb(current)
  pos.pos = file_pos_read(file)
  const ret = vfs_write(file, buf, count, pos)
  if (typeof ret !== 'number') return writePosLater(file, pos, ret)
  file_pos_write(file, pos.pos)
  return ret
}

const NO_POS: Loff = { pos: 0 }

function* writePosLater(file: file, pos: Loff, sleep: Sleeps<number>): Sleeps<number> {
  const ret = yield* sleep
  file_pos_write(file, pos.pos)
  return ret
}

/** Read from a regular file into kernel memory at `ptr`: bytes read, or a negative errno. fs/exec.c. */
export function kernel_read(file: file, ptr: KPtr, count: number, pos: number): number {
  const fs = get_fs()
  set_fs(KERNEL_DS)
  try {
    const ret = vfs_read(file, ptr as number as UserPtr, count, { pos })
    return typeof ret === 'number' ? ret : -EINVAL
  } finally {
    set_fs(fs)
  }
}

/** How much of `count` may be moved at `pos`, or -EINVAL. */
export function rw_verify_area(pos: number, count: number): number {
  // Mostly both are small, and ints are cheap.
  if ((count & SMALL) === count && (pos & SMALL) === pos) return count
  if (count < 0 || pos < 0 || pos + count > MAX_LFS_FILESIZE) return -EINVAL
  return count > MAX_RW_COUNT ? MAX_RW_COUNT : count
}

/** How much of `count` may be written at `pos`: -EFBIG where no file goes on, or none of the task's may. fs/read_write.c */
export function generic_write_checks(pos: number, count: number): number {
  const allowed = generic_write_check_limits(pos, count)
  if (allowed < 0) return allowed
  return pos >= MAX_LFS_FILESIZE ? -EFBIG : Math.min(allowed, MAX_LFS_FILESIZE - pos)
}

function* traceLater(
  trace: Tracepoint<[file: file, count: number, ret: number]>,
  file: file,
  count: number,
  sleep: Sleeps<number>,
): Sleeps<number> {
  const ret = yield* sleep
  if (ret > 0) current.kernel.watchdog.touch()
  if (trace.enabled) trace.emit(file, count, ret)
  return ret
}

/**
 * How much of `count` bytes may be written at `pos`, by RLIMIT_FSIZE. Where that is nothing: -EFBIG, and SIGXFSZ says why.
 * Every file that grows asks this before it does. fs/read_write.c:generic_write_check_limits().
 */
export function generic_write_check_limits(pos: number, count: number): number {
  const limit = rlimit(RLIMIT_FSIZE)
  return pos < limit ? Math.min(count, limit - pos) : over_limit()
}

/** A file would be longer than the task's may be: what it is told. */
export function over_limit(): number {
  send_sig_current(SIGXFSZ)
  return -EFBIG
}

/** lseek(2): the new position, -ESPIPE where there is none, -EINVAL, -ENXIO. */
export function vfs_llseek(file: file, offset: number, whence: number): number {
  if ((file.f_mode & FMODE_LSEEK) === 0) return -ESPIPE
  return (file.f_op.llseek ?? generic_file_llseek)(file, offset, whence)
}

export function generic_file_llseek(file: file, offset: number, whence: number): number {
  let pos: number
  const { i_size } = file.f_inode
  // A file that knows of no holes is data to its end.
  if (whence === SEEK_DATA || whence === SEEK_HOLE) {
    if (offset < 0 || offset >= i_size) return -ENXIO
    pos = whence === SEEK_DATA ? offset : i_size
  } else if (whence === SEEK_SET) pos = offset
  else if (whence === SEEK_CUR) pos = file.f_pos + offset
  else if (whence === SEEK_END) pos = i_size + offset
  else return -EINVAL
  return vfs_setpos(file, pos)
}

export function vfs_setpos(file: file, pos: number): number {
  if (pos < 0 || pos > MAX_LFS_FILESIZE) return -EINVAL
  file.f_pos = pos
  return pos
}
