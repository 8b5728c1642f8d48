import type { MaySleep, UserPtr } from '../kernel/types.ts'
import { EFAULT, EINVAL, EPERM } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { koff } from '../kernel/mm/slab.ts'
import { copy_from_user, copy_to_user } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import { after } from '../kernel/sched/may_sleep.ts'
import { capable } from '../kernel/task/cred.ts'
import { __NEW_UTS_LEN, new_utsname, utsname, type UtsField } from '../kernel/task/nsproxy.ts'

/** uname(2) */
export function sys_newuname(name: UserPtr): MaySleep<number> {
  const { kernel } = current
  return after(kernel.uts_sem.down_read(), () => {
    const { addr } = utsname()
    const left = copy_to_user(name, kernel.slab.mem(addr), koff(addr), new_utsname.sizeof)
    kernel.uts_sem.up_read()
    return left > 0 ? -EFAULT : 0
  })
}

/** sethostname(2) */
export function sys_sethostname(name: UserPtr, len: number): MaySleep<number> {
  return set_utsname('nodename', name, len)
}

/** setdomainname(2) */
export function sys_setdomainname(name: UserPtr, len: number): MaySleep<number> {
  return set_utsname('domainname', name, len)
}

function set_utsname(field: UtsField, name: UserPtr, len: number): MaySleep<number> {
  const { kernel, cred } = current
  if (!capable(cred)) return -EPERM
  if (len < 0 || len > __NEW_UTS_LEN) return -EINVAL
  return after(kernel.uts_sem.down_write(), () => {
    const tmp = allocMem(__NEW_UTS_LEN + 1)
    const left = copy_from_user(tmp, 0, name, len)
    const to = utsname()[field]
    if (left === 0) kernel.slab.mem(to).u8.set(tmp.u8, koff(to))
    kernel.uts_sem.up_write()
    return left > 0 ? -EFAULT : 0
  })
}

/** brk(2): the new end of the heap, or the old one where it cannot be had. */
export function sys_brk(end: UserPtr): number {
  return current.mm?.brk(end) ?? 0
}
