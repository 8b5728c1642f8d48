import type { Fd, MaySleep, Sleeps, UserPtr } from '../kernel/types.ts'
import type { Loff } from '../kernel/task/task.ts'
import { EBADF, EFAULT, EINVAL, ESPIPE } from '../kernel/errno.ts'
import { vfs_copy_file_range } from '../kernel/fs/copy_file_range.ts'
import { fcheck, fget } from '../kernel/fs/fdtable.ts'
import { fput, type file } from '../kernel/fs/file.ts'
import { get_pipe_info } from '../kernel/fs/pipe.ts'
import { do_sendfile, do_splice, do_tee } from '../kernel/fs/splice.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_from_user, copy_to_user } from '../kernel/mm/uaccess.ts'

/** A position that user space keeps at `at`; null where it keeps none, and the file's own counts. */
function get_loff(at: UserPtr): Loff | null | number {
  if (at === 0) return null
  const mem = allocMem(8)
  return copy_from_user(mem, 0, at, 8) > 0 ? -EFAULT : { pos: Number(mem.dv.getBigInt64(0, true)) }
}

function put_loff(pos: Loff | null, at: UserPtr): number {
  if (pos === null) return 0
  const mem = allocMem(8)
  mem.dv.setBigInt64(0, BigInt(pos.pos), true)
  return copy_to_user(at, mem, 0, 8) > 0 ? -EFAULT : 0
}

/** Files at two descriptors, held while `use` does something with them. */
function* holding2(a: Fd, b: Fd, use: (a: file | null, b: file | null) => Sleeps<number>): Sleeps<number> {
  const files = [fget(a), fget(b)]
  try {
    return yield* use(files[0], files[1])
  } finally {
    for (const f of files) if (f !== null) fput(f)
  }
}

/** sendfile(2) */
export function sys_sendfile64(out_fd: Fd, in_fd: Fd, offset: UserPtr, count: number): MaySleep<number> {
  const pos = get_loff(offset)
  if (typeof pos === 'number') return pos
  return holding2(out_fd, in_fd, function* (f_out, f_in) {
    const ret = yield* do_sendfile(f_out, f_in, pos, count)
    const err = put_loff(pos, offset)
    return err < 0 ? err : ret
  })
}

const SPLICE_F_ALL = 0xf

/** splice(2) */
export function sys_splice(
  fd_in: Fd,
  off_in: UserPtr,
  fd_out: Fd,
  off_out: UserPtr,
  len: number,
  flags: number,
): MaySleep<number> {
  if (len === 0) return 0
  if ((flags & ~SPLICE_F_ALL) !== 0) return -EINVAL
  return holding2(fd_in, fd_out, function* (f_in, f_out) {
    if (f_in === null || f_out === null) return -EBADF
    if ((off_in !== 0 && get_pipe_info(f_in) !== null) || (off_out !== 0 && get_pipe_info(f_out) !== null))
      return -ESPIPE
    const [ipos, opos] = [get_loff(off_in), get_loff(off_out)]
    if (typeof ipos === 'number' || typeof opos === 'number') return -EFAULT
    const ret = yield* do_splice(f_in, ipos, f_out, opos, len, flags)
    return ret < 0 ? ret : Math.min(put_loff(opos, off_out), put_loff(ipos, off_in)) || ret
  })
}

/** tee(2) */
export function sys_tee(fdin: Fd, fdout: Fd, len: number, flags: number): MaySleep<number> {
  if ((flags & ~SPLICE_F_ALL) !== 0) return -EINVAL
  if (len === 0) return 0
  return holding2(fdin, fdout, function* (f_in, f_out) {
    return f_in === null || f_out === null ? -EBADF : yield* do_tee(f_in, f_out, len, flags)
  })
}

/** copy_file_range(2) */
export function sys_copy_file_range(
  fd_in: Fd,
  off_in: UserPtr,
  fd_out: Fd,
  off_out: UserPtr,
  len: number,
  flags: number,
): MaySleep<number> {
  if (fcheck(fd_in) === null || fcheck(fd_out) === null) return -EBADF
  const [ipos, opos] = [get_loff(off_in), get_loff(off_out)]
  if (typeof ipos === 'number' || typeof opos === 'number') return -EFAULT
  if (flags !== 0) return -EINVAL
  return holding2(fd_in, fd_out, function* (f_in, f_out) {
    const ret = yield* vfs_copy_file_range(f_in as file, ipos, f_out as file, opos, len)
    return ret <= 0 ? ret : Math.min(put_loff(ipos, off_in), put_loff(opos, off_out)) || ret
  })
}
