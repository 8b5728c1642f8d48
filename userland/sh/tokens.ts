import type { Redirection, RedirectionOp, Word } from './ast.ts'
import { Words } from './words.ts'

/** What a command's text consists of. A word is plain where nothing of it is quoted or expanded. */
export type Token =
  | { readonly type: 'word'; readonly word: Word; readonly plain: string | null; readonly line: number }
  | { readonly type: 'keyword'; readonly name: string }
  | { readonly type: 'operator'; readonly name: string }
  | { readonly type: 'redirection'; readonly fd: number; readonly op: RedirectionOp; readonly strip: boolean }
  | { readonly type: 'newline' }
  | { readonly type: 'end' }

export const KEYWORDS: ReadonlySet<string> = new Set(
  ['!', 'case', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'for', 'if', 'in', 'then', 'until', 'while'].concat(
    '{',
    '}',
  ),
)

export function isKeyword(text: string): boolean {
  return KEYWORDS.has(text)
}

/** What the next token may be: newlines may be passed over, keywords and aliases be known. */
export interface Expect {
  readonly newlines?: boolean
  readonly keywords?: boolean
  readonly aliases?: boolean
}

/** A here-document that begins behind the next newline. */
interface Document {
  readonly redirection: Redirection
  readonly delimiter: string
  readonly quoted: boolean
  readonly strip: boolean
}

export type Aliases = ReadonlyMap<string, string>

export abstract class Tokens extends Words {
  protected readonly aliases: Aliases
  protected documents: Document[] = []
  #back: Token | null = null

  constructor(text: string, aliases: Aliases, line: number, final: boolean) {
    super(text, line, final)
    this.aliases = aliases
  }

  /** The body of a here-document as a word. */
  protected abstract documentBody(text: string): Word

  protected pushBack(token: Token): void {
    this.#back = token
  }

  protected read(expect: Expect): Token {
    for (;;) {
      const token = this.#next(expect)
      if (token.type !== 'newline' || expect.newlines !== true) return token
    }
  }

  #next(expect: Expect): Token {
    const back = this.#back
    this.#back = null
    if (back !== null) {
      if (back.type !== 'word' || expect.keywords !== true || back.plain === null || !KEYWORDS.has(back.plain))
        return back
      return { type: 'keyword', name: back.plain }
    }
    for (;;) {
      this.#blanks()
      const start = this.pos
      const token = this.#one()
      if (token.type !== 'word' || token.plain === null) return token
      if (expect.keywords === true && KEYWORDS.has(token.plain)) return { type: 'keyword', name: token.plain }
      const value = this.aliases.get(token.plain)
      const allowed = expect.aliases === true || this.followsAlias(start)
      if (!allowed || value === undefined || this.isWithinAlias(token.plain, start)) return token
      this.substitute(token.plain, start, value)
    }
  }

  #blanks(): void {
    for (let c = this.at(); c === ' ' || c === '\t'; c = this.at()) this.advance()
    if (this.at() !== '#') return
    for (let c = this.raw(); c !== '' && c !== '\n'; c = this.raw()) this.advance()
  }

  #one(): Token {
    const c = this.at()
    switch (c) {
      case '':
        // What a document still lacks is not coming any more.
        this.readDocuments()
        return { type: 'end' }
      case '\n':
        this.advance()
        this.readDocuments()
        return { type: 'newline' }
      case '&':
      case '|':
      case ';': {
        this.advance()
        if (this.at() !== c) return { type: 'operator', name: c }
        this.advance()
        return { type: 'operator', name: c + c }
      }
      case '(':
      case ')':
        this.advance()
        return { type: 'operator', name: c }
      case '<':
        return this.#redirection(0)
      case '>':
        return this.#redirection(1)
    }
    const word = this.parts('word')
    const [only] = word
    const plain = word.length === 1 && only.kind === 'literal' && !only.quoted ? only.text : null
    const next = this.at()
    if ((next === '<' || next === '>') && plain?.length === 1 && plain >= '0' && plain <= '9') {
      return this.#redirection(Number(plain))
    }
    return { type: 'word', word, plain, line: this.line }
  }

  #redirection(fd: number): Token {
    const first = this.at()
    this.advance()
    const second = this.at()
    let op = first
    if (second !== '' && (first === '<' ? '<&>' : '>&|').includes(second)) {
      op += second
      this.advance()
    }
    const strip = op === '<<' && this.at() === '-'
    if (strip) this.advance()
    return { type: 'redirection', fd, op: op as RedirectionOp, strip }
  }

  /** Read the here-documents that the line just ended has announced. */
  protected readDocuments(): void {
    const documents = this.documents
    this.documents = []
    for (const { redirection, delimiter, quoted, strip } of documents) {
      let body = ''
      let continued = false
      for (;;) {
        let line = this.takeLine()
        if (line === null) break
        if (strip) line = line.replace(/^\t+/, '')
        if (line === delimiter && !continued) break
        continued = !quoted && /(^|[^\\])(\\\\)*\\$/.test(line)
        body += line
        if (this.pos > 0 && this.text[this.pos - 1] === '\n') body += '\n'
      }
      redirection.word = quoted ? [{ kind: 'literal', text: body, quoted: true }] : this.documentBody(body)
    }
  }
}
