import type { task_struct, thread_group } from './task.ts'
import { TASK_DEAD } from '../sched/sched.ts'
import { kill_orphaned_pgrp } from './pgrp.ts'
import { pid_nr_ns } from './pid.ts'
import { has_ended, release_task } from './release.ts'
import { SIGCHLD, SI_USER, send_signal } from './signal.ts'
import { do_notify_parent } from './notify_parent.ts'

/** What becomes of the children of a task that ends: kernel/exit.c. */

/**
 * Hand the children of `father`, which is ending, to another thread of its process or, where it is the last
 * one, to who looks after orphans.
 */
export function forget_original_parent(father: task_struct): void {
  if (!father.has_children) return
  const reaper = find_new_reaper(father)
  for (const child of father.children) {
    father.children.delete(child)
    child.real_parent = reaper
    reaper.children.add(child)
    for (const thread of child.group.tasks) {
      if (thread.pdeath_signal === 0) continue
      const pid = pid_nr_ns(father.group_leader.thread_pid, thread.thread_pid.ns)
      const info = { signo: thread.pdeath_signal, code: SI_USER, pid, uid: father.cred.uid, value: 0n }
      send_signal(info, thread, true)
    }
    if (reaper.group !== father.group) reparent_leader(father, child, reaper)
  }
}

/** Another process is the parent of `child` now: whatever it was made to send, from here on it is SIGCHLD. */
function reparent_leader(father: task_struct, child: task_struct, reaper: task_struct): void {
  child.exit_signal = SIGCHLD
  if (has_ended(child) && (reaper === child.kernel.swapper || do_notify_parent(child))) release_task(child)
  else kill_orphaned_pgrp(child, father)
}

/**
 * Who gets the children of `father`: a thread of its own process, the nearest ancestor that has asked for
 * orphans, the init of its pid namespace, or else the idle task, which waits for all.
 */
function find_new_reaper(father: task_struct): task_struct {
  const own = find_alive_thread(father.group)
  if (own !== null) return own
  const { swapper } = father.kernel
  const { ns } = father.thread_pid
  const init = ns.child_reaper
  if (father.group.has_child_subreaper) {
    for (let at = father.real_parent; at !== null && at !== swapper; at = at.group_leader.real_parent) {
      if (at.thread_pid.ns !== ns || at.group === init?.group) break
      const thread = at.group.is_child_subreaper ? find_alive_thread(at.group) : null
      if (thread !== null) return thread
    }
  }
  return (init === null || init.group === father.group ? null : find_alive_thread(init.group)) ?? swapper
}

function find_alive_thread(group: thread_group): task_struct | null {
  for (const t of group.tasks) if (t.state !== TASK_DEAD) return t
  return null
}

/** Let the process `group` take the orphans among its descendants, or no longer. kernel/sys.c. */
export function set_child_subreaper(group: thread_group, on: boolean): 0 {
  group.is_child_subreaper = on
  if (on) for (const t of group.tasks) for (const child of t.children) propagate_has_child_subreaper(child)
  return 0
}

/** All descendants of a subreaper know that there is one above them; those of another namespace have its init. */
function propagate_has_child_subreaper(t: task_struct): void {
  if (t.group.has_child_subreaper || t.thread_pid.ns.child_reaper?.group === t.group) return
  t.group.has_child_subreaper = true
  for (const thread of t.group.tasks) for (const child of thread.children) propagate_has_child_subreaper(child)
}
