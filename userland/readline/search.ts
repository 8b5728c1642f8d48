import type { HistoryWalk } from './history.ts'

interface State {
  readonly pattern: string
  /** The line, and where in it. */
  readonly at: number
  readonly offset: number
  readonly failed: boolean
}

/** An incremental search through the history: C-r and C-s. */
export class Search {
  readonly #walk: HistoryWalk
  #state: State
  #step: 1 | -1

  /** From the point of the line where `walk` stands, `offset` characters behind its beginning. */
  constructor(walk: HistoryWalk, offset: number, step: 1 | -1) {
    this.#walk = walk
    this.#step = step
    this.#state = { pattern: '', at: walk.at, offset, failed: false }
  }

  /** The number of the line that was found. */
  get at(): number {
    return this.#state.at
  }

  /** Where in that line the match begins. */
  get offset(): number {
    return this.#state.offset
  }

  get pattern(): string {
    return this.#state.pattern
  }

  get prompt(): string {
    const { pattern, failed } = this.#state
    return `(${failed ? 'failed ' : ''}${this.#step < 0 ? 'reverse-' : ''}i-search)\`${pattern}': `
  }

  /** Another character. False where nothing fits. */
  type(text: string): boolean {
    const { pattern, at, offset } = this.#state
    return this.#look(pattern + text, at, offset, null)
  }

  /** The next one that fits, in direction `step`; `last` is what was looked for before, for an empty pattern. */
  again(step: 1 | -1, last: string): boolean {
    this.#step = step
    const { pattern, at, offset } = this.#state
    if (pattern === '') return last !== '' && this.#look(last, at, offset, null)
    return this.#look(pattern, at, offset + step, this.#walk.line(at))
  }

  /** One character less, which fits where it is. */
  back(): void {
    const pattern = [...this.#state.pattern].slice(0, -1).join('')
    this.#state = { ...this.#state, pattern, failed: false }
  }

  /** Look for `pattern` from `offset` of line `from` on; in other lines only in those that are not as `seen`. */
  #look(pattern: string, from: number, offset: number, seen: string | null): boolean {
    for (let at = from; at >= 0 && at <= this.#walk.length; at += this.#step) {
      const line = this.#walk.line(at)
      if (at !== from && line === seen) continue
      const found = this.#find(line, pattern, at === from ? offset : null)
      if (found < 0) continue
      this.#state = { pattern, at, offset: found, failed: false }
      return true
    }
    this.#state = { ...this.#state, pattern, failed: true }
    return false
  }

  #find(line: string, pattern: string, from: number | null): number {
    if (this.#step > 0) return line.indexOf(pattern, from ?? 0)
    return from !== null && from < 0 ? -1 : line.lastIndexOf(pattern, from ?? Infinity)
  }
}
