import type { file } from './file.ts'
import { EINVAL, EOPNOTSUPP, EPERM, EROFS } from '../errno.ts'
import { current } from '../sched/current.ts'
import { capable_fs, in_group_p } from '../task/cred.ts'
import { NSEC_PER_SEC } from '../time.ts'
import { O_NOATIME } from './file.ts'
import {
  FS_NOATIME_FL,
  IS_APPEND,
  IS_IMMUTABLE,
  S_ISDIR,
  S_ISGID,
  S_ISLNK,
  S_ISREG,
  S_ISUID,
  S_IXGRP,
  type inode,
} from './inode.ts'
import { MAY_WRITE, inode_owner_or_capable, inode_permission, is_rdonly } from './permission.ts'
import { MS_NOATIME, MS_NODIRATIME, MS_RDONLY } from './super.ts'

/** What an inode says of a file, and how that is changed: fs/attr.c, fs/open.c, fs/utimes.c. */

const DAY_NSEC = 86_400 * NSEC_PER_SEC

/** It has been read. As with relatime: only where it had changed since, or once a day. fs/inode.c:touch_atime(). */
export function touch_atime(i: inode): void {
  const { real: now } = i.kernel.clock
  if (i.i_atime > i.i_mtime && i.i_atime > i.i_ctime && now - i.i_atime < DAY_NSEC) return
  const flags = i.i_sb?.s_flags ?? 0
  if ((flags & (MS_RDONLY | MS_NOATIME)) !== 0 || (i.i_flags & FS_NOATIME_FL) !== 0) return
  if ((flags & MS_NODIRATIME) === 0 || !S_ISDIR(i.i_mode)) i.i_atime = now
}

export function file_accessed(f: file): void {
  if ((f.f_flags & O_NOATIME) === 0) touch_atime(f.f_inode)
}

/** It has been written to. fs/inode.c */
export function file_update_time(f: file): void {
  const i = f.f_inode
  i.i_mtime = i.i_ctime = i.kernel.clock.real
}

/** chmod(2): 0, -EROFS, -EOPNOTSUPP for a symbolic link, -EPERM for who does not own it. fs/open.c:chmod_common(). */
export function chmod_common(i: inode, mode: number): number {
  if (is_rdonly(i)) return -EROFS
  if (S_ISLNK(i.i_mode)) return -EOPNOTSUPP
  if (!inode_owner_or_capable(i)) return -EPERM
  const refused = i.i_op?.setattr?.(i) ?? 0
  if (refused < 0) return refused
  if (holds_still(i)) return -EPERM
  let bits = mode & 0o7777
  // Only who is in the file's group may let others become it.
  if (!in_group_or_capable(i)) bits &= ~S_ISGID
  i.i_mode = (i.i_mode & ~0o7777) | bits
  i.i_ctime = i.kernel.clock.real
  return 0
}

/** chown(2): -1 leaves an id. 0, -EROFS, -EPERM. What ran as its owner does so no longer. fs/open.c:chown_common() */
export function chown_common(i: inode, uid: number, gid: number): number {
  if (is_rdonly(i)) return -EROFS
  const { cred } = current
  const owner = cred.fsuid === i.i_uid
  if (uid !== -1 && !(owner && uid >>> 0 === i.i_uid) && !capable_fs(cred)) return -EPERM
  const group = gid >>> 0
  if (gid !== -1 && !(owner && (in_group_p(cred, group) || group === i.i_gid)) && !capable_fs(cred)) return -EPERM
  if ((uid !== -1 || gid !== -1) && holds_still(i)) return -EPERM
  const lent = S_ISDIR(i.i_mode) ? 0 : setattr_should_drop_suidgid(i)
  if (lent !== 0 && !inode_owner_or_capable(i)) return -EPERM
  i.i_mode &= ~lent
  if (uid !== -1) i.i_uid = uid >>> 0
  if (gid !== -1) i.i_gid = group
  i.i_ctime = i.kernel.clock.real
  return 0
}

/** A regular file is changed by somebody who is not root: it no longer lends rights. fs/inode.c:file_remove_privs() */
export function file_remove_privs(i: inode): void {
  if ((i.i_mode & (S_ISUID | S_ISGID)) === 0 || !S_ISREG(i.i_mode) || capable_fs(current.cred)) return
  i.i_mode &= ~setattr_should_drop_suidgid(i)
}

