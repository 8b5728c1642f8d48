import type { task_struct } from './task.ts'
import { EINVAL, EPERM, ESRCH } from '../errno.ts'
import { current } from '../sched/current.ts'
import { CAP_KILL, capable } from './cred.ts'
import { find_vpid, pid_nr_ns } from './pid.ts'
import { SIGCONT, SI_TKILL, SI_USER, _NSIG, __send_signal, type siginfo } from './signal.ts'

/** Signals that one task sends another: kernel/signal.c. */

/** What is told of a signal beside who sent it. */
export type UserInfo = Pick<siginfo, 'code'> & Partial<siginfo>

/** kill(2): to the process `pid`, to one's own process group with 0, to all but oneself and init with -1, to group -pid. */
export function kill_something_info(sig: number, pid: number): number {
  const info = { code: SI_USER }
  if (pid > 0) return kill_proc_info(sig, info, pid)
  // Its group would have no number.
  if (pid === -0x80000000) return -ESRCH
  const me = current.group_leader
  const pgrp = pid === 0 ? me.group.pgrp : find_vpid(-pid)
  let ret = -ESRCH
  let denied = false
  for (const t of [...current.kernel.tasks]) {
    if (t !== t.group_leader) continue
    const chosen = pid === -1 ? t !== me && is_visible(t) : t.group.pgrp === pgrp
    if (!chosen) continue
    const err = send_from_user(sig, info, t, true)
    // Of all there are, those that one may not signal count as told.
    if (pid === -1 && err === -EPERM) denied = true
    else if (ret !== 0) ret = err
  }
  return denied && ret === -ESRCH ? 0 : ret
}

/** Is `t` somebody in the current task's namespace, and not its init? */
function is_visible(t: task_struct): boolean {
  return pid_nr_ns(t.thread_pid, current.nsproxy.pid_ns) > 1
}

/** To the process of task `pid`. */
export function kill_proc_info(sig: number, info: UserInfo, pid: number): number {
  const t = current.nsproxy.pid_ns.pid_map.get(pid)?.task
  return t === null || t === undefined ? -ESRCH : send_from_user(sig, info, t, true)
}

/** tkill(2) and tgkill(2): to one thread; `tgid` below 0 for that of any process. */
export function do_tkill(tgid: number, pid: number, sig: number): number {
  return pid <= 0 ? -EINVAL : do_send_specific(tgid, pid, sig, { code: SI_TKILL })
}

/** To task `pid`, which is to be one of process `tgid`. */
export function do_send_specific(tgid: number, pid: number, sig: number, info: UserInfo): number {
  const { pid_ns } = current.nsproxy
  const t = pid_ns.pid_map.get(pid)?.task
  if (t === null || t === undefined) return -ESRCH
  if (tgid >= 0 && pid_nr_ns(t.group_leader.thread_pid, pid_ns) !== tgid) return -ESRCH
  return send_from_user(sig, info, t, false)
}

function send_from_user(sig: number, info: UserInfo, t: task_struct, group: boolean): number {
  const err = check_kill_permission(sig, info.code, t)
  // Signal 0 only asks. A leader that is dead still stands for its threads.
  if (err < 0 || sig === 0 || (t.exit_state !== 0 && !(group && t.group.tasks.length > 1))) return err
  const pid = pid_nr_ns(current.group_leader.thread_pid, t.thread_pid.ns)
  return __send_signal({ pid, uid: current.cred.uid, value: 0n, ...info, signo: sig }, t, group)
}

/** 0; -EINVAL for what is no signal; -EPERM unless sender or receiver is the other's user, or they share a session for SIGCONT. */
function check_kill_permission(sig: number, code: number, t: task_struct): number {
  if (sig < 0 || sig > _NSIG) return -EINVAL
  // What pretends to come from the kernel goes to oneself only.
  if (code > 0 || t.group === current.group || kill_ok_by_cred(t)) return 0
  return sig === SIGCONT && t.group.session === current.group.session ? 0 : -EPERM
}

function kill_ok_by_cred(t: task_struct): boolean {
  const { uid, euid } = current.cred
  const { uid: to, suid } = t.cred
  return euid === suid || euid === to || uid === suid || uid === to || capable(current.cred, CAP_KILL)
}
