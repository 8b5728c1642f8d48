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

/** Descriptors and what they stand for, shared by as many copies as `users` until one of them changes. */
interface fdtable {
  /** Each a reference. */
  readonly fd: (file | null)[]
  readonly close_on_exec: Set<number>
  users: number
}

const NOTHING: ReadonlySet<number> = new Set()

/** Open files by descriptor: include/linux/fdtable.h. */
export class files_struct {
  readonly kernel: Kernel
  /** Tasks that share it. */
  count = 1
  /** New descriptors of the current process are below this. */
  get max_fds(): number {
    return rlimit(RLIMIT_NOFILE)
  }

  fd: readonly (file | null)[]
  close_on_exec: ReadonlySet<number>
  /** Descriptors whose open sleeps: neither free nor open. */
  reserved = NOTHING
  /** No descriptor below is free. */
  next_fd = 0
  /** Descriptors that there is room for: fdt->max_fds. */
  room = NR_OPEN_DEFAULT
  #table: fdtable

  /** Counted in the slab: alloc_files() makes them. */
  constructor(kernel: Kernel, table: fdtable = { fd: [], close_on_exec: new Set(), users: 1 }) {
    this.kernel = kernel
    this.#table = table
    this.fd = table.fd
    this.close_on_exec = table.close_on_exec
  }

  /** Its descriptors, to change them: from here on no other table has them too. */
  #own(): fdtable {
    if (this.#table.users === 1) return this.#table
    this.#table.users--
    const { fd, close_on_exec } = this.#table
    for (const f of fd) if (f !== null) void get_file(f)
    this.#table = { fd: [...fd], close_on_exec: new Set(close_on_exec), users: 1 }
    this.fd = this.#table.fd
    this.close_on_exec = this.#table.close_on_exec
    return this.#table
  }

  /** Put `f`, a reference that the table takes over, at `fd`; null for nothing. What was there is the caller's. */
  set(fd: number, f: file | null): void {
    const table = this.#own()
    while (table.fd.length <= fd) table.fd.push(null)
    table.fd[fd] = f
  }

  /** Is `fd` to be closed at exec? */
  set_close_on_exec(fd: number, on: boolean): void {
    if (this.close_on_exec.has(fd) === on) return
    const { close_on_exec } = this.#own()
    if (on) close_on_exec.add(fd)
    else close_on_exec.delete(fd)
  }

  /** `fd` is neither free nor open, or no longer so. */
  reserve(fd: number, on: boolean): void {
    const reserved = new Set(this.reserved)
    if (on) reserved.add(fd)
    else reserved.delete(fd)
    this.reserved = reserved
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
    const copy = alloc_files(this.kernel, this.#table)
    if (copy === null) return null
    this.#table.users++
    let last = this.fd.length - 1
    while (last >= 0 && this.fd[last] === null) last--
    copy.room = room_for(last)
    copy.next_fd = this.next_fd
    for (const fd of this.reserved) put_unused_fd(copy, fd)
    return copy
  }

  /** Drop a task's use; the last one closes the files. kernel/exit.c:put_files_struct(). */
  put(): void {
    if (--this.count > 0) return
    const last = --this.#table.users === 0
    for (const f of this.fd) {
      if (f === null) continue
      put_locks(f, this)
      if (last) fput(f)
    }
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
  if (files.fd.length <= fd) files.set(fd, null)
  files.set_close_on_exec(fd, cloexec)
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
  files.set(fd, f)
}

/** Give back a descriptor that alloc_fd() gave and nothing was put at. */
export function put_unused_fd(files: files_struct, fd: number): void {
  if (files.fd[fd] !== null) files.set(fd, null)
  files.set_close_on_exec(fd, false)
  files.next_fd = Math.min(files.next_fd, fd)
}

/** close(2): 0 or -EBADF. */
export function close_fd(files: files_struct, fd: number): number {
  const f = fd < 0 || fd >= files.fd.length ? null : files.fd[fd]
  if (f === null) return -EBADF
  put_unused_fd(files, fd)
  put_locks(f, files)
  fput(f)
  return 0
}

/** With a descriptor go the locks that the process has on the file. fs/open.c:filp_close() */
function put_locks(f: file, files: files_struct): void {
  if (f.f_inode.i_flctx !== null) locks_remove_posix(f, files)
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
    if (cloexec) files.set_close_on_exec(fd, true)
    else void close_fd(files, fd)
  }
  return 0
}

/** A new table with nothing in it, or what `table` has; null when there is no memory. */
export function alloc_files(kernel: Kernel, table?: fdtable): files_struct | null {
  return kernel.slab.kmem_cache_alloc(kernel.caches.files_struct) ? new files_struct(kernel, table) : null
}
