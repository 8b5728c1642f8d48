import type { ByteString } from '../types.ts'
import type { dentry } from './dentry.ts'
import { EINVAL, EPERM } from '../errno.ts'
import { current } from '../sched/current.ts'
import { fifo_fops } from './fifo.ts'
import { S_IFBLK, S_IFCHR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK, S_ISDIR } from './inode.ts'
import { make, vfs_create } from './link.ts'
import { lookup_create } from './namei.ts'

/**
 * Make a regular file or a named pipe. 0; -EPERM for a directory, and for devices and sockets, of which
 * this file system has none; -EINVAL for what is no type; -EEXIST, -ENOENT, -ENOTDIR. fs/namei.c:sys_mknodat().
 */
export function do_mknod(start: dentry, path: ByteString, mode: number): number {
  if (S_ISDIR(mode)) return -EPERM
  const d = lookup_create(start, path, false)
  if (typeof d === 'number') return d
  switch (mode & S_IFMT) {
    case 0:
    case S_IFREG:
      return vfs_create(d, mode)
    case S_IFIFO:
      return mkfifo(d, mode)
    case S_IFCHR:
    case S_IFBLK:
    case S_IFSOCK:
      return -EPERM
    default:
      return -EINVAL
  }
}

function mkfifo(d: dentry, mode: number): number {
  const bits = mode & 0o7777 & ~current.fs.umask
  return make(d, (dir) => dir.i_op.mknod(dir, d.d_name, S_IFIFO | bits, fifo_fops))
}
