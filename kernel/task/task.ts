import type { ByteString, KPtr, MaySleep, Sleeps, Word } from '../types.ts'
import type { SyscallArgs } from '../trace.ts'
import type { Kernel } from '../kernel.ts'
import type { mm_struct } from '../mm/mm.ts'
import type { files_struct } from '../fs/fdtable.ts'
import type { fs_struct } from '../fs/fs_struct.ts'
import type { kiocb } from '../fs/kiocb.ts'
import type { wait_queue_head as WaitQueue } from '../sched/wait.ts'
import type { UserContext } from './context.ts'
import type { uio } from '../mm/iov_iter.ts'
import type { cred } from './cred.ts'
import type { cpu_itimers, itimer } from './itimer.ts'
import type { nsproxy } from './nsproxy.ts'
import type { pid } from './pid.ts'
import type { rlimits } from './rlimit.ts'
import type { usage } from './rusage.ts'
import type { user_struct } from './user.ts'
import type { tty_struct } from '../tty/tty.ts'
import { BUG_ON } from '../bug.ts'
import { USER_DS, type mm_segment_t } from '../mm/uaccess.ts'
import { koff } from '../mm/slab.ts'
import { TASK_RUNNING } from '../sched/sched.ts'
import { child_list } from './children.ts'
import { wait_queue_head } from '../sched/wait.ts'
import { bytesOf } from '../utf8.ts'
import { kernelString } from './nsproxy.ts'
import { INIT_RLIMITS } from './rlimit.ts'
import { NO_STACK, type sigstack } from './sigaltstack.ts'
import { find_user } from './user.ts'
import { sigpending, type sighand_struct, type sigset_t } from './signal.ts'

/** Bytes of a task's name, the zero included. */
export const TASK_COMM_LEN = 16

/** A task's own kernel memory, in bytes: its name, and behind it the stack, which grows down. */
export const THREAD_SIZE = 256

/** Where a transfer begins and, afterwards, where it ended: C's `loff_t *`. */
export interface Loff {
  pos: number
}

const NO_TASKS: task_struct[] = []

/** A process: what the tasks of one thread group share. Linux's signal_struct. */
export class thread_group {
  tasks: task_struct[] = NO_TASKS
  /** The first of them, by whose id the process is known. */
  leader!: task_struct
  /** The task that becomes another program while the others have to end, where it waits, and what memory it will have. */
  exec: { readonly task: task_struct; readonly wait: WaitQueue; readonly mm: mm_struct } | null = null
  #wait_chldexit: WaitQueue | null = null
  /** Set once the whole group is to end, as wait(2) will report it. */
  exit_code: number | null = null
  readonly shared_pending = new sigpending()
  /** The thread that a signal to all was last given to; null for the first. */
  curr_target: task_struct | null = null
  /** The signal that stops the group; null while it runs. */
  stop: number | null = null
  /** All its tasks have stopped. */
  stopped = false
  /** wait(2) has been told of the stop. */
  stop_reported = false
  /** It goes on after a stop, and wait(2) has not been told yet. */
  continued = false
  /** It broke in a way that it cannot go on from: not even the first process of a namespace outlives that. */
  killable = false
  /** The alarm that is set, and timers of CPU time. */
  real_timer: itimer | null = null
  cpu_timers: cpu_itimers | null = null
  /** What threads that are gone have used, and children that were waited for; null for nothing. */
  gone: usage | null = null
  waited: usage | null = null
  /** Most pages that memory it has left behind had. */
  maxrss = 0
  /** It takes the orphans among its descendants; an ancestor does. */
  is_child_subreaper = false
  has_child_subreaper = false
  /** What it may have of the machine. */
  rlim: rlimits = INIT_RLIMITS
  /** Process group and session: the id of their leader. */
  pgrp: number
  session: number
  /** The controlling terminal. */
  tty: tty_struct | null = null
  /** Of a session leader whose terminal was hung up: the foreground group it had, told when the leader ends. */
  tty_old_pgrp = 0

  constructor(pgrp: number, session: number) {
    this.pgrp = pgrp
    this.session = session
  }

  /** Where its tasks sleep in wait4(2). */
  get wait_chldexit(): WaitQueue {
    return (this.#wait_chldexit ??= new wait_queue_head('a child to exit'))
  }
}

/** A system call that is over, but for what becomes of it when signals are dealt with. */
export interface PendingCall {
  readonly nr: number
  readonly args: SyscallArgs
  readonly ret: number
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
  /** The process that it belongs to; its leader where that has none yet. */
  readonly group: thread_group
  readonly exit_signal: number
  readonly sighand: sighand_struct
  readonly cred: cred
}

/** A task: include/linux/sched.h. What belongs to one subsystem is kept by it, behind one reference. */
export class task_struct {
  readonly kernel: Kernel

