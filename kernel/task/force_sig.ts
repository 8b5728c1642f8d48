import type { task_struct } from './task.ts'
import { DEFAULT_ACTION, SIG_DFL, SIG_IGN, send_sig, set_blocked, sigmask } from './signal.ts'

/**
 * A signal that the task has brought on itself and cannot go on without: one that is blocked or ignored
 * is neither any more. force_sig_info().
 */
export function force_sig(sig: number, t: task_struct): void {
  if ((t.blocked & sigmask(sig)) !== 0n || t.sighand.action[sig].handler === SIG_IGN) {
    t.sighand.set(sig, DEFAULT_ACTION)
    set_blocked(t, t.blocked & ~sigmask(sig))
  }
  if (t.sighand.action[sig].handler === SIG_DFL) t.group.killable = true
  send_sig(sig, t)
}
