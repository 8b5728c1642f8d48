import type { MaySleep, Sleeps, UserPtr, Word } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import { EAGAIN, EINVAL, ENOMEM, ENOSPC, EPERM, ERESTARTNOINTR } from '../errno.ts'
import { current } from '../sched/current.ts'
import { wait_event_killable, wait_queue_head } from '../sched/wait.ts'
import { copy_mm, mmput } from '../mm/mm.ts'
import { access_ok, put_user_int } from '../mm/uaccess.ts'
import { NULL } from '../mm/slab.ts'
import { clone_uts_ns, put_uts_ns, type nsproxy } from './nsproxy.ts'
import { MAX_PID_NS_LEVEL, alloc_pid, free_pid, pid_namespace, task_pid_vnr } from './pid.ts'
import { CAP_SYS_ADMIN, CAP_SYS_RESOURCE, capable } from './cred.ts'
import { sched_fork } from './prio.ts'
import { RLIMIT_NPROC, rlimit } from './rlimit.ts'
import { recalc_sigpending } from './signal.ts'
import { put_user } from './user.ts'
import { THREAD_SIZE, remove_thread, task_struct, thread_group, type TaskParts } from './task.ts'

/** New tasks: kernel/fork.c. */

/** clone(2) flags: include/linux/sched.h. The low byte is the signal that the parent gets. */
export const CSIGNAL = 0xff
export const CLONE_VM = 0x100
export const CLONE_FS = 0x200
export const CLONE_FILES = 0x400
export const CLONE_SIGHAND = 0x800
export const CLONE_PTRACE = 0x2000
export const CLONE_VFORK = 0x4000
export const CLONE_PARENT = 0x8000
export const CLONE_THREAD = 0x10000
export const CLONE_NEWNS = 0x20000
export const CLONE_SYSVSEM = 0x40000
export const CLONE_SETTLS = 0x80000
export const CLONE_PARENT_SETTID = 0x100000
export const CLONE_CHILD_CLEARTID = 0x200000
export const CLONE_DETACHED = 0x400000
export const CLONE_UNTRACED = 0x800000
export const CLONE_CHILD_SETTID = 0x1000000
export const CLONE_NEWUTS = 0x4000000
export const CLONE_NEWIPC = 0x8000000
export const CLONE_NEWUSER = 0x10000000
export const CLONE_NEWPID = 0x20000000
export const CLONE_NEWNET = 0x40000000
export const CLONE_IO = 0x80000000 | 0

/** What has nothing to act on in this machine: no tracer, no semaphores, no I/O scheduler. */
const WITHOUT_EFFECT = CLONE_PTRACE | CLONE_SYSVSEM | CLONE_DETACHED | CLONE_UNTRACED | CLONE_IO

/** Namespaces that this kernel is built without: -EINVAL for who may make one. */
const ABSENT = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWNET

const SUPPORTED =
  ABSENT |
  WITHOUT_EFFECT |
  CSIGNAL |
  CLONE_VM |
  CLONE_FS |
  CLONE_FILES |
  CLONE_SIGHAND |
  CLONE_VFORK |
  CLONE_PARENT |
  CLONE_THREAD |
  CLONE_SETTLS |
  CLONE_PARENT_SETTID |
  CLONE_CHILD_CLEARTID |
  CLONE_CHILD_SETTID |
  CLONE_NEWUTS |
  CLONE_NEWPID

/**
 * Make a child of the current task. It returns 0 from the same call. Returns its id, or -EINVAL for
 * flags that contradict each other or are not supported, -EPERM for namespaces, -EAGAIN for too many tasks,
 * -ENOSPC for pid namespaces too deep, -ENOMEM, also without a free id. With CLONE_VFORK it is back when the
 * child has other memory or none.
 */
