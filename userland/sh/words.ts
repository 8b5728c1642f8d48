import type { Node, ParameterOp, Part, Word } from './ast.ts'
import { isDigit, isNameChar, isNameStart, isSpecialParameter } from './chars.ts'
import { Source } from './source.ts'

/**
 * What surrounds the characters: nothing, double quotes, a here-document, `$(( ))`, or the braces of a
 * parameter, outside and inside of double quotes.
 */
export type Mode = 'word' | 'quotes' | 'document' | 'arithmetic' | 'braces' | 'quoted braces'

const UNTERMINATED: Readonly<Record<Mode, string>> = {
  word: '',
  document: '',
  quotes: 'Unterminated quoted string',
  arithmetic: "Missing '))'",
  braces: "Missing '}'",
  'quoted braces': 'Unterminated quoted string',
}

/** What a backslash takes the meaning from; before everything else it stands for itself. */
const ESCAPABLE: Readonly<Partial<Record<Mode, string>>> = {
  quotes: '$`"\\',
  arithmetic: '$`"\\',
  document: '$`\\',
  'quoted braces': '$`"\\}',
}

/** Words: quotes, and the expansions in them. */
export abstract class Words extends Source {
  /** The commands up to the `)` that ends a substitution, which is taken too. */
  protected abstract substitution(): Node | null

  /** All commands of `text`. */
  protected abstract program(text: string): Node | null

  /** Read up to what ends the mode, which is left. */
  protected parts(mode: Mode): Word {
    const out: Part[] = []
    const quoted = mode !== 'word' && mode !== 'braces'
    let depth = 0
    for (;;) {
      const c = this.at()
      switch (c) {
        case '':
          if (UNTERMINATED[mode] === '') return out
          return this.fail(UNTERMINATED[mode], mode === 'braces' ? this.lastLine : this.line)
        case '\\':
          this.#backslash(out, mode)
          continue
        case '$':
          this.#dollar(out, quoted)
          continue
        case '`':
          out.push({ kind: 'command', body: this.#backquotes(quoted), quoted })
          continue
        case "'":
          if (quoted) break
          this.#apostrophes(out)
          continue
        case '"':
          if (mode === 'quotes') return out
          if (mode === 'document') break
          if (mode === 'arithmetic') this.advance()
          else this.#quotes(out)
          continue
        case '}':
          if (mode === 'braces' || mode === 'quoted braces') return out
          break
        case '(':
          if (mode === 'word') return out
          if (mode === 'arithmetic') depth++
          break
        case ')':
          if (mode === 'word') return out
          if (mode !== 'arithmetic') break
          if (depth > 0) depth--
          else if (this.raw(1) === ')') return out
          break
        case ' ':
        case '\t':
        case '\n':
        case ';':
        case '&':
        case '|':
        case '<':
        case '>':
          if (mode === 'word') return out
      }
      add(out, c, quoted)
      this.advance()
    }
  }

  #backslash(out: Part[], mode: Mode): void {
    this.advance()
    const c = this.raw()
    const escapable = ESCAPABLE[mode]
    if (c === '' || (escapable !== undefined && !escapable.includes(c))) {
      add(out, '\\', true)
      return
    }
    add(out, c, true)
    this.advance()
  }

  #apostrophes(out: Part[]): void {
    this.advance()
    let text = ''
    for (let c = this.raw(); c !== "'"; c = this.raw()) {
      if (c === '') this.fail(UNTERMINATED.quotes)
      text += c
      this.advance()
    }
    this.advance()
    add(out, text, true)
  }

