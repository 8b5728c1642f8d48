import type { ByteString, Fd, UserPtr } from '../kernel/types.ts'
import { EBADF, EINVAL } from '../kernel/errno.ts'
import { getname } from '../kernel/mm/uaccess.ts'
import { fcheck, fcheck_raw } from '../kernel/fs/fdtable.ts'
import type { inode } from '../kernel/fs/inode.ts'
import { vfs_getdents64 } from '../kernel/fs/readdir.ts'
import { STATX__RESERVED, cp_new_stat, cp_statx } from '../kernel/fs/stat.ts'
import { cp_statfs } from '../kernel/fs/statfs.ts'
import { AT_EMPTY_PATH, AT_NO_AUTOMOUNT, AT_SYMLINK_NOFOLLOW, filename_lookup, user_path_at } from './at.ts'

/** What files and file systems are, and what is in directories. */

const AT_STATX_SYNC_TYPE = 0x6000
const STAT_FLAGS = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE

/** newfstatat(2). Flags are not looked at where it is a descriptor that is asked for. */
export function sys_newfstatat(dfd: Fd, filename: UserPtr, statbuf: UserPtr, flag: number): number {
  const path = getname_maybe_null(filename, flag)
  if (path === '' && dfd >= 0) return sys_newfstat(dfd, statbuf)
  if ((flag & ~STAT_FLAGS) !== 0) return -EINVAL
  if (typeof path === 'number') return path
  const d = filename_lookup(dfd, path, flag)
  return typeof d === 'number' ? d : cp_new_stat(d.d_inode as inode, statbuf)
}

/** fstat(2) */
export function sys_newfstat(fd: Fd, statbuf: UserPtr): number {
  const f = fcheck_raw(fd)
  return f === null ? -EBADF : cp_new_stat(f.f_inode, statbuf)
}

/** statx(2) */
export function sys_statx(dfd: Fd, filename: UserPtr, flags: number, mask: number, buffer: UserPtr): number {
  const path = getname_maybe_null(filename, flags)
  if ((mask & STATX__RESERVED) !== 0 || (flags & AT_STATX_SYNC_TYPE) === AT_STATX_SYNC_TYPE) return -EINVAL
  if (path === '' && dfd >= 0) {
    const f = fcheck_raw(dfd)
    return f === null ? -EBADF : cp_statx(f.f_dentry, mask, buffer)
  }
  if ((flags & ~STAT_FLAGS) !== 0) return -EINVAL
  if (typeof path === 'number') return path
  const d = filename_lookup(dfd, path, flags)
  return typeof d === 'number' ? d : cp_statx(d, mask, buffer)
}

/** The path; with AT_EMPTY_PATH none where it is NULL. fs/namei.c */
function getname_maybe_null(filename: UserPtr, flags: number): ByteString | number {
  const empty = (flags & AT_EMPTY_PATH) !== 0
  return empty && filename === 0 ? '' : getname(filename, empty)
}

/** statfs(2) */
export function sys_statfs(pathname: UserPtr, buf: UserPtr): number {
  const d = user_path_at(pathname)
  return typeof d === 'number' ? d : cp_statfs(d.d_inode as inode, buf)
}

/** fstatfs(2) */
export function sys_fstatfs(fd: Fd, buf: UserPtr): number {
  const f = fcheck_raw(fd)
  return f === null ? -EBADF : cp_statfs(f.f_inode, buf)
}

/** getdents64(2) */
export function sys_getdents64(fd: Fd, dirent: UserPtr, count: number): number {
  const f = fcheck(fd)
  return f === null ? -EBADF : vfs_getdents64(f, dirent, count)
}
