import type { ByteString } from '../../kernel/types.ts'

/** One element of a pattern: a character, any character, any text, or a set. */
type Element = string | typeof ANY | typeof STAR | ((c: string) => boolean)

const ANY = Symbol('?')
const STAR = Symbol('*')

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[\x21-\x7e]/,
  lower: /[a-z]/,
  print: /[\x20-\x7e]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
}

/** A shell pattern, where a backslash takes the meaning of what follows it: does it fit a whole text? */
export function matcher(pattern: ByteString): (text: ByteString) => boolean {
  const elements = compile(pattern)
  return (text) => matches(elements, text)
}

/** `text` as a pattern that fits it alone. */
export function escapePattern(text: ByteString): ByteString {
  return text.replace(/[\\*?[\]!^-]/g, '\\$&')
}

/** Is there anything in the pattern but characters that stand for themselves? */
export function isPattern(pattern: ByteString): boolean {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++
    else if (pattern[i] === '*' || pattern[i] === '?') return true
    else if (pattern[i] === '[' && pattern.includes(']', i + 1)) return true
  }
  return false
}

/** A pattern without its backslashes. */
export function unescapePattern(pattern: ByteString): ByteString {
  return pattern.replace(/\\([^])/g, '$1')
}

function compile(pattern: ByteString): Element[] {
  const elements: Element[] = []
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]
    if (c === '*') elements.push(STAR)
    else if (c === '?') elements.push(ANY)
    else if (c === '\\' && i + 1 < pattern.length) elements.push(pattern[++i])
    else if (c === '[') {
      const set = bracket(pattern, i + 1)
      if (set === null) elements.push('[')
      else {
        elements.push(set.test)
        i = set.end
      }
    } else elements.push(c)
  }
  return elements
}

/** The set that begins behind a `[`, and where its `]` is; null where there is none. */
function bracket(pattern: ByteString, start: number): { test: (c: string) => boolean; end: number } | null {
  let i = start
  const negated = pattern[i] === '!'
  if (negated) i++
  const tests: ((c: string) => boolean)[] = []
  for (let first = true; ; first = false) {
    if (i >= pattern.length) return null
    if (pattern[i] === ']' && !first) break
    const [, name] = /^\[:([a-z]+):\]/.exec(pattern.slice(i, i + 12)) ?? []
    if (name !== undefined && Object.hasOwn(CLASSES, name)) {
      const known = CLASSES[name]
      tests.push((c) => known.test(c))
      i += name.length + 4
      continue
    }
    if (pattern[i] === '\\' && i + 1 < pattern.length) i++
    const low = pattern[i++]
    if (pattern[i] === '-' && i + 1 < pattern.length && pattern[i + 1] !== ']') {
      i++
      if (pattern[i] === '\\' && i + 1 < pattern.length) i++
      const high = pattern[i++]
      tests.push((c) => c >= low && c <= high)
    } else tests.push((c) => c === low)
  }
  return { test: (c) => tests.some((test) => test(c)) !== negated, end: i }
}

/** Only the last `*` ever needs another try: what an earlier one takes can be no less than it did. */
function matches(elements: readonly Element[], text: ByteString): boolean {
  let e = 0
  let t = 0
  let star = -1
  let from = 0
  while (t < text.length) {
    const element = elements[e] as Element | undefined
    if (element === STAR) {
      star = e++
      from = t
    } else if (element !== undefined && fits(element, text[t])) {
      e++
      t++
    } else if (star >= 0) {
      e = star + 1
      t = ++from
    } else return false
  }
  while (elements[e] === STAR) e++
  return e === elements.length
}

function fits(element: Element, c: string): boolean {
  if (typeof element === 'function') return element(c)
  return element === ANY || element === c
}
