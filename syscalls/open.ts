import type { Fd, MaySleep, UserPtr } from '../kernel/types.ts'
import { EBADF, EBUSY, EFAULT, EINVAL, ENOPKG } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { after } from '../kernel/sched/may_sleep.ts'
import { copy_to_user, getname } from '../kernel/mm/uaccess.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import {
  alloc_fd,
  close_fd,
  expand_files,
  fcheck_raw,
  fd_install,
  put_unused_fd,
  type files_struct,
} from '../kernel/fs/fdtable.ts'
import { O_CLOEXEC, O_EXCL, O_LARGEFILE, O_NONBLOCK, fput, get_file, type file } from '../kernel/fs/file.ts'
import { do_mknod, may_mknod } from '../kernel/fs/mknod.ts'
import { do_filp_open, finish_open, open_flags_ok } from '../kernel/fs/open.ts'
import { fifo_fops } from '../kernel/fs/fifo.ts'
import { create_pipe_files } from '../kernel/fs/pipe.ts'
import { start_of } from './at.ts'

/** openat(2) */
export function sys_openat(dfd: Fd, filename: UserPtr, flags: number, mode: number): MaySleep<number> {
  const wrong = open_flags_ok(flags)
  if (wrong < 0) return wrong
  flags |= O_LARGEFILE
  const path = getname(filename)
  if (typeof path === 'number') return path
  const files = current.files as files_struct
  const fd = alloc_fd(files, 0, (flags & O_CLOEXEC) !== 0)
  if (fd < 0) return fd
  const start = start_of(dfd, path)
  const f = typeof start === 'number' ? start : do_filp_open(start, path, flags, mode)
  if (typeof f === 'number') {
    put_unused_fd(files, fd)
    return f
  }
  const err = finish_open(f, flags)
  if (typeof err === 'number') return install(files, fd, f, err)
  // Others may use the table meanwhile.
  files.reserve(fd, true)
  return after(err, (err) => {
    files.reserve(fd, false)
    return install(files, fd, f, err)
  })
}

/** What becomes of the descriptor of a file whose open came to `err`. */
function install(files: files_struct, fd: number, f: file, err: number): number {
  if (err < 0) put_unused_fd(files, fd)
  else fd_install(files, fd, f)
  return err < 0 ? err : fd
}

/** mknodat(2) */
export function sys_mknodat(dfd: Fd, filename: UserPtr, mode: number, dev: number): number {
  const err = may_mknod(mode)
  if (err < 0) return err
  const path = getname(filename)
  if (typeof path === 'number') return path
  const start = start_of(dfd, path)
  return typeof start === 'number' ? start : do_mknod(start, path, mode, dev)
}

/** close(2) */
export function sys_close(fd: Fd): number {
  return close_fd(current.files as files_struct, fd)
}

/** dup(2) */
export function sys_dup(fildes: Fd): number {
  const f = fcheck_raw(fildes)
  if (f === null) return -EBADF
  const files = current.files as files_struct
  const fd = alloc_fd(files, 0, false)
  if (fd >= 0) fd_install(files, fd, get_file(f))
  return fd
}

/** dup3(2) */
export function sys_dup3(oldfd: Fd, newfd: Fd, flags: number): number {
  if ((flags & ~O_CLOEXEC) !== 0 || oldfd === newfd) return -EINVAL
  const files = current.files as files_struct
  if (newfd < 0 || newfd >= files.max_fds) return -EBADF
  const err = expand_files(files, newfd)
  const f = fcheck_raw(oldfd)
  if (f === null) return -EBADF
  if (err < 0) return err
  if (files.reserved.has(newfd)) return -EBUSY
  void close_fd(files, newfd)
  void alloc_fd(files, newfd, (flags & O_CLOEXEC) !== 0)
  fd_install(files, newfd, get_file(f))
  return newfd
}

/** A pipe that the kernel tells of changes: Linux without CONFIG_WATCH_QUEUE knows it, and has it not. */
const O_NOTIFICATION_PIPE = O_EXCL

/** pipe2(2) */
export function sys_pipe2(fildes: UserPtr, flags: number): number {
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK | O_NOTIFICATION_PIPE)) !== 0) return -EINVAL
  if ((flags & O_NOTIFICATION_PIPE) !== 0) return -ENOPKG
  const ends = create_pipe_files(current.kernel, flags, fifo_fops)
  if (typeof ends === 'number') return ends
  const files = current.files as files_struct
  const fds = ends.map(() => alloc_fd(files, 0, (flags & O_CLOEXEC) !== 0))
  const pair = allocMem(8)
  fds.forEach((fd, i) => pair.dv.setInt32(4 * i, fd, true))
  let err = Math.min(...fds, 0)
  if (err === 0 && copy_to_user(fildes, pair, 0, 8) > 0) err = -EFAULT
  ends.forEach((f, i) => {
    if (err === 0) fd_install(files, fds[i], f)
    else {
      if (fds[i] >= 0) put_unused_fd(files, fds[i])
      fput(f)
    }
  })
  return err
}