export function do_fork(flags: number, parent_tid: UserPtr, child_tid: Word): MaySleep<number> {
  if ((flags & ~SUPPORTED) !== 0) return -EINVAL
  if ((flags & CLONE_THREAD) !== 0 && (flags & CLONE_SIGHAND) === 0) return -EINVAL
  if ((flags & CLONE_SIGHAND) !== 0 && (flags & CLONE_VM) === 0) return -EINVAL
  if ((flags & CLONE_NEWPID) !== 0 && (flags & (CLONE_THREAD | CLONE_PARENT)) !== 0) return -EINVAL
  if ((flags & CLONE_NEWNS) !== 0 && (flags & CLONE_FS) !== 0) return -EINVAL
  // The first process of a namespace has no parent in it that could wait for a brother.
  if ((flags & CLONE_PARENT) !== 0 && current.group_leader.thread_pid.numbers.at(-1) === 1) return -EINVAL
  const p = copy_process(flags)
  if (typeof p === 'number') return p
  if ((flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)) !== 0) {
    const tid = BigInt.asUintN(64, BigInt(child_tid))
    if ((flags & CLONE_CHILD_SETTID) !== 0) p.set_child_tid = tid
    if ((flags & CLONE_CHILD_CLEARTID) !== 0) p.clear_child_tid = tid
  }
  const vnr = p.thread_pid.numbers[current.nsproxy.pid_ns.level]
  if ((flags & CLONE_PARENT_SETTID) !== 0) void put_user_int(vnr, parent_tid)
  p.context = current.context?.fork(p) ?? null
  if ((flags & CLONE_VFORK) === 0) {
    wake_up_new_task(p)
    return vnr
  }
  p.vfork_done = new wait_queue_head('a child of vfork to exec or exit')
  wake_up_new_task(p)
  return wait_for_vfork_done(p, p.vfork_done, vnr)
}

/** NON-SEED: SIGKILL ends the wait, as it does in every newer Linux; in 2.6.31 nothing does. */
function* wait_for_vfork_done(p: task_struct, vfork: wait_queue_head, vnr: number): Sleeps<number> {
  // A parent that is killed has nobody to tell.
  void (yield* wait_event_killable(vfork, () => p.vfork_done === null))
  return vnr
}

/** `t` no longer uses the memory that it was lent. */
export function complete_vfork_done(t: task_struct): void {
  const vfork = t.vfork_done
  t.vfork_done = null
  vfork?.wake_up()
}

/** What a new task does first: tell its id to who asked for it. kernel/sched.c:schedule_tail(). */
export function schedule_tail(): void {
  if (current.set_child_tid === 0n) return
  const at = Number(current.set_child_tid) as UserPtr
  const nr = task_pid_vnr(current)
  if (!access_ok(at, 4) || current.mm?.storeUnseen(at, nr) !== true) void put_user_int(nr, at)
}

/** Where the kernel's code of a new task begins: on its way out to user space. */
const RET_FROM_FORK: Sleeps<number> = {
  next() {
    current.isNew = false
    schedule_tail()
    return BACK
  },
  return() {
    return BACK
  },
  [Symbol.iterator]() {
    return this
  },
}

const BACK: IteratorReturnResult<0> = { done: true, value: 0 }

/** A copy of the current task, not running yet; or -ENOMEM. */
function copy_process(flags: number): task_struct | number {
  const { kernel, mm: oldMm, files: oldFiles } = current
  // What was sent before comes before.
  if (current.pending.signal !== 0n || current.group.shared_pending.signal !== 0n) {
    recalc_sigpending(current)
    if (current.sigpending !== 0) return -ERESTARTNOINTR
  }
  if (is_overlimit(current)) return -EAGAIN
  const undo: (() => void)[] = []
  const fail = (errno: number): number => {
    undo.reverse().forEach((f) => f())
    return errno
  }
  const mm = oldMm === null ? null : copy_mm(oldMm, (flags & CLONE_VM) !== 0)
  if (typeof mm === 'number') return fail(mm)
  undo.push(() => mm !== null && mmput(mm))
  const files = oldFiles === null ? null : oldFiles.copy((flags & CLONE_FILES) !== 0)
  if (files === null && oldFiles !== null) return fail(-ENOMEM)
  undo.push(() => files?.put())
  const fs = current.fs.copy((flags & CLONE_FS) !== 0)
  if (fs === null) return fail(-ENOMEM)
  undo.push(() => fs.put())
  const ns = copy_namespaces(kernel, current.nsproxy, flags)
  if (typeof ns === 'number') return fail(ns)
  undo.push(() => put_uts_ns(kernel.slab, ns.uts_ns))
  const sighand = current.sighand.copy((flags & CLONE_SIGHAND) !== 0)
  undo.push(() => sighand.count--)
  const thread = (flags & CLONE_THREAD) !== 0
  const brother = (flags & (CLONE_THREAD | CLONE_PARENT)) !== 0
  const p = alloc_task(kernel, {
    nsproxy: ns,
    mm,
    files,
    fs,
    real_parent: brother ? current.group_leader.real_parent : current,
    group: thread ? current.group : copy_signal(current.group),
    exit_signal: thread ? -1 : brother ? current.group_leader.exit_signal : flags & CSIGNAL,
    sighand,
    // A process has credentials of its own from the start; threads share. kernel/cred.c:copy_creds()
    cred: (flags & CLONE_THREAD) !== 0 ? current.cred : { ...current.cred },
  })
  if (typeof p === 'number') return fail(p)
  if ((flags & CLONE_NEWPID) !== 0) ns.pid_ns.child_reaper = p
  p.commBytes().set(current.commBytes())
  p.blocked = current.blocked
  p.personality = current.personality
  p.self_exec_id = current.self_exec_id
  p.parent_exec_id = brother ? current.parent_exec_id : current.self_exec_id
  sched_fork(p, current)
  // Two that share memory cannot share that piece of it.
  if ((flags & (CLONE_VM | CLONE_VFORK)) !== CLONE_VM) p.sas = current.sas
  return p
}

