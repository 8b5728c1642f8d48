import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Display } from '../../userland/readline/display.ts'
import { cellOf, columns, promptCells, split } from '../../userland/readline/width.ts'
import { Screen } from '../support/screen.ts'

/** The rows of a line, and where the cursor is: what the screen has to show. */
function expected(prompt: string, parts: readonly string[], point: number, cols: number) {
  const rows: string[] = ['']
  let col = 0
  let cursor = { row: 0, col: 0 }
  const before = promptCells(prompt)
  const cells = [...before, ...parts.map(cellOf), { shown: '', width: 1 }]
  cells.forEach(({ shown, width }, i) => {
    if (col + width > cols) {
      rows.push('')
      col = 0
    }
    if (i === before.length + point) cursor = { row: rows.length - 1, col }
    rows[rows.length - 1] += shown.replace(/\x1b\[\d*m/g, '')
    col += width
  })
  return { rows: rows.map((row) => row.trimEnd()), cursor }
}

const part = fc.constantFrom('a', 'b', ' ', 'é', '日', '本', 'e\u0301', '\x01', '😀', 'x')
const state = fc.record({
  prompt: fc.constantFrom('$ ', '\x1b[1m# \x1b[0m', "(reverse-i-search)`l': "),
  parts: fc.array(part, { maxLength: 40 }),
  point: fc.nat(40),
})

describe('what is drawn', () => {
  test('is the line and the cursor, whatever was there before and however narrow the screen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 30 }), fc.array(state, { minLength: 1, maxLength: 6 }), (cols, states) => {
        const screen = new Screen(cols)
        const display = new Display(cols)
        for (const { prompt, parts, point } of states) {
          const at = Math.min(point, parts.length)
          screen.write(display.draw(prompt, parts, at))
          const { rows, cursor } = expected(prompt, parts, at, cols)
          expect(screen.lines.slice(0, rows.length)).toEqual(rows)
          expect(screen.lines.slice(rows.length).join('')).toBe('')
          expect({ row: screen.row, col: screen.col }).toEqual(cursor)
        }
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  test('is no more than what has changed', () => {
    const display = new Display(20)
    expect(display.draw('$ ', ['a'], 1)).toBe('$ a')
    expect(display.draw('$ ', ['a', 'b'], 2)).toBe('b')
    expect(display.draw('$ ', ['a', 'b'], 1)).toBe('\b')
    expect(display.draw('$ ', ['a', 'b'], 1)).toBe('')
    expect(display.draw('$ ', ['a'], 1)).toBe('\x1b[J')
  })

  test('is drawn anew where the window has changed, in place of what the terminal has made of it', () => {
    const display = new Display(10)
    display.draw('$ ', split('0123456789'), 10)
    expect(display.resize(6)).toBe('\x1b[2A\r\x1b[J')
    const screen = new Screen(6)
    screen.write(display.draw('$ ', split('0123456789'), 10))
    expect(screen.lines).toEqual(['$ 0123', '456789', ''])
  })
})

test('characters are as wide as terminals make them', () => {
  const widths = ['a', 'é', 'e\u0301', '日', 'ｱ', '한', '😀', 'Ａ', '\u200b'].map(columns)
  expect(widths).toEqual([1, 1, 1, 2, 1, 2, 2, 2, 0])
})
