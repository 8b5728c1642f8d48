import type { ByteString } from '../types.ts'
import type { inode } from './inode.ts'

/** A name and what it leads to: include/linux/dcache.h. Children are those looked up so far. */
export class dentry {
  readonly d_name: ByteString
  /** Itself for a root. */
  readonly d_parent: dentry
  /** Null where the name leads nowhere yet. */
  d_inode: inode | null
  readonly d_subdirs = new Map<ByteString, dentry>()

  constructor(d_name: ByteString, d_parent: dentry | null, d_inode: inode | null) {
    this.d_name = d_name
    this.d_parent = d_parent ?? this
    this.d_inode = d_inode
  }
}

/** The path of `d` from its root: what /proc/PID/fd and the traces show. fs/dcache.c:d_path(). */
export function d_path(d: dentry): ByteString {
  if (d.d_parent === d) return d.d_name === '' ? '/' : d.d_name
  let path = ''
  for (let at = d; at.d_parent !== at; at = at.d_parent) path = `/${at.d_name}${path}`
  return path
}
