import type { Sleeps } from '../types.ts'
import type { mm_struct } from '../mm/mm.ts'
import type { task_struct } from './task.ts'
import { EAGAIN } from '../errno.ts'
import { EXIT_ZOMBIE } from '../sched/sched.ts'
import { wait_event_killable, wait_queue_head } from '../sched/wait.ts'
import { zap_other_threads } from './exit.ts'
import { release_task } from './release.ts'
import { recalc_sigpending } from './signal.ts'

/** How a process becomes one of a single thread before it is another program: fs/exec.c. */

/**
 * End the other threads of `t`, which will have `mm`, and wait until they are gone; then `t` is the process, with its id. 0, or -EAGAIN
 * where the process ends already or another thread was first: then `t` will not see what came of it.
 */
export function* de_thread(t: task_struct, mm: mm_struct): Sleeps<number> {
  const { group } = t
  if (group.tasks.length > 1) {
    if (group.exit_code !== null || group.exec !== null) return -EAGAIN
    const wait = new wait_queue_head('the other threads to end')
    group.exec = { task: t, wait, mm }
    zap_other_threads(t)
    const err = yield* wait_event_killable(wait, () => is_alone(t))
    group.exec = null
    if (err < 0) return -EAGAIN
    if (t !== group.leader) become_leader(t, group.leader)
    recalc_sigpending(t)
  }
  unshare_sighand(t)
  return 0
}

/** Are all others gone, but for a leader that is dead? */
function is_alone(t: task_struct): boolean {
  const { leader, tasks } = t.group
  return tasks.length === 1 || (tasks.length === 2 && t !== leader && leader.exit_state === EXIT_ZOMBIE)
}

/** Take the place of the dead leader in everything: its id, its parent, and where it stood among its brothers. */
function become_leader(t: task_struct, leader: task_struct): void {
  const { thread_pid } = leader
  leader.thread_pid = t.thread_pid
  t.thread_pid = thread_pid
  leader.thread_pid.task = leader
  t.thread_pid.task = t
  const { ns } = thread_pid
  if (ns.child_reaper === leader) ns.child_reaper = t
  const parent = leader.real_parent as task_struct
  parent.children.replace(leader, t)
  t.real_parent = parent
  t.group.leader = t
  release_task(leader)
}

/** Its handlers are its own from here on. */
function unshare_sighand(t: task_struct): void {
  if (t.sighand.count === 1) return
  const old = t.sighand
  t.sighand = old.copy(false)
  old.count--
}
