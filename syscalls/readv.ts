import type { Fd, MaySleep, UserPtr, Word } from '../kernel/types.ts'
import { EBADF, EINVAL } from '../kernel/errno.ts'
import { __close_range, fcheck } from '../kernel/fs/fdtable.ts'
import { FMODE_LSEEK, FMODE_PWRITE } from '../kernel/fs/file.ts'
import { vfs_read, vfs_write } from '../kernel/fs/read_write.ts'
import { transfer, transfer_at, vfs_readv, vfs_writev, type Transfer } from '../kernel/fs/readv.ts'
import { holding } from './read_write.ts'

/** readv(2) */
export function sys_readv(fd: Fd, vec: UserPtr, vlen: number): MaySleep<number> {
  return vector(fd, vfs_readv, vec, vlen)
}

/** writev(2) */
export function sys_writev(fd: Fd, vec: UserPtr, vlen: number): MaySleep<number> {
  return vector(fd, vfs_writev, vec, vlen)
}

function vector(fd: Fd, move: Transfer, vec: UserPtr, vlen: number, flags = 0): MaySleep<number> {
  const f = fcheck(fd)
  if (f === null) return -EBADF
  const ret = transfer(f, move, vec, vlen, flags)
  return typeof ret === 'number' ? ret : holding(f, ret)
}

/** pread64(2) */
export function sys_pread64(fd: Fd, buf: UserPtr, count: number, pos: number): MaySleep<number> {
  return at(fd, vfs_read, buf, count, pos, FMODE_LSEEK)
}

const PWRITE = FMODE_LSEEK | FMODE_PWRITE

/** pwrite64(2) */
export function sys_pwrite64(fd: Fd, buf: UserPtr, count: number, pos: number): MaySleep<number> {
  return at(fd, vfs_write, buf, count, pos, PWRITE)
}

/** preadv(2). The position's upper half is for machines that need one. */
export function sys_preadv(fd: Fd, vec: UserPtr, vlen: number, pos: number): MaySleep<number> {
  return at(fd, vfs_readv, vec, vlen, pos, FMODE_LSEEK)
}

/** pwritev(2) */
export function sys_pwritev(fd: Fd, vec: UserPtr, vlen: number, pos: number): MaySleep<number> {
  return at(fd, vfs_writev, vec, vlen, pos, PWRITE)
}

/** preadv2(2): at the file's own position where that is -1. */
export function sys_preadv2(
  fd: Fd,
  vec: UserPtr,
  vlen: number,
  pos: number,
  _pos_h: Word,
  flags: number,
): MaySleep<number> {
  return pos === -1 ? vector(fd, vfs_readv, vec, vlen, flags) : at(fd, vfs_readv, vec, vlen, pos, FMODE_LSEEK, flags)
}

/** pwritev2(2) */
export function sys_pwritev2(
  fd: Fd,
  vec: UserPtr,
  vlen: number,
  pos: number,
  _pos_h: Word,
  flags: number,
): MaySleep<number> {
  return pos === -1 ? vector(fd, vfs_writev, vec, vlen, flags) : at(fd, vfs_writev, vec, vlen, pos, PWRITE, flags)
}

function at(
  fd: Fd,
  move: Transfer,
  buf: UserPtr,
  count: number,
  pos: number,
  mode: number,
  flags = 0,
): MaySleep<number> {
  if (pos < 0) return -EINVAL
  const f = fcheck(fd)
  if (f === null) return -EBADF
  const ret = transfer_at(f, move, buf, count, pos, mode, flags)
  return typeof ret === 'number' ? ret : holding(f, ret)
}

const CLOSE_RANGE_UNSHARE = 2
const CLOSE_RANGE_CLOEXEC = 4

/** close_range(2) */
export function sys_close_range(first: number, last: number, flags: number): number {
  if ((flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) !== 0 || first > last) return -EINVAL
  return __close_range(first, last, (flags & CLOSE_RANGE_UNSHARE) !== 0, (flags & CLOSE_RANGE_CLOEXEC) !== 0)
}
