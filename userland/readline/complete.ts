import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { columns } from './width.ts'

/** One way to go on. */
export interface Candidate {
  /** What the word becomes. */
  readonly text: string
  /** What stands behind it where it is the only one; a blank by default. */
  readonly suffix?: string
  /** What a list shows for it; by default the text. */
  readonly label?: string
}

export interface Completion {
  /** Where the word begins: how much of the text stays, in JavaScript's count. */
  readonly start: number
  readonly candidates: readonly Candidate[]
}

/** How the word could go on that ends `before`, the line up to the cursor. */
export type Completer = (sys: Libc, before: string) => Run<Completion>

/** What can be said about the word's end for sure: the text in its place, or null where nothing is known. */
export function completed({ candidates }: Completion): string | null {
  const [first, ...rest] = candidates
  if (first === undefined) return null
  if (rest.length === 0) return first.text + (first.suffix ?? ' ')
  let n = first.text.length
  for (const { text } of rest) {
    let same = 0
    while (same < n && first.text[same] === text[same]) same++
    n = same
  }
  // Not half of a character, and no backslash without what it is for.
  const [, half = ''] = /([\ud800-\udbff]|(?<!\\)(?:\\\\)*?(?=\\$)\\)$/.exec(first.text.slice(0, n)) ?? []
  return first.text.slice(0, n - half.length)
}

/** All labels in columns, as ls(1) orders them, on a screen `cols` wide. */
export function listed({ candidates }: Completion, cols: number): string {
  const labels = candidates.map(({ text, label }) => label ?? text)
  const width = Math.max(...labels.map(columns)) + 2
  const across = Math.max(1, Math.floor(cols / width))
  const rows = Math.ceil(labels.length / across)
  let out = ''
  for (let row = 0; row < rows; row++) {
    const line = labels.filter((_, i) => i % rows === row)
    out += `${line.map((label, i) => (i + 1 < line.length ? label + ' '.repeat(width - columns(label)) : label)).join('')}\n`
  }
  return out
}
