import type { Fd, UserPtr } from '../kernel/types.ts'
import { EBADF, EFAULT, EINVAL } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_from_user } from '../kernel/mm/uaccess.ts'
import { UTIME_OMIT, chmod_common, chown_common, vfs_utimes, type utime } from '../kernel/fs/attr.ts'
import { fcheck } from '../kernel/fs/fdtable.ts'
import type { inode } from '../kernel/fs/inode.ts'
import { AT_FDCWD } from '../kernel/fs/namei.ts'
import { AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, user_path_at } from './at.ts'

/** Whose files are, what may be done with them, and when they were. */

const FLAGS = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH

/** fchmod(2) */
export function sys_fchmod(fd: Fd, mode: number): number {
  const f = fcheck(fd)
  return f === null ? -EBADF : chmod_common(f.f_inode, mode)
}

/** fchmodat(2), which has no flags. */
export function sys_fchmodat(dfd: Fd, filename: UserPtr, mode: number): number {
  return sys_fchmodat2(dfd, filename, mode, 0)
}

/** fchmodat2(2) */
export function sys_fchmodat2(dfd: Fd, filename: UserPtr, mode: number, flags: number): number {
  if ((flags & ~FLAGS) !== 0) return -EINVAL
  const d = user_path_at(filename, dfd, flags)
  return typeof d === 'number' ? d : chmod_common(d.d_inode as inode, mode)
}

/** fchown(2) */
export function sys_fchown(fd: Fd, user: number, group: number): number {
  const f = fcheck(fd)
  return f === null ? -EBADF : chown_common(f.f_inode, user, group)
}

/** fchownat(2) */
export function sys_fchownat(dfd: Fd, filename: UserPtr, user: number, group: number, flag: number): number {
  if ((flag & ~FLAGS) !== 0) return -EINVAL
  const d = user_path_at(filename, dfd, flag)
  return typeof d === 'number' ? d : chown_common(d.d_inode as inode, user, group)
}

/** utimensat(2). Where both times are to be left, not even the path is looked at. */
export function sys_utimensat(dfd: Fd, filename: UserPtr, utimes: UserPtr, flags: number): number {
  const times = utimes === 0 ? null : get_times(utimes)
  if (typeof times === 'number') return times
  if (times !== null && times.every(({ tv_nsec }) => tv_nsec === UTIME_OMIT)) return 0
  if (filename === 0 && dfd !== AT_FDCWD) {
    if (flags !== 0) return -EINVAL
    const f = fcheck(dfd)
    return f === null ? -EBADF : vfs_utimes(f.f_inode, times)
  }
  if ((flags & ~FLAGS) !== 0) return -EINVAL
  const d = user_path_at(filename, dfd, flags)
  return typeof d === 'number' ? d : vfs_utimes(d.d_inode as inode, times)
}

function get_times(from: UserPtr): [utime, utime] | number {
  const buf = allocMem(32)
  if (copy_from_user(buf, 0, from, 32) > 0) return -EFAULT
  const time = (off: number): utime => ({
    tv_sec: buf.dv.getBigInt64(off, true),
    tv_nsec: buf.dv.getBigInt64(off + 8, true),
  })
  return [time(0), time(16)]
}
