import { EACCES } from '../errno.ts'
import { current } from '../sched/current.ts'
import { access_cred } from '../task/cred.ts'
import { S_ISREG, type inode } from './inode.ts'
import { MAY_EXEC, inode_permission } from './permission.ts'
import { MS_NOEXEC } from './super.ts'

/** access(2): fs/open.c:do_faccessat(). */

/** May `i` be read, written, executed? 0, -EACCES, or -EROFS where its file system takes no change. */
export function may_access(i: inode, mode: number): number {
  const noexec = i.i_sb !== null && (i.i_sb.s_flags & MS_NOEXEC) !== 0
  return noexec && (mode & MAY_EXEC) !== 0 && S_ISREG(i.i_mode) ? -EACCES : inode_permission(i, mode)
}

/** Do something as whom the real ids say. */
export function with_real_ids<T>(fn: () => T): T {
  const old = current.cred
  current.cred = access_cred(old)
  try {
    return fn()
  } finally {
    current.cred = old
  }
}