  // What every switch looks at comes first, and so in one or two lines of the processor's cache.
  /** TASK_RUNNING and so on. Only the scheduler and the wait primitives change it. */
  state = TASK_RUNNING
  on_rq = false
  /** It has not run yet. */
  isNew = false
  /** What the task was doing in the kernel when it last gave up the CPU; null when nothing. */
  kstack: Sleeps<number> | null = null
  /** Not 0 while there is something to deal with on the way to user space: TIF_SIGPENDING. */
  sigpending = 0
  /** The call that signals have interrupted. */
  call: PendingCall | null = null
  /** User code; null for a kernel thread. */
  context: UserContext | null = null
  /** The system call it sleeps in. */
  syscall_nr = -1
  /** It has called schedule() and has not come back: what the yield itself looks at. */
  off_cpu = false
  /** How often it gave up the CPU because it had to, and because it could. */
  nvcsw = 0
  nivcsw = 0

  // What the patch saves, and what it restores: comm and the two tids.
  exit_state = 0
  exit_code = 0
  /** What the parent is sent at exit; -1 for a thread. */
  exit_signal: number
  readonly comm: KPtr
  /** Where in its memory the task's id is stored when it first runs, and a zero when it ends. */
  set_child_tid = 0n
  clear_child_tid = 0n

  thread_pid: pid
  /** When it was made, in nanoseconds since boot. */
  readonly start_time: number
  /** What the tasks of one group share. */
  readonly group: thread_group
  /** The task that made it, or who has taken its place. Of a thread only the leader's counts. */
  real_parent: task_struct | null
  #children: child_list | null = null
  /** Its brothers before and behind it. Only child_list uses them. */
  elder: task_struct | null = null
  younger: task_struct | null = null
  /** What it is sent when the task that made it ends; 0 for nothing. */
  pdeath_signal = 0
  /** Where the parent waits for it to be done with the memory that vfork(2) lent; null where none does. */
  vfork_done: WaitQueue | null = null
  /** What it has used: ticks in user space and in the kernel, and pages made. */
  utime = 0
  stime = 0
  min_flt = 0

  cred: cred
  /** Its real user, who has it among his tasks. */
  user: user_struct
  readonly nsproxy: nsproxy
  mm: mm_struct | null
  files: files_struct | null
  fs: fs_struct
  addr_limit: mm_segment_t = USER_DS
  /** The vector that it moves, if any. */
  uio: uio | null = null

  readonly syscall_args: [Word, Word, Word, Word, Word, Word] = [0, 0, 0, 0, 0, 0]
  /** For who asks: nice value and policy. */
  nice = 0
  policy = 0
  rt_priority = 0
  reset_on_fork = false
  /** What personality(2) has set. */
  personality = 0
  /** It became a user who has too many tasks: PF_NPROC_EXCEEDED. */
  nproc_exceeded = false
  /** How often it and those before it became another program, and how often its parent had when it was made. */
  self_exec_id = 0
  parent_exec_id = 0
  /** It is still the program that it was forked from: PF_FORKNOEXEC. */
  forknoexec = true
  waits_for: WaitQueue | null = null
  readonly pending = new sigpending()
  blocked: sigset_t = 0n
  /** What was blocked before rt_sigtimedwait(2) unblocked what it waits for: nobody dies of that. */
  real_blocked: sigset_t = 0n
  /** What to block again once signals are dealt with, after a call that had changed it for its time. */
  saved_sigmask: sigset_t | null = null
  sighand: sighand_struct
  /** The alternate signal stack. */
  sas: sigstack = NO_STACK
  /** How restart_syscall(2) goes on. */
  restart_block: (() => MaySleep<number>) | null = null
  /** The transfer under way: a task makes one at a time. Null until its first. */
  kiocb: kiocb | null = null

  #sp: number

  constructor(parts: TaskParts) {
    this.kernel = parts.kernel
    this.thread_pid = parts.thread_pid
    this.start_time = parts.kernel.clock.now
    this.comm = parts.thread
    this.#sp = parts.thread + THREAD_SIZE
    this.cred = parts.cred
    this.user = find_user(parts.kernel, parts.cred.uid)
    this.nsproxy = parts.nsproxy
    this.mm = parts.mm
    this.files = parts.files
    this.fs = parts.fs
    this.real_parent = parts.real_parent
    this.group = parts.group
    if (this.group.tasks.length > 0) this.group.tasks.push(this)
    else {
      this.group.leader = this
      this.group.tasks = [this]
    }
    this.exit_signal = parts.exit_signal
    this.sighand = parts.sighand
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

  /** Processes that it made. */
  get children(): child_list {
    return (this.#children ??= new child_list())
  }

  /** Has it any children? */
  get has_children(): boolean {
    return this.#children !== null && this.#children.size > 0
  }

  /** The id in the machine's own namespace. */
  get pid(): number {
    return this.thread_pid.numbers[0]
  }

  get group_leader(): task_struct {
    return this.group.leader
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

/** `t` is none of its process's tasks any more. */
export function remove_thread(t: task_struct): void {
  const { tasks } = t.group
  const i = tasks.indexOf(t)
  tasks.splice(i, 1)
  if (t.group.curr_target === t) t.group.curr_target = tasks[i] ?? null
}
