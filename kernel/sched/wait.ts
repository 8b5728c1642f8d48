import type { Sleeps } from '../types.ts'
import type { task_struct } from '../task/task.ts'
import { ERESTARTSYS } from '../errno.ts'
import { fatal_signal_pending } from '../task/signal.ts'
import { current } from './current.ts'
import {
  TASK_INTERRUPTIBLE,
  TASK_NORMAL,
  TASK_RUNNING,
  TASK_UNINTERRUPTIBLE,
  TASK_WAKEKILL,
  schedule,
  wake_up_state,
} from './sched.ts'

/** Tasks that wait for one thing to happen: include/linux/wait.h. */
export class wait_queue_head {
  /** What is waited for, as a person would say it: the report of a deadlock uses it. */
  readonly what: string
  // The first who waits, and the others in order: mostly there is one, and no set.
  #first: task_struct | null = null
  #others: Set<task_struct> | null = null

  constructor(what: string) {
    this.what = what
  }

  get size(): number {
    return (this.#first === null ? 0 : 1) + (this.#others?.size ?? 0)
  }

  add(t: task_struct): void {
    t.waits_for = this
    if (this.#first === null && this.#others === null) this.#first = t
    else this.#add_behind(t)
  }

  #add_behind(t: task_struct): void {
    if (this.#first === t) return
    if (this.#first === null && (this.#others === null || this.#others.size === 0)) this.#first = t
    else (this.#others ??= new Set()).add(t)
  }

  remove(t: task_struct): void {
    t.waits_for = null
    if (this.#first === t) this.#first = null
    else this.#others?.delete(t)
  }

  /** Wake all that sleep here in a state of `mode`; they look at their condition anew. */
  wake_up(mode: number = TASK_NORMAL): void {
    if (this.#first !== null) void wake_up_state(this.#first, mode)
    if (this.#others !== null && this.#others.size > 0) this.#wake_others(this.#others, mode)
  }

  #wake_others(others: ReadonlySet<task_struct>, mode: number): void {
    for (const t of others) void wake_up_state(t, mode)
  }
}

/**
 * Sleep until `condition` holds; 0, or -ERESTARTSYS where a signal comes first. `condition` is asked
 * again after every wake-up: being woken says only that it may hold now.
 */
export function* wait_event_interruptible(wq: wait_queue_head, condition: () => boolean): Sleeps<number> {
  const t = current
  wq.add(t)
  try {
    for (;;) {
      t.state = TASK_INTERRUPTIBLE
      if (condition()) return 0
      if (signal_pending(t)) return -ERESTARTSYS
      yield* schedule()
    }
  } finally {
    t.state = TASK_RUNNING
    wq.remove(t)
  }
}

/** The same on several queues at once, of which the last one is told as what is waited for. */
export function* wait_any_interruptible(wqs: readonly wait_queue_head[], condition: () => boolean): Sleeps<number> {
  const t = current
  for (const wq of wqs) wq.add(t)
  try {
    for (;;) {
      t.state = TASK_INTERRUPTIBLE
      if (condition()) return 0
      if (signal_pending(t)) return -ERESTARTSYS
      yield* schedule()
    }
  } finally {
    t.state = TASK_RUNNING
    for (const wq of wqs) wq.remove(t)
  }
}

/** The same where nothing less than SIGKILL ends the sleep. */
export function* wait_event_killable(wq: wait_queue_head, condition: () => boolean): Sleeps<number> {
  const t = current
  wq.add(t)
  try {
    for (;;) {
      t.state = TASK_UNINTERRUPTIBLE | TASK_WAKEKILL
      if (condition()) return 0
      if (fatal_signal_pending(t)) return -ERESTARTSYS
      yield* schedule()
    }
  } finally {
    t.state = TASK_RUNNING
    wq.remove(t)
  }
}

/** Sleep until `condition` holds, whatever signals come. */
export function* wait_event(wq: wait_queue_head, condition: () => boolean): Sleeps<void> {
  const t = current
  wq.add(t)
  try {
    for (;;) {
      t.state = TASK_UNINTERRUPTIBLE
      if (condition()) return
      yield* schedule()
    }
  } finally {
    t.state = TASK_RUNNING
    wq.remove(t)
  }
}

/**
 * Sleep for `nsec` nanoseconds, Infinity for no end: 0, or -ERESTARTSYS where a signal comes first.
 * kernel/timer.c:schedule_timeout_interruptible().
 */
export function* sleep_interruptible(nsec: number): Sleeps<number> {
  const { clock } = current.kernel
  const wq = new wait_queue_head('time to pass')
  const until = clock.now + nsec
  const disarm = until === Infinity ? null : clock.arm(until, () => wq.wake_up())
  try {
    return yield* wait_event_interruptible(wq, () => clock.now >= until)
  } finally {
    disarm?.()
  }
}

/** Does a signal want to be delivered? */
export function signal_pending(t: task_struct): boolean {
  return t.sigpending !== 0
}
