/** Names side by side, as ls(1) of GNU sets them. */

const MIN_COLUMN = 3
const GAP = 2
const TAB = 8

/** In columns as narrow as fit into `width`, downwards or across; in one row where `width` is 0. */
export function inColumns(names: readonly string[], width: number, across: boolean): string {
  if (names.length === 0) return ''
  if (width === 0) return `${names.join(' '.repeat(GAP))}\n`
  const widths = layout(names, width, across)
  const rows = Math.ceil(names.length / widths.length)
  let out = ''
  for (let row = 0; row < rows; row++) {
    const line = names.filter((_, i) => (across ? Math.floor(i / widths.length) : i % rows) === row)
    let from = 0
    line.forEach((name, col) => {
      out += name
      if (col < line.length - 1) out += indent(from + name.length, from + widths[col])
      from += widths[col]
    })
    out += '\n'
  }
  return out
}

/** The widths of as many columns as there can be. */
function layout(names: readonly string[], width: number, across: boolean): number[] {
  for (let cols = Math.min(Math.ceil(width / MIN_COLUMN), names.length); cols > 1; cols--) {
    const rows = Math.ceil(names.length / cols)
    const widths = Array<number>(cols).fill(MIN_COLUMN)
    names.forEach((name, i) => {
      const col = across ? i % cols : Math.floor(i / rows)
      widths[col] = Math.max(widths[col], name.length + (col === cols - 1 ? 0 : GAP))
    })
    if (widths.reduce((sum, w) => sum + w) < width)
      return widths.slice(0, across ? cols : Math.ceil(names.length / rows))
  }
  return [Math.max(...names.map((name) => name.length))]
}

/** From one place in a row to another: tabs as far as they reach. */
function indent(from: number, to: number): string {
  let out = ''
  while (from < to) {
    const tab = Math.floor(to / TAB) > Math.floor((from + 1) / TAB)
    out += tab ? '\t' : ' '
    from += tab ? TAB - (from % TAB) : 1
  }
  return out
}

/** With commas, in rows of at most `width`; 0 for one row. */
export function withCommas(names: readonly string[], width: number): string {
  let out = ''
  let at = 0
  names.forEach((name, i) => {
    if (i > 0) {
      const fits = width === 0 || at + name.length + GAP < width
      out += fits ? ', ' : ',\n'
      at = fits ? at + GAP : 0
    }
    out += name
    at += name.length
  })
  return out === '' ? '' : `${out}\n`
}

/** 999, 1.0K, 9.8K, 11K: bytes in the largest unit, rounded up. */
export function humanSize(bytes: number): string {
  let unit = 0
  let n = bytes
  while (n >= 1024) {
    n /= 1024
    unit++
  }
  if (unit === 0) return String(bytes)
  const tenths = Math.ceil(n * 10)
  if (tenths < 100) return `${(tenths / 10).toFixed(1)}${UNITS[unit]}`
  const whole = Math.ceil(n)
  return whole === 1024 ? `1.0${UNITS[unit + 1]}` : `${whole}${UNITS[unit]}`
}

const UNITS = ' KMGTPE'
