import type { MaySleep, UserPtr } from '../types.ts'
import { EBADF, EINVAL, EPERM } from '../errno.ts'
import { current } from '../sched/current.ts'
import { alloc_fd, fd_install, type files_struct } from './fdtable.ts'
import { FMODE_PATH, O_APPEND, O_DIRECT, O_NOATIME, O_NONBLOCK, get_file, type file } from './file.ts'
import { fcntl_getlk, fcntl_setlk } from './fcntl_lock.ts'
import { IS_APPEND } from './inode.ts'
import { inode_owner_or_capable } from './permission.ts'
import { pipe_fcntl } from './pipe_fcntl.ts'

/** What fcntl(2) is asked: include/uapi/asm-generic/fcntl.h, linux/fcntl.h. */
export const F_DUPFD = 0
export const F_GETFD = 1
export const F_SETFD = 2
export const F_GETFL = 3
export const F_SETFL = 4
export const F_GETLK = 5
export const F_SETLK = 6
export const F_SETLKW = 7
export const F_OFD_GETLK = 36
export const F_OFD_SETLK = 37
export const F_OFD_SETLKW = 38
export const F_DUPFD_CLOEXEC = 1030
export const F_SETPIPE_SZ = 1031
export const F_GETPIPE_SZ = 1032
export const FD_CLOEXEC = 1

/** What may be asked of a file that stands for a place only. */
const PATH_COMMANDS = [F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL]
/** Flags that F_SETFL changes. */
const SETFL_MASK = O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME

/** fcntl(2) on `f`, which is at `fd`; -EINVAL for a command that is none. fs/fcntl.c:do_fcntl() */
export function do_fcntl(fd: number, cmd: number, arg: UserPtr, f: file): MaySleep<number> {
  if ((f.f_mode & FMODE_PATH) !== 0 && !PATH_COMMANDS.includes(cmd)) return -EBADF
  const files = current.files as files_struct
  switch (cmd) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      return f_dupfd(arg >>> 0, f, cmd === F_DUPFD_CLOEXEC)
    case F_GETFD:
      return files.close_on_exec.has(fd) ? FD_CLOEXEC : 0
    case F_SETFD:
      files.set_close_on_exec(fd, (arg & FD_CLOEXEC) !== 0)
      return 0
    case F_GETFL:
      return f.f_flags
    case F_SETFL:
      return setfl(f, arg | 0)
    case F_GETLK:
    case F_OFD_GETLK:
      return fcntl_getlk(f, cmd === F_OFD_GETLK, arg)
    case F_SETLK:
    case F_OFD_SETLK:
      return fcntl_setlk(fd, f, cmd === F_OFD_SETLK, false, arg)
    case F_SETLKW:
    case F_OFD_SETLKW:
      return fcntl_setlk(fd, f, cmd === F_OFD_SETLKW, true, arg)
    case F_SETPIPE_SZ:
      return pipe_fcntl(f, arg >>> 0)
    case F_GETPIPE_SZ:
      return pipe_fcntl(f, null)
  }
  return -EINVAL
}

/** The lowest free descriptor from `from` on: -EINVAL where none can be, -EMFILE. fs/file.c */
function f_dupfd(from: number, f: file, cloexec: boolean): number {
  const files = current.files as files_struct
  if (from >= files.max_fds) return -EINVAL
  const fd = alloc_fd(files, from, cloexec)
  if (fd >= 0) fd_install(files, fd, get_file(f))
  return fd
}

/** Change what may be changed: 0, -EPERM, -EINVAL for O_DIRECT where there is nothing to be direct with. */
function setfl(f: file, flags: number): number {
  const i = f.f_inode
  if (((flags ^ f.f_flags) & O_APPEND) !== 0 && IS_APPEND(i)) return -EPERM
  if ((flags & ~f.f_flags & O_NOATIME) !== 0 && !inode_owner_or_capable(i)) return -EPERM
  if ((flags & O_DIRECT) !== 0 && i.i_mapping === null) return -EINVAL
  f.f_flags = (flags & SETFL_MASK) | (f.f_flags & ~SETFL_MASK)
  return 0
}
