import type { ByteString } from '../types.ts'
import type { dentry } from './dentry.ts'
import { EINVAL, EPERM } from '../errno.ts'
import { current } from '../sched/current.ts'
import { capable_fs } from '../task/cred.ts'
import { def_chr_fops } from './char_dev.ts'
import { fifo_fops } from './fifo.ts'
import {
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  S_ISBLK,
  S_ISCHR,
  no_open_fops,
} from './inode.ts'
import { make, may_create, vfs_create } from './link.ts'
import { lookup_create } from './namei.ts'
import { new_decode_dev } from './kdev_t.ts'

/** Names for what is no plain file: fs/namei.c:do_mknodat(). */

/** -EPERM for a directory, -EINVAL for what is no type. It is asked before the path is looked at. */
export function may_mknod(mode: number): number {
  switch (mode & S_IFMT) {
    case 0:
    case S_IFREG:
    case S_IFCHR:
    case S_IFBLK:
    case S_IFIFO:
    case S_IFSOCK:
      return 0
    case S_IFDIR:
      return -EPERM
    default:
      return -EINVAL
  }
}

/**
 * Make a regular file, a named pipe, a socket's name or a device's node. 0; -EEXIST, -ENOENT, -ENOTDIR; -EPERM
 * for a device where root does not ask.
 */
export function do_mknod(start: dentry, path: ByteString, mode: number, dev: number): number {
  const d = lookup_create(start, path, false)
  if (typeof d === 'number') return d
  const type = mode & S_IFMT
  if (type === 0 || type === S_IFREG) return vfs_create(d, mode)
  const device = S_ISCHR(mode) || S_ISBLK(mode)
  // Linux gives everybody the device 0:0, which stands for a name that is not there.
  const whiteout = S_ISCHR(mode) && dev === 0
  if (device && !whiteout && !capable_fs(current.cred)) {
    const dir = may_create(d)
    return typeof dir === 'number' ? dir : -EPERM
  }
  const bits = mode & 0o7777 & ~current.fs.umask
  return make(d, (dir) => {
    const fops = type === S_IFIFO ? fifo_fops : type === S_IFCHR ? def_chr_fops : no_open_fops
    const i = dir.i_op.mknod(dir, d.d_name, type | bits, fops)
    if (device && typeof i === 'object') i.i_rdev = new_decode_dev(dev)
    return i
  })
}
