import type { ByteString } from '../types.ts'
import type { inode_operations } from './inode.ts'
import {
  EACCES,
  EBUSY,
  EINVAL,
  EISDIR,
  ENAMETOOLONG,
  ENOENT,
  ENOMEM,
  ENOTDIR,
  ENOTEMPTY,
  EPERM,
  EROFS,
  EXDEV,
} from '../errno.ts'
import { PATH_MAX } from '../mm/uaccess.ts'
import { current } from '../sched/current.ts'
import { d_delete, d_path, is_reachable, type dentry } from './dentry.ts'
import {
  FS_NOATIME_FL,
  FS_NODUMP_FL,
  IS_APPEND,
  IS_IMMUTABLE,
  S_ISDIR,
  S_ISGID,
  S_ISREG,
  S_ISUID,
  S_ISVTX,
  S_IXGRP,
  type inode,
} from './inode.ts'
import { d_instantiate, is_dir, lookup_create, lookup_last, path_parent, type nameidata } from './namei.ts'
import { LAST_DOT, LAST_DOTDOT, LAST_NORM, LAST_ROOT } from './names.ts'
import {
  MAY_EXEC,
  MAY_READ,
  MAY_WRITE,
  check_sticky,
  inode_init_owner,
  inode_owner_or_capable,
  inode_permission,
  is_rdonly,
} from './permission.ts'

/** Names that come and go: fs/namei.c. All return 0 or a negative errno. */

export type Directory = inode & { readonly i_op: inode_operations }

/** The directory that is to get the name of `d`; -EACCES, -EROFS, or -ENOENT where it is gone itself. */
export function may_create(d: dentry): Directory | number {
  const dir = d.d_parent.d_inode as inode
  if (dir.i_nlink === 0) return -ENOENT
  const err = inode_permission(dir, MAY_WRITE | MAY_EXEC)
  if (err < 0) return err
  return has_operations(dir) ? dir : -EACCES
}

/** May the name of `d` be taken away, as a directory's or another's? Its directory, or an errno. */
export function may_delete(d: dentry, isdir: boolean): Directory | number {
  const dir = d.d_parent.d_inode as inode
  const i = d.d_inode as inode
  const err = inode_permission(dir, MAY_WRITE | MAY_EXEC)
  if (err < 0) return err
  if (IS_APPEND(dir) || check_sticky(dir, i) < 0 || IS_APPEND(i) || IS_IMMUTABLE(i)) return -EPERM
  if (isdir && !S_ISDIR(i.i_mode)) return -ENOTDIR
  if (!isdir && S_ISDIR(i.i_mode)) return -EISDIR
  if (dir.i_nlink === 0) return -ENOENT
  return has_operations(dir) ? dir : -EPERM
}

function has_operations(i: inode): i is Directory {
  return i.i_op !== null
}

/** Make the regular file that `d` names. */
export function vfs_create(d: dentry, mode: number): number {
  return make(d, (dir) => dir.i_op.create(dir, d.d_name, mode & 0o7777 & ~current.fs.umask))
}

/** Make what `d` is to lead to. */
export function make(d: dentry, fn: (dir: Directory) => inode | number): number {
  const dir = may_create(d)
  if (typeof dir === 'number') return dir
  const i = fn(dir)
  if (typeof i === 'number') return i
  inode_init_owner(i, dir)
  i.i_flags = dir.i_flags & (FS_NODUMP_FL | FS_NOATIME_FL)
  d_instantiate(d, i)
  return 0
}

/** mkdir(2) */
export function do_mkdir(start: dentry, path: ByteString, mode: number): number {
  const d = lookup_create(start, path, true)
  if (typeof d === 'number') return d
  return make(d, (dir) => dir.i_op.mkdir(dir, d.d_name, mode & (0o777 | S_ISVTX) & ~current.fs.umask))
}

/** symlink(2) */
export function do_symlink(target: ByteString, start: dentry, path: ByteString): number {
  const d = lookup_create(start, path, false)
  if (typeof d === 'number') return d
  return make(d, (dir) => dir.i_op.symlink(dir, d.d_name, target))
}

