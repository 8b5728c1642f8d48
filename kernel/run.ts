import type { Kernel } from './kernel.ts'
import type { task_struct } from './task/task.ts'
import { EXIT_ZOMBIE } from './sched/sched.ts'
import { actingFor, current, set_current } from './sched/current.ts'
import { run_task } from './task/cpu.ts'
import { account_tick } from './task/itimer.ts'

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
  /** Everybody who is left sleeps, and only the console's other end can change that: by input, or by hanging up. */
  | { readonly kind: 'input'; readonly waiting: readonly Waiter[] }
  /** Everybody sleeps, and the next timer fires at `until`, nanoseconds since boot, which is later than was asked for. */
  | { readonly kind: 'sleeping'; readonly until: number }
  /** A task spins in the kernel, in function `where`, and nothing will change that. */
  | { readonly kind: 'soft lockup'; readonly pid: number; readonly comm: string; readonly where: string }
  /** The system calls allowed have been made. */
  | { readonly kind: 'budget' }

/**
 * Run the machine until there is nothing more to do, or until about `budget` system calls have been
 * made. While everybody sleeps the clock goes from timer to timer, but not past `until`, nanoseconds since
 * boot; given, the clock is there when nothing more happens. May be called again after any outcome.
 */
export function run(kernel: Kernel, budget = Infinity, until = Infinity): Outcome {
  void kernel.begin_slice()
  kernel.budget = budget
  kernel.watchdog.touch()
  return actingFor(kernel.swapper, () => cpu_idle(kernel, until))
}

/** What the one CPU does: run who can, and wait where nobody can. */
function cpu_idle(kernel: Kernel, until: number): Outcome {
  for (;;) {
    // The slices that many gave up early are the time of who did so last: it ran when the tick came.
    if (kernel.begin_slice() && current !== kernel.swapper && current.exit_state === 0) account_tick(current, true)
    if (kernel.spent) return { kind: 'budget' }
    const { chooser } = kernel
    const t = chooser === null ? kernel.rq.pick_next() : kernel.choices.pick_next(chooser)
    if (t === null) {
      void set_current(kernel.swapper)
      const { clock } = kernel
      if (clock.next <= Math.max(until, clock.now) && clock.skipToNext()) continue
      if (until !== Infinity && until > clock.now) clock.idleUntil(until)
      return clock.next === Infinity ? idleOutcome(kernel) : { kind: 'sleeping', until: clock.next }
    }
    run_task(t)
    if (t.on_rq) t.nivcsw++
    else t.nvcsw++
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
  if (waiting.length === 0) return { kind: 'exited' }
  return { kind: waits_for_console(kernel) ? 'input' : 'deadlock', waiting }
}

/** Who sits at a terminal can wake by a signal even those who do not read. */
function waits_for_console({ console }: Kernel): boolean {
  if (console.ended) return false
  return console.line === 'terminal' || (console.line === 'stream' && console.read_wait.size > 0)
}

function waiterOf(t: task_struct): Waiter {
  return {
    pid: t.pid,
    comm: t.commString(),
    syscall: t.context === null ? 'kernel thread' : t.kernel.abi.name(t.syscall_nr),
    waits_for: t.waits_for?.what ?? 'nothing that is known',
  }
}