/** Has its user as many tasks as he may? Root may have more. */
function is_overlimit({ user, cred }: task_struct): boolean {
  if (user.processes < rlimit(RLIMIT_NPROC) || user.uid === 0) return false
  return !capable(cred, CAP_SYS_RESOURCE) && !capable(cred, CAP_SYS_ADMIN)
}

/** What a new process has of the one that made it. */
function copy_signal(old: thread_group): thread_group {
  const group = new thread_group(old.pgrp, old.session)
  group.tty = old.tty
  group.rlim = old.rlim
  group.has_child_subreaper = old.has_child_subreaper || old.is_child_subreaper
  return group
}

/** The namespaces of a child; -EPERM, -EINVAL for a kind that is absent, -ENOSPC, -ENOMEM. kernel/nsproxy.c */
function copy_namespaces(kernel: Kernel, old: nsproxy, flags: number): nsproxy | number {
  if ((flags & (ABSENT | CLONE_NEWUTS | CLONE_NEWPID)) !== 0) {
    if (!capable(current.cred, CAP_SYS_ADMIN)) return -EPERM
    if ((flags & ABSENT) !== 0) return -EINVAL
    if ((flags & CLONE_NEWPID) !== 0 && old.pid_ns.level === MAX_PID_NS_LEVEL) return -ENOSPC
  }
  const pid_ns = (flags & CLONE_NEWPID) !== 0 ? new pid_namespace(old.pid_ns) : old.pid_ns
  if ((flags & CLONE_NEWUTS) === 0) {
    old.uts_ns.count++
    return pid_ns === old.pid_ns ? old : { uts_ns: old.uts_ns, pid_ns }
  }
  const uts_ns = clone_uts_ns(kernel.slab, old.uts_ns)
  return typeof uts_ns === 'number' ? uts_ns : { uts_ns, pid_ns }
}

/** A task with an id and a name of its own; -ENOMEM, also where no id is free. `pid`: this id, -EAGAIN where it is taken. */
export function alloc_task(
  kernel: Kernel,
  parts: Omit<TaskParts, 'kernel' | 'thread_pid' | 'thread'>,
  pid?: number,
): task_struct | number {
  const { slab, caches } = kernel
  if (!slab.kmem_cache_alloc(caches.task_struct)) return -ENOMEM
  const thread = slab.kmalloc(THREAD_SIZE)
  const thread_pid = thread === NULL ? null : alloc_pid(slab, caches.pid, parts.nsproxy.pid_ns, pid)
  if (thread_pid === null) {
    slab.kfree(thread)
    slab.kmem_cache_free(caches.task_struct)
    return pid !== undefined && parts.nsproxy.pid_ns.pid_map.has(pid) ? -EAGAIN : -ENOMEM
  }
  const t = new task_struct({ kernel, thread_pid, thread, ...parts })
  thread_pid.task = t
  t.commBytes().fill(0)
  if (t.group_leader === t) t.real_parent?.children.add(t)
  kernel.tasks.add(t)
  t.user.processes++
  kernel.total_forks++
  return t
}

/** Undo alloc_task() for a task that never ran. */
export function free_task(t: task_struct): void {
  const { kernel } = t
  if (t.group_leader === t) t.real_parent?.children.delete(t)
  remove_thread(t)
  kernel.tasks.delete(t)
  put_user(kernel, t.user)
  free_pid(kernel.slab, kernel.caches.pid, t.thread_pid)
  kernel.slab.kfree(t.comm)
  kernel.slab.kmem_cache_free(kernel.caches.task_struct)
}

/** Let a new task run. */
export function wake_up_new_task(p: task_struct): void {
  const { kernel } = p
  if (kernel.trace.sched_process_fork.enabled) kernel.trace.sched_process_fork.emit(current, p)
  p.isNew = true
  p.kstack = RET_FROM_FORK
  kernel.rq.enqueue(p)
}
