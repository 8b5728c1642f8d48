/** What was cut, for C-y and M-y to bring back. */
export class KillRing {
  readonly #kills: string[] = []
  #at = 0

  /** Keep `text`: as a cut of its own, or behind or before the one before it. */
  add(text: string, joined: 'alone' | 'behind' | 'before'): void {
    if (text === '') return
    if (joined === 'alone' || this.#kills.length === 0) {
      this.#kills.push(text)
      if (this.#kills.length > MAX_KILLS) this.#kills.shift()
    } else {
      const last = this.#kills.pop() as string
      this.#kills.push(joined === 'behind' ? last + text : text + last)
    }
    this.#at = this.#kills.length - 1
  }

  /** The cut whose turn it is, or null without any. */
  get top(): string | null {
    return this.#kills[this.#at] ?? null
  }

  /** Turn to the one before, and from the oldest to the last. */
  rotate(): void {
    const n = this.#kills.length
    this.#at = (this.#at + n - 1) % n
  }
}

const MAX_KILLS = 10
