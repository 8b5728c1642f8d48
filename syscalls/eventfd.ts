import { current } from '../kernel/sched/current.ts'
import { EFD_CLOEXEC, eventfd_file_create } from '../kernel/fs/eventfd.ts'
import { alloc_fd, fd_install, type files_struct } from '../kernel/fs/fdtable.ts'
import { fput } from '../kernel/fs/file.ts'

/** eventfd2(2) */
export function sys_eventfd2(count: number, flags: number): number {
  const f = eventfd_file_create(current.kernel, count, flags)
  if (typeof f === 'number') return f
  const files = current.files as files_struct
  const fd = alloc_fd(files, 0, (flags & EFD_CLOEXEC) !== 0)
  if (fd < 0) fput(f)
  else fd_install(files, fd, f)
  return fd
}
