import type { Tracepoint } from '../trace.ts'
import type { task_struct } from '../task/task.ts'
import { EINTR, ENOMEM } from '../errno.ts'
import { current } from '../sched/current.ts'
import { fatal_signal_pending, send_sig } from '../task/signal.ts'
import type { Injection } from './parse.ts'

/**
 * Fault injection: places in the kernel that can be told to fail, or to do less, at their n-th hit.
 */

/** At the hits `first`, `first + step`, … up to `last` (the first is 1) do this: */
export interface FaultRule {
  readonly first: number
  readonly last: number
  readonly step: number
  readonly action: FaultAction
}

export type FaultAction =
  /** Return this without doing anything. */
  | { readonly retval: number }
  /** Move at most so many bytes. */
  | { readonly max: number }

/** A rule for one hit only. */
export function onHit(n: number, action: FaultAction): FaultRule {
  return { first: n, last: n, step: 1, action }
}

/** A place's own view of an injection: strace counts for each place and each task apart. */
interface Counted {
  readonly injection: Injection
  readonly hits: WeakMap<task_struct, number>
}

/** One place that can fail. Inactive it costs the test of one boolean. */
export class FaultPoint {
  active = false
  /** Hits since it was armed. */
  hits = 0
  /** Told of each hit by a task, before it is known what becomes of it. */
  #watcher: (() => void) | null = null
  readonly #name: string
  readonly #trace: Tracepoint<[t: task_struct, name: string, injection: Injection]> | null
  #rules: readonly FaultRule[] = []
  #injections: readonly Counted[] = []
  readonly #changed: () => void

  constructor(
    name = '',
    trace: Tracepoint<[t: task_struct, name: string, injection: Injection]> | null = null,
    changed: () => void = () => undefined,
  ) {
    this.#name = name
    this.#trace = trace
    this.#changed = changed
  }

  /** Count from here on, by these rules; of several that match, the first. None: never fail. */
  arm(rules: readonly FaultRule[]): void {
    this.#rules = rules
    this.hits = 0
    this.#activate()
  }

  /** Tell `watcher` of each hit; null for nobody. */
  watch(watcher: (() => void) | null): void {
    this.#watcher = watcher
    this.#activate()
  }

  /** Do `injection` too, counting from here on. Returns what stops it. */
  inject(injection: Injection): () => void {
    const counted: Counted = { injection, hits: new WeakMap() }
    this.#injections = [...this.#injections, counted]
    this.#activate()
    return () => {
      this.#injections = this.#injections.filter((other) => other !== counted)
      this.#activate()
    }
  }

  /**
   * Count a hit, and say what is to become of it: what a rule says, else the first injection with a result.
   * Every injection counts, and the current task is sent the signals of all that match.
   */
  hit(): FaultAction | null {
    const n = ++this.hits
    this.#watcher?.()
    let action = this.#rules.find((r) => matches(r, n))?.action ?? null
    // The idle task stands for who embeds the machine, and is nobody's tracee.
    if (this.#injections.length === 0 || current === current.kernel.swapper) return action
    for (const { injection, hits } of this.#injections) {
      const count = (hits.get(current) ?? 0) + 1
      hits.set(current, count)
      if (!matches(injection.when, count)) continue
      if (this.#trace?.enabled === true) this.#trace.emit(current, this.#name, injection)
      if (injection.signal !== null) send_sig(injection.signal, current)
      if (injection.result !== null) action ??= { retval: resultOf(injection.result) }
    }
    return action
  }

  /** Count a hit of a place that can only fail or not. */
  fails(): boolean {
    return this.hit() !== null
  }

  #activate(): void {
    this.active = this.#rules.length > 0 || this.#injections.length > 0 || this.#watcher !== null
    this.#changed()
  }
}

function matches({ first, last, step }: { first: number; last: number; step: number }, n: number): boolean {
  return n >= first && n <= last && (n - first) % step === 0
}

function resultOf(result: NonNullable<Injection['result']>): number {
  return 'error' in result ? -result.error : result.retval
}

/** Names of the places that are no system calls. */
export type FaultPlace = 'vfs_read' | 'vfs_write' | 'kmalloc'

/** All such places of one machine. */
export class Injector {
  /** Calls of vfs_read() and vfs_write() that pass the mode check. */
  readonly vfs_read: FaultPoint
  readonly vfs_write: FaultPoint
  /** Allocations: kmalloc, kzalloc, kmem_cache_alloc. */
  readonly kmalloc: FaultPoint
  /** System calls, by number. `max` means nothing here. */
  readonly #syscalls = new Map<number, FaultPoint>()
  readonly #trace: Tracepoint<[t: task_struct, name: string, injection: Injection]>
  /** Those that were made here, and go when nothing is left to do. */
  readonly #own = new Set<FaultPoint>()
  readonly #changed: () => void

  /** `changed` is called when a place begins or ceases to be able to fail. */
  constructor(trace: Tracepoint<[t: task_struct, name: string, injection: Injection]>, changed: () => void) {
    this.#changed = changed
    this.#trace = trace
    this.vfs_read = new FaultPoint('vfs_read', trace, changed)
    this.vfs_write = new FaultPoint('vfs_write', trace, changed)
    this.kmalloc = new FaultPoint('kmalloc', trace)
  }

  /** Can a system call or a transfer fail? */
  get watched(): boolean {
    return this.vfs_read.active || this.vfs_write.active || this.#syscalls.size > 0
  }

  /** Let `point` decide about system call `nr`. */
  attach(nr: number, point: FaultPoint): void {
    this.#syscalls.set(nr, point)
    this.#changed()
  }

  /** The places that are system calls. */
  get syscalls(): Iterable<FaultPoint> {
    return this.#syscalls.values()
  }

  /** Do `injection` at a system call. Returns what stops it. */
  injectSyscall(nr: number, name: string, injection: Injection): () => void {
    let point = this.#syscalls.get(nr)
    if (point === undefined) {
      point = new FaultPoint(name, this.#trace, this.#changed)
      this.attach(nr, point)
      this.#own.add(point)
    }
    const stop = point.inject(injection)
    return () => {
      stop()
      if (point.active || !this.#own.delete(point)) return
      if (this.#syscalls.get(nr) === point) this.#syscalls.delete(nr)
      this.#changed()
    }
  }

  /** Count a system call by the current task. Null: make it. A task that SIGKILL has hit makes none. */
  syscall(nr: number): { readonly retval: number; readonly injected: boolean } | null {
    const point = this.#syscalls.get(nr)
    if (point?.active !== true) return null
    const action = point.hit()
    if (fatal_signal_pending(current)) return { retval: -EINTR, injected: false }
    return action !== null && 'retval' in action ? { retval: action.retval, injected: true } : null
  }
}

/** What `injection` cannot do at `place`; null where it can. An allocation gives memory or none. */
export function refusal(place: FaultPlace, { result }: Injection): string | null {
  if (place !== 'kmalloc' || result === null || ('error' in result && result.error === ENOMEM)) return null
  return 'kmalloc: it can fail with ENOMEM only'
}
