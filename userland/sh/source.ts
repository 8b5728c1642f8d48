/** There is not enough text yet to say what it means. */
export class NeedMore extends Error {
  override readonly name = 'NeedMore'
}

/** Text that is no shell's. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

/** Where an alias's text ends that stands in the source now. */
interface AliasText {
  readonly name: string
  end: number
}

/** Shell text, a character at a time. */
export class Source {
  protected text: string
  protected pos = 0
  /** Of the next character, from 1. */
  protected line: number
  /** Nothing follows behind the text. */
  readonly #final: boolean
  readonly #aliases: AliasText[] = []
  /** Behind an alias that ends in a blank the next word may be an alias too. */
  #aliasNext = -1

  constructor(text: string, line: number, final: boolean) {
    this.text = text
    this.line = line
    this.#final = final
  }

  /** The character `ahead` of the next one; '' behind the last. */
  protected raw(ahead = 0): string {
    if (this.pos + ahead < this.text.length) return this.text[this.pos + ahead]
    if (!this.#final) throw new NeedMore('more input is needed')
    return ''
  }

  /** The next character, with lines joined that a backslash continues. */
  protected at(): string {
    while (this.text[this.pos] === '\\' && this.raw(1) === '\n') {
      this.pos += 2
      this.line++
    }
    return this.raw()
  }

  protected advance(): void {
    if (this.text[this.pos] === '\n') this.line++
    this.pos++
  }

  /** The next line, without its newline, taken off; null at the end. */
  protected takeLine(): string | null {
    if (this.raw() === '') return null
    let end = this.text.indexOf('\n', this.pos)
    if (end < 0) {
      if (!this.#final) throw new NeedMore('more input is needed')
      end = this.text.length
    }
    const line = this.text.slice(this.pos, end)
    this.pos = end
    if (end < this.text.length) this.advance()
    return line
  }

  /** Of the last character that is there: a newline at the very end begins no other. */
  protected get lastLine(): number {
    return /(^|[^\\])\n$/.test(this.text) ? this.line - 1 : this.line
  }

  protected fail(message: string, line = this.line): never {
    throw new Malformed(message, line)
  }

  /** Put the text of an alias in the place of the word that began at `start`. */
  protected substitute(name: string, start: number, value: string): void {
    const delta = start + value.length - this.pos
    for (const alias of this.#aliases) if (alias.end >= this.pos) alias.end += delta
    this.text = this.text.slice(0, start) + value + this.text.slice(this.pos)
    this.#aliases.push({ name, end: start + value.length })
    this.pos = start
    if (/[ \t]$/.test(value)) this.#aliasNext = start + value.length
  }

  /** Does the text at `start` come out of the alias `name` itself? */
  protected isWithinAlias(name: string, start: number): boolean {
    return this.#aliases.some((alias) => alias.name === name && start < alias.end)
  }

  /** Is the word at `start` the one behind an alias that ends in a blank? */
  protected followsAlias(start: number): boolean {
    if (this.#aliasNext < 0 || start < this.#aliasNext) return false
    this.#aliasNext = -1
    return true
  }
}
