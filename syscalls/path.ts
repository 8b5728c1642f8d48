import type { Fd, UserPtr } from '../kernel/types.ts'
import { EFAULT, EINVAL, ENOENT, ERANGE } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { memOf } from '../kernel/mm/mem.ts'
import { copy_to_user, getname } from '../kernel/mm/uaccess.ts'
import { fcheck_raw } from '../kernel/fs/fdtable.ts'
import { capable_fs } from '../kernel/task/cred.ts'
import { do_getcwd, do_link, do_mkdir, do_rmdir, do_symlink, do_unlink } from '../kernel/fs/link.ts'
import { touch_atime } from '../kernel/fs/attr.ts'
import { S_ISLNK, type inode } from '../kernel/fs/inode.ts'
import { vfs_readlink } from '../kernel/fs/proc/link.ts'
import { do_rename, rename_flags_ok } from '../kernel/fs/rename.ts'
import { bytesOf } from '../kernel/utf8.ts'
import {
  AT_EMPTY_PATH,
  AT_REMOVEDIR,
  AT_SYMLINK_FOLLOW,
  AT_SYMLINK_NOFOLLOW,
  filename_lookup,
  start_of,
  user_path_parent,
} from './at.ts'

/** Names and directories. */

/** mkdirat(2) */
export function sys_mkdirat(dfd: Fd, pathname: UserPtr, mode: number): number {
  const path = getname(pathname)
  if (typeof path === 'number') return path
  const start = start_of(dfd, path)
  return typeof start === 'number' ? start : do_mkdir(start, path, mode)
}

/** unlinkat(2) */
export function sys_unlinkat(dfd: Fd, pathname: UserPtr, flag: number): number {
  if ((flag & ~AT_REMOVEDIR) !== 0) return -EINVAL
  const path = getname(pathname)
  if (typeof path === 'number') return path
  const start = start_of(dfd, path)
  if (typeof start === 'number') return start
  return (flag & AT_REMOVEDIR) === 0 ? do_unlink(start, path) : do_rmdir(start, path)
}

/** symlinkat(2) */
export function sys_symlinkat(oldname: UserPtr, newdfd: Fd, newname: UserPtr): number {
  const target = getname(oldname)
  if (typeof target === 'number') return target
  const path = getname(newname)
  if (typeof path === 'number') return path
  const start = start_of(newdfd, path)
  return typeof start === 'number' ? start : do_symlink(target, start, path)
}

/** linkat(2). With AT_EMPTY_PATH the file that is open gets a name; whoever did not open it must be root. */
export function sys_linkat(olddfd: Fd, oldname: UserPtr, newdfd: Fd, newname: UserPtr, flags: number): number {
  if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL
  const empty = (flags & AT_EMPTY_PATH) !== 0
  const old_path = getname(oldname, empty)
  if (typeof old_path === 'number') return old_path
  if (empty && !old_path.startsWith('/') && !opened_by_caller(olddfd)) return -ENOENT
  const old = filename_lookup(olddfd, old_path, (flags & AT_SYMLINK_FOLLOW) === 0 ? AT_SYMLINK_NOFOLLOW : 0)
  if (typeof old === 'number') return old
  const path = getname(newname)
  if (typeof path === 'number') return path
  const start = start_of(newdfd, path)
  return typeof start === 'number' ? start : do_link(old, start, path)
}

/** True too for what is no descriptor: others see to that. */
function opened_by_caller(dfd: Fd): boolean {
  const f = fcheck_raw(dfd)
  return f === null || f.f_cred === current.cred || capable_fs(current.cred)
}

/** renameat2(2) */
export function sys_renameat2(olddfd: Fd, oldname: UserPtr, newdfd: Fd, newname: UserPtr, flags: number): number {
  if (!rename_flags_ok(flags)) return -EINVAL
  const old_nd = user_path_parent(olddfd, oldname)
  if (typeof old_nd === 'number') return old_nd
  const new_nd = user_path_parent(newdfd, newname)
  return typeof new_nd === 'number' ? new_nd : do_rename(old_nd, new_nd, flags)
}

/** readlinkat(2): bytes of the target, cut to the buffer and without a zero. */
export function sys_readlinkat(dfd: Fd, pathname: UserPtr, buf: UserPtr, bufsiz: number): number {
  if (bufsiz <= 0) return -EINVAL
  const path = getname(pathname, true)
  if (typeof path === 'number') return path
  const d = filename_lookup(dfd, path, AT_SYMLINK_NOFOLLOW)
  if (typeof d === 'number') return d
  const i = d.d_inode as inode
  // Nothing is the path of a link that is open itself, by O_PATH.
  if (!S_ISLNK(i.i_mode)) return path === '' ? -ENOENT : -EINVAL
  const target = vfs_readlink(i)
  if (typeof target === 'number') return target
  touch_atime(i)
  const n = Math.min(target.length, bufsiz)
  return copy_to_user(buf, memOf(bytesOf(target)), 0, n) > 0 ? -EFAULT : n
}

/** getcwd(2): bytes of the path, its zero with them. */
export function sys_getcwd(buf: UserPtr, size: number): number {
  const path = do_getcwd()
  if (typeof path === 'number') return path
  const n = path.length + 1
  if (size >= 0 && n > size) return -ERANGE
  return copy_to_user(buf, memOf(bytesOf(`${path}\0`)), 0, n) > 0 ? -EFAULT : n
}

/** umask(2): the one before. */
export function sys_umask(mask: number): number {
  const old = current.fs.umask
  current.fs.umask = mask & 0o777
  return old
}
