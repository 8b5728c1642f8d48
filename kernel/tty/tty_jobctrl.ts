import type { file } from '../fs/file.ts'
import type { UserPtr } from '../types.ts'
import type { task_struct } from '../task/task.ts'
import { EFAULT, EINVAL, EIO, ENOTTY, EPERM, ERESTARTSYS, ESRCH } from '../errno.ts'
import { current } from '../sched/current.ts'
import { get_user_int, put_user_int } from '../mm/uaccess.ts'
import { is_current_pgrp_orphaned, is_session_leader, kill_group, kill_pgrp, session_of_pgrp } from '../task/pgrp.ts'
import { SIGCONT, SIGHUP, SIGTTIN, SIGTTOU, SIG_IGN, sigmask } from '../task/signal.ts'
import type { tty_struct } from './tty.ts'

/** Who a terminal belongs to, and who may use it: drivers/tty/tty_jobctrl.c. */

/**
 * May the current task do what `sig`, SIGTTIN or SIGTTOU, is the answer to? 0 in the foreground; else its
 * group gets the signal and the call is made again, -EIO where that would help nobody.
 */
function __tty_check_change(tty: tty_struct, sig: number): number {
  const { group } = current
  if (group.tty !== tty || tty.pgrp === 0 || group.pgrp === tty.pgrp) return 0
  const ignored = (current.blocked & sigmask(sig)) !== 0n || current.sighand.action[sig].handler === SIG_IGN
  if (ignored) return sig === SIGTTIN ? -EIO : 0
  if (is_current_pgrp_orphaned(current)) return -EIO
  kill_pgrp(current.kernel, group.pgrp, sig)
  current.sigpending = 1
  return -ERESTARTSYS
}

/** May the current task change the terminal, or write to it under TOSTOP? */
export function tty_check_change(tty: tty_struct): number {
  return __tty_check_change(tty, SIGTTOU)
}

/** May it read? n_tty.c:job_control(). */
export function job_control(tty: tty_struct): number {
  return __tty_check_change(tty, SIGTTIN)
}

/** Make `tty` the controlling terminal of the session that `t` leads, and its group the foreground. */
export function proc_set_tty(tty: tty_struct, t: task_struct): void {
  tty.session = t.group.session
  tty.pgrp = t.group.pgrp
  t.group.tty = tty
  t.group.tty_old_pgrp = 0
}

/** A session leader that opens a terminal nobody has gets it. */
export function tty_open_proc_set_tty(tty: tty_struct, readable: boolean): void {
  if (is_session_leader(current) && current.group.tty === null && tty.session === 0 && readable)
    proc_set_tty(tty, current)
}

/** No process of `session` has a controlling terminal any more. */
function session_clear_tty(tty: tty_struct, session: number): void {
  for (const t of tty.kernel.tasks) if (t.group.session === session) t.group.tty = null
}

/**
 * The leader of a session gives its terminal up; `on_exit` as it dies. The foreground group is told. What a
 * pseudo-terminal does, whose other end goes on.
 */
export function disassociate_ctty(t: task_struct, on_exit: boolean): void {
  const { tty, session, tty_old_pgrp } = t.group
  if (!is_session_leader(t)) return
  if (tty === null) {
    if (!on_exit || tty_old_pgrp === 0) return
    kill_pgrp(t.kernel, tty_old_pgrp, SIGHUP)
    kill_pgrp(t.kernel, tty_old_pgrp, SIGCONT)
    return
  }
  const { pgrp } = tty
  if (pgrp !== 0) {
    kill_pgrp(tty.kernel, pgrp, SIGHUP)
    if (!on_exit) kill_pgrp(tty.kernel, pgrp, SIGCONT)
  }
  tty.session = tty.pgrp = 0
  session_clear_tty(tty, session)
}

/** The line is gone: its session has no terminal any more, and the leader is told. tty_signal_session_leader(). */
export function tty_signal_session_leader(tty: tty_struct): void {
  const { session, pgrp } = tty
  tty.session = tty.pgrp = 0
  if (session === 0) return
  session_clear_tty(tty, session)
  for (const t of [...tty.kernel.tasks]) {
    if (t !== t.group_leader || t.group.session !== session || !is_session_leader(t)) continue
    kill_group(t, SIGHUP)
    kill_group(t, SIGCONT)
    t.group.tty_old_pgrp = pgrp
  }
}

/** TIOCNOTTY */
export function tiocnotty(tty: tty_struct): number {
  if (current.group.tty !== tty) return -ENOTTY
  disassociate_ctty(current, false)
  current.group.tty = null
  return 0
}

/** TIOCSCTTY: `arg` 1 takes the terminal away from another session. */
export function tiocsctty(tty: tty_struct, file: file, arg: number): number {
  const { group, cred } = current
  if (is_session_leader(current) && group.session === tty.session) return 0
  if (!is_session_leader(current) || group.tty !== null) return -EPERM
  const root = cred.euid === 0
  if (tty.session !== 0) {
    if (arg !== 1 || !root) return -EPERM
    session_clear_tty(tty, tty.session)
  }
  if ((file.f_mode & 1) === 0 && !root) return -EPERM
  proc_set_tty(tty, current)
  return 0
}

/** TIOCGPGRP */
export function tiocgpgrp(tty: tty_struct, p: UserPtr): number {
  return current.group.tty === tty ? put_user_int(tty.pgrp, p) : -ENOTTY
}

/** TIOCSPGRP */
export function tiocspgrp(tty: tty_struct, p: UserPtr): number {
  const err = tty_check_change(tty)
  if (err < 0) return err === -EIO ? -ENOTTY : err
  const pgrp = get_user_int(p)
  if (pgrp === null) return -EFAULT
  if (pgrp < 0) return -EINVAL
  const { group, kernel } = current
  if (group.tty !== tty || tty.session !== group.session) return -ENOTTY
  const session = session_of_pgrp(kernel, pgrp)
  if (session === null) return -ESRCH
  if (session !== group.session) return -EPERM
  tty.pgrp = pgrp
  return 0
}

/** TIOCGSID */
export function tiocgsid(tty: tty_struct, p: UserPtr): number {
  return current.group.tty === tty && tty.session !== 0 ? put_user_int(tty.session, p) : -ENOTTY
}
