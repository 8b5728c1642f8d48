/** The last word of a line that is not finished yet. */
export interface Unfinished {
  /** Where it begins, in JavaScript's count. */
  readonly start: number
  /** What it says, its quotes taken away. */
  readonly value: string
  /** The quotation that is open at its end, where nothing else in the word is quoted otherwise. */
  readonly quote: '' | "'" | '"'
  /** The name of a parameter that the word ends in, and where its `$` is; or null. */
  readonly parameter: { readonly name: string; readonly at: number; readonly braces: boolean } | null
  /** A `$` or a backquote in it stands for something else. */
  readonly expands: boolean
  readonly role: 'command' | 'argument' | 'file'
}

/** Words behind which a command begins. */
const OPENERS = ['!', '{', 'do', 'elif', 'else', 'if', 'then', 'until', 'while']
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const PARAMETER = /\$(\{?)([A-Za-z_][A-Za-z0-9_]*)?$/

/** Find the word that ends `line`, which may be empty. A reader for the eye: it forgives what the shell would not. */
export function unfinished(line: string): Unfinished {
  let role = 'command' as Unfinished['role']
  let word = begin(0)
  /** Behind an assignment's value, what the next word is. */
  let next: Unfinished['role'] | null = null
  for (let i = 0; i < line.length; i++) {
    const c = line[i]
    if (word.quote === '' && ' \t\n'.includes(c)) {
      role = next ?? following(role, line.slice(word.start, i))
      next = null
      word = begin(i + 1)
    } else if (word.quote === '' && c === '=' && next === null && NAME.test(line.slice(word.start, i))) {
      next = role === 'command' ? 'command' : 'argument'
      role = 'file'
      word = begin(i + 1)
    } else if (word.quote === '' && '|&;()<>\n`'.includes(c)) {
      role = c === '<' || c === '>' ? 'file' : c === '&' && role === 'file' && i === word.start ? 'file' : 'command'
      next = null
      word = begin(i + 1)
    } else i += take(word, c, line[i + 1] ?? '')
  }
  const raw = line.slice(word.start)
  const [dollar, brace, name = ''] = word.quote === "'" ? [] : (PARAMETER.exec(raw) ?? [])
  const parameter = dollar === undefined ? null : { name, at: line.length - dollar.length, braces: brace === '{' }
  const { start, value, expands } = word
  // A quotation that does not begin the word is not gone on with.
  const quote = word.quote !== '' && word.quoted === 0 ? word.quote : ''
  return { start, value, quote, parameter, expands, role }
}

interface Word {
  readonly start: number
  value: string
  quote: '' | "'" | '"'
  /** How much of the value stood before the quotation that is open. */
  quoted: number
  expands: boolean
}

function begin(start: number): Word {
  return { start, value: '', quote: '', quoted: 0, expands: false }
}

/** Another character of a word; how many of the next ones belong to it. */
function take(word: Word, c: string, next: string): number {
  if (word.quote === "'" ? c === "'" : word.quote === '"' && c === '"') {
    word.quote = ''
    return 0
  }
  if (word.quote === '' && (c === "'" || c === '"')) {
    word.quote = c
    word.quoted = word.value.length
    return 0
  }
  if (c === '\\' && word.quote !== "'" && next !== '' && (word.quote === '' || '$`"\\'.includes(next))) {
    word.value += next
    return 1
  }
  if (c === '$' && word.quote !== "'") word.expands = true
  word.value += c
  return 0
}

/** What the next word is, behind a whole one. */
function following(role: Unfinished['role'], raw: string): Unfinished['role'] {
  if (raw === '') return role
  return role === 'command' && OPENERS.includes(raw) ? 'command' : 'argument'
}
