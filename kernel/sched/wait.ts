import type { Sleeps } from '../types.ts'
import type { task_struct } from '../task/task.ts'
import { ERESTARTSYS } from '../errno.ts'
import { current } from './current.ts'
import {
  TASK_INTERRUPTIBLE,
  TASK_NORMAL,
  TASK_RUNNING,
  TASK_UNINTERRUPTIBLE,
  schedule,
  wake_up_state,
} from './sched.ts'

/** Tasks that wait for one thing to happen: include/linux/wait.h. */
export class wait_queue_head {
  /** What is waited for, as a person would say it: the report of a deadlock uses it. */
  readonly what: string
  readonly #tasks = new Set<task_struct>()

  constructor(what: string) {
    this.what = what
  }

  get size(): number {
    return this.#tasks.size
  }

  add(t: task_struct): void {
    this.#tasks.add(t)
    t.waits_for = this
  }

  remove(t: task_struct): void {
    this.#tasks.delete(t)
    t.waits_for = null
  }

  /** Wake all that sleep here in a state of `mode`; they look at their condition anew. */
  wake_up(mode: number = TASK_NORMAL): void {
    for (const t of this.#tasks) wake_up_state(t, mode)
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
