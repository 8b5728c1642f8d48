import type { task_struct } from './task.ts'
import {
  CLD_DUMPED,
  CLD_EXITED,
  CLD_KILLED,
  SA_NOCLDWAIT,
  SIGCHLD,
  SIG_IGN,
  _NSIG,
  child_info,
  send_signal,
} from './signal.ts'

/** What a parent is told of the end of a child: kernel/signal.c. */

/**
 * Tell the parent of `leader` that its group has ended. True where the parent does not want to know: then
 * nobody will wait for it. kernel/signal.c:do_notify_parent().
 */
export function do_notify_parent(leader: task_struct): boolean {
  const parent = leader.real_parent as task_struct
  // A parent that became another program did not ask for that signal.
  const sig = leader.parent_exec_id === parent.self_exec_id ? leader.exit_signal : SIGCHLD
  const code = leader.exit_code
  const why = (code & 0x7f) === 0 ? CLD_EXITED : (code & 0x80) !== 0 ? CLD_DUMPED : CLD_KILLED
  const status = why === CLD_EXITED ? (code >> 8) & 0xff : code & 0x7f
  const { handler, flags } = parent.sighand.action[SIGCHLD]
  const unwanted = sig === SIGCHLD && (handler === SIG_IGN || (flags & SA_NOCLDWAIT) !== 0)
  // Any byte can be asked for at clone(2); what is no signal is not sent.
  if (sig > 0 && sig <= _NSIG && !(unwanted && handler === SIG_IGN)) {
    send_signal(child_info(leader, sig, why, status), parent, true)
  }
  parent.group.wait_chldexit.wake_up()
  return unwanted
}
