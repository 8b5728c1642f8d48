import type { Fd, MaySleep, UserPtr } from '../kernel/types.ts'
import { EAGAIN, EBADF, EINVAL } from '../kernel/errno.ts'
import { fcheck, fcheck_raw } from '../kernel/fs/fdtable.ts'
import { do_fcntl } from '../kernel/fs/fcntl.ts'
import { F_RDLCK, F_UNLCK, F_WRLCK, flock_lock_file, flock_lock_file_wait } from '../kernel/fs/locks.ts'
import { sync_file_range, vfs_fsync } from '../kernel/fs/sync.ts'
import { holding } from './read_write.ts'

/** fcntl(2) */
export function sys_fcntl(fd: Fd, cmd: number, arg: UserPtr): MaySleep<number> {
  const f = fcheck_raw(fd)
  if (f === null) return -EBADF
  const ret = do_fcntl(fd, cmd, arg, f)
  return typeof ret === 'number' ? ret : holding(f, ret)
}

const LOCK_NB = 4
/** It never meant anything that could be relied on, and is passed over since 5.16. */
const LOCK_MAND = 32
const FLOCK_TYPES: Readonly<Record<number, number>> = { 1: F_RDLCK, 2: F_WRLCK, 8: F_UNLCK }

/** flock(2) */
export function sys_flock(fd: Fd, cmd: number): MaySleep<number> {
  if ((cmd & LOCK_MAND) !== 0) return 0
  const type: number | undefined = FLOCK_TYPES[cmd & ~LOCK_NB]
  if (type === undefined) return -EINVAL
  const f = fcheck(fd)
  if (f === null) return -EBADF
  if (type !== F_UNLCK && (f.f_mode & 3) === 0) return -EBADF
  const ret = flock_lock_file(f, type)
  return ret !== -EAGAIN || (cmd & LOCK_NB) !== 0 ? ret : holding(f, flock_lock_file_wait(f, type))
}

/** sync(2) */
export function sys_sync(): number {
  return 0
}

/** fsync(2), and fdatasync(2), for which there is nothing to leave out. */
export function sys_fsync(fd: Fd): number {
  const f = fcheck(fd)
  return f === null ? -EBADF : vfs_fsync(f)
}

/** syncfs(2) */
export function sys_syncfs(fd: Fd): number {
  return fcheck(fd) === null ? -EBADF : 0
}

/** sync_file_range(2) */
export function sys_sync_file_range(fd: Fd, offset: number, nbytes: number, flags: number): number {
  const f = fcheck(fd)
  return f === null ? -EBADF : sync_file_range(f, offset, nbytes, flags)
}
