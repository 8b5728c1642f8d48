/** Lines that were entered, the oldest first. */
export class History {
  readonly #lines: string[] = []
  readonly #limit: number

  constructor(lines: readonly string[] = [], limit = 1000) {
    this.#limit = limit
    for (const line of lines) this.add(line)
  }

  get lines(): readonly string[] {
    return this.#lines
  }

  /** Keep a line, unless it is empty or the same as the last. */
  add(line: string): void {
    if (line === '' || line === this.#lines.at(-1)) return
    this.#lines.push(line)
    if (this.#lines.length > this.#limit) this.#lines.shift()
  }
}

/** A way through the lines of the history and the new one behind them, each as it was left. */
export class HistoryWalk {
  readonly #lines: string[]
  #at: number

  constructor(history: History) {
    this.#lines = [...history.lines, '']
    this.#at = history.lines.length
  }

  /** Where it stands: the number of lines before. */
  get at(): number {
    return this.#at
  }

  /** The number of lines, the new one not among them. */
  get length(): number {
    return this.#lines.length - 1
  }

  line(at: number): string {
    return this.#lines[at]
  }

  /** Leave the line where it stands as `text` and go to `at`: the line there, or null where none is. */
  go(at: number, text: string): string | null {
    if (at < 0 || at >= this.#lines.length || at === this.#at) return null
    this.edit(text)
    this.#at = at
    return this.#lines[at]
  }

  /** The line where it stands is `text` now. */
  edit(text: string): void {
    this.#lines[this.#at] = text
  }
}
