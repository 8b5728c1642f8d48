import type { Assignment, CaseItem, Node, Redirection, Word } from './ast.ts'
import { isName } from './chars.ts'
import { SPECIAL_BUILTINS } from './special.ts'
import { Tokens, type Aliases, type Expect, type Token } from './tokens.ts'

/** One complete command, null for an empty line, or that there are no more. */
export type Parsed = { readonly node: Node | null; readonly last: boolean } | 'end'

const COMMAND: Expect = { keywords: true, aliases: true }
const AFTER_NEWLINES: Expect = { ...COMMAND, newlines: true }
const NOTHING: Expect = {}

const CLOSERS = new Set(['do', 'done', 'elif', 'else', 'esac', 'fi', 'then', '}', ')', ';;'])

/** The grammar: a method for each of its rules, and one complete command at a time. */
export class Parser extends Tokens {
  constructor(text: string, aliases: Aliases = new Map(), line = 1, final = true) {
    super(text, aliases, line, final)
  }

  /** How many characters of the text have been used up. */
  get used(): number {
    return this.pos
  }

  get lineNumber(): number {
    return this.line
  }

  /** The next complete command. Throws Malformed, or NeedMore where the text is not all there is. */
  command(): Parsed {
    const token = this.read(COMMAND)
    if (token.type === 'end') return 'end'
    if (token.type === 'newline') return { node: null, last: false }
    this.pushBack(token)
    const node = this.#list('line')
    return { node, last: this.#last }
  }

  /** The line of commands just read was the last. */
  #last = false

  protected override substitution(): Node | null {
    const { documents } = this
    this.documents = []
    const node = this.#list('closed')
    const token = this.read(NOTHING)
    if (token.type !== 'operator' || token.name !== ')') this.#unexpected(token, '")"')
    this.documents = documents
    return node
  }

  protected override program(text: string): Node | null {
    const inner = new Parser(text, this.aliases, this.line)
    const items: Node[] = []
    for (let parsed = inner.command(); parsed !== 'end'; parsed = inner.command()) {
      if (parsed.node !== null) items.push(parsed.node)
    }
    return joined(items)
  }

  protected override documentBody(text: string): Word {
    return new Parser(text, this.aliases, this.line).parts('document')
  }

  /**
   * Commands with `;`, `&` and newlines between: those of one line, those of a compound command, of
   * which there is at least one, or those up to a closing word.
   */
  #list(kind: 'line' | 'compound' | 'closed'): Node | null {
    const items: Node[] = []
    const line = kind === 'line'
    let mayEnd = kind === 'closed'
    for (;;) {
      const first = this.read(line ? COMMAND : AFTER_NEWLINES)
      if (first.type === 'newline') return joined(items)
      this.pushBack(first)
      if (first.type === 'end') {
        this.#last = true
        return joined(items)
      }
      if (mayEnd && closes(first)) return joined(items)
      mayEnd = !line
      const node = this.#andOr()
      const token = this.read(NOTHING)
      const background = token.type === 'operator' && token.name === '&'
      items.push(background ? inBackground(node) : node)
      if (background || (token.type === 'operator' && token.name === ';')) continue
      if (token.type === 'newline') {
        if (!line) continue
        this.#last = false
        return joined(items)
      }
      if (line && token.type !== 'end') return this.#unexpected(token)
      this.pushBack(token)
      if (!line) return joined(items)
    }
  }

  #andOr(): Node {
    let left = this.#pipeline()
    for (;;) {
      const token = this.read(NOTHING)
      if (token.type !== 'operator' || (token.name !== '&&' && token.name !== '||')) {
        this.pushBack(token)
        return left
      }
      left = { type: token.name === '&&' ? 'and' : 'or', left, right: this.#pipeline(AFTER_NEWLINES) }
    }
  }

