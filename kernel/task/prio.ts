import type { task_struct } from './task.ts'
import { EACCES, EINVAL, EPERM, ESRCH } from '../errno.ts'
import { current } from '../sched/current.ts'
import { CAP_SYS_NICE, capable } from './cred.ts'
import { find_vpid } from './pid.ts'
import { RLIMIT_NICE } from './rlimit.ts'

/**
 * Priorities and policies: kernel/sys.c, kernel/sched.c. They are kept and told, under Linux's rules, and change
 * nothing: whose turn it is here is the seed's business.
 */

const PRIO_PROCESS = 0
const PRIO_PGRP = 1
const PRIO_USER = 2
const MIN_NICE = -20
const MAX_NICE = 19

export const SCHED_NORMAL = 0
export const SCHED_FIFO = 1
export const SCHED_RR = 2
const SCHED_BATCH = 3
export const SCHED_IDLE = 5
/** A child is scheduled in the normal way again. */
export const SCHED_RESET_ON_FORK = 0x40000000
const MAX_RT_PRIO = 100

/** Least and most priority of a policy; null for what is none. */
export function priority_range(policy: number): { readonly min: number; readonly max: number } | null {
  if (is_rt(policy)) return { min: 1, max: MAX_RT_PRIO - 1 }
  return policy === SCHED_NORMAL || policy === SCHED_BATCH || policy === SCHED_IDLE ? { min: 0, max: 0 } : null
}

function is_rt(policy: number): boolean {
  return policy === SCHED_FIFO || policy === SCHED_RR
}

/** getpriority(2): 20 - nice of the tasks that are named, of several the most. */
export function get_priority(which: number, who: number): number {
  const tasks = named(which, who)
  if (tasks === null) return -EINVAL
  return tasks.reduce((most, t) => Math.max(most, 20 - t.nice), -ESRCH)
}

/** setpriority(2): 0 where at least one could be set and none was refused after it. */
export function set_priority(which: number, who: number, nice: number): number {
  const tasks = named(which, who)
  if (tasks === null) return -EINVAL
  const to = Math.min(MAX_NICE, Math.max(MIN_NICE, nice))
  return tasks.reduce((error, t) => set_one_prio(t, to, error), -ESRCH)
}

/** The tasks that these two name, those too that nobody has waited for yet; null for a kind that there is not. */
function named(which: number, who: number): task_struct[] | null {
  const all = [...current.kernel.tasks]
  switch (which) {
    case PRIO_PROCESS: {
      const t = who === 0 ? current : current.nsproxy.pid_ns.pid_map.get(who)?.task
      return t === null || t === undefined ? [] : [t]
    }
    case PRIO_PGRP: {
      const pgrp = who === 0 ? current.group.pgrp : find_vpid(who)
      // Who came last stands first: of several errors the oldest one's is told.
      return all.filter((t) => t.group.pgrp === pgrp).reverse()
    }
    case PRIO_USER: {
      const uid = who === 0 ? current.cred.uid : who >>> 0
      return all.filter((t) => t.cred.uid === uid)
    }
    default:
      return null
  }
}

function set_one_prio(t: task_struct, nice: number, error: number): number {
  const { cred } = current
  if (t.cred.uid !== cred.euid && t.cred.euid !== cred.euid && !capable(cred, CAP_SYS_NICE)) return -EPERM
  if (nice < t.nice && !can_nice(t, nice)) return -EACCES
  // security/commoncap.c:cap_safe_nice()
  if ((t.cred.cap_permitted & ~cred.cap_permitted) !== 0n && !capable(cred, CAP_SYS_NICE)) return -EPERM
  t.nice = nice
  return error === -ESRCH ? 0 : error
}

/** Up to RLIMIT_NICE everybody may. */
function can_nice(t: task_struct, nice: number): boolean {
  return 20 - nice <= t.group.rlim.cur[RLIMIT_NICE] || capable(current.cred, CAP_SYS_NICE)
}

/** sched_setscheduler(2) and, with the policy that it has, sched_setparam(2). 0, -EINVAL, -EPERM. */
export function set_scheduler(t: task_struct, policy: number, priority: number): number {
  const { cred } = current
  const plain = policy & ~SCHED_RESET_ON_FORK
  const range = priority_range(plain)
  if (range === null || priority < range.min || priority > range.max) return -EINVAL
  if (!capable(cred, CAP_SYS_NICE)) {
    if (is_rt(plain) && (plain !== t.policy || priority > t.rt_priority)) return -EPERM
    if (t.policy === SCHED_IDLE && plain !== SCHED_IDLE && !can_nice(t, t.nice)) return -EPERM
    if (cred.euid !== t.cred.euid && cred.euid !== t.cred.uid) return -EPERM
    if (t.reset_on_fork && (policy & SCHED_RESET_ON_FORK) === 0) return -EPERM
  }
  t.policy = plain
  t.rt_priority = priority
  t.reset_on_fork = (policy & SCHED_RESET_ON_FORK) !== 0
  return 0
}

/** What a new task has of the one that made it. kernel/sched.c:sched_fork(). */
export function sched_fork(p: task_struct, parent: task_struct): void {
  const { policy, rt_priority, nice, reset_on_fork } = parent
  p.policy = reset_on_fork && is_rt(policy) ? SCHED_NORMAL : policy
  p.rt_priority = reset_on_fork ? 0 : rt_priority
  p.nice = reset_on_fork && nice < 0 ? 0 : nice
}
