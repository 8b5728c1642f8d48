import type { MaySleep, UserPtr } from '../types.ts'
import { EFAULT, ENOTTY } from '../errno.ts'
import { current } from '../sched/current.ts'
import { get_user_int, put_user_int } from '../mm/uaccess.ts'
import { FIOASYNC, FIOCLEX, FIONBIO, FIONCLEX, FIONREAD, FS_IOC_GETFLAGS, FS_IOC_SETFLAGS } from '../tty/ioctls.ts'
import { ioctl_getflags, ioctl_setflags } from './fileattr.ts'
import { O_NONBLOCK, type file } from './file.ts'
import { S_ISREG } from './inode.ts'

/** Requests that every file knows, and the way to those of its own: fs/ioctl.c:do_vfs_ioctl(). */
export function do_vfs_ioctl(file: file, fd: number, cmd: number, arg: UserPtr): MaySleep<number> {
  switch (cmd) {
    case FIOCLEX:
      current.files?.set_close_on_exec(fd, true)
      return 0
    case FIONCLEX:
      current.files?.set_close_on_exec(fd, false)
      return 0
    case FIONBIO:
      return ioctl_fionbio(file, arg)
    case FIOASYNC: {
      const on = get_user_int(arg)
      // No file sends SIGIO.
      return on === null ? -EFAULT : on === 0 ? 0 : -ENOTTY
    }
    case FS_IOC_GETFLAGS:
      return ioctl_getflags(file, arg)
    case FS_IOC_SETFLAGS:
      return ioctl_setflags(file, arg)
    case FIONREAD:
      if (S_ISREG(file.f_inode.i_mode)) return put_user_int(file.f_inode.i_size - file.f_pos, arg)
  }
  return file.f_op.ioctl?.(file, cmd, arg) ?? -ENOTTY
}

function ioctl_fionbio(file: file, arg: UserPtr): number {
  const on = get_user_int(arg)
  if (on === null) return -EFAULT
  file.f_flags = on === 0 ? file.f_flags & ~O_NONBLOCK : file.f_flags | O_NONBLOCK
  return 0
}
