import { Violation } from './world.ts'

/** What an invariant is written with. */

/** Each thing, and how often it is there. */
export function users<T extends object>(things: readonly (T | null)[]): Map<T, number> {
  const n = new Map<T, number>()
  for (const thing of things) if (thing !== null) n.set(thing, (n.get(thing) ?? 0) + 1)
  return n
}

export function count<T>(all: Iterable<T>, test: (one: T) => boolean): number {
  let n = 0
  for (const one of all) if (test(one)) n++
  return n
}

export function equal(kind: string, is: number, should: number, of: string): void {
  if (is !== should) throw new Violation(kind, `the kernel says ${is}, but there are ${should} ${of}`)
}

export function holds(kind: string, condition: boolean, otherwise: string): void {
  if (!condition) throw new Violation(kind, otherwise)
}
