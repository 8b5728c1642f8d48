import type { Fd, UserPtr } from '../kernel/types.ts'
import type { dentry } from '../kernel/fs/dentry.ts'
import { EBADF, ENOTDIR } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { getname } from '../kernel/mm/uaccess.ts'
import { fcheck_raw } from '../kernel/fs/fdtable.ts'
import { is_dir, path_lookup } from '../kernel/fs/namei.ts'
import { MAY_EXEC, inode_permission } from '../kernel/fs/permission.ts'
import type { inode } from '../kernel/fs/inode.ts'

/** Where a task is. */

/** chdir(2) */
export function sys_chdir(filename: UserPtr): number {
  const path = getname(filename)
  if (typeof path === 'number') return path
  const d = path_lookup(current.fs.pwd, path)
  return typeof d === 'number' ? d : enter_dir(d)
}

/** fchdir(2) */
export function sys_fchdir(fd: Fd): number {
  const f = fcheck_raw(fd)
  return f === null ? -EBADF : enter_dir(f.f_dentry)
}

function enter_dir(d: dentry): number {
  if (!is_dir(d)) return -ENOTDIR
  const err = inode_permission(d.d_inode as inode, MAY_EXEC)
  if (err === 0) current.fs.pwd = d
  return err
}
