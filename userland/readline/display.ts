import { cellOf, promptCells, type Cell } from './width.ts'

/** Where on the screen: rows from the line's first, columns from the left. */
interface Place {
  readonly row: number
  readonly col: number
}

/** A line on a terminal, of as many rows as it needs: what is to be written for the screen to show it. */
export class Display {
  #cols: number
  #prompt = ''
  #cells: readonly Cell[] = []
  #point = 0
  #at: Place = { row: 0, col: 0 }

  constructor(cols: number) {
    this.#cols = cols
  }

  get cols(): number {
    return this.#cols
  }

  /** The cursor stands at the beginning of a row where nothing is yet. */
  forget(): void {
    this.#cells = []
    this.#at = { row: 0, col: 0 }
  }

  /** Show `prompt` and `parts`, with the cursor before the one at `point`. Writes only what differs. */
  draw(prompt: string, parts: readonly string[], point: number): string {
    const before = promptCells(prompt)
    const cells = [...before, ...parts.map(cellOf)]
    const old = this.#cells
    let same = 0
    if (prompt === this.#prompt || old.length === 0)
      while (same < cells.length && same < old.length && cells[same].shown === old[same].shown) same++
    const oldEnd = this.#place(old, old.length)
    this.#prompt = prompt
    this.#cells = cells
    this.#point = before.length + point
    let out = ''
    if (same < cells.length || same < old.length) {
      out += this.#go(this.#place(cells, same, 0)) + this.#write(same)
      if (oldEnd.row > this.#at.row || (oldEnd.row === this.#at.row && oldEnd.col > this.#at.col)) out += '\x1b[J'
    }
    return out + this.#go(this.#place(cells, this.#point))
  }

  /** The cursor behind all of it, on a row of its own. */
  leave(): string {
    const end = this.#go(this.#place(this.#cells, this.#cells.length))
    const fresh = this.#at.col === 0 && this.#at.row > 0
    this.forget()
    return fresh ? end : `${end}\n`
  }

  /** The terminal is as wide as this now, and has broken the line anew: take it away. */
  resize(cols: number): string {
    this.#cols = cols
    const { row } = this.#place(this.#cells, this.#point)
    this.forget()
    return `${row > 0 ? `\x1b[${row}A` : ''}\r\x1b[J`
  }

  /** Where the cell number `n` is, or one so wide would be; with 0, where the one before it ends. */
  #place(cells: readonly Cell[], n: number, width = n < cells.length ? cells[n].width : 1): Place {
    let row = 0
    let col = 0
    for (let i = 0; i <= n; i++) {
      const next = i < n ? cells[i].width : width
      if (col + next > this.#cols || col === this.#cols) {
        row++
        col = 0
      }
      if (i < n) col += next
    }
    return { row, col }
  }

  /** Write the cells from number `from` on, the cursor being there. */
  #write(from: number): string {
    let { row, col } = this.#at
    let out = ''
    for (const { shown, width } of this.#cells.slice(from)) {
      if (col + width > this.#cols) {
        // What is wide does not fit into the last column: nothing is to be seen there.
        if (col < this.#cols) out += '\x1b[K\r\n'
        row++
        col = 0
      }
      out += shown
      col += width
    }
    if (col >= this.#cols) {
      // The terminal waits for another character before it goes to the next row.
      out += '\r\n'
      row++
      col = 0
    }
    this.#at = { row, col }
    return out
  }

  #go(to: Place): string {
    const from = this.#at
    this.#at = to
    const rows = to.row - from.row
    const vertical = rows === 0 ? '' : `\x1b[${Math.abs(rows)}${rows < 0 ? 'A' : 'B'}`
    const cols = to.col - from.col
    if (cols === 0) return vertical
    if (to.col === 0) return `${vertical}\r`
    if (cols < 0 && cols >= -4) return vertical + '\b'.repeat(-cols)
    return `${vertical}\x1b[${Math.abs(cols)}${cols < 0 ? 'D' : 'C'}`
  }
}
