import type { Vm } from '../../index.ts'
import { mix } from './random.ts'

/** What a replay says: the machine's seed, where to stop, and which of the drawn operations are done. */
export interface Replay {
  readonly seed: number
  /** System calls at most. */
  readonly syscalls: number
  /** Keys of the operations that are done, the others are left out; null for all. */
  readonly keep: ReadonlySet<number> | null
}

/** A broken invariant. `kind` stays the same while the replay shrinks. */
export class Violation extends Error {
  override readonly name = 'Violation'
  readonly kind: string

  constructor(kind: string, detail: string) {
    super(`${kind}: ${detail}`)
    this.kind = kind
  }
}

/** What all programs of one machine share. */
export interface World {
  readonly vm: Vm
  readonly replay: Replay
  /** Keys of the operations done, in order. */
  readonly made: number[]
  /** Handlers that have run. */
  handled: number
  /** A code that no program may see has been injected. */
  restartInjected: boolean
  /** What a program saw that it should not have. */
  seen: Violation | null
}

/** Is the operation of `key` to be done? Then it is noted. */
export function step({ replay, made }: Pick<World, 'replay' | 'made'>, key: number): boolean {
  if (replay.keep?.has(key) === false) return false
  made.push(key)
  return true
}

/** `SEED:SYSCALLS:KEY,KEY`, numbers of base 36; `*` for all keys. */
export function formatReplay({ seed, syscalls, keep }: Replay): string {
  const keys = keep === null ? '*' : [...keep].map((key) => key.toString(36)).join(',')
  return `${seed.toString(36)}:${syscalls.toString(36)}:${keys}`
}

/** The replay that a string says, or null. */
export function parseReplay(text: string): Replay | null {
  const [, seed, syscalls, keys] =
    /^([0-9a-z]+):([0-9a-z]+):(\*|(?:[0-9a-z]+(?:,[0-9a-z]+)*)?)$/.exec(text.trim()) ?? []
  if (seed === undefined) return null
  const number = (digits: string): number => parseInt(digits, 36)
  const keep = keys === '*' ? null : new Set(keys.split(',').filter(Boolean).map(number))
  return { seed: number(seed) >>> 0, syscalls: number(syscalls), keep }
}

/** The seed of the `n`-th machine of an exploration. */
export function generationSeed(seed: number, n: number): number {
  return mix(seed, n)
}
