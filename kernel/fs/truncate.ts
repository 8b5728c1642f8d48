import type { inode } from './inode.ts'
import { EBADF, EFBIG, EINVAL, EISDIR, ENODEV, EOPNOTSUPP, EPERM, EROFS, ESPIPE, ETXTBSY } from '../errno.ts'
import { RLIMIT_FSIZE, rlimit } from '../task/rlimit.ts'
import { file_remove_privs } from './attr.ts'
import { FMODE_WRITE, type file } from './file.ts'
import { IS_APPEND, IS_IMMUTABLE, S_IFIFO, S_IFMT, S_ISDIR, S_ISREG } from './inode.ts'
import { MAY_WRITE, inode_permission, is_rdonly } from './permission.ts'
import { MAX_LFS_FILESIZE, over_limit } from './read_write.ts'

/** How long a file is, and where it has room: fs/open.c. */

/** fallocate(2)'s modes: include/uapi/linux/falloc.h. */
export const FALLOC_FL_KEEP_SIZE = 0x01
export const FALLOC_FL_PUNCH_HOLE = 0x02
const FALLOC_FL_COLLAPSE_RANGE = 0x08
const FALLOC_FL_ZERO_RANGE = 0x10
const FALLOC_FL_INSERT_RANGE = 0x20
const FALLOC_FL_UNSHARE_RANGE = 0x40
/** All of them but KEEP_SIZE, of which a call has one or, to make room, none. */
const FALLOC_FL_MODE_MASK = 0x7a

/** truncate(2): 0, -EISDIR, -EINVAL for what has no size, -EROFS, -EACCES, -EPERM, -ETXTBSY, -EFBIG. fs/open.c:vfs_truncate() */
export function vfs_truncate(i: inode, length: number): number {
  if (S_ISDIR(i.i_mode)) return -EISDIR
  if (!S_ISREG(i.i_mode)) return -EINVAL
  if (is_rdonly(i)) return -EROFS
  const err = inode_permission(i, MAY_WRITE)
  if (err < 0) return err
  if (IS_APPEND(i)) return -EPERM
  return i.i_writecount < 0 ? -ETXTBSY : do_truncate(i, length, false)
}

/** ftruncate(2): 0, -EINVAL for what has no size or is not open for writing, -EPERM, -EFBIG. fs/open.c:do_ftruncate() */
export function do_ftruncate(f: file, length: number): number {
  const i = f.f_inode
  if (!S_ISREG(i.i_mode) || (f.f_mode & FMODE_WRITE) === 0) return -EINVAL
  return IS_APPEND(i) ? -EPERM : do_truncate(i, length, true)
}

/** Cut or grow a regular file. It has changed where that changes its size, or where `touched` says so. */
export function do_truncate(i: inode, length: number, touched: boolean): number {
  const err = inode_newsize_ok(i, length)
  if (err < 0) return err
  file_remove_privs(i)
  const changes = length !== i.i_size
  const ret = changes ? (i.i_op?.truncate(i, length) ?? 0) : 0
  if (ret === 0 && (changes || touched)) i.i_mtime = i.i_ctime = i.kernel.clock.real
  return ret
}

/** May a file be so long? 0 or -EFBIG, with SIGXFSZ where it is the task that may not. fs/attr.c */
export function inode_newsize_ok(i: inode, length: number): number {
  if (length <= i.i_size) return 0
  if (length > rlimit(RLIMIT_FSIZE)) return over_limit()
  return length > MAX_LFS_FILESIZE ? -EFBIG : 0
}

/** fallocate(2), in the order that Linux looks at things. fs/open.c:vfs_fallocate() */
export function vfs_fallocate(f: file, mode: number, offset: number, len: number): number {
  if (offset < 0 || len <= 0) return -EINVAL
  if (!is_fallocate_mode(mode)) return -EOPNOTSUPP
  if ((f.f_mode & FMODE_WRITE) === 0) return -EBADF
  const i = f.f_inode
  const { i_mode } = i
  // What can only grow may have room made for it.
  if (IS_IMMUTABLE(i) || ((mode & ~FALLOC_FL_KEEP_SIZE) !== 0 && IS_APPEND(i))) return -EPERM
  if ((i_mode & S_IFMT) === S_IFIFO) return -ESPIPE
  if (S_ISDIR(i_mode)) return -EISDIR
  if (!S_ISREG(i_mode)) return -ENODEV
  if (offset + len > MAX_LFS_FILESIZE) return -EFBIG
  return f.f_op.fallocate?.(f, mode, offset, len) ?? -EOPNOTSUPP
}

function is_fallocate_mode(mode: number): boolean {
  const keep = (mode & FALLOC_FL_KEEP_SIZE) !== 0
  if ((mode & ~(FALLOC_FL_MODE_MASK | FALLOC_FL_KEEP_SIZE)) !== 0) return false
  switch (mode & FALLOC_FL_MODE_MASK) {
    case 0:
    case FALLOC_FL_UNSHARE_RANGE:
    case FALLOC_FL_ZERO_RANGE:
      return true
    case FALLOC_FL_PUNCH_HOLE:
      return keep
    case FALLOC_FL_COLLAPSE_RANGE:
    case FALLOC_FL_INSERT_RANGE:
      return !keep
    default:
      return false
  }
}
