import type { Pid, UserPtr } from '../kernel/types.ts'
import { EFAULT, ESRCH } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_from_user, copy_to_user } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import { check_prlimit_permission, do_prlimit, type rlimit } from '../kernel/task/rlimit.ts'

/** sizeof(struct rlimit) */
const SIZEOF_RLIMIT = 16

/** getrlimit(2) */
export function sys_getrlimit(resource: number, rlim: UserPtr): number {
  const old = do_prlimit(current.group, resource, null)
  return typeof old === 'number' ? old : rlimit_to_user(rlim, old)
}

/** setrlimit(2) */
export function sys_setrlimit(resource: number, rlim: UserPtr): number {
  const to = rlimit_from_user(rlim)
  if (to === null) return -EFAULT
  const old = do_prlimit(current.group, resource, to)
  return typeof old === 'number' ? old : 0
}

/** prlimit64(2): of any process that one may. */
export function sys_prlimit64(pid: Pid, resource: number, new_rlim: UserPtr, old_rlim: UserPtr): number {
  const to = new_rlim === 0 ? null : rlimit_from_user(new_rlim)
  if (to === null && new_rlim !== 0) return -EFAULT
  const t = pid === 0 ? current : current.nsproxy.pid_ns.pid_map.get(pid)?.task
  if (t === null || t === undefined) return -ESRCH
  const err = check_prlimit_permission(t)
  if (err < 0) return err
  const old = do_prlimit(t.group, resource, to)
  if (typeof old === 'number') return old
  return old_rlim === 0 ? 0 : rlimit_to_user(old_rlim, old)
}

function rlimit_from_user(from: UserPtr): rlimit | null {
  const mem = allocMem(SIZEOF_RLIMIT)
  if (copy_from_user(mem, 0, from, SIZEOF_RLIMIT) > 0) return null
  return { rlim_cur: mem.dv.getBigUint64(0, true), rlim_max: mem.dv.getBigUint64(8, true) }
}

function rlimit_to_user(to: UserPtr, { rlim_cur, rlim_max }: rlimit): number {
  const mem = allocMem(SIZEOF_RLIMIT)
  mem.dv.setBigUint64(0, rlim_cur, true)
  mem.dv.setBigUint64(8, rlim_max, true)
  return copy_to_user(to, mem, 0, SIZEOF_RLIMIT) > 0 ? -EFAULT : 0
}