/** link(2): one more name for what `old` leads to. */
export function do_link(old: dentry, start: dentry, path: ByteString): number {
  const d = lookup_create(start, path, false)
  if (typeof d === 'number') return d
  const i = old.d_inode as inode
  if (i.i_sb !== (d.d_parent.d_inode as inode).i_sb) return -EXDEV
  if (!may_linkat(i)) return -EPERM
  const dir = may_create(d)
  if (typeof dir === 'number') return dir
  if (S_ISDIR(i.i_mode) || IS_APPEND(i) || IS_IMMUTABLE(i)) return -EPERM
  if (i.i_nlink === 0) return -ENOENT
  const err = dir.i_op.link(i, dir, d.d_name)
  if (err === 0) d_instantiate(d, i)
  return err
}

/**
 * Only to what is one's own, or what is regular, lends no rights and can be read and written anyway: with
 * fs.protected_hardlinks at 1, as every distribution sets it. fs/namei.c:may_linkat()
 */
function may_linkat(i: inode): boolean {
  if (inode_owner_or_capable(i)) return true
  const lends = (i.i_mode & S_ISUID) !== 0 || (i.i_mode & (S_ISGID | S_IXGRP)) === (S_ISGID | S_IXGRP)
  return S_ISREG(i.i_mode) && !lends && inode_permission(i, MAY_READ | MAY_WRITE) === 0
}

/** unlink(2) */
export function do_unlink(start: dentry, path: ByteString): number {
  const nd = path_parent(start, path)
  if (typeof nd === 'number') return nd
  if (nd.last_type !== LAST_NORM) return -EISDIR
  const d = lookup_victim(nd)
  if (typeof d === 'number') return d
  if (nd.slashes) return is_dir(d) ? -EISDIR : -ENOTDIR
  const dir = may_delete(d, false)
  if (typeof dir === 'number') return dir
  if (d.d_mounted !== null) return -EBUSY
  return take_away(d, dir.i_op.unlink(dir, d.d_name))
}

/** rmdir(2) */
export function do_rmdir(start: dentry, path: ByteString): number {
  const nd = path_parent(start, path)
  if (typeof nd === 'number') return nd
  if (nd.last_type === LAST_DOTDOT) return -ENOTEMPTY
  if (nd.last_type === LAST_DOT) return -EINVAL
  if (nd.last_type === LAST_ROOT) return -EBUSY
  const d = lookup_victim(nd)
  if (typeof d === 'number') return d
  const dir = may_delete(d, true)
  if (typeof dir === 'number') return dir
  if (d.d_mounted !== null) return -EBUSY
  return take_away(d, dir.i_op.rmdir(dir, d.d_name))
}

function lookup_victim(nd: nameidata): dentry | number {
  const d = lookup_last(nd)
  if (typeof d === 'number') return d
  if (is_rdonly(nd.dentry.d_inode as inode)) return -EROFS
  return d.d_inode === null ? -ENOENT : d
}

function take_away(d: dentry, err: number): number {
  if (err === 0) d_delete(d)
  return err
}

/** The path of the working directory; -ENOENT where that is gone, -ENAMETOOLONG, -ENOMEM. fs/dcache.c:sys_getcwd(). */
export function do_getcwd(): ByteString | number {
  if (current.kernel.slab.fails()) return -ENOMEM
  const { pwd, root } = current.fs
  if ((pwd.d_inode as inode).i_nlink === 0) return -ENOENT
  const path = is_reachable(pwd, root) ? d_path(pwd, root) : `(unreachable)${d_path(pwd)}`
  return path.length < PATH_MAX ? path : -ENAMETOOLONG
}

/** The name of `d` has been moved to `to`, which is gone with it. */
export function d_move(d: dentry, to: dentry): void {
  if (to.d_inode !== null) d_delete(to)
  d.d_parent.d_subdirs.delete(d.d_name)
  d.d_parent = to.d_parent
  d.d_name = to.d_name
  d.d_parent.d_subdirs.set(d.d_name, d)
}

/** `a` and `b` have each other's name. */
export function d_exchange(a: dentry, b: dentry): void {
  const { d_name, d_parent } = a
  a.d_name = b.d_name
  a.d_parent = b.d_parent
  b.d_name = d_name
  b.d_parent = d_parent
  for (const d of [a, b]) d.d_parent.d_subdirs.set(d.d_name, d)
}
