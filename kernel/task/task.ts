import type { ByteString, KPtr, Sleeps } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import type { mm_struct } from '../mm/mm.ts'
import type { files_struct } from '../fs/fdtable.ts'
import type { fs_struct } from '../fs/fs_struct.ts'
import type { wait_queue_head as WaitQueue } from '../sched/wait.ts'
import type { UserContext } from './context.ts'
import type { nsproxy } from './nsproxy.ts'
import type { pid } from './pid.ts'
import { BUG_ON } from '../bug.ts'
import { USER_DS, type mm_segment_t } from '../mm/uaccess.ts'
import { koff } from '../mm/slab.ts'
import { TASK_RUNNING } from '../sched/sched.ts'
import { wait_queue_head } from '../sched/wait.ts'
import { bytesOf } from '../utf8.ts'
import { kernelString } from './nsproxy.ts'

/** Bytes of a task's name, the zero included. */
export const TASK_COMM_LEN = 16

/** A task's own kernel memory, in bytes: its name, and behind it the stack, which grows down. */
export const THREAD_SIZE = 256

/** Where a transfer begins and, afterwards, where it ended: C's `loff_t *`. */
export interface Loff {
  pos: number
}

/** A process: the tasks of one thread group. */
export interface thread_group {
  readonly tasks: Set<task_struct>
  /** Set once the whole group is to end, as wait(2) will report it. */
  exit_code: number | null
}

/** What a new task is made of. Each reference in it is the task's own. */
export interface TaskParts {
  readonly kernel: Kernel
  readonly thread_pid: pid
  /** THREAD_SIZE bytes of kernel memory. */
  readonly thread: KPtr
  readonly nsproxy: nsproxy
  readonly mm: mm_struct | null
  readonly files: files_struct | null
  readonly fs: fs_struct
  readonly real_parent: task_struct | null
  /** The leader of the thread group to join; null for a group of its own. */
  readonly group_leader: task_struct | null
  readonly exit_signal: number
}

/** A task: include/linux/sched.h. What belongs to one subsystem is kept by it, behind one reference. */
export class task_struct {
  readonly kernel: Kernel

  // What the patch saves, and what it restores: comm and the two tids.
  /** TASK_RUNNING and so on. Only the scheduler and the wait primitives change it. */
  state = TASK_RUNNING
  exit_state = 0
  exit_code = 0
  /** What the parent is sent at exit; -1 for a thread. */
  exit_signal: number
  readonly comm: KPtr
  /** Where in its memory the task's id is stored when it first runs, and a zero when it ends. */
  set_child_tid = 0n
  clear_child_tid = 0n

  readonly thread_pid: pid
  readonly group_leader: task_struct
  /** What the tasks of one group share. */
  readonly group: thread_group
  real_parent: task_struct | null
  readonly children = new Set<task_struct>()
  /** Where it sleeps in wait4(2). */
  readonly wait_chldexit: WaitQueue

  readonly nsproxy: nsproxy
  mm: mm_struct | null
  files: files_struct | null
  fs: fs_struct
  addr_limit: mm_segment_t = USER_DS

  /** User code; null for a kernel thread. */
  context: UserContext | null = null
  /** What the task was doing in the kernel when it last gave up the CPU; null when nothing. */
  kstack: Sleeps<number> | null = null
  /** The system call it sleeps in. */
  syscall_nr = -1
  on_rq = false
  /** It has not run yet. */
  isNew = false
  waits_for: WaitQueue | null = null
  /** Not 0 while a signal waits to be delivered. */
  sigpending = 0
  /** Position of the transfer under way: a task makes one at a time. */
  readonly ki_pos: Loff = { pos: 0 }

  #sp: number

  constructor(parts: TaskParts) {
    this.kernel = parts.kernel
    this.thread_pid = parts.thread_pid
    this.comm = parts.thread
    this.#sp = parts.thread + THREAD_SIZE
    this.nsproxy = parts.nsproxy
    this.mm = parts.mm
    this.files = parts.files
    this.fs = parts.fs
    this.real_parent = parts.real_parent
    this.group_leader = parts.group_leader ?? this
    this.group = parts.group_leader?.group ?? { tasks: new Set(), exit_code: null }
    this.group.tasks.add(this)
    this.exit_signal = parts.exit_signal
    this.wait_chldexit = new wait_queue_head('a child to exit')
  }

  /** Room for a local variable that other code is to reach by address. Give it back in reverse order. */
  stack_push(size: number): KPtr {
    this.#sp -= size
    BUG_ON(this.#sp < this.comm + TASK_COMM_LEN, 'kernel stack overflow')
    return this.#sp as KPtr
  }

  stack_pop(size: number): void {
    this.#sp += size
  }

  /** The id in the machine's own namespace. */
  get pid(): number {
    return this.thread_pid.numbers[0]
  }

  get tgid(): number {
    return this.group_leader.pid
  }

  /** comm up to its zero. */
  commString(): ByteString {
    return kernelString(this.kernel.slab, this.comm, TASK_COMM_LEN)
  }

  /** All bytes of comm, a window on them. */
  commBytes(): Uint8Array {
    const start = koff(this.comm)
    return this.kernel.slab.mem(this.comm).u8.subarray(start, start + TASK_COMM_LEN)
  }
}

/** Name a task: cut to 15 bytes, the rest zeroed. fs/exec.c:set_task_comm(). */
export function set_task_comm(t: task_struct, name: ByteString): void {
  const comm = t.commBytes()
  comm.fill(0)
  comm.set(bytesOf(name.slice(0, TASK_COMM_LEN - 1)))
}
