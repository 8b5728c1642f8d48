import type { file } from './file.ts'
import { EINVAL, ESPIPE } from '../errno.ts'
import { S_ISBLK, S_ISDIR, S_ISLNK, S_ISREG } from './inode.ts'

/** From memory to where it lasts: fs/sync.c. No file here is anywhere else than in memory. */

/** fsync(2): 0, or -EINVAL for what is nothing to be written back. */
export function vfs_fsync(f: file): number {
  return f.f_op.fsync?.(f) ?? -EINVAL
}

/** For files that are where they last: fs/libfs.c. */
export function noop_fsync(): number {
  return 0
}

const SYNC_FLAGS = 7

/** sync_file_range(2): 0, -EINVAL for a range or flags that are none, -ESPIPE. */
export function sync_file_range(f: file, offset: number, nbytes: number, flags: number): number {
  if ((flags & ~SYNC_FLAGS) !== 0) return -EINVAL
  if (offset < 0 || nbytes < 0 || offset + nbytes >= 2 ** 63) return -EINVAL
  const { i_mode } = f.f_inode
  return S_ISREG(i_mode) || S_ISBLK(i_mode) || S_ISDIR(i_mode) || S_ISLNK(i_mode) ? 0 : -ESPIPE
}
