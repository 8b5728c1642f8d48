/**
 * Fault injection: places in the kernel that can be told to fail, or to do less, at their n-th hit.
 */

/** At the hits `first`, `first + step`, … up to `last` (the first is 1) do this: */
export interface FaultRule {
  readonly first: number
  readonly last: number
  readonly step: number
  readonly action: FaultAction
}

export type FaultAction =
  /** Return this without doing anything. */
  | { readonly retval: number }
  /** Move at most so many bytes. */
  | { readonly max: number }

/** A rule for one hit only. */
export function onHit(n: number, action: FaultAction): FaultRule {
  return { first: n, last: n, step: 1, action }
}

/** One place that can fail. Inactive it costs the test of one boolean. */
export class FaultPoint {
  active = false
  /** Hits since it was armed. */
  hits = 0
  #rules: readonly FaultRule[] = []

  /** Count from here on, by these rules; of several that match, the first. None: never fail. */
  arm(rules: readonly FaultRule[]): void {
    this.#rules = rules
    this.hits = 0
    this.active = rules.length > 0
  }

  /** Count a hit, and say what is to become of it. */
  hit(): FaultAction | null {
    const n = ++this.hits
    for (const r of this.#rules) {
      if (n >= r.first && n <= r.last && (n - r.first) % r.step === 0) return r.action
    }
    return null
  }

  /** Count a hit of a place that can only fail or not. */
  fails(): boolean {
    return this.hit() !== null
  }
}

/** All such places of one machine. */
export class Injector {
  /** Calls of vfs_read() and vfs_write() that pass the mode check. */
  readonly vfs_read = new FaultPoint()
  readonly vfs_write = new FaultPoint()
  /** Allocations: kmalloc, kzalloc, kmem_cache_alloc. */
  readonly kmalloc = new FaultPoint()
  /** System calls, by number. `max` means nothing here. */
  readonly syscalls = new Map<number, FaultPoint>()
}
