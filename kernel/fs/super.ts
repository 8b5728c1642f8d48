import type { ByteString } from '../types.ts'
import type { dentry } from './dentry.ts'
import type { inode } from './inode.ts'

/** How it is mounted: include/linux/fs.h. */
export const MS_RDONLY = 1
export const MS_NOSUID = 2
export const MS_NODEV = 4
export const MS_NOEXEC = 8
export const MS_NOATIME = 1024
export const MS_NODIRATIME = 2048

/** What statfs(2) is told of a file system, in blocks of a page. */
export interface kstatfs {
  readonly f_blocks: number
  readonly f_bfree: number
  readonly f_files: number
  readonly f_ffree: number
}

/** A file system that is mounted: include/linux/fs.h. */
export class super_block {
  /** Its kind: `tmpfs`, `proc`. */
  readonly s_type: ByteString
  readonly s_magic: number
  readonly s_dev: number
  readonly statfs: () => kstatfs
  s_flags = 0
  /** Those of them that no remount takes away. */
  s_always = 0
  /** Its files have flags besides their modes: fileattr.ts. */
  s_fileattr = false
  /** Files that are open on it, whoever holds them, and how many of them are plain ones that may be written. */
  s_files = 0
  s_writers = 0
  /** How often somebody has come in, and how often that was when umount2(2) said that it may go: -1 if never. */
  s_entered = 0
  s_expiry_mark = -1
  /** Its own options as /proc/mounts shows them, a comma before each. */
  show_options: () => ByteString = () => ''
  /** Take other options: 0 or -EINVAL. */
  reconfigure: (data: ByteString) => number = () => 0

  constructor(s_type: ByteString, s_magic: number, s_dev: number, statfs: () => kstatfs) {
    this.s_type = s_type
    this.s_magic = s_magic
    this.s_dev = s_dev
    this.statfs = statfs
  }
}

/** Let `root` cover `place`. fs/namespace.c:graft_tree(). */
export function attach_mnt(place: dentry, root: dentry): void {
  place.d_mounted = root
  // A name that is looked up anew each time stays this one as long as something lies on it.
  for (let at = place; at.d_parent !== at; at = at.d_parent) at.d_parent.d_subdirs.set(at.d_name, at)
  root.d_covers = place
}

/** Take `root` out of the tree again: what it covered can be seen. */
export function detach_mnt(root: dentry): void {
  if (root.d_covers !== null) root.d_covers.d_mounted = null
  root.d_covers = null
}

/** What one sees at `d`: the root of what is mounted there, else itself. fs/namei.c:follow_mount(). */
export function follow_mount(d: dentry): dentry {
  while (d.d_mounted !== null) {
    d = d.d_mounted
    const { i_sb } = d.d_inode as inode
    if (i_sb !== null) i_sb.s_entered++
  }
  return d
}
