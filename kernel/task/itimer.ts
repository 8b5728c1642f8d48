import type { task_struct } from './task.ts'
import { SIGALRM, SI_KERNEL, send_signal } from './signal.ts'

/** The alarm clock of a process, ITIMER_REAL: kernel/itimer.c. */
export interface itimer {
  /** Nanoseconds since boot. */
  readonly expires: number
  /** Nanoseconds; 0 for once. */
  readonly interval: number
  readonly disarm: () => void
}

/** Of an alarm that is over, and is set again once it has been taken: there is nothing to stop. */
function expired(): void {}

/** What is left until the alarm, 0 where it waits to be taken, and how often it repeats, both in nanoseconds. */
export function itimer_left(t: task_struct): { left: number; interval: number } {
  const timer = t.group.real_timer
  if (timer === null) return { left: 0, interval: 0 }
  const left = timer.expires - t.kernel.clock.now
  // One that is due is not over: it is not told as if there were none.
  return { left: timer.disarm === expired ? 0 : left > 0 ? left : 1000, interval: timer.interval }
}

/** Send SIGALRM in `first` nanoseconds, and then each `interval`; 0 for not at all. */
export function set_itimer(t: task_struct, first: number, interval: number): void {
  const { group } = t
  group.real_timer?.disarm()
  group.real_timer = null
  if (first > 0) arm(t.group_leader, t.kernel.clock.now + first, interval)
}

/**
 * The alarm has been taken: now it is set again. An alarm that nobody takes costs nothing that way.
 * kernel/signal.c:dequeue_signal().
 */
export function itimer_rearm(t: task_struct): void {
  const timer = t.group.real_timer
  const { now } = t.kernel.clock
  if (timer === null || timer.interval === 0 || timer.expires > now) return
  const periods = Math.floor((now - timer.expires) / timer.interval) + 1
  arm(t.group_leader, timer.expires + periods * timer.interval, timer.interval)
}

function arm(leader: task_struct, expires: number, interval: number): void {
  const { group, kernel } = leader
  const disarm = kernel.clock.arm(expires, () => {
    group.real_timer = interval > 0 ? { expires, interval, disarm: expired } : null
    send_signal({ signo: SIGALRM, code: SI_KERNEL, pid: 0, uid: 0, value: 0n }, group.leader, true)
  })
  group.real_timer = { expires, interval, disarm }
}
