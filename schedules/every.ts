import type { Choice, ChoicePoint, Chooser, TaskAt } from '../kernel/sched/choice.ts'
import type { ChooseOptions, Choosing } from './choose.ts'

/** All schedules of a program: each is run on a machine of its own, which must be made the same each time. */

/** A signal that arrives once, at any of the moments that there are, or never. */
export interface Arrival {
  readonly signal: number
  /** To the task of this id, or to any of which this holds as it stands. */
  readonly to: number | ((task: TaskAt) => boolean)
}

export interface EveryOptions {
  /** Schedules to run at most. Default 10,000. */
  readonly limit?: number
  /** How often at most a task is made to wait that could go on. Default: any number. */
  readonly preemptions?: number
  /** Signals that arrive at every possible moment. */
  readonly signals?: readonly Arrival[]
  /** Let them arrive inside of calls too: at each vfs_read(), vfs_write() and allocation. */
  readonly inside?: boolean
  /** Let timers fire while tasks could still run, as if these were slow. */
  readonly timers?: boolean
}

/** What the schedules came to. */
export interface Every {
  /** Schedules that were run. */
  readonly runs: number
  /** There are no others. */
  readonly complete: boolean
  /** What was seen, each once, in the order in which it was found. */
  readonly results: readonly SeenResult[]
}

export interface SeenResult {
  readonly seen: string
  /** How many schedules led there, and the first of them. */
  readonly runs: number
  readonly schedule: string
}

/** What was thrown in one schedule: a test's expectation, a Bug of the kernel. The cause has the rest. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError'
  readonly schedule: string

  constructor(schedule: string, cause: unknown) {
    super(`${cause instanceof Error ? cause.message : String(cause)}\nin the schedule '${schedule}'`, { cause })
    this.schedule = schedule
  }
}

/** A machine whose choices can be made for it. */
interface Chosen {
  choose(chooser: Chooser, options?: ChooseOptions): Choosing
}

/** One place in the tree of schedules, with more than one way on. */
interface Fork {
  readonly ways: number
  way: number
}

const LIMIT = 10_000

/**
 * Run every schedule, depth first: `make` builds the machine, `see` runs it and says what came of it. The
 * first schedule is that in which each task goes on for as long as it can.
 */
export function every<M extends Chosen>(make: () => M, see: (machine: M) => string, options: EveryOptions = {}): Every {
  const { limit = LIMIT, inside = false } = options
  const results = new Map<string, { seen: string; runs: number; schedule: string }>()
  const forks: Fork[] = []
  let runs = 0
  do {
    runs++
    const machine = make()
    const choosing = machine.choose(alongForks(forks, options), { inside })
    let seen: string
    try {
      seen = see(machine)
    } catch (error) {
      throw new ScheduleError(choosing.schedule, error)
    }
    const result = results.get(seen)
    if (result === undefined) results.set(seen, { seen, runs: 1, schedule: choosing.schedule })
    else result.runs++
  } while (turnBack(forks) && runs < limit)
  return { runs, complete: forks.length === 0, results: [...results.values()] }
}

/** Go to the next way at the last place that has one. False where all have been gone. */
function turnBack(forks: Fork[]): boolean {
  for (let fork = forks.at(-1); fork !== undefined; fork = forks.at(-1)) {
    if (++fork.way < fork.ways) return true
    forks.pop()
  }
  return false
}

/** Who ran last, and where he began. */
interface Last {
  pid: number
  from: TaskAt['at']
}

/** Chooses as `forks` says, and adds a fork at each place behind the last of them. */
function alongForks(forks: Fork[], { preemptions = Infinity, signals = [], timers = false }: EveryOptions): Chooser {
  let depth = 0
  let last: Last | null = null
  let left = preemptions
  const arrived = new Set<Arrival>()
  return (point) => {
    const ways: Choice[] = turns(point, last, left > 0)
    if (timers && point.timer && point.inside === null) ways.push('wait')
    if (ways.length === 0) ways.push(point.inside === null ? 'wait' : 'pass')
    const choices: (readonly [Choice, Arrival | null])[] = ways.map((way) => [way, null])
    for (const arrival of signals) {
      if (arrived.has(arrival)) continue
      for (const to of takers(point, arrival)) choices.push([{ signal: arrival.signal, to }, arrival])
    }
    const [choice, arrival] = choices[choices.length === 1 ? 0 : wayAt(choices.length)]
    if (arrival !== null) arrived.add(arrival)
    if (choice !== ways[0] && arrival === null && choice !== 'wait' && goesOn(point, last)) left--
    last = lastBehind(point, choice, last)
    return choice
  }

  function wayAt(ways: number): number {
    if (depth === forks.length) forks.push({ ways, way: 0 })
    const fork = forks[depth++]
    if (fork.ways !== ways) {
      throw new Error('the machine was not the same as before: its program must do the same each time')
    }
    return fork.way
  }
}

/** Who may run next; first of all who ran last, unless he is inside of a call, where he gives way. */
function turns({ runnable }: ChoicePoint, last: Last | null, any: boolean): Choice[] {
  // What a task does before its first call is seen by nobody, unless it shares its memory.
  const first = runnable.find(starts)
  if (first !== undefined) return [{ run: first.pid }]
  const same = runnable.find(({ pid }) => pid === last?.pid)
  const others = runnable.filter((task) => task !== same).map(({ pid }) => ({ run: pid }))
  if (same === undefined) return others
  const again = { run: same.pid }
  if (same.at !== 'call') return any ? [again, ...others] : [again]
  // Who goes round in a call has changed nothing, and nothing has changed for him.
  const round = last?.from === 'call' && others.length > 0
  return any && !round ? [...others, again] : others.length > 0 ? others : [again]
}

/** Could who ran last go on? */
function goesOn({ runnable }: ChoicePoint, last: Last | null): boolean {
  return runnable.some(({ pid }) => pid === last?.pid)
}

function lastBehind({ runnable }: ChoicePoint, choice: Choice, last: Last | null): Last | null {
  if (choice === 'pass') return last
  const pid = typeof choice === 'object' && 'run' in choice ? choice.run : -1
  const task = runnable.find((t) => t.pid === pid)
  // A signal, or time that passes, may have changed something for who goes round in a call.
  if (task === undefined) return last === null ? null : { ...last, from: 'user' }
  return starts(task) ? last : { pid, from: task.at }
}

function starts(task: TaskAt): boolean {
  return task.at === 'start' && task.alone
}

/** Ids of the tasks that the signal can come to. */
function takers({ runnable, others, inside }: ChoicePoint, { to }: Arrival): number[] {
  const tasks = [...runnable, ...others, ...(inside === null ? [] : [inside.task])]
  return tasks.filter((task) => (typeof to === 'number' ? task.pid === to : to(task))).map(({ pid }) => pid)
}
