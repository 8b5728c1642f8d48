import type { Sleeps } from '../types.ts'
import type { task_struct } from './task.ts'
import { ECHILD } from '../errno.ts'
import { BUG_ON } from '../bug.ts'
import { current } from '../sched/current.ts'
import {
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
import { mm_release } from './exec.ts'
import { pid_nr_ns, type pid_namespace } from './pid.ts'
import { set_itimer } from './itimer.ts'
import { kill_orphaned_pgrp } from './pgrp.ts'
import { has_ended, release_task } from './release.ts'
import { forget_original_parent } from './reparent.ts'
import { RUSAGE_BOTH, add_child_usage, k_getrusage, type usage } from './rusage.ts'
import {
  CLD_CONTINUED,
  CLD_EXITED,
  CLD_KILLED,
  CLD_STOPPED,
  SIGCHLD,
  SIGCONT,
  SIGKILL,
  retarget_shared_pending,
} from './signal.ts'
import { do_notify_parent } from './notify_parent.ts'
import { disassociate_ctty } from '../tty/tty_jobctrl.ts'

/** The end of tasks, and those who wait for it: kernel/exit.c. */

/** wait4(2) and waitid(2) options. */
export const WNOHANG = 1
export const WUNTRACED = 2
export const WSTOPPED = 2
export const WEXITED = 4
export const WCONTINUED = 8
export const WNOWAIT = 0x1000000
export const __WNOTHREAD = 0x20000000
export const __WCLONE = 0x80000000 | 0
export const __WALL = 0x40000000

/** Any child, that of an id, or those of a process group. */
export type wait_type = 'all' | 'pid' | 'pgid'

/** End the current task. `code` is as wait(2) reports it. Never returns: the task is not scheduled again. */
export function* do_exit(code: number): Sleeps<number> {
  const { ns } = current.thread_pid
  if (ns.child_reaper?.group === current.group && is_last(current)) yield* zap_pid_ns_processes(ns)
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
  // Another thread becomes a program of its own: with this one only this one ends.
  if (group.exit_code === null && group.exec !== null && group.exec.task !== current) return do_exit(0)
  group.exit_code ??= code
  zap_other_threads(current)
  return do_exit(group.exit_code)
}

/** Make the other threads of `t` see that they are to end. kernel/signal.c. */
export function zap_other_threads(t: task_struct): void {
  for (const other of t.group.tasks) {
    if (other === t) continue
    other.sigpending = 1
    void wake_up_state(other, TASK_INTERRUPTIBLE | TASK_STOPPED | TASK_WAKEKILL)
  }
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
    mmput(t.mm)
    t.mm = null
  }
  if (t.files !== null) {
    t.files.put()
    t.files = null
  }
  t.fs.put()
  t.context = null
  retarget_shared_pending(t, ~t.blocked)
  t.state = TASK_DEAD
  if (t.group.tasks.every((other) => other.state === TASK_DEAD)) set_itimer(t, 0, 0)
  exit_notify(t)
}

/** Hand the children on and become a zombie; a thread is forgotten at once. With its last task the process has ended. */
function exit_notify(t: task_struct): void {
  const leader = t.group_leader
  forget_original_parent(t)
  t.exit_state = EXIT_ZOMBIE
  if (t !== leader) release_task(t)
  t.group.exec?.wait.wake_up()
  if (has_ended(leader)) group_dead(leader, t.exit_code)
}

/**
 * Tell the parent; where nobody will ask, forget the process. How it was ended as a whole counts, else how the last of its tasks
 * went, with `code`. kernel/exit.c:synchronize_group_exit().
 */
function group_dead(leader: task_struct, code: number): void {
  const { swapper } = leader.kernel
  disassociate_ctty(leader, true)
  leader.exit_code = leader.group.exit_code ?? code
  kill_orphaned_pgrp(leader, null)
  if (leader.real_parent === swapper || do_notify_parent(leader)) release_task(leader)
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
    void wake_up_state(task, TASK_INTERRUPTIBLE | TASK_STOPPED | TASK_WAKEKILL)
  }
  do current.sigpending = 0
  while ((yield* do_wait(new wait_opts('all', 0, WEXITED | __WALL))) !== -ECHILD)
}

