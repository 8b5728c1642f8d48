import type { ByteString } from './types.ts'
import type { UserContext } from './task/context.ts'
import type { linux_binfmt } from './task/exec.ts'
import type { task_struct } from './task/task.ts'
import type { user_struct } from './task/user.ts'
import type { uts_namespace } from './task/nsproxy.ts'
import type { dentry } from './fs/dentry.ts'
import type { blocked_lock } from './fs/locks.ts'
import type { file_system_type, vfsmount } from './fs/namespace.ts'
import type { trace_node } from './fs/tracefs/inode.ts'
import type { siginfo } from './task/signal.ts'
import type { timezone } from './timekeeping.ts'
import type { ShownCall, SyscallArgs } from './trace.ts'
import { Slab } from './mm/slab.ts'
import { PAGE_SIZE, PageAllocator } from './mm/mm.ts'
import { Injector } from './inject/inject.ts'
import { PrintkRing } from './printk.ts'
import { syslog_state } from './syslog_state.ts'
import { Random } from './random.ts'
import { Clock, TICK_NSEC } from './time.ts'
import { Tracepoints } from './trace.ts'
import { Choices, type Chooser } from './sched/choice.ts'
import { RunQueue } from './sched/sched.ts'
import { rw_semaphore } from './sched/rwsem.ts'
import { wait_queue_head } from './sched/wait.ts'
import { Watchdog } from './sched/watchdog.ts'
import { pid_namespace } from './task/pid.ts'
import { name_cache } from './fs/names.ts'
import { tty_struct } from './tty/tty.ts'

/** What a machine is booted with. Everything has a default, and nothing else makes two boots differ. */
export interface BootParams {
  /** The kernel command line, such as `ckpt_debug=7`. */
  readonly cmdline?: string
  /** LINUX_VERSION_CODE's parts, each 0 to 255. */
  readonly version?: readonly [major: number, minor: number, patch: number]
  /** What uname(2) says, field by field, each at most 65 bytes. */
  readonly uts?: Partial<Record<'sysname' | 'nodename' | 'release' | 'version' | 'machine' | 'domainname', ByteString>>
  /** Wall clock at boot, in seconds since 1970. */
  readonly time?: number
  /** Seed of the scheduler's choices and of /dev/urandom; without one, tasks take turns. */
  readonly seed?: number
  /** Memory in bytes, 256 KiB or more: for the kernel's heap, for programs and for files, each. Default 64 MiB. */
  readonly mem?: number
  /** Checkpoints made before: the next one's id is one more. */
  readonly ctx_count?: number
  /** System calls in a time slice. */
  readonly slice?: number
}

/** The system calls, as the kernel reaches them: a machine is given them at boot. */
export interface Abi {
  /**
   * Make the call that `context` trapped with, and give it the result. False where `t` is off the CPU
   * instead, with the result to come.
   */
  trap(t: task_struct, context: UserContext): boolean
  /** The name of a system call, for reports. */
  name(nr: number): string
  /** All that there are. */
  calls(): Iterable<readonly [nr: number, name: string]>
  /** A call that `t` begins, as strace(1) shows it. */
  shown(t: task_struct, nr: number, args: SyscallArgs): ShownCall
  /** The same of a signal that is taken, and of the status that a task ends with. */
  siginfo(info: siginfo): string
  end(exit_code: number): string
}

const DEFAULT_MEM = 64 << 20
/** Files that may be open, where memory is short. */
const NR_FILE = 8192
/** Default of BootParams.slice. */
const SLICE = 1000

