import type { ByteString } from '../../kernel/types.ts'
import { escapePattern } from './pattern.ts'

/** A piece of an expanded word, before it is split: what is `quoted` is no pattern, and only what was expanded is split. */
export interface Segment {
  readonly text: ByteString
  readonly quoted: boolean
  readonly split: boolean
}

/** Between two of the positional parameters a field ends, whatever IFS is. */
export const FIELD_END = Symbol('the end of a field')

export type Expanded = (Segment | typeof FIELD_END)[]

/** A field: as text, and as a pattern where quoted characters have a backslash before them. */
export interface Field {
  readonly text: ByteString
  readonly pattern: ByteString
}

export const DEFAULT_IFS = ' \t\n'

/** Split what was expanded, and not quoted, at the characters of `ifs`. */
export function splitFields(segments: Expanded, ifs: ByteString): Field[] {
  const fields: Field[] = []
  let text = ''
  let pattern = ''
  let any = false
  // A blank has just ended a field: a separator that follows is part of the same end.
  let blank = false
  const finish = (): void => {
    fields.push({ text, pattern })
    text = pattern = ''
    any = false
  }
  for (const segment of segments) {
    if (segment === FIELD_END) {
      if (any) finish()
      blank = false
      continue
    }
    if (!segment.split || ifs === '') {
      if (segment.text === '' && !segment.quoted) continue
      text += segment.text
      pattern += segment.quoted ? escapePattern(segment.text) : segment.text
      any = true
      blank = false
      continue
    }
    for (const c of segment.text) {
      if (!ifs.includes(c)) {
        text += c
        pattern += segment.quoted ? escapePattern(c) : c
        any = true
        blank = false
      } else if (DEFAULT_IFS.includes(c)) {
        if (any) {
          finish()
          blank = true
        }
      } else if (blank) blank = false
      else finish()
    }
  }
  if (any) finish()
  return fields
}

/** All of it as one field: where fields end, the first character of `ifs` stands. */
export function oneField(segments: Expanded, ifs: ByteString): Field {
  let text = ''
  let pattern = ''
  for (const segment of segments) {
    const piece = segment === FIELD_END ? ifs.slice(0, 1) : segment.text
    text += piece
    pattern += segment !== FIELD_END && segment.quoted ? escapePattern(piece) : piece
  }
  return { text, pattern }
}
