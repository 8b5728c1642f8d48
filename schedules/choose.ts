import type { Kernel } from '../kernel/kernel.ts'
import type { Choice, ChoicePoint, Chooser, TaskAt } from '../kernel/sched/choice.ts'
import { _NSIG } from '../kernel/task/signal.ts'
import { fromBytes } from '../kernel/utf8.ts'
import { formatChoice, formatSchedule, parseSchedule } from './schedule.ts'

/** Choices on a machine, checked and recorded. */

const PLACES = ['vfs_read', 'vfs_write', 'kmalloc'] as const

export interface ChooseOptions {
  /** Ask inside of calls too, wherever one comes by vfs_read(), vfs_write() or an allocation. */
  readonly inside?: boolean
}

/** Somebody who chooses. */
export interface Choosing {
  /** What was chosen so far, also by the machine itself: `Vm.replay` does it again. */
  readonly schedule: string
  /** Leave the choice to the machine's seed again. */
  stop(): void
}

/** Let `chooser` make the choices of `kernel` from now on, in the place of who made them before. */
export function choose(kernel: Kernel, chooser: Chooser, { inside = false }: ChooseOptions = {}): Choosing {
  const made: Choice[] = []
  const asked: Chooser = (point) => {
    const shown = readable(point)
    const choice = chooser(shown)
    const why = choice === null ? null : impossible(shown, choice)
    if (choice !== null && why !== null)
      throw new RangeError(`choice ${made.length + 1}: ${formatChoice(choice)}: ${why}`)
    return choice
  }
  const listener = (choice: Choice): void => void made.push(choice)
  kernel.chooser = asked
  kernel.choices.listener = listener
  for (const place of PLACES) kernel.inject[place].watch(inside ? () => kernel.choices.inside(asked, place) : null)
  return {
    get schedule() {
      return formatSchedule(made)
    },
    stop() {
      if (kernel.chooser !== asked) return
      kernel.chooser = null
      kernel.choices.listener = null
      for (const place of PLACES) kernel.inject[place].watch(null)
    },
  }
}

/** Choose as `schedule` says, and leave it to the machine where that ends. Throws where it is none. */
export function replay(kernel: Kernel, schedule: string): Choosing {
  const choices = parseSchedule(schedule)
  let next = 0
  return choose(kernel, () => choices[next++] ?? null, { inside: choices.includes('pass') })
}

/** Why `choice` cannot be made at `point`; null where it can. */
function impossible({ runnable, others, inside, timer }: ChoicePoint, choice: Choice): string | null {
  if (choice === 'pass') return inside === null ? 'this is not inside of a call' : null
  if (choice !== 'wait' && 'signal' in choice) {
    if (!Number.isInteger(choice.signal) || choice.signal < 1 || choice.signal > _NSIG) return 'there is no such signal'
    const alive = [...runnable, ...others, ...(inside === null ? [] : [inside.task])]
    return alive.some(({ pid }) => pid === choice.to) ? null : `nobody of that id is alive`
  }
  if (inside !== null) return `task ${inside.task.pid} is inside of ${inside.task.syscall}, and nobody else can run`
  if (choice === 'wait') return runnable.length === 0 || timer ? null : 'no timer is armed'
  if (runnable.some(({ pid }) => pid === choice.run)) return null
  return `runnable is ${runnable.length === 0 ? 'nobody' : runnable.map(({ pid }) => pid).join(', ')}`
}

/** The same, with what the kernel holds as bytes as text. */
function readable({ runnable, others, inside, timer }: ChoicePoint): ChoicePoint {
  const text = (task: TaskAt): TaskAt => ({ ...task, comm: fromBytes(task.comm) })
  return {
    runnable: runnable.map(text),
    others: others.map(text),
    inside: inside === null ? null : { ...inside, task: text(inside.task) },
    timer,
  }
}
