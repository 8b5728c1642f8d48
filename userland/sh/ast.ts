/** What the parser makes of shell text. Text is bytes, one char each; a tree is never changed, so forks share it. */

/** A run of characters; `quoted` ones are neither split nor patterns. */
export interface Literal {
  readonly kind: 'literal'
  readonly text: string
  readonly quoted: boolean
}

/** Between the name and the word: `:` apart. `length` is `${#x}`, `bad` what no shell understands. */
export type ParameterOp = '' | '-' | '+' | '=' | '?' | '%' | '%%' | '#' | '##' | 'length' | 'bad'

export interface Parameter {
  readonly kind: 'parameter'
  readonly name: string
  readonly op: ParameterOp
  /** An empty value is as good as none. */
  readonly colon: boolean
  readonly word: Word
  readonly quoted: boolean
}

export interface Substitution {
  readonly kind: 'command'
  readonly body: Node | null
  readonly quoted: boolean
}

export interface Arithmetic {
  readonly kind: 'arithmetic'
  readonly expression: Word
  readonly quoted: boolean
}

export type Part = Literal | Parameter | Substitution | Arithmetic
export type Word = readonly Part[]

export interface Assignment {
  readonly name: string
  readonly value: Word
}

export type RedirectionOp = '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '<<'

export interface Redirection {
  readonly fd: number
  readonly op: RedirectionOp
  /** A file's name or a descriptor; of `<<` what is to be read, known once the lines below were read. */
  word: Word
}

export interface Command {
  readonly type: 'command'
  readonly line: number
  readonly assignments: readonly Assignment[]
  readonly words: readonly Word[]
  readonly redirections: readonly Redirection[]
}

export interface Pipeline {
  readonly type: 'pipeline'
  readonly commands: readonly Node[]
  readonly background: boolean
}

/** A compound command with redirections, in this shell, in a subshell, or in the background. */
export interface Enclosed {
  readonly type: 'redirected' | 'subshell' | 'background'
  /** In the background: it was written as a subshell. */
  readonly parentheses?: true
  readonly line: number
  readonly body: Node
  readonly redirections: readonly Redirection[]
}

export interface List {
  readonly type: 'list'
  readonly items: readonly Node[]
}

export interface AndOr {
  readonly type: 'and' | 'or'
  readonly left: Node
  readonly right: Node
}

export interface Not {
  readonly type: 'not'
  readonly body: Node
}

export interface If {
  readonly type: 'if'
  readonly test: Node
  readonly then: Node
  readonly otherwise: Node | null
}

export interface Loop {
  readonly type: 'while' | 'until'
  readonly test: Node
  readonly body: Node
}

export interface For {
  readonly type: 'for'
  readonly line: number
  readonly name: string
  /** Null where there is no `in`: the positional parameters. */
  readonly words: readonly Word[] | null
  readonly body: Node
}

export interface CaseItem {
  readonly patterns: readonly Word[]
  readonly body: Node | null
}

export interface Case {
  readonly type: 'case'
  readonly line: number
  readonly word: Word
  readonly items: readonly CaseItem[]
}

export interface Definition {
  readonly type: 'function'
  readonly line: number
  readonly name: string
  readonly body: Node
}

export type Node = Command | Pipeline | Enclosed | List | AndOr | Not | If | Loop | For | Case | Definition