/** The bits that go. Without execution for the group the set-group-id bit lends nothing. */
function setattr_should_drop_suidgid(i: inode): number {
  const sgid = (i.i_mode & S_IXGRP) !== 0 || !in_group_or_capable(i) ? S_ISGID : 0
  return i.i_mode & (S_ISUID | sgid)
}

function in_group_or_capable(i: inode): boolean {
  return in_group_p(current.cred, i.i_gid) || capable_fs(current.cred)
}

/** struct timespec as utimensat(2) is given it; tv_nsec may be UTIME_NOW or UTIME_OMIT. */
export interface utime {
  readonly tv_sec: bigint
  readonly tv_nsec: bigint
}

export const UTIME_NOW = 0x3fffffffn
export const UTIME_OMIT = 0x3ffffffen

/** utimensat(2); null is now for both. 0, -EINVAL, -EROFS, -EACCES, -EPERM. fs/utimes.c:vfs_utimes() */
export function vfs_utimes(i: inode, times: readonly [utime, utime] | null): number {
  if (times !== null && !times.every(nsec_valid)) return -EINVAL
  if (is_rdonly(i)) return -EROFS
  // To say that it is now, who may write to it will do.
  const touch = times === null || times.every(({ tv_nsec }) => tv_nsec === UTIME_NOW)
  if (touch ? IS_IMMUTABLE(i) : holds_still(i)) return -EPERM
  if (!inode_owner_or_capable(i)) {
    const err = touch ? inode_permission(i, MAY_WRITE) : -EPERM
    if (err < 0) return err
  }
  const { real: now } = i.kernel.clock
  if (touch) i.i_atime = i.i_mtime = i.i_ctime = now
  else set_times(i, time_of(i, times[0]), time_of(i, times[1]))
  return 0
}

/** Not even its mode, its owner or its times may be changed. fs/attr.c:may_setattr() */
function holds_still(i: inode): boolean {
  return IS_IMMUTABLE(i) || IS_APPEND(i)
}

function nsec_valid({ tv_nsec }: utime): boolean {
  return tv_nsec === UTIME_NOW || tv_nsec === UTIME_OMIT || (tv_nsec >= 0n && tv_nsec < BigInt(NSEC_PER_SEC))
}

function time_of(i: inode, { tv_sec, tv_nsec }: utime): bigint | null {
  if (tv_nsec === UTIME_OMIT) return null
  if (tv_nsec === UTIME_NOW) return since1970(i, i.kernel.clock.real)
  // The first and the last second there is are whole: fs/inode.c:timestamp_truncate().
  const end = tv_sec === TIME64_MAX || tv_sec === -TIME64_MAX - 1n
  return tv_sec * BigInt(NSEC_PER_SEC) + (end ? 0n : tv_nsec)
}

const TIME64_MAX = (1n << 63n) - 1n

/** Nanoseconds since 1970 of a stamp. */
export function inode_time(i: inode, which: 'atime' | 'mtime' | 'ctime'): bigint {
  const stamp = which === 'atime' ? i.i_atime : which === 'mtime' ? i.i_mtime : i.i_ctime
  const exact = which === 'ctime' ? undefined : i.i_times?.[which]
  if (exact !== undefined && sinceBoot(i, exact) === stamp) return exact
  return since1970(i, stamp)
}

function since1970(i: inode, stamp: number): bigint {
  return BigInt(i.kernel.clock.boot) * BigInt(NSEC_PER_SEC) + BigInt(stamp)
}

/** Set both stamps, each in nanoseconds since 1970; null leaves one. */
export function set_times(i: inode, atime: bigint | null, mtime: bigint | null): void {
  const times = { atime: atime ?? inode_time(i, 'atime'), mtime: mtime ?? inode_time(i, 'mtime') }
  i.i_atime = sinceBoot(i, times.atime)
  i.i_mtime = sinceBoot(i, times.mtime)
  i.i_times = times
  i.i_ctime = i.kernel.clock.real
}

function sinceBoot(i: inode, time: bigint): number {
  return Number(time - BigInt(i.kernel.clock.boot) * BigInt(NSEC_PER_SEC))
}
