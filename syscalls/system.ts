import type { MaySleep, UserPtr } from '../kernel/types.ts'
import { EFAULT, EINVAL, EPERM } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { koff } from '../kernel/mm/slab.ts'
import { copy_from_user, copy_to_user, put_user_int } from '../kernel/mm/uaccess.ts'
import { si_meminfo } from '../kernel/fs/proc/meminfo.ts'
import { current } from '../kernel/sched/current.ts'
import { after } from '../kernel/sched/may_sleep.ts'
import { capable } from '../kernel/task/cred.ts'
import { RLIMIT_DATA, rlimit } from '../kernel/task/rlimit.ts'
import { NSEC_PER_SEC } from '../kernel/time.ts'
import { __NEW_UTS_LEN, new_utsname, utsname, type UtsField } from '../kernel/task/nsproxy.ts'

/** sizeof(struct sysinfo) */
const SIZEOF_SYSINFO = 112

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

/** brk(2): the new end of the heap, or the old one where it cannot be had, or is further than RLIMIT_DATA lets it be. */
export function sys_brk(end: UserPtr): number {
  const { mm } = current
  if (mm === null) return 0
  return mm.brk(end - mm.start_brk > rlimit(RLIMIT_DATA) ? 0 : end)
}

/** sysinfo(2), in bytes: mem_unit is 1. */
export function sys_sysinfo(info: UserPtr): number {
  const { kernel } = current
  const { total, free, files } = si_meminfo(kernel)
  const { dv, u8 } = allocMem(SIZEOF_SYSINFO)
  // A second that has begun counts.
  const longs = [Math.ceil(kernel.clock.now / NSEC_PER_SEC), 0, 0, 0, total, free, files]
  longs.forEach((value, i) => dv.setBigInt64(8 * i, BigInt(value), true))
  dv.setUint16(80, kernel.tasks.size, true)
  dv.setUint32(104, 1, true)
  return copy_to_user(info, { dv, u8 }, 0, SIZEOF_SYSINFO) > 0 ? -EFAULT : 0
}

/** getcpu(2): there is one CPU, on one node. What was once a cache is passed over. */
export function sys_getcpu(cpu: UserPtr, node: UserPtr, _cache: UserPtr): number {
  for (const to of [cpu, node]) if (to !== 0 && put_user_int(0, to) < 0) return -EFAULT
  return 0
}
