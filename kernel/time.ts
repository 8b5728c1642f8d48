/**
 * Virtual time. It moves when every task sleeps, when a time slice ends, and when a kernel loop spins;
 * never by itself, so two runs of one seed see the same instants.
 */

/** Timer interrupts a second: CONFIG_HZ of riscv's defconfig. */
export const HZ = 250
export const NSEC_PER_SEC = 1_000_000_000
/** One jiffy in nanoseconds. */
export const TICK_NSEC = NSEC_PER_SEC / HZ

/** What is later than this never comes: 292 years. Longest time that Linux knows. */
export const KTIME_MAX = 2 ** 63

export interface Timer {
  /** Nanoseconds since boot. */
  readonly expires: number
  readonly fire: () => void
}

export class Clock {
  /** Nanoseconds since boot. */
  now = 0
  /** Of these, how many went by while nobody ran. */
  idle = 0
  /** Seconds since 1970 at boot. */
  readonly boot: number
  /** Sorted, the earliest last; of equals the one armed first fires first. */
  #timers: Timer[] = []

  constructor(boot: number) {
    this.boot = boot
  }

  /** Is anything to happen? */
  get armed(): boolean {
    return this.#timers.length > 0
  }

  /** Call `fire` once the clock reaches `expires`. Returns what disarms it. */
  arm(expires: number, fire: () => void): () => void {
    if (expires >= KTIME_MAX) return () => {}
    const timer = { expires, fire }
    let i = this.#timers.length
    while (i > 0 && this.#timers[i - 1].expires <= expires) i--
    this.#timers.splice(i, 0, timer)
    return () => {
      this.#timers = this.#timers.filter((t) => t !== timer)
    }
  }

  /** Let `nsec` pass, and fire what is due. */
  advance(nsec: number): void {
    this.#fireUntil(this.now + nsec)
  }

  /** When the next timer fires, in nanoseconds since boot; Infinity when there is none. */
  get next(): number {
    return this.#timers.at(-1)?.expires ?? Infinity
  }

  /** Let time pass up to `then` while nobody runs. */
  idleUntil(then: number): void {
    this.idle += then - this.now
    this.#fireUntil(then)
  }

  /** Go to the next timer and fire it. False when there is none. */
  skipToNext(): boolean {
    const { next } = this
    if (next === Infinity) return false
    this.idleUntil(Math.max(this.now, next))
    return true
  }

  #fireUntil(then: number): void {
    this.now = then
    for (;;) {
      const next = this.#timers.at(-1)
      if (next === undefined || next.expires > then) return
      this.#timers.pop()
      next.fire()
    }
  }
}

/** do_gettimeofday(), kernel/time/timekeeping.c. */
export function do_gettimeofday(clock: Clock): { tv_sec: number; tv_usec: number } {
  const sec = Math.floor(clock.now / NSEC_PER_SEC)
  return { tv_sec: clock.boot + sec, tv_usec: Math.floor((clock.now - sec * NSEC_PER_SEC) / 1000) }
}
