import type { Replay } from './world.ts'
import { mix } from './random.ts'
import { runMachine, type Manner, type Result } from './machine.ts'
import { Violation, formatReplay, generationSeed } from './world.ts'

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
/** Of so many machines one is run twice, and has to do the same again. */
const TWICE = 8

/** Explore from `seed` for `syscalls` calls. */
export function explore(seed: number, syscalls: number, manner: Manner): Exploration {
  const byNumber = new Map<number, number>()
  const outcomes = new Map<string, number>()
  const sum = { machines: 0, syscalls: 0, switches: 0, signals: 0, hash: seed >>> 0 }
  let failure: Failure | null = null
  while (sum.syscalls < syscalls && failure === null) {
    const twice = sum.machines % TWICE === 0
    const replay = { seed: generationSeed(seed, sum.machines++), syscalls: MACHINE_CALLS, keep: null }
    const r = examine(replay, manner, twice)
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

/** Run a machine, `twice` to see whether it does the same again. */
export function examine(replay: Replay, manner: Manner, twice: boolean): Result {
  const first = runMachine(replay, manner)
  if (!twice || first.violation !== null) return first
  const second = runMachine(replay, { ...manner, every: Infinity })
  if (second.violation !== null || second.hash === first.hash) return { ...first, violation: second.violation }
  const violation = new Violation('not the same', `trace ${first.hash.toString(16)}, then ${second.hash.toString(16)}`)
  return { ...first, violation }
}

/** Other machines that are tried, for one that fails earlier. */
const CANDIDATES = 30
/** Machines that shrinking runs at most. */
const SHRINK_RUNS = 4000

export interface Shrunk extends Failure {
  /** No single operation can be left out any more. */
  readonly minimal: boolean
  readonly runs: number
}

/**
 * The shortest replay that fails in the same way: cut behind the failure, then operations left out in halves, quarters and so
 * on down to one by one, until none can be (Zeller's delta debugging).
 */
export function shrink(failure: Failure, manner: Manner): Shrunk {
  const { kind } = failure.violation
  let runs = 0
  let best: Failure = earliest(failure)
  let made: readonly number[] = []
  /** The call at which it was seen. */
  let seenAt = Infinity
  const left = (): boolean => runs < SHRINK_RUNS
  if (!attempt(best.replay)) return { ...failure, minimal: false, runs }
  let before: string
  do {
    before = formatReplay(best.replay)
    cut()
    leaveOut()
  } while (formatReplay(best.replay) !== before && left())
  return { ...best, minimal: left(), runs }

  function attempt(replay: Replay): boolean {
    runs++
    const r = examine(replay, { ...manner, every: 1 }, kind === 'not the same')
    if (r.violation?.kind !== kind) return false
    made = r.made
    seenAt = r.syscalls
    best = { replay: { ...replay, keep: new Set(made) }, violation: r.violation }
    return true
  }

  /** Of other machines that fail in the same way, the one that does so first: there is less to leave out. */
  function earliest(failure: Failure): Failure {
    let first = failure
    let least = Infinity
    for (let n = 0; n < CANDIDATES; n++) {
      runs++
      const replay = { ...failure.replay, seed: mix(failure.replay.seed, n) }
      const r = examine(replay, { ...manner, every: 1 }, kind === 'not the same')
      if (r.violation?.kind !== kind || r.syscalls >= least) continue
      least = r.syscalls
      first = { replay, violation: r.violation }
    }
    return first
  }

  function leaveOut(): void {
    for (let chunk = Math.max(1, made.length >> 1); left();) {
      let dropped = false
      for (let at = made.length; at > 0 && left();) {
        const from = Math.max(0, at - chunk)
        const keep = new Set([...made.slice(0, from), ...made.slice(at)])
        if (attempt({ ...best.replay, keep })) {
          dropped = true
          at = Math.min(from, made.length)
        } else at = from
      }
      if (chunk === 1 && !dropped) return
      if (!dropped || chunk > made.length) chunk = Math.max(1, chunk >> 1)
    }
  }

  /** The fewest calls that still fail. */
  function cut(): void {
    if (seenAt < best.replay.syscalls) void attempt({ ...best.replay, syscalls: seenAt })
    let low = 0
    for (let high = best.replay.syscalls; low + 1 < high && left();) {
      const middle = (low + high) >>> 1
      if (attempt({ ...best.replay, syscalls: middle })) high = middle
      else low = middle
    }
  }
}
