import type { ByteString } from '../../kernel/types.ts'
import { isNameChar, isNameStart } from './chars.ts'

/** What is wrong with an expression. */
export class BadArithmetic extends Error {
  override readonly name = 'BadArithmetic'
}

/** The variables as an expression reads and writes them; text that is no number throws. */
export interface ArithmeticVariables {
  number(name: string): bigint
  assign(name: string, value: bigint): void
}

/** Binary operators and how tight they bind. */
const PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '<=': 7,
  '>': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
}

const OPERATORS = [
  ...['<<=', '>>=', '&&', '||', '==', '!=', '<=', '>=', '<<', '>>', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^='],
  ...['+', '-', '*', '/', '%', '<', '>', '&', '|', '^', '!', '~', '(', ')', '?', ':', '='],
]

const ASSIGNMENTS = new Set(['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '|=', '^='])

/** The value of `text`, in 64 bits. Throws BadArithmetic. */
export function arithmetic(text: ByteString, variables: ArithmeticVariables): bigint {
  return new Expression(text, variables).value()
}

/** A number as C writes one, 0x and 0 before other bases than ten; null where more or something else stands there. */
export function parseNumber(text: ByteString): bigint | null {
  const [, sign, digits] = /^[ \t\n\v\f\r]*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.exec(text) ?? []
  if (digits === undefined) return null
  const magnitude = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits}`) : BigInt(digits)
  return clamp(sign === '-' ? -magnitude : magnitude)
}

const MOST = (1n << 63n) - 1n

function clamp(value: bigint): bigint {
  return value > MOST ? MOST : value < -MOST - 1n ? -MOST - 1n : value
}

class Expression {
  readonly #text: ByteString
  readonly #variables: ArithmeticVariables
  #pos = 0
  /** What is looked at: an operator, a number, a name, or '' at the end. */
  #token = ''
  #number: bigint | null = null
  /** Parts whose value is not asked for are read, but neither divide nor assign. */
  #idle = 0

  constructor(text: ByteString, variables: ArithmeticVariables) {
    this.#text = text
    this.#variables = variables
  }

  value(): bigint {
    this.#next()
    const value = this.#assignment()
    if (this.#token !== '' || this.#number !== null) this.#fail('expecting EOF')
    return value
  }

  #fail(what: string): never {
    throw new BadArithmetic(`${what}: "${this.#text}"`)
  }

  #next(): void {
    while (' \t\n'.includes(this.#text[this.#pos] || '.')) this.#pos++
    const rest = this.#text.slice(this.#pos)
    this.#number = null
    this.#token = ''
    if (rest === '') return
    const [number] = /^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(rest) ?? []
    if (number !== undefined) {
      this.#number = parseNumber(number)
      this.#pos += number.length
      return
    }
    if (isNameStart(rest[0])) {
      let end = 1
      while (end < rest.length && isNameChar(rest[end])) end++
      this.#token = rest.slice(0, end)
    } else this.#token = OPERATORS.find((operator) => rest.startsWith(operator)) ?? rest[0]
    this.#pos += this.#token.length
  }

  #assignment(): bigint {
    const name = this.#token
    if (name === '' || !isNameStart(name)) return this.#choice()
    const pos = this.#pos
    this.#next()
    const operator = this.#token
    if (!ASSIGNMENTS.has(operator)) {
      this.#pos = pos
      this.#token = name
      this.#number = null
      return this.#choice()
    }
    this.#next()
    const right = this.#assignment()
    if (this.#idle > 0) return right
    const value = operator === '=' ? right : this.#apply(operator.slice(0, -1), this.#variables.number(name), right)
    this.#variables.assign(name, value)
    return value
  }

  #choice(): bigint {
    const test = this.#binary(this.#unary(), 1)
    if (this.#token !== '?') return test
    this.#next()
    const yes = this.#when(test !== 0n, () => this.#assignment())
    if ((this.#token as string) !== ':') this.#fail("expecting ':'")
    this.#next()
    const no = this.#when(test === 0n, () => this.#choice())
    return test !== 0n ? yes : no
  }

  #when(asked: boolean, read: () => bigint): bigint {
    if (asked) return read()
    this.#idle++
    const value = read()
    this.#idle--
    return value
  }

  /** What follows `left` with operators that bind at least so tight. */
  #binary(left: bigint, least: number): bigint {
    let value = left
    for (;;) {
      const operator = this.#token
      const precedence = Object.hasOwn(PRECEDENCE, operator) ? PRECEDENCE[operator] : 0
      if (precedence < least || precedence === 0) return value
      this.#next()
      const asked = operator === '&&' ? value !== 0n : operator === '||' ? value === 0n : true
      const right = this.#when(asked, () => this.#binary(this.#unary(), precedence + 1))
      if (operator === '&&') value = truth(value !== 0n && right !== 0n)
      else if (operator === '||') value = truth(value !== 0n || right !== 0n)
      else value = this.#apply(operator, value, right)
    }
  }

  #unary(): bigint {
    const token = this.#token
    if (token === '!' || token === '~' || token === '-' || token === '+') {
      this.#next()
      const value = this.#unary()
      if (token === '!') return truth(value === 0n)
      return token === '~' ? ~value : token === '-' ? BigInt.asIntN(64, -value) : value
    }
    return this.#primary()
  }

  #primary(): bigint {
    const number = this.#number
    if (number !== null) {
      this.#next()
      return number
    }
    const token = this.#token
    if (token === '(') {
      this.#next()
      const value = this.#assignment()
      if (this.#token !== ')') this.#fail("expecting ')'")
      this.#next()
      return value
    }
    if (token === '' || !isNameStart(token)) this.#fail('expecting primary')
    const value = this.#idle > 0 ? 0n : this.#variables.number(token)
    this.#next()
    return value
  }

  #apply(operator: string, a: bigint, b: bigint): bigint {
    switch (operator) {
      case '+':
        return BigInt.asIntN(64, a + b)
      case '-':
        return BigInt.asIntN(64, a - b)
      case '*':
        return BigInt.asIntN(64, a * b)
      case '/':
      case '%':
        if (b === 0n && this.#idle > 0) return 0n
        if (b === 0n) this.#fail('division by zero')
        return BigInt.asIntN(64, operator === '/' ? a / b : a % b)
      case '<<':
        return BigInt.asIntN(64, a << (b & 63n))
      case '>>':
        return a >> (b & 63n)
      case '&':
        return a & b
      case '|':
        return a | b
      case '^':
        return a ^ b
      case '==':
        return truth(a === b)
      case '!=':
        return truth(a !== b)
      case '<':
        return truth(a < b)
      case '<=':
        return truth(a <= b)
      case '>':
        return truth(a > b)
      default:
        return truth(a >= b)
    }
  }
}

function truth(yes: boolean): bigint {
  return yes ? 1n : 0n
}
