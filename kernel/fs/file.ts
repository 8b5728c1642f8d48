import type { ByteString, MaySleep, UserPtr } from '../types.ts'
import type { Loff } from '../task/task.ts'
import type { Kernel } from '../kernel.ts'
import type { wait_queue_head } from '../sched/wait.ts'
import { locks_remove_file } from './locks.ts'
import { S_ISREG, iput, put_write_access, type inode } from './inode.ts'
import type { dentry } from './dentry.ts'
import type { cred } from '../task/cred.ts'
import { BUG_ON } from '../bug.ts'
import { current } from '../sched/current.ts'
import { capable } from '../task/cred.ts'

/** Open flags: asm-generic/fcntl.h. */
export const O_ACCMODE = 0o3
export const O_RDONLY = 0o0
export const O_WRONLY = 0o1
export const O_RDWR = 0o2
export const O_CREAT = 0o100
export const O_EXCL = 0o200
export const O_NOCTTY = 0o400
export const O_TRUNC = 0o1000
export const O_APPEND = 0o2000
export const O_NONBLOCK = 0o4000
export const O_DIRECT = 0o40000
/** Whether asked for or not, where offsets have 64 bits. */
export const O_LARGEFILE = 0o100000
export const O_DIRECTORY = 0o200000
export const O_NOFOLLOW = 0o400000
export const O_NOATIME = 0o1000000
export const O_CLOEXEC = 0o2000000
export const O_PATH = 0o10000000
/** __O_TMPFILE */
export const O_TMPFILE_BIT = 0o20000000

/** f_mode: include/linux/fs.h. */
export const FMODE_READ = 1
export const FMODE_WRITE = 2
export const FMODE_LSEEK = 4
/** It has no position: stream_open(). */
export const FMODE_STREAM = 0x200000
/** It can be written at a position of the call's own: pwrite64(2). */
export const FMODE_PWRITE = 0x10
/** Its open has made it: there is nothing to cut. */
export const FMODE_CREATED = 0x100000
/** It stands for a place only: O_PATH. */
export const FMODE_PATH = 0x4000

/**
 * What can be done with an open file. `read` and `write` get a range that has been checked, move
 * `pos` by what they moved, and return that or a negative errno.
 */
export interface file_operations {
  llseek?(file: file, offset: number, whence: number): number
  read?(file: file, buf: UserPtr, count: number, pos: Loff): MaySleep<number>
  write?(file: file, buf: UserPtr, count: number, pos: Loff): MaySleep<number>
  /** Each segment of a vector is moved as if it had a call of its own, and RWF_ flags mean nothing: no read_iter, write_iter. */
  readonly read_loops?: boolean
  readonly write_loops?: boolean
  /** RWF_NOWAIT means something: FMODE_NOWAIT. */
  readonly nowait?: boolean
  /** Hand the names from the position on to `fill`, until it takes no more: 0 or a negative errno. */
  iterate?(file: file, fill: filldir): number
  /**
   * What could be done now without waiting, POLLIN and so on; each queue that is woken when that changes goes
   * to `poll_wait`. A file without it never makes anybody wait.
   */
  poll?(file: file, poll_wait: (wq: wait_queue_head) => void): number
  /** See to it that what was written lasts: fsync(2). -EINVAL without it. */
  fsync?(file: file): number
  /** May its bytes go to another file, or another's to it, without a program in between? splice(2), sendfile(2). */
  readonly splice_read?: boolean
  readonly splice_write?: boolean
  /** Make room or a hole: fallocate(2), whose arguments have been looked at. -EOPNOTSUPP without it. */
  fallocate?(file: file, mode: number, offset: number, len: number): number
  /** A request of the file's own; -ENOTTY for one that it does not know, as for a file without it. */
  ioctl?(file: file, cmd: number, arg: UserPtr): MaySleep<number>
  /**
   * Called at open, before anybody else sees the file; a negative errno refuses it. One that sleeps has done
   * nothing before it runs, so that who cannot sleep may drop it.
   */
  open?(inode: inode, file: file): MaySleep<number>
  /** Called when the last reference goes to a file whose open did not fail. */
  release?(file: file): void
}

/** Takes a name of a directory; `next` is the position behind it. False where it cannot. */
export type filldir = (name: ByteString, ino: number, type: number, next: number) => boolean

/** An open file: shared by every descriptor that dup or fork made of it, with its position. */
export class file {
  readonly kernel: Kernel
  /** A device's takes the place of its node's when it is opened. */
  f_op: file_operations
  f_mode: number
  readonly f_dentry: dentry
  /** Who opened it. */
  readonly f_cred: cred = current.cred
  f_flags: number
  f_pos = 0
  f_count = 1
  /** Belongs to the driver. */
  private_data: unknown = null

  constructor(kernel: Kernel, d: dentry, f_op: file_operations, f_mode: number, f_flags: number) {
    this.kernel = kernel
    this.f_dentry = d
    this.f_op = f_op
    this.f_mode = f_mode
    this.f_flags = f_flags
    this.f_inode.i_count++
    const { i_sb } = this.f_inode
    if (i_sb !== null) i_sb.s_files++
  }

  get f_inode(): inode {
    return this.f_dentry.d_inode as inode
  }
}

/** FMODE_ bits of open flags. */
export function OPEN_FMODE(flags: number): number {
  return (flags + 1) & O_ACCMODE
}

/** A file that nobody refers to yet but the caller, or null when there is no memory, or as many are open as may be. */
export function alloc_file(
  kernel: Kernel,
  d: dentry,
  f_op: file_operations,
  f_mode: number,
  f_flags: number,
): file | null {
  const { filp } = kernel.caches
  if (filp.active_objs >= kernel.max_files && !capable(current.cred)) return null
  return kernel.slab.kmem_cache_alloc(filp) ? new file(kernel, d, f_op, f_mode, f_flags) : null
}

export function get_file(f: file): file {
  f.f_count++
  return f
}

/** Drop a reference; the last one closes the file. fs/file_table.c. */
export function fput(f: file): void {
  BUG_ON(f.f_count <= 0, 'fput of a file that is closed')
  if (--f.f_count > 0) return
  if (f.f_inode.i_flctx !== null) locks_remove_file(f)
  f.f_op.release?.(f)
  put_filp(f)
}

/** Give back a file that is not open. */
export function put_filp(f: file): void {
  const i = f.f_inode
  if (i.i_sb !== null) i.i_sb.s_files--
  if ((f.f_mode & FMODE_WRITE) !== 0 && S_ISREG(i.i_mode)) put_write_access(i)
  iput(i)
  f.kernel.slab.kmem_cache_free(f.kernel.caches.filp)
}

/** file_pos_read() and file_pos_write(), fs/read_write.c: the position a transfer starts from. */
export function file_pos_read(f: file): number {
  return f.f_pos
}

export function file_pos_write(f: file, pos: number): void {
  f.f_pos = pos
}
