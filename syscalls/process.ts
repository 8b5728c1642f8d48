import type { MaySleep, Pid, Sleeps, UserPtr, Word } from '../kernel/types.ts'
import type { thread_group } from '../kernel/task/task.ts'
import { EINVAL, EPERM, ESRCH } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { preempt_schedule } from '../kernel/sched/sched.ts'
import { do_fork } from '../kernel/task/fork.ts'
import { do_exit, do_group_exit } from '../kernel/task/exit.ts'
import { pid_nr_ns, task_pid_vnr, task_tgid_vnr } from '../kernel/task/pid.ts'

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
export function* sys_sched_yield(): Sleeps<number> {
  yield* preempt_schedule()
  return 0
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
  const ns = current.nsproxy.pid_ns
  const me = current.group_leader
  const own = pid_nr_ns(me.thread_pid, ns)
  const target = pid === 0 ? own : pid
  const to = pgid === 0 ? target : pgid
  if (to < 0) return -EINVAL
  const p = ns.pid_map.get(target)?.task
  if (p === null || p === undefined || p !== p.group_leader) return -ESRCH
  if (p !== me && p.real_parent?.group !== me.group) return -ESRCH
  if (p.group.session !== me.group.session || p.group.session === p.pid) return -EPERM
  const found = [...current.kernel.tasks].some((t) => t.group.pgrp === to && t.group.session === me.group.session)
  if (to !== target && !found) return -EPERM
  p.group.pgrp = to
  return 0
}

/** getpgid(2) */
export function sys_getpgid(pid: Pid): number {
  return find_group(pid)?.pgrp ?? -ESRCH
}

/** getsid(2) */
export function sys_getsid(pid: Pid): number {
  return find_group(pid)?.session ?? -ESRCH
}

/** setsid(2) */
export function sys_setsid(): number {
  const me = current.group_leader
  if ([...current.kernel.tasks].some((t) => t.group.pgrp === me.pid)) return -EPERM
  me.group.pgrp = me.group.session = me.pid
  me.group.tty = null
  return me.pid
}

function find_group(pid: Pid): thread_group | undefined {
  return pid === 0 ? current.group : current.nsproxy.pid_ns.pid_map.get(pid)?.task?.group
}