  #pipeline(expect = COMMAND): Node {
    let token = this.read(expect)
    const not = token.type === 'keyword' && token.name === '!'
    if (not) token = this.read(COMMAND)
    this.pushBack(token)
    const commands = [this.#command()]
    for (token = this.read(NOTHING); token.type === 'operator' && token.name === '|'; token = this.read(NOTHING)) {
      this.pushBack(this.read(AFTER_NEWLINES))
      commands.push(this.#command())
    }
    this.pushBack(token)
    const node: Node = commands.length === 1 ? commands[0] : { type: 'pipeline', commands, background: false }
    return not ? { type: 'not', body: node } : node
  }

  #command(): Node {
    const token = this.read(COMMAND)
    const { line } = this
    if (token.type === 'word' || token.type === 'redirection') {
      this.pushBack(token)
      return this.#simple(line)
    }
    const node = this.#compound(token, line)
    const redirections = this.#redirections()
    if (redirections.length === 0) return node
    const own = node.type === 'subshell' && node.redirections.length === 0
    return own ? { ...node, redirections } : { type: 'redirected', line, body: node, redirections }
  }

  #compound(token: Token, line: number): Node {
    const name = token.type === 'keyword' || token.type === 'operator' ? token.name : ''
    switch (name) {
      case 'if':
        return this.#if()
      case 'while':
      case 'until': {
        const test = this.#compoundList()
        return { type: name, test, body: this.#do(this.read(AFTER_NEWLINES)) }
      }
      case 'for':
        return this.#for(line)
      case 'case':
        return this.#case(line)
      case '(': {
        const body = this.#compoundList()
        this.#close(')')
        return { type: 'subshell', line, body, redirections: [] }
      }
      case '{': {
        const body = this.#compoundList()
        this.#close('}')
        return body
      }
      default:
        return this.#unexpected(token)
    }
  }

