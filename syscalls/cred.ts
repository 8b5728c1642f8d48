import type { UserPtr } from '../kernel/types.ts'
import { EFAULT, EINVAL, ENOMEM, EPERM } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { GFP_KERNEL, NULL, kfree, kmalloc, koff } from '../kernel/mm/slab.ts'
import { copy_from_user, copy_to_user, put_user_int } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import { CAP_SETGID, capable } from '../kernel/task/cred.ts'
import { NOBODY, set_groups } from '../kernel/task/setid.ts'

/** The calls that say who one is, and setgroups(2); the others that change it are kernel/task/setid.ts itself. */

/** Most supplementary groups. */
const NGROUPS_MAX = 65536

/** getuid(2) */
export function sys_getuid(): number {
  return current.cred.uid
}

/** geteuid(2) */
export function sys_geteuid(): number {
  return current.cred.euid
}

/** getgid(2) */
export function sys_getgid(): number {
  return current.cred.gid
}

/** getegid(2) */
export function sys_getegid(): number {
  return current.cred.egid
}

/** getresuid(2) */
export function sys_getresuid(ruid: UserPtr, euid: UserPtr, suid: UserPtr): number {
  const { cred } = current
  return three_to_user([ruid, cred.uid], [euid, cred.euid], [suid, cred.suid])
}

/** getresgid(2) */
export function sys_getresgid(rgid: UserPtr, egid: UserPtr, sgid: UserPtr): number {
  const { cred } = current
  return three_to_user([rgid, cred.gid], [egid, cred.egid], [sgid, cred.sgid])
}

function three_to_user(...ids: readonly (readonly [to: UserPtr, id: number])[]): number {
  return ids.every(([to, id]) => put_user_int(id | 0, to) === 0) ? 0 : -EFAULT
}

/** getgroups(2): how many there are; they go to `grouplist` unless its size is 0. */
export function sys_getgroups(gidsetsize: number, grouplist: UserPtr): number {
  const { groups } = current.cred
  if (gidsetsize < 0) return -EINVAL
  if (gidsetsize === 0) return groups.length
  if (groups.length > gidsetsize) return -EINVAL
  const list = allocMem(4 * groups.length)
  groups.forEach((gid, i) => list.dv.setUint32(4 * i, gid, true))
  return copy_to_user(grouplist, list, 0, 4 * groups.length) > 0 ? -EFAULT : groups.length
}

/** setgroups(2) */
export function sys_setgroups(gidsetsize: number, grouplist: UserPtr): number {
  if (!capable(current.cred, CAP_SETGID)) return -EPERM
  if (gidsetsize < 0 || gidsetsize > NGROUPS_MAX) return -EINVAL
  const groups = groups_from_user(gidsetsize, grouplist)
  return typeof groups === 'number' ? groups : set_groups(groups)
}

/** So many groups; -ENOMEM, -EFAULT, -EINVAL for one that is none. kernel/groups.c */
function groups_from_user(n: number, from: UserPtr): number[] | number {
  const list = kmalloc(Math.max(4 * n, 1), GFP_KERNEL)
  if (list === NULL) return -ENOMEM
  const mem = current.kernel.slab.mem(list)
  const left = copy_from_user(mem, koff(list), from, 4 * n)
  const groups = Array.from({ length: n }, (_, i) => mem.dv.getUint32(koff(list) + 4 * i, true))
  kfree(list)
  if (left > 0) return -EFAULT
  return groups.includes(NOBODY) ? -EINVAL : groups
}
