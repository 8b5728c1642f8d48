import type { Fd, UserPtr } from '../kernel/types.ts'
import type { inode } from '../kernel/fs/inode.ts'
import { EBADF, EINVAL } from '../kernel/errno.ts'
import { fcheck } from '../kernel/fs/fdtable.ts'
import { do_ftruncate, vfs_fallocate, vfs_truncate } from '../kernel/fs/truncate.ts'
import { user_path_at } from './at.ts'

/** truncate(2) */
export function sys_truncate(path: UserPtr, length: number): number {
  if (length < 0) return -EINVAL
  const d = user_path_at(path)
  return typeof d === 'number' ? d : vfs_truncate(d.d_inode as inode, length)
}

/** ftruncate(2) */
export function sys_ftruncate(fd: Fd, length: number): number {
  if (length < 0) return -EINVAL
  const f = fcheck(fd)
  return f === null ? -EBADF : do_ftruncate(f, length)
}

/** fallocate(2) */
export function sys_fallocate(fd: Fd, mode: number, offset: number, len: number): number {
  const f = fcheck(fd)
  return f === null ? -EBADF : vfs_fallocate(f, mode, offset, len)
}
