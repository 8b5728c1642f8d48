import type { Replay, Violation } from './world.ts'
import { mix } from './random.ts'
import { runMachine, type Result, type Sabotage } from './machine.ts'
import { generationSeed } from './world.ts'

/** Machine after machine, until the calls are made or something breaks. */

export interface Exploration {
  readonly machines: number
  readonly syscalls: number
  readonly switches: number
  readonly signals: number
  /** Of all machines. */
  readonly hash: number
  readonly byNumber: ReadonlyMap<number, number>
  readonly outcomes: ReadonlyMap<string, number>
  readonly failure: Failure | null
}

export interface Failure {
  readonly replay: Replay
  readonly violation: Violation
}

/** System calls of one machine at most. */
const MACHINE_CALLS = 3000

/** Explore from `seed` for `syscalls` calls; look at all of the kernel after every `every`-th switch. */
export function explore(seed: number, syscalls: number, every: number, sabotage?: Sabotage): Exploration {
  const byNumber = new Map<number, number>()
  const outcomes = new Map<string, number>()
  const sum = { machines: 0, syscalls: 0, switches: 0, signals: 0, hash: seed >>> 0 }
  let failure: Failure | null = null
  while (sum.syscalls < syscalls && failure === null) {
    const replay = { seed: generationSeed(seed, sum.machines++), syscalls: MACHINE_CALLS, keep: null }
    const r = runMachine(replay, every, sabotage)
    sum.syscalls += r.syscalls
    sum.switches += r.switches
    sum.signals += r.signals
    sum.hash = mix(sum.hash, r.hash)
    for (const [nr, n] of r.byNumber) byNumber.set(nr, (byNumber.get(nr) ?? 0) + n)
    outcomes.set(r.outcome, (outcomes.get(r.outcome) ?? 0) + 1)
    if (r.violation !== null) failure = { replay, violation: r.violation }
  }
  return { ...sum, byNumber, outcomes, failure }
}

/** Machines that shrinking may run. */
const SHRINK_RUNS = 600

/**
 * The shortest replay that fails in the same way, as far as it is found: cut behind the failure, then leave
 * calls out, in halves, quarters and so on down to one by one.
 */
export function shrink(failure: Failure, sabotage?: Sabotage): Failure {
  let best = failure
  let made: readonly number[] = []
  let runs = 0
  const attempt = (replay: Replay): boolean => {
    runs++
    const r: Result = runMachine(replay, 1, sabotage)
    if (r.violation?.kind !== failure.violation.kind) return false
    made = r.made
    const syscalls = Math.min(replay.syscalls, r.syscalls)
    best = { replay: { ...replay, syscalls, keep: new Set(made) }, violation: r.violation }
    return true
  }
  if (!attempt(failure.replay)) return failure
  bisect()
  for (let chunk = Math.ceil(made.length / 2); runs < SHRINK_RUNS;) {
    let dropped = false
    for (let at = 0; at < made.length && runs < SHRINK_RUNS;) {
      const { replay } = best
      const keep = new Set(made.filter((_, i) => i < at || i >= at + chunk))
      if (attempt({ ...replay, keep })) dropped = true
      else at += chunk
    }
    if (chunk === 1 && !dropped) break
    chunk = Math.max(1, Math.floor(chunk / 2))
  }
  bisect()
  return best

  /** The fewest calls that still fail. */
  function bisect(): void {
    let low = 0
    for (let high = best.replay.syscalls; low + 1 < high;) {
      const middle = (low + high) >>> 1
      if (attempt({ ...best.replay, syscalls: middle })) high = Math.min(middle, best.replay.syscalls)
      else low = middle
    }
  }
}
