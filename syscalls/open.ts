import type { Fd, UserPtr } from '../kernel/types.ts'
import type { dentry } from '../kernel/fs/dentry.ts'
import { EBADF, EFAULT, EINVAL, ENOTDIR } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { copy_to_user, getname } from '../kernel/mm/uaccess.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { alloc_fd, close_fd, fcheck, fd_install, put_unused_fd, type files_struct } from '../kernel/fs/fdtable.ts'
import { O_CLOEXEC, O_NONBLOCK, fput, get_file } from '../kernel/fs/file.ts'
import { S_ISDIR } from '../kernel/fs/inode.ts'
import { AT_FDCWD } from '../kernel/fs/namei.ts'
import { do_filp_open } from '../kernel/fs/open.ts'
import { create_pipe_files } from '../kernel/fs/pipe.ts'

/** openat(2) */
export function sys_openat(dfd: Fd, filename: UserPtr, flags: number, mode: number): number {
  const path = getname(filename)
  if (typeof path === 'number') return path
  const files = current.files as files_struct
  const fd = alloc_fd(files, 0, (flags & O_CLOEXEC) !== 0)
  if (fd < 0) return fd
  const start = path.startsWith('/') ? current.fs.root : start_of(dfd)
  const f = typeof start === 'number' ? start : do_filp_open(start, path, flags, mode)
  if (typeof f === 'number') {
    put_unused_fd(files, fd)
    return f
  }
  fd_install(files, fd, f)
  return fd
}

/** Where a path that is relative to `dfd` starts. */
function start_of(dfd: Fd): dentry | number {
  if (dfd === AT_FDCWD) return current.fs.pwd
  const f = fcheck(dfd)
  if (f === null) return -EBADF
  return S_ISDIR(f.f_inode.i_mode) ? f.f_dentry : -ENOTDIR
}

/** close(2) */
export function sys_close(fd: Fd): number {
  return close_fd(current.files as files_struct, fd)
}

/** dup(2) */
export function sys_dup(fildes: Fd): number {
  const f = fcheck(fildes)
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
  const f = fcheck(oldfd)
  if (f === null) return -EBADF
  void close_fd(files, newfd)
  void alloc_fd(files, newfd, (flags & O_CLOEXEC) !== 0)
  fd_install(files, newfd, get_file(f))
  return newfd
}

/** pipe2(2) */
export function sys_pipe2(fildes: UserPtr, flags: number): number {
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) !== 0) return -EINVAL
  const ends = create_pipe_files(current.kernel, flags)
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
