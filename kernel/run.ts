import type { Kernel } from './kernel.ts'
import type { task_struct } from './task/task.ts'
import { EXIT_ZOMBIE } from './sched/sched.ts'
import { run_task } from './task/cpu.ts'

/** Who sleeps, in what, and what for. */
export interface Waiter {
  readonly pid: number
  readonly comm: string
  /** The system call, or the kernel thread's name for one. */
  readonly syscall: string
  readonly waits_for: string
}

/** Why run() came back. */
export type Outcome =
  /** No task is left. */
  | { readonly kind: 'exited' }
  /** Everybody who is left sleeps, and nothing is under way that could wake one of them. */
  | { readonly kind: 'deadlock'; readonly waiting: readonly Waiter[] }
  /** A task spins in the kernel, in function `where`, and nothing will change that. */
  | { readonly kind: 'soft lockup'; readonly pid: number; readonly comm: string; readonly where: string }
  /** The system calls allowed have been made. */
  | { readonly kind: 'budget' }

/**
 * Run the machine until there is nothing more to do, or until about `budget` system calls have been
 * made. May be called again after any outcome.
 */
export function run(kernel: Kernel, budget = Infinity): Outcome {
  kernel.begin_slice()
  kernel.budget = budget
  kernel.watchdog.touch()
  for (;;) {
    kernel.begin_slice()
    if (kernel.budget <= 0) return { kind: 'budget' }
    const t = kernel.rq.pick_next()
    if (t === null) {
      if (kernel.clock.skipToNext()) continue
      return idleOutcome(kernel)
    }
    run_task(t)
    if (kernel.trace.sched_switch.enabled) kernel.trace.sched_switch.emit(t, t.on_rq)
    const { stuck } = kernel.watchdog
    if (stuck !== null) {
      kernel.watchdog.stuck = null
      return { kind: 'soft lockup', pid: stuck.task.pid, comm: stuck.task.commString(), where: stuck.where }
    }
  }
}

function idleOutcome(kernel: Kernel): Outcome {
  const waiting = [...kernel.tasks].filter((t) => t.exit_state !== EXIT_ZOMBIE).map(waiterOf)
  return waiting.length === 0 ? { kind: 'exited' } : { kind: 'deadlock', waiting }
}

function waiterOf(t: task_struct): Waiter {
  return {
    pid: t.pid,
    comm: t.commString(),
    syscall: t.context === null ? 'kernel thread' : t.kernel.abi.name(t.syscall_nr),
    waits_for: t.waits_for?.what ?? 'nothing that is known',
  }
}
