import type { Sleeps } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import type { task_struct } from '../task/task.ts'
import { KERN_ALERT } from '../printk.ts'
import { NSEC_PER_SEC, TICK_NSEC } from '../time.ts'
import { account_tick } from '../task/itimer.ts'
import { current } from './current.ts'
import { preempt_schedule } from './sched.ts'

/** Seconds without progress after which a spinning task is called stuck: softlockup_thresh of 2.6.31. */
export const SOFTLOCKUP_THRESH = 60

const LIMIT = (SOFTLOCKUP_THRESH * NSEC_PER_SEC) / TICK_NSEC

/** Notices that the kernel spins and nothing will ever change. kernel/softlockup.c. */
export class Watchdog {
  /** What was found stuck, until somebody takes note of it. */
  stuck: { readonly task: task_struct; readonly where: string } | null = null
  #fruitless = 0

  /** Something happened: user code ran, or bytes moved. */
  touch(): void {
    this.#fruitless = 0
  }

  /** `t` went once more around a loop in function `where` and got nowhere, which took a tick. */
  turn(kernel: Kernel, t: task_struct, where: string): void {
    kernel.clock.advance(TICK_NSEC)
    account_tick(t, false)
    if (++this.#fruitless < LIMIT) return
    this.#fruitless = 0
    this.stuck = { task: t, where }
    kernel.printk(
      `${KERN_ALERT}BUG: soft lockup - CPU#0 stuck for ${SOFTLOCKUP_THRESH + 1}s! [${t.commString()}:${t.pid}]\n`,
    )
    kernel.printk(`${KERN_ALERT}ra : ${where}\n`)
  }
}

/**
 * A turn of a kernel loop that spins without getting anywhere. Time passes and others may run; with
 * nobody to change anything, the watchdog ends `run()`.
 */
export function* fruitless_turn(where: string): Sleeps<void> {
  const { kernel } = current
  kernel.watchdog.turn(kernel, current, where)
  void (yield* preempt_schedule())
}
