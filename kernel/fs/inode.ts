import type { ByteString } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import type { file_operations } from './file.ts'
import type { dentry } from './dentry.ts'
import type { super_block } from './super.ts'
import type { file_lock_context } from './locks.ts'
import type { pipe_inode_info } from './pipe.ts'
import type { address_space } from './ramfs_pages.ts'
import { ENXIO } from '../errno.ts'

/** File types in i_mode: include/linux/stat.h. */
export const S_IFMT = 0o170000
export const S_IFIFO = 0o010000
export const S_IFCHR = 0o020000
export const S_IFBLK = 0o060000
export const S_IFDIR = 0o040000
export const S_IFREG = 0o100000
export const S_IFLNK = 0o120000
export const S_IFSOCK = 0o140000
export const S_IXUGO = 0o111
export const S_ISUID = 0o4000
export const S_ISGID = 0o2000
export const S_ISVTX = 0o1000
export const S_IXGRP = 0o010

/** What a file may be besides its mode: include/uapi/linux/fs.h. */
export const FS_IMMUTABLE_FL = 0x10
export const FS_APPEND_FL = 0x20
export const FS_NODUMP_FL = 0x40
/** Reading it leaves no time. */
export const FS_NOATIME_FL = 0x80

/** What can be done with a name in a directory. All return a negative errno where they fail. */
export interface inode_operations {
  /** Names come and go by themselves: ask each time, and keep none. */
  readonly d_volatile?: boolean
  /** The inode that `name` leads to, null where there is none, or a negative errno. */
  lookup(dir: inode, name: ByteString): inode | number | null
  create(dir: inode, name: ByteString, mode: number): inode | number
  mkdir(dir: inode, name: ByteString, mode: number): inode | number
  mknod(dir: inode, name: ByteString, mode: number, i_fop: file_operations): inode | number
  link(i: inode, dir: inode, name: ByteString): number
  symlink(dir: inode, name: ByteString, target: ByteString): inode | number
  unlink(dir: inode, name: ByteString): number
  /** -ENOTEMPTY where it is not. */
  rmdir(dir: inode, name: ByteString): number
  /**
   * Move a name, in the place of what has the new one; with `exchange` that gets the old name. The caller has
   * seen to it that both are directories or neither is.
   */
  rename(old_dir: inode, old_name: ByteString, new_dir: inode, new_name: ByteString, exchange: boolean): number
  /** Where a symbolic link leads: a path, or the place itself. */
  get_link(i: inode): ByteString | dentry | number
  /** What readlink(2) tells, where that is not the path itself. */
  readlink?(i: inode): ByteString | number
  /** Asked before the mode: 0 or a negative errno; undefined leaves it to the mode. */
  permission?(i: inode, mask: number): number | undefined
  /** May its mode and its owner be changed? 0 or a negative errno. */
  setattr?(i: inode): number
  /** Cut or grow a file; do_truncate() sees to the rest. */
  truncate(i: inode, size: number): number
  /** It has no name, and nobody has it open: give back what it took. */
  evict?(i: inode): void
  /** Blocks of 512 bytes that a file takes; none without it. */
  blocks?(i: inode): number
}

/** Nanoseconds since 1970, each good as long as the inode's own stamp is what it was rounded to. */
export interface exact_times {
  atime: bigint
  mtime: bigint
}

/** What cannot be opened by a name: sockets, and what programs hold without one. fs/inode.c:no_open(). */
export const no_open_fops: file_operations = { open: () => -ENXIO }

/** A file as the kernel knows it, whatever names it has: include/linux/fs.h. */
export class inode {
  readonly kernel: Kernel
  readonly i_ino: number
  i_mode: number
  i_nlink = 1
  i_uid = 0
  i_gid = 0
  /** Bytes. */
  i_size = 0
  /**
   * Nanoseconds since 1970 are `boot` seconds and these, counted since boot. A number from the first: the
   * engine then keeps it unboxed, where else each write to the file would allocate.
   */
  i_mtime = 0
  /** The same, of the last read and the last change of the inode itself. */
  i_atime = 0
  i_ctime = 0
  /** When it was made. */
  readonly i_btime: number
  /** Times that utimensat(2) has set, as exactly as it was given them: attr.ts. */
  i_times: exact_times | null = null
  /** Of a device: its number, as stat(2) tells it. */
  i_rdev = 0
  /** The file system it is in; null for a pipe and the like. */
  i_sb: super_block | null = null
  /** Flags beside the mode, for FS_IOC_SETFLAGS: fileattr.ts. */
  i_flags = 0
  /** Files that are open on it. */
  i_count = 0
  /** Files that it can be written by; negative while programs of it run. */
  i_writecount = 0
  /** Where its bytes are, if it has any. */
  i_mapping: address_space | null = null
  /** Advisory locks, where it ever had one. */
  i_flctx: file_lock_context | null = null
  i_op: inode_operations | null = null
  i_fop: file_operations = no_open_fops
  /** Of a named pipe, while it is open. */
  i_pipe: pipe_inode_info | null = null
  /** Belongs to the file system. */
  i_private: unknown = null

  constructor(kernel: Kernel, i_ino: number, i_mode: number) {
    this.kernel = kernel
    this.i_ino = i_ino
    this.i_mode = i_mode
    this.i_mtime = this.i_atime = this.i_ctime = this.i_btime = kernel.clock.real
  }
}

/** Drop a file's reference: with the last one goes what has no name any more. fs/inode.c */
export function iput(i: inode): void {
  if (--i.i_count === 0 && i.i_nlink === 0) iput_final(i)
}

/** It has lost its last name: it goes, unless somebody has it open. */
export function iput_final(i: inode): void {
  if (i.i_count === 0) i.i_op?.evict?.(i)
}

/** It can only grow, and is the place of names that stay. */
export function IS_APPEND(i: inode): boolean {
  return (i.i_flags & FS_APPEND_FL) !== 0
}

/** It stays as it is. */
export function IS_IMMUTABLE(i: inode): boolean {
  return (i.i_flags & FS_IMMUTABLE_FL) !== 0
}

export function S_ISDIR(mode: number): boolean {
  return (mode & S_IFMT) === S_IFDIR
}

export function S_ISREG(mode: number): boolean {
  return (mode & S_IFMT) === S_IFREG
}

export function S_ISCHR(mode: number): boolean {
  return (mode & S_IFMT) === S_IFCHR
}

export function S_ISBLK(mode: number): boolean {
  return (mode & S_IFMT) === S_IFBLK
}

export function S_ISLNK(mode: number): boolean {
  return (mode & S_IFMT) === S_IFLNK
}

/** The plain file `i` is open for writing once more, and once less: include/linux/fs.h. */
export function get_write_access(i: inode): void {
  i.i_writecount++
  if (i.i_sb !== null) i.i_sb.s_writers++
}

export function put_write_access(i: inode): void {
  i.i_writecount--
  if (i.i_sb !== null) i.i_sb.s_writers--
}
