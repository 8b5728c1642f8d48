import type { ByteString } from '../kernel/types.ts'

/**
 * POSIX regular expressions as the host's: basic ones, extended ones, or plain text. The first of several
 * alternatives is taken where POSIX takes the longest; whether there is a match at all is the same.
 */

/** What is wrong with an expression. */
export class BadExpression extends Error {
  override readonly name = 'BadExpression'
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
}

/** The source of a regular expression of the host's. Throws BadExpression. */
export function translate(pattern: ByteString, kind: 'basic' | 'extended' | 'fixed'): string {
  if (kind === 'fixed') return pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const extended = kind === 'extended'
  let out = ''
  // Where an asterisk is itself and a circumflex an anchor: at the beginning of an expression.
  let begins = true
  let depth = 0
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]
    const escaped = c === '\\'
    if (escaped && i + 1 === pattern.length) throw new BadExpression('Trailing backslash')
    const token = escaped ? pattern[++i] : c
    const operator = '(){}|+?'.includes(token) && escaped !== extended
    const starts = begins
    begins = false
    if (operator) {
      if (token === '(') {
        depth++
        out += '('
        begins = true
      } else if (token === ')') {
        if (depth === 0 && extended) {
          out += '\\)'
          continue
        }
        if (--depth < 0) throw new BadExpression('Unmatched ) or \\)')
        out += ')'
      } else if (token === '|') {
        out += '|'
        begins = true
      } else if (token === '{') {
        const [whole, inside] = /^([0-9]*,?[0-9]*)(\\?\})/.exec(pattern.slice(i + 1)) ?? []
        if (starts && !extended) throw new BadExpression('Invalid preceding regular expression')
        if (inside === undefined || inside === '' || inside === ',' || whole === undefined) {
          if (!extended)
            throw new BadExpression(pattern.includes('\\}', i) ? 'Invalid content of \\{\\}' : 'Unmatched \\{')
          out += '\\{'
        } else {
          out += `{${inside.startsWith(',') ? '0' : ''}${inside}}`
          i += whole.length
        }
      } else if (token === '}') out += '\\}'
      else out += starts ? (extended ? '' : `\\${token}`) : token
      continue
    }
    if (escaped) {
      if (/[1-9]/.test(token)) out += `(?:\\${token})`
      else if (token === '<') out += '\\b(?=\\w)'
      else if (token === '>') out += '\\b(?<=\\w)'
      else if ('bBwWsS'.includes(token)) out += `\\${token}`
      else if (token === '`') out += '^'
      else if (token === "'") out += '$'
      else out += literal(token)
      continue
    }
    switch (c) {
      case '[': {
        const set = bracket(pattern, i + 1)
        out += set.source
        i = set.end
        break
      }
      case '.':
        out += '[^\\n]'
        break
      case '*':
        if (starts) {
          out += extended ? '' : '\\*'
          begins = extended
        } else if (!/(^|[^\\])[*+?]$/.test(out)) out += '*'
        break
      case '^':
        if (extended || starts) {
          out += '^'
          begins = true
        } else out += '\\^'
        break
      case '$': {
        const rest = pattern.slice(i + 1)
        out += extended || rest === '' || rest.startsWith('\\)') || rest.startsWith('\\|') ? '$' : '\\$'
        break
      }
      default:
        out += literal(c)
    }
  }
  if (depth > 0) throw new BadExpression('Unmatched ( or \\(')
  return out
}

function literal(c: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(c) ? `\\${c}` : c === '\n' ? '\\n' : c
}

/** The set behind a `[`. */
function bracket(pattern: string, start: number): { source: string; end: number } {
  let i = start
  let source = '['
  if (pattern[i] === '^') {
    source += '^\\n'
    i++
  }
  for (let first = true; ; first = false) {
    const c = pattern[i] as string | undefined
    if (c === undefined) throw new BadExpression('Invalid regular expression')
    if (c === ']' && !first) return { source: source === '[' ? '[]' : `${source}]`, end: i }
    const [whole, kind, name] = /^\[([:.=])(.+?)\1\]/.exec(pattern.slice(i)) ?? []
    if (whole !== undefined) {
      if (kind === ':') {
        if (!Object.hasOwn(CLASSES, name)) throw new BadExpression('Invalid character class name')
        source += CLASSES[name]
      } else source += inSet(name)
      i += whole.length
      continue
    }
    const high = pattern[i + 2] as string | undefined
    if (pattern[i + 1] === '-' && high !== undefined && high !== ']') {
      if (high < c) throw new BadExpression('Invalid range end')
      source += `${inSet(c)}-${inSet(high)}`
      i += 3
    } else {
      source += inSet(c)
      i++
    }
  }
}

function inSet(text: string): string {
  return text.replace(/[\\\]^[-]/g, '\\$&').replace(/\n/g, '\\n')
}
