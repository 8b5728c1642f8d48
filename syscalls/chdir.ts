import type { Fd, UserPtr } from '../kernel/types.ts'
import type { dentry } from '../kernel/fs/dentry.ts'
import { EBADF, ENOTDIR, EPERM } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { fcheck_raw } from '../kernel/fs/fdtable.ts'
import { is_dir } from '../kernel/fs/namei.ts'
import { MAY_EXEC, inode_permission } from '../kernel/fs/permission.ts'
import type { inode } from '../kernel/fs/inode.ts'
import { capable } from '../kernel/task/cred.ts'
import { user_path_at } from './at.ts'

/** Where a task is, and what is `/` to it. */

/** chdir(2) */
export function sys_chdir(filename: UserPtr): number {
  const d = user_path_at(filename)
  return typeof d === 'number' ? d : enter_dir(d)
}

/** fchdir(2) */
export function sys_fchdir(fd: Fd): number {
  const f = fcheck_raw(fd)
  return f === null ? -EBADF : enter_dir(f.f_dentry)
}

/** chroot(2). The working directory stays where it is, outside maybe. */
export function sys_chroot(filename: UserPtr): number {
  const d = user_path_at(filename)
  if (typeof d === 'number') return d
  const err = may_enter(d)
  if (err < 0) return err
  if (!capable(current.cred)) return -EPERM
  current.fs.root = d
  return 0
}

function enter_dir(d: dentry): number {
  const err = may_enter(d)
  if (err === 0) current.fs.pwd = d
  return err
}

function may_enter(d: dentry): number {
  return is_dir(d) ? inode_permission(d.d_inode as inode, MAY_EXEC) : -ENOTDIR
}
