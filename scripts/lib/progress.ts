/** A terminal, as far as it is needed here. */
export interface ProgressTerminal {
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** How long a run takes before anything is said of it, and how often it is said again, in milliseconds. */
const PATIENCE = 1000
const EVERY = 250

const NSEC_PER_SEC = 1e9
const ERASE = '\r\x1b[K'

/**
 * A line on a terminal that says how far a long run has come. It is written over again and again, gives way to
 * whatever else is printed there, and is gone at the end. Nothing is said where a line of somebody's is not at
 * its end.
 */
export class Progress {
  readonly #terminal: ProgressTerminal
  readonly #now: () => number
  readonly #begin: number
  /** When something may next be said. */
  #next: number
  #calls = 0
  /** When, and of how many calls, the rate was told last. */
  #told: { readonly at: number; readonly calls: number }
  #shown = false
  #lineEnded = true

  /** `now` is a clock in milliseconds. */
  constructor(terminal: ProgressTerminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal
    this.#now = now
    this.#begin = now()
    this.#next = this.#begin + PATIENCE
    this.#told = { at: this.#begin, calls: 0 }
  }

  /** The machine has made `calls` more system calls, and its clock is at `nsec`. */
  step(calls: number, nsec: number): void {
    this.#calls += calls
    const at = this.#now()
    if (at < this.#next || !this.#lineEnded) return
    const rate = (1000 * (this.#calls - this.#told.calls)) / Math.max(1, at - this.#told.at)
    this.#told = { at, calls: this.#calls }
    this.#next = at + EVERY
    const parts = [
      `${Math.floor((at - this.#begin) / 1000)} s`,
      `${grouped(this.#calls)} system calls`,
      `${grouped(rate)} a second`,
      `the machine's clock: ${(nsec / NSEC_PER_SEC).toFixed(3)} s`,
    ]
    const width = (this.#terminal.columns ?? 80) - 1
    this.#terminal.write(`${ERASE}${parts.join(', ').slice(0, width)}`)
    this.#shown = true
  }

  /** `bytes` are about to be written to the terminal. */
  beside(bytes: Uint8Array): void {
    this.clear()
    this.#next = Math.max(this.#next, this.#now() + PATIENCE)
    if (bytes.length > 0) this.#lineEnded = bytes[bytes.length - 1] === 10
  }

  /** Take the line away. */
  clear(): void {
    if (this.#shown) this.#terminal.write(ERASE)
    this.#shown = false
  }
}

/** Thousands with commas. */
function grouped(n: number): string {
  return Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}
