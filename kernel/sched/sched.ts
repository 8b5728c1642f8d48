import type { Sleeps } from '../types.ts'
import type { task_struct } from '../task/task.ts'
import { current } from './current.ts'

/** Task states: include/linux/sched.h. */
export const TASK_RUNNING = 0
export const TASK_INTERRUPTIBLE = 1
export const TASK_UNINTERRUPTIBLE = 2
export const TASK_STOPPED = 4
export const TASK_DEAD = 64
/** With TASK_UNINTERRUPTIBLE: a sleep that only a fatal signal ends. */
export const TASK_WAKEKILL = 128
/** Exit states. */
export const EXIT_ZOMBIE = 16
export const EXIT_DEAD = 32

/** Which states a wake-up ends. */
export const TASK_NORMAL = TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE

/** More tasks than this are not all in the processor's cache. */
const CROWD = 1000

/**
 * The tasks that want the CPU. Without a seed they take turns; with one, a generator of the machine's
 * own picks, so that a seed is an interleaving that can be had again.
 */
export class RunQueue {
  #ring: (task_struct | null)[] = new Array<task_struct | null>(16).fill(null)
  // The next, and the place behind the last. Where both are the same there is none.
  #head = 0
  #tail = 0
  /** What look_ahead() found, of no meaning: it would not be compiled else. */
  touched = 0
  /** State of the generator (mulberry32); null takes turns. */
  #random: number | null

  constructor(seed: number | null) {
    this.#random = seed
  }

  get length(): number {
    return (this.#tail - this.#head) & (this.#ring.length - 1)
  }

  /** Put `t` behind the others, unless it is queued already. */
  enqueue(t: task_struct): void {
    if (t.on_rq) return
    t.on_rq = true
    const ring = this.#ring
    const tail = this.#tail
    ring[tail] = t
    this.#tail = (tail + 1) & (ring.length - 1)
    if (this.#tail === this.#head) this.#grow()
  }

  /** Take the task that runs next, or null. */
  pick_next(): task_struct | null {
    const head = this.#head
    if (head === this.#tail) return null
    const ring = this.#ring
    const mask = ring.length - 1
    if (this.#random !== null && this.length > 1) {
      const i = (head + this.#next(this.length)) & mask
      const chosen = ring[i]
      ring[i] = ring[head]
      ring[head] = chosen
    }
    const t = ring[head] as task_struct
    ring[head] = null
    this.#head = (head + 1) & mask
    t.on_rq = false
    if (((this.#tail - head) & mask) > CROWD) this.#look_ahead()
    return t
  }

  /**
   * Where so many take turns, nothing of a task is in the processor's cache when its turn comes, and one thing leads
   * to the next: a switch would wait for memory five times in a row. So touch what those need who come soon, a step
   * further with each switch; what is fetched for several of them is fetched at the same time.
   */
  #look_ahead(): void {
    const ring = this.#ring
    const mask = ring.length - 1
    const head = this.#head
    this.touched =
      (ring[(head + 4) & mask] as task_struct).state +
      touch(ring[(head + 3) & mask] as task_struct, 0) +
      touch(ring[(head + 2) & mask] as task_struct, 1) +
      touch(ring[(head + 1) & mask] as task_struct, 2)
  }

  /** Those who wait for the CPU, in the order of their turns. */
  queued(): task_struct[] {
    const all: task_struct[] = []
    const mask = this.#ring.length - 1
    for (let i = 0; i < this.length; i++) all.push(this.#ring[(this.#head + i) & mask] as task_struct)
    return all
  }

  /** Take `t`, which is queued, out of turn; the others keep theirs. */
  take(t: task_struct): void {
    const ring = this.#ring
    const mask = ring.length - 1
    let i = 0
    while (ring[(this.#head + i) & mask] !== t) i++
    for (; i > 0; i--) ring[(this.#head + i) & mask] = ring[(this.#head + i - 1) & mask]
    ring[this.#head] = null
    this.#head = (this.#head + 1) & mask
    t.on_rq = false
  }

  #next(below: number): number {
    let s = (((this.#random as number) | 0) + 0x6d2b79f5) | 0
    this.#random = s
    s = Math.imul(s ^ (s >>> 15), s | 1)
    s ^= s + Math.imul(s ^ (s >>> 7), s | 61)
    return ((s ^ (s >>> 14)) >>> 0) % below
  }

  #grow(): void {
    const old = this.#ring
    const bigger = new Array<task_struct | null>(old.length * 2).fill(null)
    for (let i = 0; i < old.length; i++) bigger[i] = old[(this.#head + i) & (old.length - 1)]
    this.#ring = bigger
    this.#head = 0
    this.#tail = old.length
  }
}

function touch(t: task_struct, step: number): number {
  return t.context === null ? 0 : t.context.touch(step)
}

/**
 * Give up the CPU. A task whose state is not TASK_RUNNING comes back when somebody wakes it, any
 * other in its turn. kernel/sched.c:schedule().
 */
export function schedule(): Sleeps<void> {
  if (current.state === TASK_RUNNING) current.kernel.rq.enqueue(current)
  return OFF_CPU as Sleeps<unknown> as Sleeps<void>
}

/**
 * Be preempted: give up the CPU, keep the state, and come back in turn. As with PREEMPT_ACTIVE, a task
 * that has set its state but not yet scheduled is not taken off the queue.
 */
export function preempt_schedule(): Sleeps<0> {
  current.kernel.rq.enqueue(current)
  return OFF_CPU
}

/**
 * Let the others run before the current task is back in user space: its call is over otherwise, and keeps nothing
 * that it would have to go on with. The way out of the call sees to it.
 */
export function give_way(): 0 {
  const { kernel } = current
  kernel.given_up = kernel.slice_left
  kernel.slice_left = 0
  return 0
}

const GONE: IteratorYieldResult<void> = { done: false, value: undefined }
const BACK: IteratorReturnResult<0> = { done: true, value: 0 }

/** Off the CPU once: one for all tasks, each of which knows whether it is gone or back. */
const OFF_CPU: Sleeps<0> = {
  next() {
    const t = current
    t.off_cpu = !t.off_cpu
    return t.off_cpu ? GONE : BACK
  },
  return() {
    current.off_cpu = false
    return BACK
  },
  [Symbol.iterator]() {
    return this
  },
}

/** Make `t` runnable if its state is one of `mode`. False if it was not. try_to_wake_up(). */
export function wake_up_state(t: task_struct, mode: number): boolean {
  if ((t.state & mode) === 0) return false
  t.state = TASK_RUNNING
  t.kernel.rq.enqueue(t)
  return true
}
