import type { Fd, UserPtr } from '../kernel/types.ts'
import { EINVAL } from '../kernel/errno.ts'
import { may_access, with_real_ids } from '../kernel/fs/access.ts'
import type { inode } from '../kernel/fs/inode.ts'
import { AT_EACCESS, AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, user_path_at } from './at.ts'

const S_IRWXO = 7

/** faccessat(2), which has no flags. */
export function sys_faccessat(dfd: Fd, filename: UserPtr, mode: number): number {
  return sys_faccessat2(dfd, filename, mode, 0)
}

/** faccessat2(2): the real ids count, on the way too, unless AT_EACCESS says otherwise. */
export function sys_faccessat2(dfd: Fd, filename: UserPtr, mode: number, flags: number): number {
  if ((mode & ~S_IRWXO) !== 0) return -EINVAL
  if ((flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL
  const access = (): number => {
    const d = user_path_at(filename, dfd, flags)
    return typeof d === 'number' ? d : may_access(d.d_inode as inode, mode)
  }
  return (flags & AT_EACCESS) === 0 ? with_real_ids(access) : access()
}