/** Which children are waited for, and what came of it. */
export class wait_opts {
  readonly wo_type: wait_type
  /** In the machine's own namespace. */
  readonly wo_pid: number
  readonly wo_flags: number
  /** As wait4(2) has it. */
  wo_stat = 0
  /** As waitid(2) has it: CLD_EXITED and so on, and what goes with it; 0 for no news. */
  cause = 0
  uid = 0
  status = 0
  /** What the child has used. */
  wo_rusage: usage | null = null

  constructor(type: wait_type, pid: number, flags: number) {
    this.wo_type = type
    this.wo_pid = pid
    this.wo_flags = flags
  }
}

/**
 * Wait for news of a child: with WEXITED that it has ended, with WUNTRACED and WCONTINUED that it has stopped
 * or goes on, each told once. Without WNOWAIT one that has ended is forgotten. Returns its id, 0 with WNOHANG
 * and no news, -ECHILD where no child could bring any, -ERESTARTSYS.
 */
export function* do_wait(wo: wait_opts): Sleeps<number> {
  const t = current
  for (;;) {
    const child = find_news(t, wo)
    if (typeof child !== 'number') return report(child, wo)
    if (child < 0 || (wo.wo_flags & WNOHANG) !== 0) return child
    // Another thread may have waited for the last of them meanwhile, or made more.
    const err = yield* wait_event_interruptible(t.group.wait_chldexit, () => find_news(t, wo) !== 0)
    if (err < 0) return err
  }
}

/** A child with news for `t`; 0 where there is none yet, -ECHILD where there can be none. Own children come first. */
function find_news(t: task_struct, wo: wait_opts): task_struct | number {
  let ret = news_of(t, wo)
  if (typeof ret !== 'number' || (wo.wo_flags & __WNOTHREAD) !== 0) return ret
  for (const other of t.group.tasks) {
    if (other === t) continue
    const found = news_of(other, wo)
    if (typeof found !== 'number') return found
    if (found === 0) ret = 0
  }
  return ret
}

/** The same among the children of one thread. */
function news_of(parent: task_struct, wo: wait_opts): task_struct | number {
  let ret = -ECHILD
  if (!parent.has_children) return ret
  for (let child = parent.children.first; child !== null; child = child.younger) {
    if (!eligible_child(child, wo)) continue
    if (cause_of(child, wo.wo_flags) !== 0) return child
    ret = 0
  }
  return ret
}

/** Is `child` one that is waited for? "Clone" children are those that send no SIGCHLD when they end. */
function eligible_child(child: task_struct, wo: wait_opts): boolean {
  if (wo.wo_type === 'pid' && child.pid !== wo.wo_pid) return false
  if (wo.wo_type === 'pgid' && child.group.pgrp !== wo.wo_pid) return false
  // Of one that has ended there is no other news.
  if ((wo.wo_flags & WEXITED) === 0 && has_ended(child)) return false
  return (wo.wo_flags & __WALL) !== 0 || (child.exit_signal !== SIGCHLD) === ((wo.wo_flags & __WCLONE) !== 0)
}

/** What there is to tell of `child`, as si_code has it; 0 for nothing. */
function cause_of(child: task_struct, flags: number): number {
  const { group } = child
  if (has_ended(child)) return (child.exit_code & 0x7f) === 0 ? CLD_EXITED : CLD_KILLED
  if ((flags & WUNTRACED) !== 0 && group.stopped && !group.stop_reported) return CLD_STOPPED
  return (flags & WCONTINUED) !== 0 && group.continued ? CLD_CONTINUED : 0
}

/** Tell the news of `child`. Returns its id. */
function report(child: task_struct, wo: wait_opts): number {
  const { group, exit_code } = child
  const pid = pid_nr_ns(child.thread_pid, current.nsproxy.pid_ns)
  wo.cause = cause_of(child, wo.wo_flags)
  wo.uid = child.cred.uid
  wo.wo_rusage = k_getrusage(child, RUSAGE_BOTH)
  const take = (wo.wo_flags & WNOWAIT) === 0
  if (wo.cause === CLD_STOPPED) {
    wo.status = group.stop ?? 0
    wo.wo_stat = (wo.status << 8) | 0x7f
    if (take) group.stop_reported = true
  } else if (wo.cause === CLD_CONTINUED) {
    wo.status = SIGCONT
    wo.wo_stat = 0xffff
    if (take) group.continued = false
  } else {
    wo.status = wo.cause === CLD_EXITED ? exit_code >> 8 : exit_code & 0x7f
    wo.wo_stat = exit_code
    if (take) {
      add_child_usage(current.group, child)
      release_task(child)
    }
  }
  return pid
}
