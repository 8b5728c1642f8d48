import { EBUSY, EEXIST, EINVAL, ENOENT, ENOTDIR, ENOTEMPTY, EROFS, EXDEV } from '../errno.ts'
import { d_ancestor, type dentry } from './dentry.ts'
import type { inode } from './inode.ts'
import { d_exchange, d_move, may_create, may_delete, type Directory } from './link.ts'
import { is_dir, is_volatile, lookup_last, type nameidata } from './namei.ts'
import { LAST_NORM } from './names.ts'
import { MAY_WRITE, inode_permission, is_rdonly } from './permission.ts'

/** rename(2) and what came after it: fs/namei.c:do_renameat2(). */

export const RENAME_NOREPLACE = 1
export const RENAME_EXCHANGE = 2

/** From the last name of one walk to that of another: 0 or a negative errno, checked in Linux's order. */
export function do_rename(old_nd: nameidata, new_nd: nameidata, flags: number): number {
  const noreplace = (flags & RENAME_NOREPLACE) !== 0
  const exchange = (flags & RENAME_EXCHANGE) !== 0
  const old_dir = old_nd.dentry.d_inode as inode
  const new_dir = new_nd.dentry.d_inode as inode
  if (old_dir.i_sb !== new_dir.i_sb) return -EXDEV
  if (old_nd.last_type !== LAST_NORM) return -EBUSY
  if (new_nd.last_type !== LAST_NORM) return noreplace ? -EEXIST : -EBUSY
  if (is_rdonly(old_dir)) return -EROFS
  const old = lookup_last(old_nd)
  if (typeof old === 'number') return old
  if (old.d_inode === null) return -ENOENT
  const neu = lookup_last(new_nd)
  if (typeof neu === 'number') return neu
  if (noreplace && neu.d_inode !== null) return -EEXIST
  if ((exchange || is_volatile(new_nd.dentry)) && neu.d_inode === null) return -ENOENT
  if (exchange && new_nd.slashes && !is_dir(neu)) return -ENOTDIR
  if (!is_dir(old) && (old_nd.slashes || (!exchange && new_nd.slashes))) return -ENOTDIR
  // Neither may go into itself.
  const above = d_ancestor(old_nd.dentry, new_nd.dentry)
  if (above !== null && above === old) return -EINVAL
  const below = d_ancestor(new_nd.dentry, old_nd.dentry)
  if (below !== null && below === neu) return exchange ? -EINVAL : -ENOTEMPTY
  return vfs_rename(old, neu, exchange)
}

/** One of them or none. RENAME_WHITEOUT is for file systems in layers. */
export function rename_flags_ok(flags: number): boolean {
  return flags === 0 || flags === RENAME_NOREPLACE || flags === RENAME_EXCHANGE
}

function vfs_rename(old: dentry, neu: dentry, exchange: boolean): number {
  // Two names of one file: nothing to do.
  if (old.d_inode === neu.d_inode) return 0
  const isdir = is_dir(old)
  const source = may_delete(old, isdir)
  if (typeof source === 'number') return source
  const target = target_dir(neu, isdir, exchange)
  if (typeof target === 'number') return target
  const moves = old.d_parent !== neu.d_parent
  // A directory that moves is written to: its `..` changes.
  if (moves && isdir) {
    const err = inode_permission(old.d_inode as inode, MAY_WRITE)
    if (err < 0) return err
  }
  if (moves && exchange && is_dir(neu)) {
    const err = inode_permission(neu.d_inode as inode, MAY_WRITE)
    if (err < 0) return err
  }
  if (old.d_mounted !== null || neu.d_mounted !== null) return -EBUSY
  const err = source.i_op.rename(source, old.d_name, target, neu.d_name, exchange)
  if (err < 0) return err
  if (exchange) d_exchange(old, neu)
  else d_move(old, neu)
  return 0
}

function target_dir(neu: dentry, isdir: boolean, exchange: boolean): Directory | number {
  if (neu.d_inode === null) return may_create(neu)
  return may_delete(neu, exchange ? is_dir(neu) : isdir)
}
