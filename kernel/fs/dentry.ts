import type { ByteString } from '../types.ts'
import type { inode } from './inode.ts'

/** A name and what it leads to: include/linux/dcache.h. Children are those looked up so far. */
export class dentry {
  d_name: ByteString
  /** Itself for a root. */
  d_parent: dentry
  /** Null where the name leads nowhere yet. */
  d_inode: inode | null
  readonly d_subdirs = new Map<ByteString, dentry>()
  /** The root of the file system that is mounted here, and of such a root the place that it covers. */
  d_mounted: dentry | null = null
  d_covers: dentry | null = null
  /** Its name is gone; who has it open may go on. */
  d_unhashed = false

  constructor(d_name: ByteString, d_parent: dentry | null, d_inode: inode | null) {
    this.d_name = d_name
    this.d_parent = d_parent ?? this
    this.d_inode = d_inode
  }
}

/**
 * The path of `d` as seen from `root`: what getcwd(2), /proc/PID/fd and the traces show. fs/dcache.c:d_path(),
 * which says of a name that is gone that it is; here the caller asks is_deleted().
 */
export function d_path(d: dentry, root: dentry | null = null): ByteString {
  let path = ''
  for (let at = d; at !== root;) {
    if (at.d_parent !== at) {
      path = `/${at.d_name}${path}`
      at = at.d_parent
    } else if (at.d_covers !== null) at = at.d_covers
    // Neither a name nor a place in the tree: a pipe and the like.
    else return at.d_name === '' ? path || '/' : at.d_name + path
  }
  return path || '/'
}

/** Is `d` below `root`, or it? Not so where a chroot(2) has left the working directory outside. */
export function is_reachable(d: dentry, root: dentry): boolean {
  for (let at = d; at !== root;) {
    if (at.d_parent !== at) at = at.d_parent
    else if (at.d_covers !== null) at = at.d_covers
    else return false
  }
  return true
}

/** Is the way from the root to `d` cut? */
export function is_deleted(d: dentry): boolean {
  return d.d_unhashed
}

/** Take the name of `d` away: what has it open keeps it. */
export function d_delete(d: dentry): void {
  d.d_unhashed = true
  if (d.d_parent.d_subdirs.get(d.d_name) === d) d.d_parent.d_subdirs.delete(d.d_name)
}

/** The child of `a` on the way from it down to `d`; null where `a` is not above. fs/dcache.c:d_ancestor(). */
export function d_ancestor(a: dentry, d: dentry): dentry | null {
  for (let at = d; at.d_parent !== at; at = at.d_parent) if (at.d_parent === a) return at
  return null
}
