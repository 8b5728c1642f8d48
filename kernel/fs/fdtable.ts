import type { Fd } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import { EBADF, EMFILE, ENOMEM } from '../errno.ts'
import { current } from '../sched/current.ts'
import { RLIMIT_NOFILE, rlimit } from '../task/rlimit.ts'
import { locks_remove_posix } from './locks.ts'
import { FMODE_PATH, fput, get_file, type file } from './file.ts'

/** Descriptors that a table has room for at first, and by how many at least it grows. */
export const NR_OPEN_DEFAULT = 64
const FDTABLE_STEP = 128

/** Open files by descriptor: include/linux/fdtable.h. */
export class files_struct {
  readonly kernel: Kernel
  /** Tasks that share it. */
  count = 1
  /** New descriptors of the current process are below this. */
  get max_fds(): number {
    return rlimit(RLIMIT_NOFILE)
  }

  readonly fd: (file | null)[] = []
  readonly close_on_exec = new Set<number>()
  /** Descriptors whose open sleeps: neither free nor open. */
  readonly reserved = new Set<number>()
  /** No descriptor below is free. */
  next_fd = 0
  /** Descriptors that there is room for: fdt->max_fds. */
  room = NR_OPEN_DEFAULT

  /** Counted in the slab: alloc_files() makes them. */
  constructor(kernel: Kernel) {
    this.kernel = kernel
  }

  /**
   * The table of a child: this one, or a copy with references of its own; null when there is no
   * memory. kernel/fork.c:copy_files().
   */
  copy(share: boolean): files_struct | null {
    if (share) {
      this.count++
      return this
    }
    const copy = alloc_files(this.kernel)
    if (copy === null) return null
    let last = -1
    for (const [fd, f] of this.fd.entries()) {
      copy.fd.push(f === null ? null : get_file(f))
      if (f !== null) last = fd
    }
    for (const fd of this.close_on_exec) copy.close_on_exec.add(fd)
    copy.room = room_for(last)
    copy.next_fd = Math.min(this.next_fd, ...this.reserved)
    for (const fd of this.reserved) copy.close_on_exec.delete(fd)
    return copy
  }

  /** Drop a task's use; the last one closes the files. kernel/exit.c:put_files_struct(). */
  put(): void {
    if (--this.count > 0) return
    for (const f of this.fd) if (f !== null) filp_close(f, this)
    this.kernel.slab.kmem_cache_free(this.kernel.caches.files_struct)
  }
}

/** The file at `fd`, a reference of the caller's own; null where there is none. fs/file_table.c:fget(). */
export function fget(fd: Fd): file | null {
  const f = fcheck(fd)
  return f === null ? null : get_file(f)
}

/** The file at `fd` without a reference, for a call that cannot outlive it. One of O_PATH is none. */
export function fcheck(fd: Fd): file | null {
  const f = fcheck_raw(fd)
  return f !== null && (f.f_mode & FMODE_PATH) !== 0 ? null : f
}

/** The same with those of O_PATH, for calls that ask only where a file is. fs/file.c:fget_raw(). */
export function fcheck_raw(fd: Fd): file | null {
  const { files } = current
  return files === null || fd < 0 || fd >= files.fd.length ? null : files.fd[fd]
}

/** The lowest free descriptor from `start` up, kept for the caller, or -EMFILE, -ENOMEM. */
export function alloc_fd(files: files_struct, start: number, cloexec: boolean): number {
  let fd = Math.max(start, files.next_fd)
  while (fd < files.fd.length && (files.fd[fd] !== null || files.reserved.has(fd))) fd++
  if (fd >= files.max_fds) return -EMFILE
  if (fd >= files.room && expand_files(files, fd) < 0) return -ENOMEM
  if (start <= files.next_fd) files.next_fd = fd + 1
  while (files.fd.length <= fd) files.fd.push(null)
  if (cloexec) files.close_on_exec.add(fd)
  else files.close_on_exec.delete(fd)
  return fd
}

/** Have room for `fd`: 0 or -ENOMEM. fs/file.c */
export function expand_files(files: files_struct, fd: number): number {
  if (fd < files.room) return 0
  if (files.kernel.slab.fails()) return -ENOMEM
  files.room = room_for(fd)
  return 0
}

/** fs/file.c:alloc_fdtable() */
function room_for(fd: number): number {
  return fd < NR_OPEN_DEFAULT
    ? NR_OPEN_DEFAULT
    : FDTABLE_STEP * 2 ** Math.ceil(Math.log2(Math.floor(fd / FDTABLE_STEP) + 1))
}

/** Put `f` at a descriptor that alloc_fd() gave; the table takes over the caller's reference. */
export function fd_install(files: files_struct, fd: number, f: file): void {
  files.fd[fd] = f
}

/** Give back a descriptor that alloc_fd() gave and nothing was put at. */
export function put_unused_fd(files: files_struct, fd: number): void {
  files.fd[fd] = null
  files.close_on_exec.delete(fd)
  files.next_fd = Math.min(files.next_fd, fd)
}

/** close(2): 0 or -EBADF. */
export function close_fd(files: files_struct, fd: number): number {
  const f = fd < 0 || fd >= files.fd.length ? null : files.fd[fd]
  if (f === null) return -EBADF
  put_unused_fd(files, fd)
  filp_close(f, files)
  return 0
}

/** Drop a descriptor's reference, and with it the locks that the process has on the file. fs/open.c */
function filp_close(f: file, files: files_struct): void {
  if (f.f_inode.i_flctx !== null) locks_remove_posix(f, files)
  fput(f)
}

/**
 * close_range(2): close what is open from `first` to `last`, or mark it to be closed at exec; with `unshare` in a
 * table of the caller's own. 0 or -ENOMEM. fs/file.c:__close_range()
 */
export function __close_range(first: number, last: number, unshare: boolean, cloexec: boolean): number {
  let files = current.files as files_struct
  if (unshare && files.count > 1) {
    const copy = files.copy(false)
    if (copy === null) return -ENOMEM
    files.put()
    current.files = files = copy
  }
  const end = Math.min(last + 1, files.fd.length)
  for (let fd = first; fd < end; fd++) {
    if (files.fd[fd] === null) continue
    if (cloexec) files.close_on_exec.add(fd)
    else void close_fd(files, fd)
  }
  return 0
}

/** A new table with nothing in it, or null when there is no memory. */
export function alloc_files(kernel: Kernel): files_struct | null {
  return kernel.slab.kmem_cache_alloc(kernel.caches.files_struct) ? new files_struct(kernel) : null
}
