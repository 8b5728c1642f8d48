import type { Pid, UserPtr } from '../kernel/types.ts'
import type { task_struct } from '../kernel/task/task.ts'
import { EFAULT, EINVAL, EPERM, ESRCH } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_from_user, copy_to_user, put_user_int } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import { CAP_SYS_NICE, capable } from '../kernel/task/cred.ts'
import { SCHED_RESET_ON_FORK, SCHED_RR, priority_range, set_scheduler } from '../kernel/task/prio.ts'
import { pair_to_user } from './time.ts'

/** A time slice of SCHED_RR, in nanoseconds. */
const RR_TIMESLICE = 100_000_000
/** Bytes of a set of CPUs, of which there is one. */
const SIZEOF_CPUMASK = 8

/** sched_setparam(2) */
export function sys_sched_setparam(pid: Pid, param: UserPtr): number {
  return with_param(pid, param, (t, priority) =>
    set_scheduler(t, t.policy | (t.reset_on_fork ? SCHED_RESET_ON_FORK : 0), priority),
  )
}

/** sched_setscheduler(2) */
export function sys_sched_setscheduler(pid: Pid, policy: number, param: UserPtr): number {
  if (policy < 0) return -EINVAL
  return with_param(pid, param, (t, priority) => set_scheduler(t, policy, priority))
}

/** Do something with a task and the priority at `param`. */
function with_param(pid: Pid, param: UserPtr, set: (t: task_struct, priority: number) => number): number {
  if (param === 0 || pid < 0) return -EINVAL
  const mem = allocMem(4)
  if (copy_from_user(mem, 0, param, 4) > 0) return -EFAULT
  const t = find_process(pid)
  return typeof t === 'number' ? t : set(t, mem.dv.getInt32(0, true))
}

/** sched_getscheduler(2) */
export function sys_sched_getscheduler(pid: Pid): number {
  const t = find_process(pid)
  return typeof t === 'number' ? t : t.policy | (t.reset_on_fork ? SCHED_RESET_ON_FORK : 0)
}

/** sched_getparam(2) */
export function sys_sched_getparam(pid: Pid, param: UserPtr): number {
  const t = param === 0 ? -EINVAL : find_process(pid)
  return typeof t === 'number' ? t : put_user_int(t.rt_priority, param)
}

/** sched_setaffinity(2): there is one CPU, and one has to be left. */
export function sys_sched_setaffinity(pid: Pid, len: number, mask: UserPtr): number {
  const mem = allocMem(SIZEOF_CPUMASK)
  if (copy_from_user(mem, 0, mask, Math.min(len, SIZEOF_CPUMASK)) > 0) return -EFAULT
  const t = find_process(pid)
  if (typeof t === 'number') return pid < 0 ? -ESRCH : t
  const { euid } = current.cred
  if (euid !== t.cred.euid && euid !== t.cred.uid && !capable(current.cred, CAP_SYS_NICE)) return -EPERM
  return (mem.u8[0] & 1) === 0 ? -EINVAL : 0
}

/** sched_getaffinity(2): bytes of the set, which has one CPU in it. */
export function sys_sched_getaffinity(pid: Pid, len: number, mask: UserPtr): number {
  if (len === 0 || len % 8 !== 0) return -EINVAL
  const t = find_process(pid)
  if (typeof t === 'number') return pid < 0 ? -ESRCH : t
  const mem = allocMem(SIZEOF_CPUMASK)
  mem.u8[0] = 1
  return copy_to_user(mask, mem, 0, SIZEOF_CPUMASK) > 0 ? -EFAULT : SIZEOF_CPUMASK
}

/** sched_get_priority_max(2) */
export function sys_sched_get_priority_max(policy: number): number {
  return priority_range(policy)?.max ?? -EINVAL
}

/** sched_get_priority_min(2) */
export function sys_sched_get_priority_min(policy: number): number {
  return priority_range(policy)?.min ?? -EINVAL
}

/** sched_rr_get_interval(2): none but for SCHED_RR. */
export function sys_sched_rr_get_interval(pid: Pid, interval: UserPtr): number {
  const t = find_process(pid)
  if (typeof t === 'number') return t
  return pair_to_user(interval, 0, t.policy === SCHED_RR ? RR_TIMESLICE : 0)
}

/** The task of `pid`, oneself with 0; -EINVAL, -ESRCH. */
function find_process(pid: Pid): task_struct | number {
  if (pid < 0) return -EINVAL
  return pid === 0 ? current : (current.nsproxy.pid_ns.pid_map.get(pid)?.task ?? -ESRCH)
}