  #quotes(out: Part[]): void {
    this.advance()
    const inside = this.parts('quotes')
    this.advance()
    if (inside.length === 0) add(out, '', true)
    else out.push(...inside)
  }

  #dollar(out: Part[], quoted: boolean): void {
    this.advance()
    const c = this.at()
    if (c === '(') {
      this.advance()
      if (this.at() !== '(') {
        out.push({ kind: 'command', body: this.substitution(), quoted })
        return
      }
      this.advance()
      const expression = this.parts('arithmetic')
      this.advance()
      this.advance()
      out.push({ kind: 'arithmetic', expression, quoted })
    } else if (c === '{') {
      this.advance()
      out.push(this.#braces(quoted))
    } else if (isNameStart(c)) {
      out.push(plain(this.#name(), quoted))
    } else if (isDigit(c) || isSpecialParameter(c)) {
      this.advance()
      out.push(plain(c, quoted))
    } else add(out, '$', quoted)
  }

  #name(): string {
    let name = ''
    for (let c = this.at(); c !== '' && isNameChar(c); c = this.at()) {
      name += c
      this.advance()
    }
    return name
  }

  /** What stands between `${` and `}`, and that. */
  #braces(quoted: boolean): Part {
    let name = this.#parameter()
    if (name === '#' && this.at() !== '}') {
      const length = this.#lengthOf()
      if (length !== '') name = length
      if (length !== '' && this.at() === '}') {
        this.advance()
        return { kind: 'parameter', name, op: 'length', colon: false, word: [], quoted }
      }
      if (length !== '') name = ''
    }
    let colon = false
    let op: ParameterOp = name === '' ? 'bad' : ''
    let c = this.at()
    if (name !== '' && c !== '}') {
      if (c === ':') {
        colon = true
        this.advance()
        c = this.at()
      }
      if (c !== '' && (colon ? '-+=?' : '-+=?%#').includes(c)) {
        op = c as ParameterOp
        this.advance()
        if ((c === '%' || c === '#') && this.at() === c) {
          op = c === '%' ? '%%' : '##'
          this.advance()
        }
      } else op = 'bad'
    }
    // A pattern is quoted on its own, whatever surrounds it.
    const pattern = op.startsWith('%') || op.startsWith('#')
    const word = this.parts(quoted && !pattern ? 'quoted braces' : 'braces')
    this.advance()
    return { kind: 'parameter', name, op, colon, word, quoted }
  }

  #parameter(): string {
    const c = this.at()
    if (isNameStart(c)) return this.#name()
    if (isSpecialParameter(c)) {
      this.advance()
      return c
    }
    let digits = ''
    for (let d = c; isDigit(d); d = this.at()) {
      digits += d
      this.advance()
    }
    return digits
  }

  /** Behind `${#`: the name whose length is meant, or '' where `#` is the parameter itself. */
  #lengthOf(): string {
    const c = this.at()
    if (isNameStart(c) || isDigit(c)) return this.#parameter()
    if (!isSpecialParameter(c)) return ''
    if (this.raw(1) !== '}') return ''
    this.advance()
    return c
  }

  /** A substitution of the old form: its text loses a level of backslashes before it is read as commands. */
  #backquotes(quoted: boolean): Node | null {
    this.advance()
    let text = ''
    for (let c = this.at(); c !== '`'; c = this.at()) {
      if (c === '') this.fail('EOF in backquote substitution')
      this.advance()
      if (c === '\\') {
        const next = this.raw()
        if (next === '') this.fail('EOF in backquote substitution')
        this.advance()
        text += '\\`$'.includes(next) || (quoted && next === '"') ? next : `\\${next}`
      } else text += c
    }
    this.advance()
    return this.program(text)
  }
}

function plain(name: string, quoted: boolean): Part {
  return { kind: 'parameter', name, op: '', colon: false, word: [], quoted }
}

/** Put text at the end of `out`, into its last part where that is of the same kind. */
function add(out: Part[], text: string, quoted: boolean): void {
  const last = out.at(-1)
  if (last?.kind !== 'literal' || last.quoted !== quoted) out.push({ kind: 'literal', text, quoted })
  else out[out.length - 1] = { kind: 'literal', text: last.text + text, quoted }
}
