import type { ByteString } from '../types.ts'
import type { dentry } from './dentry.ts'
import { EEXIST, EINVAL, EISDIR, ENOENT, EPERM } from '../errno.ts'
import { current } from '../sched/current.ts'
import { fifo_fops } from './fifo.ts'
import { S_IFBLK, S_IFCHR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK, S_ISDIR } from './inode.ts'
import { d_instantiate, lookup_create } from './namei.ts'
import { may_create, vfs_create } from './open.ts'

/**
 * Make a regular file or a named pipe. 0; -EPERM for a directory, and for devices and sockets, of which
 * this file system has none; -EINVAL for what is no type; -EEXIST, -ENOENT, -ENOTDIR. fs/namei.c:sys_mknodat().
 */
export function do_mknod(start: dentry, path: ByteString, mode: number): number {
  if (S_ISDIR(mode)) return -EPERM
  // A slash at the end is no matter where the name exists, and asks for a directory where it does not.
  const d = lookup_create(start, /^\/+$/.test(path) ? path : path.replace(/\/+$/, ''))
  // Where the last name is `.`, `..` or none at all, it leads to a directory that is there.
  if (typeof d === 'number') return d === -EISDIR ? -EEXIST : d
  if (d.d_inode !== null) return -EEXIST
  if (path.endsWith('/')) return -ENOENT
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
  const dir = may_create(d)
  if (typeof dir === 'number') return dir
  const i = dir.i_op.mknod(dir, d.d_name, S_IFIFO | (mode & 0o7777 & ~current.fs.umask), fifo_fops)
  if (typeof i === 'number') return i
  d_instantiate(d, i)
  return 0
}
