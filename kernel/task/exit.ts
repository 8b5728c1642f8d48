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
  TASK_WAKEKILL,
  schedule,
  wake_up_state,
} from '../sched/sched.ts'
import { wait_event_interruptible } from '../sched/wait.ts'
import { mmput } from '../mm/mm.ts'
import { put_user_int } from '../mm/uaccess.ts'
import { complete_vfork_done } from './fork.ts'
import { FUTEX_BITSET_MATCH_ANY, futex_wake } from './futex.ts'
import { free_pid, pid_nr_ns, type pid_namespace } from './pid.ts'
import { set_itimer } from './itimer.ts'
import { kill_orphaned_pgrp } from './pgrp.ts'
import { SIGCHLD, SIGKILL, do_notify_parent } from './signal.ts'
import { put_uts_ns } from './nsproxy.ts'
import { disassociate_ctty } from '../tty/tty_jobctrl.ts'

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
  const { ns } = current.thread_pid
  if (ns.child_reaper === current.group_leader && is_last(current)) yield* zap_pid_ns_processes(ns)
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
    void wake_up_state(t, TASK_INTERRUPTIBLE | TASK_STOPPED | TASK_WAKEKILL)
  }
  return do_exit(group.exit_code)
}

/** Is `t` the last living task of its process? */
function is_last(t: task_struct): boolean {
  for (const other of t.group.tasks) if (other !== t && other.exit_state === 0) return false
  return true
}

/** All that do_exit() does before the last schedule(). */
function release_resources(t: task_struct, code: number): void {
  const { kernel } = t
  t.exit_code = code
  if (kernel.trace.sched_process_exit.enabled) kernel.trace.sched_process_exit.emit(t)
  if (t.mm !== null) {
    mm_release(t, t.mm)
    complete_vfork_done(t)
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

/** Become a zombie; a thread is forgotten at once. With its last task the process has ended. */
function exit_notify(t: task_struct): void {
  const leader = t.group_leader
  t.exit_state = EXIT_ZOMBIE
  if (t !== leader) release_task(t)
  if (has_ended(leader)) group_dead(leader)
}

/** Hand the children on, and tell the parent; where nobody will ask, forget the process. */
function group_dead(leader: task_struct): void {
  const { swapper } = leader.kernel
  disassociate_ctty(leader, true)
  // SIGNAL_GROUP_EXIT: how the group was ended counts, not how its leader left. wait_task_zombie().
  leader.exit_code = leader.group.exit_code ?? leader.exit_code
  const reaper = find_new_reaper(leader)
  for (const child of leader.children) {
    child.real_parent = reaper
    reaper.children.add(child)
    if (reaper === swapper && has_ended(child)) release_task(child)
    else kill_orphaned_pgrp(child, leader)
  }
  leader.children.clear()
  kill_orphaned_pgrp(leader, null)
  reaper.wait_chldexit.wake_up()
  if (leader.real_parent === swapper || do_notify_parent(leader)) release_task(leader)
}

/** Who gets the children of `father`: the init of its pid namespace, or else the idle task, which waits for all. */
function find_new_reaper(father: task_struct): task_struct {
  const { child_reaper } = father.thread_pid.ns
  return child_reaper === null || child_reaper === father ? father.kernel.swapper : child_reaper
}

/**
 * The first process of a pid namespace takes the others along: ask them to die, and wait for those that
 * are its children, as all will be. kernel/pid_namespace.c:zap_pid_ns_processes().
 */
function* zap_pid_ns_processes(ns: pid_namespace): Sleeps<void> {
  for (const { task } of ns.pid_map.values()) {
    if (task === null || task.group === current.group) continue
    task.group.exit_code ??= SIGKILL
    task.sigpending = 1
    void wake_up_state(task, TASK_INTERRUPTIBLE | TASK_STOPPED)
  }
  do current.sigpending = 0
  while ((yield* do_wait(-1, __WALL, () => undefined)) !== -ECHILD)
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
/**
 * Wait for a child that `upid` names as wait4(2) does: > 0 that one, -1 any, 0 of one's own process group,
 * else of group -upid. One that has ended is forgotten and reported through `result`; with WUNTRACED and
 * WCONTINUED one that has stopped or goes on is, once. Returns its id, 0 with WNOHANG and nothing to report,
 * -ECHILD without such a child, -ERESTARTSYS.
 *
 * NON-SEED: the children of all threads are the process's: __WNOTHREAD is as if it were not there.
 */
export function* do_wait(upid: number, options: number, result: (r: WaitResult) => void): Sleeps<number> {
  const me = current.group_leader
  const { pid_ns } = current.nsproxy
  const candidates = (): task_struct[] => [...me.children].filter((c) => eligible_child(c, me, upid, options, pid_ns))
  for (;;) {
    const children = candidates()
    if (children.length === 0) return -ECHILD
    for (const child of children) {
      const status = reportable(child, options)
      if (status === null) continue
      const pid = pid_nr_ns(child.thread_pid, pid_ns)
      result({ pid, status })
      reported(child)
      return pid
    }
    if ((options & WNOHANG) !== 0) return 0
    // Another thread may have waited for the last of them meanwhile, or made more.
    const err = yield* wait_event_interruptible(me.wait_chldexit, () => {
      const left = candidates()
      return left.length === 0 || left.some((child) => reportable(child, options) !== null)
    })
    if (err < 0) return err
  }
}

/** The status of a child in which there is news for wait(2), or null. */
function reportable(child: task_struct, options: number): number | null {
  const { group } = child
  if (has_ended(child)) return child.exit_code
  if ((options & WUNTRACED) !== 0 && group.stopped && !group.stop_reported) return ((group.stop ?? 0) << 8) | 0x7f
  if ((options & WCONTINUED) !== 0 && group.continued) return 0xffff
  return null
}

/** The news of `child` has been told. */
function reported(child: task_struct): void {
  if (has_ended(child)) release_task(child)
  else if (child.group.stopped) child.group.stop_reported = true
  else child.group.continued = false
}

/** Is `child` one that is waited for? "Clone" children are those that send no SIGCHLD when they end. */
function eligible_child(
  child: task_struct,
  me: task_struct,
  upid: number,
  options: number,
  ns: pid_namespace,
): boolean {
  if (upid > 0 && pid_nr_ns(child.thread_pid, ns) !== upid) return false
  if (upid !== -1 && upid <= 0 && child.group.pgrp !== (upid === 0 ? me.group.pgrp : -upid)) return false
  return (options & __WALL) !== 0 || (child.exit_signal !== SIGCHLD) === ((options & __WCLONE) !== 0)
}

/** Has the process of `leader` ended? A leader that left before its threads has to be waited for with them. */
export function has_ended(leader: task_struct): boolean {
  return leader.exit_state === EXIT_DEAD || (leader.exit_state === EXIT_ZOMBIE && leader.group.tasks.size === 1)
}
