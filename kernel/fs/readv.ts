import type { MaySleep, Sleeps, UserPtr } from '../types.ts'
import type { Loff } from '../task/task.ts'
import { EBADF, EINVAL, ESPIPE } from '../errno.ts'
import { import_iovec, type iov_iter } from '../mm/iov_iter.ts'
import { current } from '../sched/current.ts'
import { after, may } from '../sched/may_sleep.ts'
import { FMODE_READ, FMODE_WRITE, type file } from './file.ts'
import { task_kiocb } from './kiocb.ts'
import { rw_verify_area } from './read_write.ts'
import { RWF_NOSIGNAL, rw_flags, with_rw_flags } from './rwf.ts'

/** Transfers of several ranges, and at a position of one's own: fs/read_write.c. */

/**
 * Read `vlen` segments at `vec`, one after the other, as the RWF_ bits of `flags` say. As vfs_read(), but the vector is
 * looked at behind the mode.
 */
export function vfs_readv(file: file, vec: UserPtr, vlen: number, pos: Loff, flags = 0): MaySleep<number> {
  if ((file.f_mode & FMODE_READ) === 0) return -EBADF
  if (file.f_op.read === undefined) return -EINVAL
  const iter = do_import(vec, vlen, pos)
  if (typeof iter === 'number') return iter
  if (flags === 0) return after(file.f_op.read(file, iter.address, iter.count, pos), moved)
  const begin = (): MaySleep<number> => file.f_op.read?.(file, iter.address, iter.count, pos) ?? -EINVAL
  return after(rw_flags(file, flags, file.f_op.read_loops !== true) || with_rw_flags(file, flags, begin), moved)
}

/** Write them. */
export function vfs_writev(file: file, vec: UserPtr, vlen: number, pos: Loff, flags = 0): MaySleep<number> {
  if ((file.f_mode & FMODE_WRITE) === 0) return -EBADF
  if (file.f_op.write === undefined) return -EINVAL
  const iter = do_import(vec, vlen, pos)
  if (typeof iter === 'number') return iter
  const begin = (): MaySleep<number> =>
    file.f_op.write_loops === true
      ? do_loop_writev(file, iter, pos)
      : (file.f_op.write?.(file, iter.address, iter.count, pos) ?? -EINVAL)
  if (flags === 0) return after(begin(), moved)
  iter.nosignal = (flags & RWF_NOSIGNAL) !== 0
  return after(rw_flags(file, flags, file.f_op.write_loops !== true) || with_rw_flags(file, flags, begin), moved)
}

/** One segment after the other, up to the first that fails or is not written whole. */
function* do_loop_writev(file: file, iter: iov_iter, pos: Loff): Sleeps<number> {
  let done = 0
  for (const { base, len } of iter.segments) {
    const n = yield* may(file.f_op.write?.(file, base, len, pos) ?? -EINVAL)
    if (n < 0) return done > 0 ? done : n
    done += n
    if (n !== len) break
  }
  return done
}

/** The vector, made the task's; or an errno, or 0 where there is nothing to move. fs/read_write.c:do_iter_read() */
function do_import(vec: UserPtr, vlen: number, pos: Loff): iov_iter | number {
  const iter = import_iovec(vec, vlen)
  if (typeof iter === 'number' || iter.count === 0) return typeof iter === 'number' ? iter : 0
  const err = rw_verify_area(pos.pos, iter.count)
  if (err < 0) return err
  return (current.uio = iter)
}

function moved(ret: number): number {
  current.uio = null
  if (ret > 0) current.kernel.watchdog.touch()
  return ret
}

/** How a transfer goes: vfs_read() and its kin. `buf` and `count` are a vector's where it is one of vectors, with flags. */
export type Transfer = (file: file, buf: UserPtr, count: number, pos: Loff, flags?: number) => MaySleep<number>

/** One at the file's own position, which moves unless it fails. fs/read_write.c:do_readv(), do_writev() */
export function transfer(file: file, move: Transfer, buf: UserPtr, count: number, flags = 0): MaySleep<number> {
  const pos = { pos: file.f_pos }
  return after(move(file, buf, count, pos, flags), keepPos, file, pos)
}

function keepPos(ret: number, file: file, pos: Loff): number {
  if (ret >= 0) file.f_pos = pos.pos
  return ret
}

/**
 * One at `pos`, and the file's own position stays: -ESPIPE where there is none, or where it lacks any of `mode`.
 * fs/read_write.c:ksys_pread64()
 */
export function transfer_at(
  file: file,
  move: Transfer,
  buf: UserPtr,
  count: number,
  pos: number,
  mode: number,
  flags = 0,
): MaySleep<number> {
  if ((file.f_mode & mode) !== mode) return -ESPIPE
  // The task's own, which no other transfer needs meanwhile.
  const iocb = task_kiocb(current)
  iocb.pos = pos
  return move(file, buf, count, iocb, flags)
}
