import type { ByteString } from '../../types.ts'
import type { task_struct } from '../../task/task.ts'
import { EACCES, EINVAL, ENOENT } from '../../errno.ts'
import { current } from '../../sched/current.ts'
import { ptrace_may_access } from '../../task/ptrace.ts'
import { d_path, is_deleted, type dentry } from '../dentry.ts'
import { S_IFLNK, type inode, type inode_operations } from '../inode.ts'
import { PROC_I, get_proc_task, proc_iops, type proc_dir_entry, type proc_fs } from './inode.ts'

/** Symbolic links of /proc. */

const NO_FILE = {}

/** One whose text is made when it is followed. */
export function proc_symlink(name: ByteString, target: (fs: proc_fs) => ByteString | number): proc_dir_entry {
  const op = { ...proc_iops, get_link: (i: inode) => target(PROC_I(i).fs) }
  return { name, mode: S_IFLNK | 0o777, op, fop: NO_FILE }
}

/**
 * Operations of a link to what a task holds. Whoever follows it gets to the very place, whatever its name is by
 * now and whether or not it has one; what readlink(2) tells is that name. -EACCES for who may not look into the
 * task, -ENOENT where it holds nothing of the kind. fs/proc/base.c:proc_pid_get_link().
 */
export function magic_link(place: (t: task_struct, i: inode) => dentry | null): inode_operations {
  const get_link = (i: inode): dentry | number => {
    const t = get_proc_task(i)
    if (t === null || !ptrace_may_access(t)) return -EACCES
    return place(t, i) ?? -ENOENT
  }
  return {
    ...proc_iops,
    get_link,
    readlink(i) {
      const d = get_link(i)
      return typeof d === 'number' ? d : proc_path(d)
    },
  }
}

/** As /proc shows a path: from the reader's root, and with a word where it is no more. */
export function proc_path(d: dentry): ByteString {
  return d_path(d, current.fs.root) + (is_deleted(d) ? ' (deleted)' : '')
}

/** readlink(2) of any symbolic link: a path, or a negative errno. */
export function vfs_readlink(i: inode): ByteString | number {
  const target = i.i_op?.readlink?.(i) ?? i.i_op?.get_link(i)
  return typeof target === 'string' || typeof target === 'number' ? target : -EINVAL
}