/** All that one machine owns. Many live side by side in one process. */
export class Kernel {
  readonly version_code: number
  readonly clock: Clock
  /** True while system calls and transfers must take the long way: somebody listens, or makes them fail. */
  watched = false
  readonly trace = new Tracepoints(() => this.#rewatch())
  readonly inject = new Injector(this.trace.fault_inject, () => this.#rewatch())
  readonly log: PrintkRing
  readonly slab: Slab
  readonly pages: PageAllocator
  readonly mem: number
  readonly rq: RunQueue
  readonly watchdog = new Watchdog()
  readonly choices = new Choices(this)
  /** Who makes the scheduler's choices; null for the seed. */
  get chooser(): Chooser | null {
    return this.#chooser
  }

  set chooser(chooser: Chooser | null) {
    this.#chooser = chooser
    this.#rewatch()
  }
  readonly pid_ns = new pid_namespace(null)
  readonly names = new name_cache()
  readonly tasks = new Set<task_struct>()
  /** By real user id: who has tasks here. */
  readonly users = new Map<number, user_struct>()
  /** The line that programs speak to the outside over. */
  readonly console = new tty_struct(this)
  readonly binfmts: linux_binfmt[] = []
  readonly uts_sem = new rw_semaphore('uts_sem')
  /** Listeners to what programs print on the console. */
  readonly tty: ((chunk: Uint8Array) => void)[] = []
  /** Environment of the first program: include what the command line says and nobody knew. */
  readonly envp_init: ByteString[] = ['HOME=/', 'TERM=linux']
  readonly argv_init: ByteString[] = []
  readonly caches

  /** Id of the newest checkpoint: checkpoint/checkpoint.c:ctx_count. */
  ctx_count: number
  /** Files that may be open, root's apart: fs.file-max. fs/file_table.c:files_init() */
  max_files: number
  /** Which debug messages of c/r are printed: checkpoint/sys.c:ckpt_debug_level. */
  ckpt_debug_level = 0

  /** Set by start_kernel(). */
  abi!: Abi
  /** The idle task, pid 0: parent of what has no other, and reaper of what nobody waits for. */
  swapper!: task_struct
  uts_ns!: uts_namespace
  root!: dentry

  /** System calls left in the time slice that runs. */
  slice_left = 0
  /** What was left of it when the current task gave way; -1 where it has not. */
  given_up = -1
  readonly slice: number
  // System calls that run() may still make; null for any number.
  #budget: number | null = null
  #chooser: Chooser | null = null
  /** System calls that the running slice was given. */
  #granted = 0
  /** System calls in slices that were given up before their end, short of a whole slice. */
  #givenUp = 0
  #lastAnonIno = 0
  /** Of the file system mounted last: st_dev. */
  lastDev = 0
  /** The time zone that settimeofday(2) was told; null for none yet. */
  sys_tz: timezone | null = null
  /** What is mounted, in the order it was, and the kinds that can be. */
  readonly mounts: vfsmount[] = []
  readonly filesystems: file_system_type[] = []
  /** The top of tracefs, once it was mounted. */
  tracing: trace_node | null = null
  /** What syslog(2) keeps. */
  readonly syslog = new syslog_state()
  /** Who waits for the log to go on. */
  readonly log_wait = new wait_queue_head('a line of the log')
  /** Tasks made since boot. */
  total_forks = 0
  /** Who waits for a lock on a file. */
  readonly blocked_locks = new Set<blocked_lock>()
  readonly random: Random
  readonly cmdline: ByteString

  constructor(params: BootParams) {
    const [major, minor, patch] = params.version ?? [2, 6, 31]
    this.version_code = (major << 16) | (minor << 8) | patch
    this.clock = new Clock(params.time ?? 1248256782)
    this.mem = params.mem ?? DEFAULT_MEM
    this.log = new PrintkRing(this.clock, this.trace.printk)
    this.log.said = () => this.log_wait.wake_up()
    this.max_files = Math.max(Math.floor(this.mem / 1024 / 10), NR_FILE)
    this.slab = new Slab(this.trace, this.inject.kmalloc, this.mem)
    this.pages = new PageAllocator(Math.floor(this.mem / PAGE_SIZE))
    this.rq = new RunQueue(params.seed ?? null)
    this.random = new Random(params.seed ?? 0)
    this.cmdline = params.cmdline ?? ''
    this.slice = params.slice ?? SLICE
    this.ctx_count = params.ctx_count ?? 0
    const cache = (name: string, size: number) => this.slab.kmem_cache_create(name, size)
    // Object sizes are those of 2.6.31 on a 64-bit machine, for /proc/slabinfo's sake.
    this.caches = {
      task_struct: cache('task_struct', 1712),
      pid: cache('pid', 128),
      mm_struct: cache('mm_struct', 832),
      files_struct: cache('files_cache', 704),
      fs_struct: cache('fs_cache', 64),
      filp: cache('filp', 192),
    }
  }

  /**
   * Begin a time slice; what the last one used goes off the budget. Of slices that were given up early,
   * as many as make a whole one take the time of one: else two tasks that keep yielding would stop the clock. True then.
   */
  begin_slice(): boolean {
    const used = this.#granted - this.slice_left
    const whole = this.slice_left > 0 && (this.#givenUp += used) >= this.slice
    if (whole) {
      this.#givenUp -= this.slice
      this.clock.advance(TICK_NSEC)
    }
    let granted = this.slice
    if (this.#budget !== null) {
      this.#budget -= used
      granted = Math.max(0, Math.min(granted, this.#budget))
    }
    this.#granted = granted
    this.slice_left = granted
    return whole
  }

  /** System calls that run() may still make; Infinity for any number. */
  get budget(): number {
    return this.#budget ?? Infinity
  }

  /** There is none left. */
  get spent(): boolean {
    return this.#budget !== null && this.#budget <= 0
  }

  set budget(calls: number) {
    this.#budget = calls === Infinity ? null : calls
  }

  #rewatch(): void {
    this.watched = this.trace.watched || this.inject.watched || this.#chooser !== null
  }

  printk(message: ByteString): void {
    this.log.printk(message)
  }

  /** What a program printed. */
  consoleOutput(chunk: Uint8Array): void {
    for (const listener of this.tty) listener(chunk)
  }

  /** A number for an inode that is in no file system, such as a pipe's. */
  nextAnonIno(): number {
    return ++this.#lastAnonIno
  }
}
