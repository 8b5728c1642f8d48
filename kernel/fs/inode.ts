import type { ByteString } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import type { file_operations } from './file.ts'
import type { pipe_inode_info } from './pipe.ts'

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

/** What can be done with a name in a directory. All return a negative errno where they fail. */
export interface inode_operations {
  /** The inode that `name` leads to, or null. */
  lookup(dir: inode, name: ByteString): inode | null
  create(dir: inode, name: ByteString, mode: number): inode | number
  mkdir(dir: inode, name: ByteString, mode: number): inode | number
  mknod(dir: inode, name: ByteString, mode: number, i_fop: file_operations): inode | number
  unlink(dir: inode, name: ByteString): number
  /** Cut or grow a file. */
  truncate(i: inode, size: number): number
}

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
  i_op: inode_operations | null = null
  i_fop: file_operations = {}
  /** Of a named pipe, while it is open. */
  i_pipe: pipe_inode_info | null = null
  /** Belongs to the file system. */
  i_private: unknown = null

  constructor(kernel: Kernel, i_ino: number, i_mode: number) {
    this.kernel = kernel
    this.i_ino = i_ino
    this.i_mode = i_mode
    this.i_mtime = kernel.clock.now
  }
}

export function S_ISDIR(mode: number): boolean {
  return (mode & S_IFMT) === S_IFDIR
}

export function S_ISREG(mode: number): boolean {
  return (mode & S_IFMT) === S_IFREG
}
