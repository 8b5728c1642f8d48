import { EXIT_DEAD, EXIT_ZOMBIE } from '../sched/sched.ts'
import { free_pid } from './pid.ts'
import { put_uts_ns } from './nsproxy.ts'
import { keep_usage } from './rusage.ts'
import { remove_thread, type task_struct } from './task.ts'
import { put_user } from './user.ts'

/** What is left of a task that has ended, and its end: kernel/exit.c. */

/** Has the process of `leader` ended? A leader that left before its threads has to be waited for with them. */
export function has_ended(leader: task_struct): boolean {
  return leader.exit_state === EXIT_DEAD || (leader.exit_state === EXIT_ZOMBIE && leader.group.tasks.length === 1)
}

/** Forget a dead task. */
export function release_task(t: task_struct): void {
  const { kernel } = t
  t.exit_state = EXIT_DEAD
  if (t !== t.group_leader) keep_usage(t)
  else t.real_parent?.children.delete(t)
  remove_thread(t)
  t.pending.flush(~0n)
  if (t.group.tasks.length === 0) t.group.shared_pending.flush(~0n)
  t.sighand.count--
  kernel.tasks.delete(t)
  put_user(kernel, t.user)
  put_uts_ns(kernel.slab, t.nsproxy.uts_ns)
  free_pid(kernel.slab, kernel.caches.pid, t.thread_pid)
  kernel.slab.kfree(t.comm)
  kernel.slab.kmem_cache_free(kernel.caches.task_struct)
}
