import type { Sleeps, UserPtr } from '../types.ts'
import type { task_struct } from './task.ts'
import type { mm_struct } from '../mm/mm.ts'
import { ECHILD } from '../errno.ts'
import { BUG_ON } from '../bug.ts'
import { current } from '../sched/current.ts'
import {
  EXIT_DEAD,
  EXIT_ZOMBIE,
  TASK_DEAD,
  TASK_INTERRUPTIBLE,
  TASK_STOPPED,
  schedule,
  wake_up_state,
} from '../sched/sched.ts'
import { wait_event_interruptible } from '../sched/wait.ts'
import { mmput } from '../mm/mm.ts'
import { put_user_int } from '../mm/uaccess.ts'
import { FUTEX_BITSET_MATCH_ANY, futex_wake } from './futex.ts'
import { free_pid, pid_nr_ns } from './pid.ts'
import { set_itimer } from './itimer.ts'
import { do_notify_parent } from './signal.ts'
import { put_uts_ns } from './nsproxy.ts'

/** The end of tasks, and those who wait for it: kernel/exit.c. */

/** wait4(2) options. */
export const WNOHANG = 1
export const WUNTRACED = 2
export const WCONTINUED = 8
export const __WNOTHREAD = 0x20000000
export const __WCLONE = 0x80000000 | 0
export const __WALL = 0x40000000

/** End the current task. `code` is as wait(2) reports it. Never returns: the task is not scheduled again. */
export function* do_exit(code: number): Sleeps<number> {
  release_resources(current, code)
  for (;;) {
    yield* schedule()
    BUG_ON(true, 'a dead task was scheduled')
  }
}

/**
 * End all tasks of the current task's group. The others die on their way back to user space, the one
 * place where a task can be ended without tearing what it was doing. kernel/exit.c:do_group_exit().
 */
export function do_group_exit(code: number): Sleeps<number> {
  const { group } = current
  group.exit_code ??= code
  for (const t of group.tasks) {
    if (t === current) continue
    t.sigpending = 1
    void wake_up_state(t, TASK_INTERRUPTIBLE | TASK_STOPPED)
  }
  return do_exit(group.exit_code)
}

/** All that do_exit() does before the last schedule(). */
function release_resources(t: task_struct, code: number): void {
  const { kernel } = t
  t.exit_code = code
  if (kernel.trace.sched_process_exit.enabled) kernel.trace.sched_process_exit.emit(t)
  if (t.mm !== null) {
    mm_release(t, t.mm)
    mmput(t.mm)
    t.mm = null
  }
  if (t.files !== null) {
    t.files.put()
    t.files = null
  }
  t.fs.put()
  t.context = null
  t.state = TASK_DEAD
  if ([...t.group.tasks].every((other) => other.state === TASK_DEAD)) set_itimer(t, 0, 0)
  exit_notify(t)
}

/**
 * A thread that dies while others use its memory tells them: a zero where clear_child_tid says.
 * kernel/fork.c:mm_release().
 */
function mm_release(t: task_struct, mm: mm_struct): void {
  if (t.clear_child_tid === 0n || mm.mm_users <= 1) return
  const tid = Number(t.clear_child_tid) as UserPtr
  void put_user_int(0, tid)
  void futex_wake(mm, tid, 1, FUTEX_BITSET_MATCH_ANY)
  t.clear_child_tid = 0n
}

/** Hand the children on, and become a zombie for the parent, or nothing where nobody will ask. */
function exit_notify(t: task_struct): void {
  const reaper = t.kernel.swapper
  const leader = t.group_leader
  // The children are the group's: as long as a thread is left, it can wait for them.
  if ([...t.group.tasks].every((other) => other.state === TASK_DEAD)) forget_children(leader, reaper)
  if (t === leader) t.exit_state = EXIT_ZOMBIE
  else release_task(t)
  // A leader that died first is waited for only when its last thread has gone.
  if (leader.exit_state !== EXIT_ZOMBIE || leader.group.tasks.size > 1) return
  if (leader.real_parent === reaper || do_notify_parent(leader)) release_task(leader)
}

/** Hand the children of `parent` on. kernel/exit.c:forget_original_parent(). */
function forget_children(parent: task_struct, reaper: task_struct): void {
  for (const child of parent.children) {
    child.real_parent = reaper
    reaper.children.add(child)
    if (child.exit_state === EXIT_ZOMBIE && child.group.tasks.size === 1) release_task(child)
  }
  parent.children.clear()
}

/** Forget a dead task. */
export function release_task(t: task_struct): void {
  const { kernel } = t
  t.exit_state = EXIT_DEAD
  t.real_parent?.children.delete(t)
  t.group.tasks.delete(t)
  t.sighand.count--
  kernel.tasks.delete(t)
  put_uts_ns(kernel.slab, t.nsproxy.uts_ns)
  free_pid(kernel.slab, kernel.caches.pid, t.thread_pid)
  kernel.slab.kfree(t.comm)
  kernel.slab.kmem_cache_free(kernel.caches.task_struct)
}

/** What became of a child. */
export interface WaitResult {
  readonly pid: number
  readonly status: number
}

/**
 * Wait for a child that `upid` names as wait4(2) does: > 0 that one, -1 any, 0 of one's own process group,
 * else of group -upid. One that has ended is forgotten and reported through `result`; with WUNTRACED and
 * WCONTINUED one that has stopped or goes on is, once. Returns its id, 0 with WNOHANG and nothing to report,
 * -ECHILD without such a child, -ERESTARTSYS.
 */
export function* do_wait(upid: number, options: number, result: (r: WaitResult) => void): Sleeps<number> {
  const me = current.group_leader
  const ns = current.nsproxy.pid_ns
  const wanted = (child: task_struct): boolean => {
    if (child !== child.group_leader) return false
    if (upid > 0) return pid_nr_ns(child.thread_pid, ns) === upid
    return upid === -1 || child.group.pgrp === (upid === 0 ? me.group.pgrp : -upid)
  }
  const report = (child: task_struct): WaitResult | null => {
    const status = reportable(child, options)
    return status === null ? null : { pid: pid_nr_ns(child.thread_pid, ns), status }
  }
  for (;;) {
    const children = [...me.children].filter(wanted)
    if (children.length === 0) return -ECHILD
    for (const child of children) {
      const r = report(child)
      if (r === null) continue
      result(r)
      reported(child)
      return r.pid
    }
    if ((options & WNOHANG) !== 0) return 0
    // Other threads wait and fork too: the children may be others by now.
    const changed = (): boolean => {
      const now = [...me.children].filter(wanted)
      return now.length === 0 || now.some((c) => report(c) !== null)
    }
    const err = yield* wait_event_interruptible(me.wait_chldexit, changed)
    if (err < 0) return err
  }
}

/** The status of a child in which there is news for wait(2), or null. */
function reportable(child: task_struct, options: number): number | null {
  const { group } = child
  if (child.exit_state === EXIT_ZOMBIE) return group.tasks.size === 1 ? child.exit_code : null
  if ((options & WUNTRACED) !== 0 && group.stopped && !group.stop_reported) return ((group.stop ?? 0) << 8) | 0x7f
  if ((options & WCONTINUED) !== 0 && group.continued) return 0xffff
  return null
}

/** The news of `child` has been told. */
function reported(child: task_struct): void {
  if (child.exit_state === EXIT_ZOMBIE) release_task(child)
  else if (child.group.stopped) child.group.stop_reported = true
  else child.group.continued = false
}
