import type { ByteString } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import { EAGAIN, EBUSY, EINVAL, ENODEV, ENOENT, ENOTDIR, EPERM } from '../errno.ts'
import { current } from '../sched/current.ts'
import { capable } from '../task/cred.ts'
import { is_deleted, type dentry } from './dentry.ts'
import type { inode } from './inode.ts'
import { is_dir } from './namei.ts'
import {
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  attach_mnt,
  detach_mnt,
  follow_mount,
  type super_block,
} from './super.ts'

/**
 * What is mounted where: fs/namespace.c. A file system is in one place at most, so what Linux keeps for each
 * mount and for each file system is one here, the super_block.
 */

export const MS_REMOUNT = 32
export const MS_BIND = 4096
export const MS_MOVE = 8192
const MS_UNBINDABLE = 1 << 17
const MS_PRIVATE = 1 << 18
const MS_SLAVE = 1 << 19
const MS_SHARED = 1 << 20
const MS_MGC_VAL = 0xc0ed0000 | 0
const MS_MGC_MSK = 0xffff0000 | 0

export const MNT_FORCE = 1
export const MNT_DETACH = 2
export const MNT_EXPIRE = 4
export const UMOUNT_NOFOLLOW = 8

/** The flags that a file system keeps. */
const KEPT = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME

/** A mounted file system, as /proc/mounts shows it: include/linux/mount.h. */
export interface vfsmount {
  readonly mnt_id: number
  readonly mnt_devname: ByteString
  readonly mnt_root: dentry
  readonly mnt_sb: super_block
}

/** A kind of file systems: include/linux/fs.h. */
export interface file_system_type {
  readonly name: ByteString
  /** The root of a new one, not in the tree yet; -EINVAL for options that it does not have. */
  mount(kernel: Kernel, data: ByteString): dentry | number
}

/** Mount what `root` is the root of at `place`, null for the root of all. Whoever calls has checked everything. */
export function kern_mount(kernel: Kernel, place: dentry | null, root: dentry, devname: ByteString): void {
  const mnt_sb = (root.d_inode as inode).i_sb as super_block
  kernel.mounts.push({ mnt_id: mnt_sb.s_dev, mnt_devname: devname, mnt_root: root, mnt_sb })
  if (place !== null) attach_mnt(place, root)
}

/** mount(2) at `place`, a path that has been walked. 0 or a negative errno, in Linux's order. */
export function do_mount(
  dev: ByteString | null,
  place: dentry,
  type: ByteString | null,
  flags: number,
  data: ByteString,
): number {
  if ((flags & MS_MGC_MSK) === MS_MGC_VAL) flags &= ~MS_MGC_MSK
  if (!capable(current.cred)) return -EPERM
  if ((flags & MS_REMOUNT) !== 0) return do_remount(place, flags, data)
  // NON-SEED: a file system is in one place, so it cannot be bound to another; nor does a mount spread.
  if ((flags & (MS_BIND | MS_MOVE | MS_SHARED | MS_SLAVE | MS_UNBINDABLE)) !== 0) return -EINVAL
  if ((flags & MS_PRIVATE) !== 0) return mount_of(place) === undefined ? -EINVAL : 0
  return do_new_mount(dev, place, type, flags, data)
}

function do_new_mount(
  dev: ByteString | null,
  place: dentry,
  name: ByteString | null,
  flags: number,
  data: ByteString,
): number {
  const { kernel } = current
  if (name === null) return -EINVAL
  const type = kernel.filesystems.find((t) => t.name === name)
  if (type === undefined) return -ENODEV
  const root = type.mount(kernel, data)
  if (typeof root === 'number') return root
  // What lies on the working directory already is covered, not replaced: lock_mount().
  place = follow_mount(place)
  if (is_deleted(place)) return -ENOENT
  if (!is_dir(place)) return -ENOTDIR
  const sb = (root.d_inode as inode).i_sb as super_block
  sb.s_flags |= flags & KEPT
  kern_mount(kernel, place, root, dev ?? 'none')
  return 0
}

/** MS_REMOUNT: other flags and options for what is mounted at `place`. */
function do_remount(place: dentry, flags: number, data: ByteString): number {
  const mnt = mount_of(place)
  if (mnt === undefined) return -EINVAL
  const { mnt_sb: sb } = mnt
  const freeze = (flags & MS_RDONLY) !== 0 && (sb.s_flags & MS_RDONLY) === 0
  const err = sb.reconfigure(data)
  if (err < 0) return err
  if (freeze && sb.s_writers > 0) return -EBUSY
  sb.s_flags = (sb.s_flags & ~KEPT) | (flags & KEPT) | sb.s_always
  return 0
}

/** umount2(2) of what is mounted last at `place`, a path that has been walked. */
export function do_umount(place: dentry, flags: number): number {
  if (!capable(current.cred)) return -EPERM
  place = follow_mount(place)
  const mnt = mount_of(place)
  if (mnt === undefined) return -EINVAL
  const { kernel } = current
  if ((flags & MNT_EXPIRE) !== 0) {
    if (place === current.fs.root || (flags & (MNT_FORCE | MNT_DETACH)) !== 0) return -EINVAL
    if (isUsed(kernel, mnt)) return -EBUSY
    if (!expires(mnt.mnt_sb)) return -EAGAIN
  }
  // The root of all cannot go; as in Linux it becomes read-only instead.
  if (place === kernel.root) return (flags & MNT_DETACH) !== 0 ? -EBUSY : do_remount(place, MS_RDONLY, '')
  if ((flags & MNT_DETACH) !== 0) {
    for (const inner of kernel.mounts.filter((m) => isBelow(m.mnt_root, place))) forget(kernel, inner)
    return 0
  }
  if (isUsed(kernel, mnt)) return -EBUSY
  forget(kernel, mnt)
  return 0
}

function isUsed(kernel: Kernel, mnt: vfsmount): boolean {
  return kernel.mounts.some((m) => m !== mnt && isBelow(m.mnt_root, mnt.mnt_root)) || isBusy(kernel, mnt.mnt_sb)
}

/** Has nobody come in since it was marked, but who asks now? Marks it. */
function expires(sb: super_block): boolean {
  const before = sb.s_expiry_mark
  sb.s_expiry_mark = sb.s_entered
  return before === sb.s_entered - 1
}

function forget(kernel: Kernel, mnt: vfsmount): void {
  detach_mnt(mnt.mnt_root)
  kernel.mounts.splice(kernel.mounts.indexOf(mnt), 1)
}

/** The mount that `place` is the root of. */
function mount_of(place: dentry): vfsmount | undefined {
  return current.kernel.mounts.find((m) => m.mnt_root === place)
}

/** Is `d` the root `top`, or mounted somewhere below it? */
function isBelow(d: dentry, top: dentry): boolean {
  for (let at: dentry | null = d; at !== null;) {
    if (at === top) return true
    at = at.d_parent === at ? at.d_covers : at.d_parent
  }
  return false
}

/** Does anybody have a file open on `sb`, be it only for a call under way, work there, or run a program of it? */
function isBusy(kernel: Kernel, sb: super_block): boolean {
  if (sb.s_files > 0) return true
  const on = (d: dentry | null | undefined): boolean => d?.d_inode?.i_sb === sb
  for (const t of kernel.tasks) {
    if (t.exit_state === 0 && (on(t.fs.pwd) || on(t.fs.root) || on(t.mm?.exe_file))) return true
  }
  return false
}
