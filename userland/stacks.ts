/** What a thread's stack takes, in bytes, of the process's. */
export const THREAD_STACK = 256 << 10
/** As many of them fit below the first thread's. */
const MAX_THREADS = 30

const NONE: readonly number[] = []

/** The stacks of one address space's threads, below the first one's. */
export class ThreadStacks {
  #free: readonly number[] = NONE
  #next: number
  #left = MAX_THREADS

  constructor(next: number) {
    this.#next = next
  }

  /** Where a stack begins that nobody uses, or null. */
  take(): number | null {
    const sp = this.#free.at(-1)
    this.#free = this.#free.slice(0, -1)
    if (sp !== undefined) return sp
    if (this.#left === 0) return null
    this.#left--
    this.#next -= THREAD_STACK
    return this.#next + THREAD_STACK
  }

  /** The one that take() would give. */
  get next(): number {
    return this.#free.at(-1) ?? this.#next
  }

  /** Give a stack back, be it once or more often. */
  give(sp: number): void {
    if (!this.#free.includes(sp)) this.#free = [...this.#free, sp]
  }

  /** Those of a copy of the address space. */
  copy(): ThreadStacks {
    const copy = new ThreadStacks(this.#next)
    copy.#free = this.#free
    copy.#left = this.#left
    return copy
  }
}
