import type { task_struct } from './task/task.ts'
import type { file } from './fs/file.ts'
import type { k_sigaction, siginfo } from './task/signal.ts'
import type { Injection } from './inject/parse.ts'
import type { Word } from './types.ts'

/**
 * Tracepoints: the one stream of events that strace, dmesg, the vectors and the tests are made from.
 * A tracepoint nobody listens to costs the test of one boolean.
 */
export class Tracepoint<A extends unknown[]> {
  /** True while anybody listens. Test it before building the arguments. */
  enabled = false
  #probes: ((...args: A) => void)[] = []
  readonly #changed: () => void

  /** `changed` is called when somebody begins or ceases to listen. */
  constructor(changed: () => void = () => undefined) {
    this.#changed = changed
  }

  /** Listen. Returns what stops it. */
  register(probe: (...args: A) => void): () => void {
    this.#probes = [...this.#probes, probe]
    this.enabled = true
    this.#changed()
    return () => {
      this.#probes = this.#probes.filter((p) => p !== probe)
      this.enabled = this.#probes.length > 0
      this.#changed()
    }
  }

  emit(...args: A): void {
    for (const probe of this.#probes) probe(...args)
  }
}

/** Syscall arguments as they stood in the registers. */
export type SyscallArgs = readonly [Word, Word, Word, Word, Word, Word]

/** A call as it is shown. */
export interface ShownCall {
  readonly name: string
  /** The arguments in front of the first that the kernel fills: what can be shown before the call is over. */
  readonly known: readonly string[]
  /** Are there more? */
  readonly open: boolean
  /** All arguments; `ret` is null for a call that never returned. */
  args(ret: number | null): readonly string[]
  /** What came of it. */
  result(ret: number): string
}

/** All tracepoints of one machine; the names are Linux's where Linux has them. */
export class Tracepoints {
  readonly sys_enter: Tracepoint<[t: task_struct, nr: number, args: SyscallArgs]>
  /** `injected`: the call was not made, fault injection answered. */
  readonly sys_exit: Tracepoint<[t: task_struct, nr: number, args: SyscallArgs, ret: number, injected: boolean]>
  /** `prev` gave up the CPU: it sleeps, was preempted (`preempt`), or is dead. */
  readonly sched_switch = new Tracepoint<[prev: task_struct, preempt: boolean]>()
  readonly sched_process_fork = new Tracepoint<[parent: task_struct, child: task_struct]>()
  readonly sched_process_exit = new Tracepoint<[t: task_struct]>()
  readonly signal_generate = new Tracepoint<[sig: number, t: task_struct]>()
  /** `t` takes a signal: what is done about it is in `action`. */
  readonly signal_deliver = new Tracepoint<[info: siginfo, t: task_struct, action: k_sigaction]>()
  /** After the call: what was asked, and what came of it. Calls that the mode check refuses are told too. */
  readonly vfs_read: Tracepoint<[file: file, count: number, ret: number]>
  readonly vfs_write: Tracepoint<[file: file, count: number, ret: number]>
  readonly kmalloc = new Tracepoint<[size: number, ptr: number]>()
  readonly kfree = new Tracepoint<[ptr: number]>()
  /** `t` has come by `name`, and `injection` says that something is to happen. */
  readonly fault_inject = new Tracepoint<[t: task_struct, name: string, injection: Injection]>()
  /** What printk was given, each byte a char, without the level. */
  readonly printk = new Tracepoint<[level: number, text: string]>()

  /** `changed` is called when somebody begins or ceases to listen to system calls or transfers. */
  constructor(changed: () => void = () => undefined) {
    this.sys_enter = new Tracepoint(changed)
    this.sys_exit = new Tracepoint(changed)
    this.vfs_read = new Tracepoint(changed)
    this.vfs_write = new Tracepoint(changed)
  }

  /** Does anybody listen to system calls or transfers? */
  get watched(): boolean {
    return this.sys_enter.enabled || this.sys_exit.enabled || this.vfs_read.enabled || this.vfs_write.enabled
  }
}
