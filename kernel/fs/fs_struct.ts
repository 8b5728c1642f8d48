import type { Kernel } from '../kernel.ts'
import type { dentry } from './dentry.ts'

/** Where a task's paths begin, and what its new files may be: include/linux/fs_struct.h. */
export class fs_struct {
  readonly kernel: Kernel
  users = 1
  umask: number
  root: dentry
  pwd: dentry

  /** Counted in the slab: alloc_fs() makes them. */
  constructor(kernel: Kernel, root: dentry, pwd: dentry, umask: number) {
    this.kernel = kernel
    this.root = root
    this.pwd = pwd
    this.umask = umask
  }

  /** That of a child: this one, or a copy; null when there is no memory. kernel/fork.c:copy_fs(). */
  copy(share: boolean): fs_struct | null {
    if (!share) return alloc_fs(this.kernel, this.root, this.pwd, this.umask)
    this.users++
    return this
  }

  put(): void {
    if (--this.users === 0) this.kernel.slab.kmem_cache_free(this.kernel.caches.fs_struct)
  }
}

export function alloc_fs(kernel: Kernel, root: dentry, pwd: dentry, umask: number): fs_struct | null {
  return kernel.slab.kmem_cache_alloc(kernel.caches.fs_struct) ? new fs_struct(kernel, root, pwd, umask) : null
}
