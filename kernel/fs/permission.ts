import type { cred } from '../task/cred.ts'
import { EACCES, EPERM, EROFS } from '../errno.ts'
import { current } from '../sched/current.ts'
import { capable_fs, in_group_p } from '../task/cred.ts'
import {
  IS_IMMUTABLE,
  S_IFIFO,
  S_IFMT,
  S_ISDIR,
  S_ISGID,
  S_ISLNK,
  S_ISREG,
  S_ISVTX,
  S_IXGRP,
  S_IXUGO,
  type inode,
} from './inode.ts'
import { MS_RDONLY } from './super.ts'

/** Who may do what with a file: fs/namei.c. */

export const MAY_EXEC = 1
export const MAY_WRITE = 2
export const MAY_READ = 4

/** 0, -EACCES, -EROFS for a change on a file system that takes none, -EPERM for one of what stays as it is. fs/namei.c:inode_permission(). */
export function inode_permission(i: inode, mask: number): number {
  if ((mask & MAY_WRITE) !== 0 && is_rdonly(i)) {
    if (S_ISREG(i.i_mode) || S_ISDIR(i.i_mode) || S_ISLNK(i.i_mode)) return -EROFS
  }
  if ((mask & MAY_WRITE) !== 0 && i.i_flags !== 0 && IS_IMMUTABLE(i)) return -EPERM
  return i.i_op?.permission?.(i, mask) ?? generic_permission(i, mask, current.cred)
}

export function is_rdonly(i: inode): boolean {
  return i.i_sb !== null && (i.i_sb.s_flags & MS_RDONLY) !== 0
}

/** By the mode: the owner's bits, else the group's, else the others', and what root may besides. */
function generic_permission(i: inode, mask: number, c: cred): number {
  let mode = i.i_mode
  if (c.fsuid === i.i_uid) mode >>= 6
  else if (in_group_p(c, i.i_gid)) mode >>= 3
  if ((mask & ~mode & 7) === 0) return 0
  if (!capable_fs(c)) return -EACCES
  // Root may all, but execute only what somebody may.
  return S_ISDIR(i.i_mode) || (mask & MAY_EXEC) === 0 || (i.i_mode & S_IXUGO) !== 0 ? 0 : -EACCES
}

export function inode_owner_or_capable(i: inode): boolean {
  return current.cred.fsuid === i.i_uid || capable_fs(current.cred)
}

/** In a sticky directory, only the owner of the file or of the directory takes a name away: 0 or -EPERM. */
export function check_sticky(dir: inode, i: inode): number {
  if ((dir.i_mode & S_ISVTX) === 0) return 0
  const { cred } = current
  return cred.fsuid === i.i_uid || cred.fsuid === dir.i_uid || capable_fs(cred) ? 0 : -EPERM
}

/**
 * Who wants a new file where everybody makes some is not to be given a device of another's: 0 or -EACCES. Regular
 * files and pipes pass, as fs.protected_regular and fs.protected_fifos are 0. fs/namei.c
 */
export function may_create_in_sticky(dir: inode, i: inode): number {
  if ((dir.i_mode & S_ISVTX) === 0 || S_ISREG(i.i_mode) || (i.i_mode & S_IFMT) === S_IFIFO) return 0
  const safe = i.i_uid === dir.i_uid || i.i_uid === current.cred.fsuid
  return safe || (dir.i_mode & MAY_WRITE) === 0 ? 0 : -EACCES
}

/** Whose a new inode is: its maker's, or for the group that of a set-group-id directory. fs/inode.c. */
export function inode_init_owner(i: inode, dir: inode): void {
  const { cred } = current
  i.i_uid = cred.fsuid
  i.i_gid = cred.fsgid
  if ((dir.i_mode & S_ISGID) === 0) return
  i.i_gid = dir.i_gid
  if (S_ISDIR(i.i_mode)) i.i_mode |= S_ISGID
  else if (
    (i.i_mode & (S_ISGID | S_IXGRP)) === (S_ISGID | S_IXGRP) &&
    !in_group_p(cred, i.i_gid) &&
    !capable_fs(cred)
  ) {
    i.i_mode &= ~S_ISGID
  }
}
