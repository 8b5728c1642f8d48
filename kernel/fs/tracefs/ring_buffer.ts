import type { ByteString } from '../../types.ts'

/** What a trace_array keeps where nobody says how much: kernel/trace/trace.c:TRACE_BUF_SIZE_DEFAULT, in KiB. */
const DEFAULT_KB = 1408

/**
 * Events that nobody has read yet, a line each. When there is no more room the oldest go, and are counted.
 * kernel/trace/ring_buffer.c, which keeps them as records; here they are text from the first.
 */
export class ring_buffer {
  #lines: ByteString[] = []
  /** Of `#lines`, how many at the front are gone. */
  #first = 0
  #bytes = 0
  #limit = DEFAULT_KB << 10
  /** Events that were ever written. */
  written = 0
  /** Events that went unread since somebody asked last. */
  #lost = 0

  get empty(): boolean {
    return this.#first === this.#lines.length
  }

  get length(): number {
    return this.#lines.length - this.#first
  }

  get size_kb(): number {
    return this.#limit >> 10
  }

  set size_kb(kb: number) {
    this.#limit = kb * 1024
    this.#shrink()
  }

  put(line: ByteString): void {
    this.#lines.push(line)
    this.#bytes += line.length
    this.written++
    this.#shrink()
  }

  /** The oldest event; null where there is none. */
  get oldest(): ByteString | null {
    return this.empty ? null : this.#lines[this.#first]
  }

  /** The same, which is gone then; null where there is none. */
  take(): ByteString | null {
    if (this.empty) return null
    const line = this.#lines[this.#first++]
    this.#bytes -= line.length
    // Not at each one: what is behind would move forward again and again.
    if (this.#first >= 1024 && this.#first * 2 >= this.#lines.length) {
      this.#lines = this.#lines.slice(this.#first)
      this.#first = 0
    }
    return line
  }

  /** How many were lost since this was asked last. */
  lost(): number {
    const lost = this.#lost
    this.#lost = 0
    return lost
  }

  clear(): void {
    this.#lines = []
    this.#first = this.#bytes = this.#lost = this.written = 0
  }

  /** All that is there, the oldest first. */
  lines(): ByteString[] {
    return this.#lines.slice(this.#first)
  }

  #shrink(): void {
    while (this.#bytes > this.#limit && !this.empty) {
      void this.take()
      this.#lost++
    }
  }
}
