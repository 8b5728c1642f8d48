import type { Fd, MaySleep, UserPtr } from '../kernel/types.ts'
import { EBADF } from '../kernel/errno.ts'
import { lastly } from '../kernel/sched/may_sleep.ts'
import { fget } from '../kernel/fs/fdtable.ts'
import { fput } from '../kernel/fs/file.ts'
import { do_vfs_ioctl } from '../kernel/fs/ioctl.ts'

/** ioctl(2) */
export function sys_ioctl(fd: Fd, cmd: number, arg: UserPtr): MaySleep<number> {
  const f = fget(fd)
  return f === null ? -EBADF : lastly(do_vfs_ioctl(f, fd, cmd, arg), fput, f)
}
