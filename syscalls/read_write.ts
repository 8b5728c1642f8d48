import type { Fd, MaySleep, Sleeps, UserPtr } from '../kernel/types.ts'
import { EBADF, EINVAL } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { fcheck } from '../kernel/fs/fdtable.ts'
import { fput, get_file, type file } from '../kernel/fs/file.ts'
import { SEEK_HOLE, SEEK_SET, file_read, file_write, vfs_llseek } from '../kernel/fs/read_write.ts'

/** read(2) */
export function sys_read(fd: Fd, buf: UserPtr, count: number): MaySleep<number> {
  const f = fcheck(fd)
  if (f === null) return -EBADF
  const ret = file_read(f, buf, count)
  return typeof ret === 'number' ? ret : holding(f, ret)
}

/** write(2) */
export function sys_write(fd: Fd, buf: UserPtr, count: number): MaySleep<number> {
  const f = fcheck(fd)
  if (f === null) return -EBADF
  const ret = file_write(f, buf, count)
  return typeof ret === 'number' ? ret : holding(f, ret)
}

/** lseek(2) */
export function sys_lseek(fd: Fd, offset: number, whence: number): number {
  const f = fcheck(fd)
  if (f === null) return -EBADF
  // Before the file is asked whether it has a position at all.
  return whence < SEEK_SET || whence > SEEK_HOLE ? -EINVAL : vfs_llseek(f, offset, whence)
}

/** A transfer that sleeps keeps its file open, whoever closes the descriptor meanwhile. */
export function holding(f: file, sleep: Sleeps<number>): Sleeps<number> {
  const { files, kiocb } = current
  if (kiocb === null || sleep !== kiocb) return holdingLater(f, sleep)
  // fdget(): a table that is the task's alone is not changed while it sleeps.
  return files?.count === 1 ? sleep : kiocb.holds(f)
}

/** The reference is its own: who gives the sleep up before its first step has taken none. */
function* holdingLater(f: file, sleep: Sleeps<number>): Sleeps<number> {
  void get_file(f)
  try {
    return yield* sleep
  } finally {
    fput(f)
  }
}
