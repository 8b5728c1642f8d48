/** How text stands on a terminal: in cells of one or two columns each. */

const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]$/u
const WIDE =
  /^[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u
/** Katakana that were made to be narrow. */
const HALFWIDTH = /^[\uff61-\uff9f]$/
/** A character and the marks that stand on it. */
const CELL = /[^][\p{Mn}\p{Me}\p{Cf}]*/gu
/** A control sequence, a title, or a bracket around what takes no room. */
const ESCAPE = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x01\x02]/y

/** One place on the screen: what a cursor steps over. */
export interface Cell {
  /** What is written for it. */
  readonly shown: string
  /** In columns. */
  readonly width: number
}

/** `text` in the parts that a cursor steps over. */
export function split(text: string): string[] {
  return text.match(CELL) ?? []
}

/** How a part of a line is shown: a control character as `^X`. */
export function cellOf(part: string): Cell {
  const code = part.charCodeAt(0)
  if (code < 0x20 || code === 0x7f) {
    const shown = `^${String.fromCharCode(code ^ 0x40)}${part.slice(1)}`
    return { shown, width: 2 }
  }
  return { shown: part, width: columns(part) }
}

/** The columns that `text` without control characters takes. */
export function columns(text: string): number {
  let n = 0
  for (const c of text) n += ZERO.test(c) ? 0 : WIDE.test(c) && !HALFWIDTH.test(c) ? 2 : 1
  return n
}

/** A prompt's line: its escape sequences take no room, and go with what follows them, the last with what is before. */
export function promptCells(prompt: string): Cell[] {
  const cells: Cell[] = []
  let escapes = ''
  for (let i = 0; i < prompt.length;) {
    ESCAPE.lastIndex = i
    const [escape] = ESCAPE.exec(prompt) ?? []
    if (escape !== undefined) {
      if (escape.length > 1) escapes += escape
      i += escape.length
      continue
    }
    const char = String.fromCodePoint(prompt.codePointAt(i) as number)
    const cell = cellOf(char)
    cells.push({ shown: escapes + cell.shown, width: cell.width })
    escapes = ''
    i += char.length
  }
  if (escapes === '') return cells
  const last = cells.pop() ?? { shown: '', width: 0 }
  return [...cells, { ...last, shown: last.shown + escapes }]
}
