import type { ByteString, Fd, UserPtr } from '../kernel/types.ts'
import type { dentry } from '../kernel/fs/dentry.ts'
import { EBADF, ENOTDIR } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { getname } from '../kernel/mm/uaccess.ts'
import { fcheck_raw } from '../kernel/fs/fdtable.ts'
import { S_ISDIR } from '../kernel/fs/inode.ts'
import { AT_FDCWD, LOOKUP_FOLLOW, path_lookup, path_parent, type nameidata } from '../kernel/fs/namei.ts'

/** Paths as the calls that end in `at` take them: include/uapi/linux/fcntl.h, fs/namei.c. */

export const AT_SYMLINK_NOFOLLOW = 0x100
/** Of faccessat2(2): judge by the effective ids. */
export const AT_EACCESS = 0x200
export const AT_REMOVEDIR = 0x200
export const AT_SYMLINK_FOLLOW = 0x400
export const AT_NO_AUTOMOUNT = 0x800
export const AT_EMPTY_PATH = 0x1000

/** What a path of user space leads to, or a negative errno. An empty one is `dfd` itself with AT_EMPTY_PATH. */
export function user_path_at(filename: UserPtr, dfd = AT_FDCWD as Fd, flags = 0): dentry | number {
  const path = getname(filename, (flags & AT_EMPTY_PATH) !== 0)
  return typeof path === 'number' ? path : filename_lookup(dfd, path, flags)
}

/** The same of a path that has been fetched. */
export function filename_lookup(dfd: Fd, path: ByteString, flags: number): dentry | number {
  const start = start_of(dfd, path)
  if (typeof start === 'number' || path === '') return start
  return path_lookup(start, path, (flags & AT_SYMLINK_NOFOLLOW) === 0 ? LOOKUP_FOLLOW : 0)
}

/** Up to the directory of the last name of a path of user space, or a negative errno. */
export function user_path_parent(dfd: Fd, filename: UserPtr): nameidata | number {
  const path = getname(filename)
  if (typeof path === 'number') return path
  const start = start_of(dfd, path)
  return typeof start === 'number' ? start : path_parent(start, path)
}

/** Where `path` starts, which is relative to `dfd` but for a slash at its head. */
export function start_of(dfd: Fd, path: ByteString): dentry | number {
  if (path.charCodeAt(0) === SLASH) return current.fs.root
  if (dfd === AT_FDCWD) return current.fs.pwd
  const f = fcheck_raw(dfd)
  if (f === null) return -EBADF
  return path === '' || S_ISDIR(f.f_inode.i_mode) ? f.f_dentry : -ENOTDIR
}

const SLASH = 47
