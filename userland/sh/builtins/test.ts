import type { Run } from '../../program.ts'
import type { Os, Stat } from '../os.ts'
import { parseNumber } from '../arithmetic.ts'
import type { Builtin } from './builtin.ts'

const TCGETS = 0x5401
const UNARY = new Set([...'rwxefdcbpugkstznhLOGS'].map((letter) => `-${letter}`))
const BINARY = new Set(['=', '!=', '<', '>', '-eq', '-ne', '-ge', '-gt', '-le', '-lt', '-nt', '-ot', '-ef'])

/** test EXPRESSION, and [ EXPRESSION ] */
export const testBuiltin: Builtin = function* (sh, argv) {
  return yield* evaluateTest(sh, argv)
}

/** Whose files are asked for, and how what is wrong with an expression is told. */
export interface Asker {
  readonly os: Os
  fail(message: string): Run<never>
}

/** 0 where the expression is true, 1 where it is not. */
export function* evaluateTest(sh: Asker, argv: readonly string[]): Run<number> {
  let args = argv.slice(1)
  if (argv[0] === '[') {
    if (args.at(-1) !== ']') return yield* sh.fail('missing ]')
    args = args.slice(0, -1)
  }
  let inverted = false
  for (;;) {
    if (args.length === 0) return inverted ? 0 : 1
    if (args.length === 3 && BINARY.has(args[1])) break
    if ((args.length === 3 || args.length === 4) && args[0] === '(' && args.at(-1) === ')') {
      args = args.slice(1, -1)
      break
    }
    if ((args.length !== 3 && args.length !== 4) || args[0] !== '!') break
    inverted = !inverted
    args = args.slice(1)
  }
  const test = new Test(sh, args)
  return (yield* test.value()) !== inverted ? 0 : 1
}

class Test {
  readonly #sh: Asker
  readonly #args: readonly string[]
  #at = 0

  constructor(sh: Asker, args: readonly string[]) {
    this.#sh = sh
    this.#args = args
  }

  *value(): Run<boolean> {
    const value = yield* this.#or()
    if (this.#at < this.#args.length) yield* this.#sh.fail(`${this.#args[this.#at - 1]}: unexpected operator`)
    return value
  }

  get #next(): string | undefined {
    return this.#args[this.#at]
  }

  *#or(): Run<boolean> {
    let value = yield* this.#and()
    while (this.#next === '-o') {
      this.#at++
      value = (yield* this.#and()) || value
    }
    return value
  }

  *#and(): Run<boolean> {
    let value = yield* this.#not()
    while (this.#next === '-a') {
      this.#at++
      value = (yield* this.#not()) && value
    }
    return value
  }

  *#not(): Run<boolean> {
    if (this.#next !== '!' || this.#isOperand()) return yield* this.#primary()
    this.#at++
    return !(yield* this.#not())
  }

  /** Is the word a text, whatever it looks like, because an operator with two sides follows? */
  #isOperand(): boolean {
    const [, second, third] = this.#args.slice(this.#at)
    if ((second as string | undefined) === undefined) return true
    return (third as string | undefined) !== undefined && BINARY.has(second)
  }

  *#primary(): Run<boolean> {
    const word = this.#next
    if (word === undefined) return false
    this.#at++
    if (word === '(' && this.#next !== undefined) {
      if (this.#next === ')') return false
      const value = yield* this.#or()
      if (this.#next !== ')') yield* this.#sh.fail('closing paren expected')
      this.#at++
      return value
    }
    this.#at--
    const unary = UNARY.has(word) && !this.#isOperand()
    this.#at++
    if (unary) {
      const operand = this.#args[this.#at++]
      return yield* this.#unary(word, operand)
    }
    const operator = this.#next
    if (operator === undefined || !BINARY.has(operator)) return word !== ''
    this.#at++
    const right = this.#next
    if (right === undefined) return yield* this.#sh.fail(`${operator}: argument expected`)
    this.#at++
    return yield* this.#binary(word, operator, right)
  }

  *#unary(operator: string, operand: string): Run<boolean> {
    const { os } = this.#sh
    switch (operator) {
      case '-z':
        return operand === ''
      case '-n':
        return operand !== ''
      case '-t':
        return (yield* os.ioctl(Number(yield* this.#number(operand)), TCGETS)) >= 0
      case '-r':
        return (yield* os.access(operand, 4)) >= 0
      case '-w':
        return (yield* os.access(operand, 2)) >= 0
      case '-x':
        return (yield* os.access(operand, 1)) >= 0
    }
    const stat = yield* os.stat(operand, operator !== '-h' && operator !== '-L')
    return typeof stat !== 'number' && fileTest(operator, stat)
  }

  *#binary(left: string, operator: string, right: string): Run<boolean> {
    switch (operator) {
      case '=':
        return left === right
      case '!=':
        return left !== right
      case '<':
        return left < right
      case '>':
        return left > right
      case '-nt':
      case '-ot':
      case '-ef': {
        const [a, b] = [yield* this.#sh.os.stat(left), yield* this.#sh.os.stat(right)]
        if (typeof a === 'number' || typeof b === 'number') return false
        if (operator === '-ef') return a.dev === b.dev && a.ino === b.ino
        return operator === '-nt' ? a.mtime > b.mtime : a.mtime < b.mtime
      }
    }
    const a = yield* this.#number(left)
    const b = yield* this.#number(right)
    switch (operator) {
      case '-eq':
        return a === b
      case '-ne':
        return a !== b
      case '-ge':
        return a >= b
      case '-gt':
        return a > b
      case '-le':
        return a <= b
      default:
        return a < b
    }
  }

  *#number(text: string): Run<bigint> {
    const number = /^\s*[-+]?\d+\s*$/.test(text) ? parseNumber(text.trim().replace(/^([-+]?)0+(?=\d)/, '$1')) : null
    return number ?? (yield* this.#sh.fail(`Illegal number: ${text}`))
  }
}

const S_IFMT = 0o170000
const TYPES: Readonly<Record<string, number>> = {
  '-f': 0o100000,
  '-d': 0o040000,
  '-c': 0o020000,
  '-b': 0o060000,
  '-p': 0o010000,
  '-h': 0o120000,
  '-L': 0o120000,
  '-S': 0o140000,
}
const BITS: Readonly<Record<string, number>> = { '-u': 0o4000, '-g': 0o2000, '-k': 0o1000 }

function fileTest(operator: string, { mode, size, uid, gid }: Stat): boolean {
  if (Object.hasOwn(TYPES, operator)) return (mode & S_IFMT) === TYPES[operator]
  if (Object.hasOwn(BITS, operator)) return (mode & BITS[operator]) !== 0
  switch (operator) {
    case '-s':
      return size > 0
    case '-O':
      return uid === 0
    case '-G':
      return gid === 0
    default:
      return true
  }
}
