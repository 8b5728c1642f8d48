import { columns, split } from '../../userland/readline/width.ts'

/** A terminal's screen, as far as programs here use one: text, cursor, and the sequences of readline. */
export class Screen {
  readonly cols: number
  readonly rows: string[][] = [[]]
  row = 0
  col = 0
  bells = 0
  /** A character stands in the last column: the next one begins a new row. */
  #full = false

  constructor(cols: number) {
    this.cols = cols
  }

  /** What is to be seen, blanks at the ends left out. */
  get lines(): string[] {
    return this.rows.map((row) => row.join('').trimEnd())
  }

  write(text: string): void {
    for (let i = 0; i < text.length;) {
      const [sequence, count, final] = /^\x1b\[(\d*)([A-Za-z])/.exec(text.slice(i)) ?? []
      if (sequence !== undefined) {
        this.#control(final, count === '' ? 1 : Number(count), count)
        i += sequence.length
        continue
      }
      const [part] = split(text.slice(i))
      this.#put(part)
      i += part.length
    }
  }

  #put(part: string): void {
    switch (part) {
      case '\r':
        this.col = 0
        this.#full = false
        return
      case '\n':
        this.#down()
        return
      case '\b':
        this.col = Math.max(0, this.col - 1)
        this.#full = false
        return
      case '\x07':
        this.bells++
        return
    }
    const width = columns(part)
    if (this.#full || this.col + width > this.cols) {
      this.#down()
      this.col = 0
    }
    const row = this.rows[this.row]
    while (row.length < this.col) row.push(' ')
    row[this.col] = part
    if (width === 2) row[this.col + 1] = ''
    this.col += width
    this.#full = this.col >= this.cols
    if (this.#full) this.col = this.cols - 1
  }

  #down(): void {
    this.row++
    this.#full = false
    if (this.row === this.rows.length) this.rows.push([])
  }

  #control(final: string, n: number, count: string): void {
    this.#full = false
    if (final === 'A') this.row = Math.max(0, this.row - n)
    else if (final === 'B') this.row = Math.min(this.rows.length - 1, this.row + n)
    else if (final === 'C') this.col = Math.min(this.cols - 1, this.col + n)
    else if (final === 'D') this.col = Math.max(0, this.col - n)
    else if (final === 'H') this.row = this.col = 0
    else if (final === 'K') this.rows[this.row].length = Math.min(this.col, this.rows[this.row].length)
    else if (final === 'J' && count === '2') this.rows.splice(0, this.rows.length, ...this.rows.map(() => []))
    else if (final === 'J') {
      this.rows.length = this.row + 1
      this.rows[this.row].length = Math.min(this.col, this.rows[this.row].length)
    } else if (final !== 'm') throw new Error(`a sequence that nobody should send: ${final}`)
  }
}