  #compoundList(): Node {
    return this.#list('compound') ?? { type: 'list', items: [] }
  }

  #close(name: string): void {
    const token = this.read(COMMAND)
    if ((token.type !== 'keyword' && token.type !== 'operator') || token.name !== name) {
      this.#unexpected(token, `"${name}"`)
    }
  }

  #do(token: Token): Node {
    if (token.type !== 'keyword' || token.name !== 'do') this.#unexpected(token, '"do"')
    const body = this.#compoundList()
    this.#close('done')
    return body
  }

  /** Behind `if` or `elif`, to the end of it all. */
  #if(): Node {
    const test = this.#compoundList()
    this.#close('then')
    const then = this.#compoundList()
    const token = this.read(COMMAND)
    if (token.type === 'keyword' && token.name === 'elif') return { type: 'if', test, then, otherwise: this.#if() }
    if (token.type !== 'keyword' || token.name !== 'else') {
      this.pushBack(token)
      this.#close('fi')
      return { type: 'if', test, then, otherwise: null }
    }
    const otherwise = this.#compoundList()
    this.#close('fi')
    return { type: 'if', test, then, otherwise }
  }

  #for(line: number): Node {
    const variable = this.read(NOTHING)
    if (variable.type !== 'word' || variable.plain === null || !isName(variable.plain)) {
      return this.fail('Bad for loop variable')
    }
    const name = variable.plain
    let token = this.read(AFTER_NEWLINES)
    let words: Word[] | null = null
    if (token.type === 'keyword' && token.name === 'in') {
      words = []
      for (token = this.read(NOTHING); token.type === 'word'; token = this.read(NOTHING)) words.push(token.word)
      if (token.type !== 'newline' && (token.type !== 'operator' || token.name !== ';')) this.#unexpected(token)
      token = this.read(AFTER_NEWLINES)
    } else if (token.type === 'operator' && token.name === ';') token = this.read(AFTER_NEWLINES)
    return { type: 'for', line, name, words, body: this.#do(token) }
  }

  #case(line: number): Node {
    const subject = this.read(NOTHING)
    if (subject.type !== 'word') return this.#unexpected(subject, 'word')
    const expect: Expect = { newlines: true, keywords: true }
    let token = this.read(expect)
    if (token.type !== 'keyword' || token.name !== 'in') this.#unexpected(token, '"in"')
    const items: CaseItem[] = []
    for (token = this.read(expect); token.type !== 'keyword' || token.name !== 'esac'; token = this.read(expect)) {
      if (token.type === 'operator' && token.name === '(') token = this.read(NOTHING)
      const patterns: Word[] = []
      for (;;) {
        if (token.type === 'word') patterns.push(token.word)
        else if (token.type === 'keyword') patterns.push([{ kind: 'literal', text: token.name, quoted: false }])
        token = this.read(NOTHING)
        if (token.type !== 'operator' || token.name !== '|') break
        token = this.read(NOTHING)
      }
      if (token.type !== 'operator' || token.name !== ')') this.#unexpected(token, '")"')
      items.push({ patterns, body: this.#list('closed') })
      token = this.read(expect)
      if (token.type === 'keyword' && token.name === 'esac') break
      if (token.type !== 'operator' || token.name !== ';;') this.#unexpected(token, '";;"')
    }
    return { type: 'case', line, word: subject.word, items }
  }

  #simple(line: number): Node {
    const assignments: Assignment[] = []
    const words: Word[] = []
    const redirections: Redirection[] = []
    let only: string | null = null
    // Keywords were looked for already; behind a redirection there are none.
    for (let expect: Expect = { aliases: true }; ;) {
      const token = this.read(expect)
      if (token.type === 'word') {
        const assignment = words.length === 0 ? asAssignment(token.word) : null
        if (assignment !== null) {
          assignments.push(assignment)
          expect = { aliases: true }
        } else {
          words.push(token.word)
          only = words.length === 1 ? token.plain : null
          expect = NOTHING
        }
      } else if (token.type === 'redirection') redirections.push(this.#redirection(token))
      else if (
        token.type === 'operator' &&
        token.name === '(' &&
        words.length === 1 &&
        assignments.length === 0 &&
        redirections.length === 0
      ) {
        return this.#function(line, only)
      } else {
        this.pushBack(token)
        return { type: 'command', line, assignments, words, redirections }
      }
    }
  }

  #function(line: number, name: string | null): Node {
    const token = this.read(NOTHING)
    if (token.type !== 'operator' || token.name !== ')') this.#unexpected(token, '")"')
    if (name === null || !isName(name) || SPECIAL_BUILTINS.has(name)) return this.fail('Bad function name')
    this.pushBack(this.read(AFTER_NEWLINES))
    return { type: 'function', line, name, body: this.#command() }
  }

  #redirections(): Redirection[] {
    const out: Redirection[] = []
    for (;;) {
      const token = this.read(COMMAND)
      if (token.type !== 'redirection') {
        this.pushBack(token)
        return out
      }
      out.push(this.#redirection(token))
    }
  }

  #redirection({ fd, op, strip }: Token & { type: 'redirection' }): Redirection {
    const token = this.read(NOTHING)
    if (token.type !== 'word') return this.#unexpected(token)
    if (op !== '<<') return { fd, op, word: token.word }
    const redirection: Redirection = { fd, op, word: [] }
    const quoted = token.word.some((part) => part.kind === 'literal' && part.quoted)
    const delimiter = token.word.map((part) => (part.kind === 'literal' ? part.text : '')).join('')
    this.documents.push({ redirection, delimiter, quoted, strip })
    return redirection
  }

  #unexpected(token: Token, expected?: string): never {
    const what =
      token.type === 'end'
        ? 'end of file'
        : token.type === 'keyword' || token.type === 'operator'
          ? `"${token.name}"`
          : token.type
    // A newline has been counted already when it is complained of.
    this.fail(`${what} unexpected${expected === undefined ? '' : ` (expecting ${expected})`}`)
  }
}

function closes(token: Token): boolean {
  return (token.type === 'keyword' || token.type === 'operator') && CLOSERS.has(token.name)
}

function joined(items: readonly Node[]): Node | null {
  return items.length === 0 ? null : items.length === 1 ? items[0] : { type: 'list', items }
}

function inBackground(node: Node): Node {
  if (node.type === 'pipeline') return { ...node, background: true }
  if (node.type === 'subshell') return { ...node, type: 'background', parentheses: true }
  if (node.type === 'redirected') return { ...node, type: 'background' }
  const line = node.type === 'command' ? node.line : 0
  return { type: 'background', line, body: node, redirections: [] }
}

/** `name=value` as what it is, or null. */
export function asAssignment(word: Word): Assignment | null {
  const [first, ...rest] = word
  if (first?.kind !== 'literal' || first.quoted) return null
  const [, name, text] = /^([A-Za-z_][A-Za-z0-9_]*)=([^]*)$/.exec(first.text) ?? []
  if (name === undefined) return null
  return { name, value: text === '' ? rest : [{ ...first, text }, ...rest] }
}
