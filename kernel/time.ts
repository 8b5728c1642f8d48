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
  expires: number
  /** It goes by the wall clock, and comes sooner or later when that is set. */
  readonly real: boolean
  readonly fire: () => void
}

export class Clock {
  /** Nanoseconds since boot. */
  now = 0
  /** Of these, how many went by while nobody ran. */
  idle = 0
  /** Seconds since 1970 at boot. */
  readonly boot: number
  /** How far the wall clock was set forward since: whole seconds, and nanoseconds less than one. */
  #shift = { sec: 0, nsec: 0 }
  /** Sorted, the earliest last; of equals the one armed first fires first. */
  #timers: Timer[] = []

  constructor(boot: number) {
    this.boot = boot
  }

  /** Nanoseconds since boot as the wall clock counts them, to 64 where that was set years away. */
  get real(): number {
    return this.now + this.#shiftNsec
  }

  get #shiftNsec(): number {
    return this.#shift.sec * NSEC_PER_SEC + this.#shift.nsec
  }

  /** What the wall clock says, since 1970. */
  get realtime(): { readonly sec: number; readonly nsec: number } {
    const nsec = this.now + this.#shift.nsec
    return { sec: this.boot + this.#shift.sec + Math.floor(nsec / NSEC_PER_SEC), nsec: nsec % NSEC_PER_SEC }
  }

  /** When the machine was booted, by what the wall clock says now. */
  get boottime(): number {
    return this.boot + this.#shift.sec
  }

  /** Set the wall clock. Who waits for it to tell a time may have waited long enough. kernel/time.c:clock_was_set() */
  setRealtime(sec: number, nsec: number): void {
    const before = this.#shiftNsec
    const behind = nsec - (this.now % NSEC_PER_SEC)
    const borrow = behind < 0 ? 1 : 0
    this.#shift = {
      sec: sec - this.boot - Math.floor(this.now / NSEC_PER_SEC) - borrow,
      nsec: behind + borrow * NSEC_PER_SEC,
    }
    const moved = this.#shiftNsec - before
    for (const timer of this.#timers) if (timer.real) timer.expires -= moved
    this.#timers.sort((a, b) => b.expires - a.expires)
    this.#fireUntil(this.now)
  }

  /** Is anything to happen? */
  get armed(): boolean {
    return this.#timers.length > 0
  }

  /** Call `fire` once the clock, the wall clock where it is `real`, reaches `expires`. Returns what disarms it. */
  arm(expires: number, fire: () => void, real = false): () => void {
    if (expires >= KTIME_MAX) return () => {}
    const timer: Timer = { expires: real ? expires - this.#shiftNsec : expires, fire, real }
    let i = this.#timers.length
    while (i > 0 && this.#timers[i - 1].expires <= timer.expires) i--
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
  const { sec, nsec } = clock.realtime
  return { tv_sec: sec, tv_usec: Math.floor(nsec / 1000) }
}
