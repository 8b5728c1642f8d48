import type { MaySleep, Pid, Sleeps, UserPtr, Word } from '../kernel/types.ts'
import type { thread_group } from '../kernel/task/task.ts'
import { EACCES, EINVAL, EPERM, ESRCH } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { give_way, preempt_schedule } from '../kernel/sched/sched.ts'
import { do_fork } from '../kernel/task/fork.ts'
import { do_exit, do_group_exit } from '../kernel/task/exit.ts'
import { is_session_leader, pgrp_members } from '../kernel/task/pgrp.ts'
import { find_vpid, pid_nr_ns, task_pid_vnr, task_tgid_vnr } from '../kernel/task/pid.ts'

/** getpid(2) */
export function sys_getpid(): number {
  return task_tgid_vnr(current)
}

/** gettid(2) */
export function sys_gettid(): number {
  return task_pid_vnr(current)
}

/** getppid(2) */
export function sys_getppid(): number {
  const parent = current.group_leader.real_parent
  return parent === null ? 0 : pid_nr_ns(parent.group_leader.thread_pid, current.nsproxy.pid_ns)
}

/** set_tid_address(2) */
export function sys_set_tid_address(tidptr: Word): number {
  current.clear_child_tid = BigInt.asUintN(64, BigInt(tidptr))
  return task_pid_vnr(current)
}

/** _exit(2), of one thread */
export function sys_exit(code: number): Sleeps<number> {
  return do_exit((code & 0xff) << 8)
}

/** exit_group(2) */
export function sys_exit_group(code: number): Sleeps<number> {
  return do_group_exit((code & 0xff) << 8)
}

/** sched_yield(2) */
export function sys_sched_yield(): MaySleep<0> {
  return current.kernel.watched ? preempt_schedule() : give_way()
}

/** clone(2): riscv has the backwards order of tls and child_tid. The context of the child is its kind's business. */
export function sys_clone(
  flags: number,
  _stack: UserPtr,
  parent_tid: UserPtr,
  _tls: Word,
  child_tid: Word,
): MaySleep<number> {
  return do_fork(flags, parent_tid, child_tid)
}

/** setpgid(2) */
export function sys_setpgid(pid: Pid, pgid: Pid): number {
  const me = current.group_leader
  const target = pid === 0 ? pid_nr_ns(me.thread_pid, current.nsproxy.pid_ns) : pid
  const to = pgid === 0 ? target : pgid
  if (to < 0) return -EINVAL
  const p = current.nsproxy.pid_ns.pid_map.get(target)?.task
  if (p === null || p === undefined) return -ESRCH
  if (p !== p.group_leader) return -EINVAL
  if (p.real_parent?.group === me.group) {
    if (p.group.session !== me.group.session) return -EPERM
    // It is what its parent knew only until it execs.
    if (!p.forknoexec) return -EACCES
  } else if (p !== me) return -ESRCH
  if (is_session_leader(p)) return -EPERM
  const pgrp = find_vpid(to)
  if (to !== target && !pgrp_members(p.kernel, pgrp).some((t) => t.group.session === me.group.session)) return -EPERM
  p.group.pgrp = pgrp
  return 0
}

/** getpgid(2) */
export function sys_getpgid(pid: Pid): number {
  const group = find_group(pid)
  return group === undefined ? -ESRCH : group_vnr(group.pgrp)
}

/** getsid(2) */
export function sys_getsid(pid: Pid): number {
  const group = find_group(pid)
  return group === undefined ? -ESRCH : group_vnr(group.session)
}

/** setsid(2) */
export function sys_setsid(): number {
  const me = current.group_leader
  if (is_session_leader(me) || pgrp_members(me.kernel, me.pid).length > 0) return -EPERM
  me.group.pgrp = me.group.session = me.pid
  me.group.tty = null
  return pid_nr_ns(me.thread_pid, current.nsproxy.pid_ns)
}

function find_group(pid: Pid): thread_group | undefined {
  return pid === 0 ? current.group : current.nsproxy.pid_ns.pid_map.get(pid)?.task?.group
}

/** The id of a process group or session as the current task sees it; 0 where it does not. */
function group_vnr(nr: number): number {
  const { pid_ns } = current.nsproxy
  return pid_ns.level === 0 ? nr : (current.kernel.pid_ns.pid_map.get(nr)?.numbers[pid_ns.level] ?? 0)
}
