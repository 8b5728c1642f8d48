import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eintrDifferences } from '../../scripts/lib/eintr.ts'
import { SIGNALS, play, rows, title, type Cell, type Signal } from '../support/eintr.ts'
import host from './eintr.host.json' with { type: 'json' }
import table from './eintr.json' with { type: 'json' }

const expected = table as readonly (Readonly<Record<Signal, Cell>> & {
  readonly call: string
  readonly where: string
})[]
const TIME = { start: 40, end: 48 }

describe('a signal that comes while a task sleeps', () => {
  test('has a row for each place where it may sleep', () => {
    expect(rows.map(title)).toEqual(expected.map(title))
  })

  for (const [i, row] of rows.entries()) {
    test(`in ${title(row)}: what it returns, and how often it is made`, () => {
      const cells = Object.fromEntries(SIGNALS.map((signal) => [signal, play(row, signal).cell]))
      const { call, where, ...wanted } = expected[i]
      expect({ call, where }).toEqual({ call: row.call, where: row.where })
      expect(cells).toEqual(wanted)
    })
  }
})

describe('a checkpoint that is made again', () => {
  for (const row of rows.filter(({ call }) => call === 'checkpoint')) {
    test(`writes a whole image behind what it had written, the ${row.where} being what it slept in`, () => {
      const image = play(row, 'ignored').received
      const torn = play(row, 'handler').received
      expect(image.length).toBe(355)
      // The two were begun at one instant, so they agree to the byte.
      expect(torn).toEqual(image.slice(0, torn.length))
      for (const signal of ['stop', 'SA_RESTART'] as const) {
        const { received } = play(row, signal)
        expect(received.slice(0, torn.length)).toEqual(torn)
        expect(timeless(received.slice(torn.length))).toEqual(timeless(image))
      }
    })
  }
})

test('Linux itself does the same with the calls that it has, as `npm run eintr:host -- --record` found', () => {
  expect(host.rows.length).toBe(rows.filter(({ call }) => call !== 'checkpoint' && call !== 'restart').length)
  expect(eintrDifferences(table, host.rows)).toEqual([])
})

test('the table of docs/eintr.md is this one', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/eintr.md'), 'utf8')
  const [, shown] = /<!-- table -->\n\n([^]*?)\n\n<!-- end -->/.exec(page) ?? []
  expect(shown).toBe(markdown())
})

/** An image without the time at which it was begun. */
function timeless(image: readonly number[]): number[] {
  return image.map((byte, i) => (i >= TIME.start && i < TIME.end ? 0 : byte))
}

/** The table as the page has it, its columns in line. */
function markdown(): string {
  const lines = [['call', ...SIGNALS], ...expected.map((row) => [title(row), ...SIGNALS.map((s) => short(row[s]))])]
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)))
  const pad = (line: string[]): string => `| ${line.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`
  const rule = pad(widths.map((width) => '-'.repeat(width)))
  return [pad(lines[0]), rule, ...lines.slice(1).map(pad)].join('\n')
}

/** `0`, `-EINTR`, `3 again`: returned when it was made again; `0 resumed`: through restart_syscall. */
function short({ ret, made, via, moved }: Cell): string {
  const how = made > 1 ? ' again' : via !== undefined ? ' resumed' : ''
  return `${ret}${how}${moved === undefined || moved === ret ? '' : `, ${moved} bytes`}`
}
