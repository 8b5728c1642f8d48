import type { ByteString, UserPtr } from '../kernel/types.ts'
import { EINVAL } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { PAGE_SIZE } from '../kernel/mm/mm.ts'
import { getname, strncpy_from_user } from '../kernel/mm/uaccess.ts'
import { LOOKUP_FOLLOW, path_lookup } from '../kernel/fs/namei.ts'
import { MNT_DETACH, MNT_EXPIRE, MNT_FORCE, UMOUNT_NOFOLLOW, do_mount, do_umount } from '../kernel/fs/namespace.ts'

/** mount(2) */
export function sys_mount(dev: UserPtr, dir: UserPtr, type: UserPtr, flags: number, data: UserPtr): number {
  const kernel_type = copy_mount_string(type)
  if (typeof kernel_type === 'number') return kernel_type
  const kernel_dev = copy_mount_string(dev)
  if (typeof kernel_dev === 'number') return kernel_dev
  const options = copy_mount_string(data)
  if (typeof options === 'number') return options
  const path = getname(dir)
  if (typeof path === 'number') return path
  const place = path_lookup(current.fs.pwd, path, LOOKUP_FOLLOW)
  return typeof place === 'number' ? place : do_mount(kernel_dev, place, kernel_type, flags, options ?? '')
}

/** umount2(2) */
export function sys_umount(name: UserPtr, flags: number): number {
  if ((flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW)) !== 0) return -EINVAL
  const path = getname(name)
  if (typeof path === 'number') return path
  const place = path_lookup(current.fs.pwd, path, (flags & UMOUNT_NOFOLLOW) !== 0 ? 0 : LOOKUP_FOLLOW)
  return typeof place === 'number' ? place : do_umount(place, flags)
}

/** A string that may be left out: null; -EFAULT, -EINVAL where it is longer than a page. */
function copy_mount_string(from: UserPtr): ByteString | null | number {
  if (from === 0) return null
  const text = strncpy_from_user(from, PAGE_SIZE)
  return typeof text === 'string' && text.length >= PAGE_SIZE ? -EINVAL : text
}
