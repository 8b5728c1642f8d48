import type { file } from './file.ts'
import { EPERM, EROFS } from '../errno.ts'
import { current } from '../sched/current.ts'
import { capable_fs, in_group_p } from '../task/cred.ts'
import { NSEC_PER_SEC } from '../time.ts'
import { O_NOATIME } from './file.ts'
import { S_ISDIR, S_ISGID, S_ISUID, S_IXGRP, type inode } from './inode.ts'
import { inode_owner_or_capable, is_rdonly } from './permission.ts'
import { MS_NOATIME, MS_NODIRATIME, MS_RDONLY } from './super.ts'

/** What an inode says of a file, and how that is changed: fs/attr.c, fs/open.c, fs/utimes.c. */

const DAY_NSEC = 86_400 * NSEC_PER_SEC

/** It has been read. As with relatime: only where it had changed since, or once a day. fs/inode.c:touch_atime(). */
export function touch_atime(i: inode): void {
  const { now } = i.kernel.clock
  if (i.i_atime > i.i_mtime && i.i_atime > i.i_ctime && now - i.i_atime < DAY_NSEC) return
  const flags = i.i_sb?.s_flags ?? 0
  if ((flags & (MS_RDONLY | MS_NOATIME)) !== 0) return
  if ((flags & MS_NODIRATIME) === 0 || !S_ISDIR(i.i_mode)) i.i_atime = now
}

export function file_accessed(f: file): void {
  if ((f.f_flags & O_NOATIME) === 0) touch_atime(f.f_inode)
}

/** chmod(2): 0, -EROFS, -EPERM for who does not own it. fs/open.c:chmod_common(). */
export function chmod_common(i: inode, mode: number): number {
  if (is_rdonly(i)) return -EROFS
  if (!inode_owner_or_capable(i)) return -EPERM
  let bits = mode & 0o7777
  // Only who is in the file's group may let others become it.
  if (!in_group_p(current.cred, i.i_gid) && !capable_fs(current.cred)) bits &= ~S_ISGID
  i.i_mode = (i.i_mode & ~0o7777) | bits
  i.i_ctime = i.kernel.clock.now
  return 0
}

/** chown(2): -1 leaves an id. 0, -EROFS, -EPERM. A program that ran as its owner does so no longer. */
export function chown_common(i: inode, uid: number, gid: number): number {
  if (is_rdonly(i)) return -EROFS
  const { cred } = current
  const owner = cred.fsuid === i.i_uid
  if (uid !== -1 && !(owner && uid >>> 0 === i.i_uid) && !capable_fs(cred)) return -EPERM
  const group = gid >>> 0
  if (gid !== -1 && !(owner && (in_group_p(cred, group) || group === i.i_gid)) && !capable_fs(cred)) return -EPERM
  if (!S_ISDIR(i.i_mode)) kill_suid(i)
  if (uid !== -1) i.i_uid = uid >>> 0
  if (gid !== -1) i.i_gid = group
  i.i_ctime = i.kernel.clock.now
  return 0
}

/** The file is no longer what its owner lent his rights to. */
export function kill_suid(i: inode): void {
  i.i_mode &= ~S_ISUID
  if ((i.i_mode & S_IXGRP) !== 0) i.i_mode &= ~S_ISGID
}

/** Nanoseconds since 1970 of a stamp. */
export function inode_time(i: inode, which: 'atime' | 'mtime' | 'ctime'): bigint {
  const stamp = which === 'atime' ? i.i_atime : which === 'mtime' ? i.i_mtime : i.i_ctime
  const exact = which === 'ctime' ? undefined : i.i_times?.[which]
  if (exact !== undefined && sinceBoot(i, exact) === stamp) return exact
  return BigInt(i.kernel.clock.boot) * BigInt(NSEC_PER_SEC) + BigInt(stamp)
}

/** Set both stamps, each in nanoseconds since 1970; null leaves one. */
export function set_times(i: inode, atime: bigint | null, mtime: bigint | null): void {
  const times = { atime: atime ?? inode_time(i, 'atime'), mtime: mtime ?? inode_time(i, 'mtime') }
  i.i_atime = sinceBoot(i, times.atime)
  i.i_mtime = sinceBoot(i, times.mtime)
  i.i_times = times
  i.i_ctime = i.kernel.clock.now
}

function sinceBoot(i: inode, time: bigint): number {
  return Number(time - BigInt(i.kernel.clock.boot) * BigInt(NSEC_PER_SEC))
}
