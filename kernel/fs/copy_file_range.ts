import type { Sleeps } from '../types.ts'
import type { Loff } from '../task/task.ts'
import { EBADF, EINVAL, EISDIR, EOVERFLOW, EPERM, EXDEV } from '../errno.ts'
import { FMODE_READ, FMODE_WRITE, O_APPEND, type file } from './file.ts'
import { IS_IMMUTABLE, S_ISDIR, S_ISREG } from './inode.ts'
import { MAX_RW_COUNT, generic_write_checks } from './read_write.ts'
import { do_splice_direct } from './splice.ts'

/**
 * copy_file_range(2): null for a position that is the file's own. Bytes copied, 0 at the end of the file, or as
 * Linux looks at it -EISDIR, -EINVAL, -EBADF, -EXDEV, -EPERM, -EOVERFLOW, -EFBIG. fs/read_write.c:vfs_copy_file_range()
 */
export function* vfs_copy_file_range(
  f_in: file,
  off_in: Loff | null,
  f_out: file,
  off_out: Loff | null,
  len: number,
): Sleeps<number> {
  const ipos = off_in ?? { pos: f_in.f_pos }
  const opos = off_out ?? { pos: f_out.f_pos }
  const n = copy_checks(f_in, ipos.pos, f_out, opos.pos, len)
  if (n <= 0) return n
  const ret = yield* do_splice_direct(f_in, ipos, f_out, opos, Math.min(n, MAX_RW_COUNT))
  if (ret > 0 && off_in === null) f_in.f_pos = ipos.pos
  if (ret > 0 && off_out === null) f_out.f_pos = opos.pos
  return ret
}

/** How much of `len` is to be copied, or an errno. fs/read_write.c:generic_copy_file_checks() */
function copy_checks(f_in: file, ipos: number, f_out: file, opos: number, len: number): number {
  const [i, o] = [f_in.f_inode, f_out.f_inode]
  if (S_ISDIR(i.i_mode) || S_ISDIR(o.i_mode)) return -EISDIR
  if (!S_ISREG(i.i_mode) || !S_ISREG(o.i_mode)) return -EINVAL
  if ((f_in.f_mode & FMODE_READ) === 0 || (f_out.f_mode & FMODE_WRITE) === 0) return -EBADF
  if ((f_out.f_flags & O_APPEND) !== 0) return -EBADF
  if (i.i_sb !== o.i_sb) return -EXDEV
  if (IS_IMMUTABLE(o)) return -EPERM
  if (wraps(ipos, len) || wraps(opos, len)) return -EOVERFLOW
  const rest = ipos >= i.i_size ? 0 : Math.min(len < 0 ? Infinity : len, i.i_size - ipos)
  // Where nothing is to be copied, there still has to be room for it.
  const n = generic_write_checks(opos, rest)
  if (n < 0) return n
  if (i === o && ipos < opos + n && opos < ipos + n) return -EINVAL
  return ipos < 0 || opos < 0 ? -EINVAL : n
}

/** Is the sum of two words of 64 bits, each taken to be unsigned, more than a word? */
function wraps(pos: number, len: number): boolean {
  return (pos < 0 && len < 0) || (pos < 0 !== len < 0 && pos + len >= 0)
}
