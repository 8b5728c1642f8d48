import type { ByteString, Sleeps } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import type { SyscallArgs } from '../trace.ts'
import type { task_struct } from '../task/task.ts'
import type { FaultPlace } from '../inject/inject.ts'
import { BUG_ON, Bug } from '../bug.ts'
import { SI_USER, send_signal } from '../task/signal.ts'
import { actingFor, current } from './current.ts'
import { TASK_NORMAL, TASK_STOPPED, preempt_schedule } from './sched.ts'

/**
 * The scheduler's choices, made by somebody outside: which task runs next, and when a signal arrives. Who
 * chooses is asked at every context switch, and while he is there each task also stops in front of each system
 * call, so that nothing a task does to the machine happens unasked.
 */

/** What a task is up to. A copy: it stays as it is when the task goes on. */
export interface TaskAt {
  readonly pid: number
  readonly comm: ByteString
  /**
   * `start`: a child that has not run yet. `user`: it runs between two calls. `entry`: it is about to make `syscall`.
   * `call`: it is inside of `syscall`, and was woken or preempted. `asleep`: it sleeps there, for `waits_for`.
   * `stopped`: by a signal.
   */
  readonly at: 'start' | 'user' | 'entry' | 'call' | 'asleep' | 'stopped'
  /** The call's name; empty where it is in none. */
  readonly syscall: string
  /** The call's registers. */
  readonly args: SyscallArgs
  /** What it sleeps for; empty where it does not. */
  readonly waits_for: string
  /** Nobody shares its memory. */
  readonly alone: boolean
}

/** One moment at which the machine can go on in more than one way. */
export interface ChoicePoint {
  /** Who could run next, in the order in which they would take turns. */
  readonly runnable: readonly TaskAt[]
  /** Everybody else who is alive. */
  readonly others: readonly TaskAt[]
  /**
   * The task that runs comes by this place inside its call: nobody else can run there, but a signal can arrive.
   * Null between tasks.
   */
  readonly inside: { readonly task: TaskAt; readonly place: FaultPlace } | null
  /** Something is to happen when time has passed. */
  readonly timer: boolean
}

/** This signal arrives at the task of this id, now. The chooser is asked again afterwards. */
export interface SignalChoice {
  readonly signal: number
  readonly to: number
}

export type Choice =
  /** The task of this id runs, up to its next call or sleep. */
  | { readonly run: number }
  | SignalChoice
  /** Time passes, up to the next timer. With nothing runnable and no timer: the end. */
  | 'wait'
  /** Inside a call: no signal comes here. */
  | 'pass'

/** Null: what the machine would do by itself. What he answers must be possible. */
export type Chooser = (point: ChoicePoint) => Choice | null

/** The choices of one machine. */
export class Choices {
  /** Hears of each choice once it is made, also of those that the machine made itself. */
  listener: ((choice: Choice) => void) | null = null
  readonly #kernel: Kernel
  /** Tasks that are about to make the call that they are in. */
  readonly #entering = new Set<task_struct>()

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  /** The task that runs next; null where none does, and time is to pass. */
  pick_next(chooser: Chooser): task_struct | null {
    const { rq, clock, tasks } = this.#kernel
    while (tasks.size > 0) {
      const queued = rq.queued()
      const choice = chooser(this.#point(queued, null))
      if (choice === null) {
        const t = rq.pick_next()
        this.listener?.(t === null ? 'wait' : { run: t.pid })
        return t
      }
      this.listener?.(choice)
      if (choice === 'wait') {
        if (queued.length === 0) return null
        BUG_ON(!clock.skipToNext(), 'no timer to wait for was armed')
        continue
      }
      if (choice === 'pass') throw new Bug('a choice for inside of a call, made between calls')
      if ('signal' in choice) {
        this.#arrive(choice)
        continue
      }
      const t = queued.find(({ pid }) => pid === choice.run)
      if (t === undefined) throw new Bug(`task ${choice.run} was chosen and is not runnable`)
      rq.take(t)
      return t
    }
    return null
  }

  /** The current task comes by `place`; signals may arrive. */
  inside(chooser: Chooser, place: FaultPlace): void {
    if (current.context === null || current === this.#kernel.swapper) return
    for (;;) {
      const choice = chooser(this.#point([], place)) ?? 'pass'
      this.listener?.(choice)
      if (choice === 'pass') return
      if (choice === 'wait' || 'run' in choice) throw new Bug('another task was chosen inside of a call')
      this.#arrive(choice)
    }
  }

  /**
   * Stop in front of a call. False where a signal came meanwhile: it found the task in user space, and goes
   * before the call.
   */
  *entry(t: task_struct): Sleeps<boolean> {
    this.#entering.add(t)
    try {
      void (yield* preempt_schedule())
    } finally {
      this.#entering.delete(t)
    }
    return t.sigpending === 0
  }

  #point(queued: readonly task_struct[], place: FaultPlace | null): ChoicePoint {
    const others: TaskAt[] = []
    for (const t of this.#kernel.tasks) if (!t.on_rq && t.exit_state === 0) others.push(this.#at(t))
    return {
      runnable: queued.map((t) => this.#at(t)),
      others,
      inside: place === null ? null : { task: this.#at(current), place },
      timer: this.#kernel.clock.armed,
    }
  }

  #at(t: task_struct): TaskAt {
    const { kernel, syscall_nr, waits_for } = t
    const within = t.kstack !== null && syscall_nr >= 0
    const asleep = (t.state & TASK_NORMAL) !== 0
    return {
      pid: t.pid,
      comm: t.commString(),
      at: t.isNew
        ? 'start'
        : this.#entering.has(t)
          ? 'entry'
          : t.state === TASK_STOPPED
            ? 'stopped'
            : asleep
              ? 'asleep'
              : within || t === current
                ? 'call'
                : 'user',
      syscall: within || (t === current && syscall_nr >= 0) ? kernel.abi.name(syscall_nr) : '',
      args: [...t.syscall_args],
      waits_for: asleep ? (waits_for?.what ?? '') : '',
      alone: t.mm?.mm_users === 1,
    }
  }

  #arrive({ signal, to }: SignalChoice): void {
    const { tasks, swapper } = this.#kernel
    const t = [...tasks].find(({ pid, exit_state }) => pid === to && exit_state === 0)
    if (t === undefined) throw new Bug(`a signal for task ${to}, which is not alive`)
    actingFor(swapper, () => {
      send_signal({ signo: signal, code: SI_USER, pid: 0, uid: 0, value: 0n }, t, false)
    })
  }
}
