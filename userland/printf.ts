import type { ByteString } from '../kernel/types.ts'
import { unescape } from './sh/builtins/escapes.ts'

/** What printf(1) makes of its arguments. */
export interface Printed {
  readonly output: ByteString
  /** What is wrong with arguments: the output stands, the status is 1. */
  readonly problems: readonly string[]
  /** What is wrong with the format: what is before has been written, and no more. */
  readonly fatal: string | null
  /** The first argument that a format without conversions leaves over. */
  readonly excess: ByteString | null
}

/** A conversion: flags, width, precision and letter. */
const CONVERSION = /^%([-+ 0#]*)(\*|\d+)?(?:\.(\*|-?\d*))?([^])?/
/** With C's sizes of arguments before the letter. */
const SIZED = /^%([-+ 0#]*)(\*|\d+)?(?:\.(\*|-?\d*))?[hlLjzt]*([^])?/

/**
 * Write `args` as `format` says, again and again while there are more. `full` is printf(1) and not a
 * shell's: `\\c` in the format ends the output, and conversions may tell the size of their arguments.
 */
export function printf(format: ByteString, args: readonly ByteString[], full: boolean): Printed {
  const problems: string[] = []
  let output = ''
  let next = 0
  const take = (): ByteString | undefined => args[next++]
  do {
    const begin = next
    for (let i = 0; i < format.length;) {
      if (format[i] === '\\') {
        const end = escapeEnd(format, i)
        if (full && format[i + 1] === 'c') return { output, problems, fatal: null, excess: null }
        output += unescape(format.slice(i, end), false).text
        i = end
        continue
      }
      if (format[i] !== '%') {
        output += format[i++]
        continue
      }
      if (format[i + 1] === '%') {
        output += '%'
        i += 2
        continue
      }
      const [whole, flags, width, precision, letter] = (full ? SIZED : CONVERSION).exec(
        format.slice(i),
      ) as RegExpExecArray
      if ((letter as string | undefined) === undefined)
        return { output, problems, fatal: 'missing format character', excess: null }
      if (!'bcdiosuxXeEfFgGaA'.includes(letter)) {
        return { output, problems, fatal: `${whole}: invalid directive`, excess: null }
      }
      const spec: Spec = { flags, width: 0, precision: undefined }
      if (width === '*') spec.width = Number(integer(take() ?? '', problems))
      else if ((width as string | undefined) !== undefined) spec.width = Number(width)
      if (precision === '*') spec.precision = Number(integer(take() ?? '', problems))
      else if ((precision as string | undefined) !== undefined) spec.precision = Number(precision || '0')
      if (spec.width < 0) {
        spec.flags += '-'
        spec.width = -spec.width
      }
      if (spec.precision !== undefined && spec.precision < 0) spec.precision = undefined
      const arg = take()
      if (letter === 'b') {
        const { text, stop } = unescape(arg ?? '', true)
        output += padded(spec.precision === undefined ? text : text.slice(0, spec.precision), spec)
        if (stop) return { output, problems, fatal: null, excess: null }
      } else output += convert(letter, arg, spec, problems)
      i += whole.length
    }
    // A format that takes no arguments is written once.
    if (next === begin) break
  } while (next < args.length)
  return { output, problems, fatal: null, excess: next < args.length ? args[next] : null }
}

interface Spec {
  flags: string
  width: number
  precision: number | undefined
}

function escapeEnd(format: ByteString, start: number): number {
  const [digits] = /^\\[0-7]{1,3}/.exec(format.slice(start)) ?? []
  return start + (digits?.length ?? 2)
}

function convert(letter: string, arg: ByteString | undefined, spec: Spec, problems: string[]): string {
  switch (letter) {
    case 's':
      return padded((arg ?? '').slice(0, spec.precision), spec)
    case 'c':
      return padded((arg ?? '').slice(0, 1) || '\0', spec)
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      return formatInteger(letter, integer(arg ?? '', problems, letter !== 'd' && letter !== 'i'), spec)
    default:
      return formatFloat(letter, float(arg ?? '', problems), spec)
  }
}

function padded(text: string, { flags, width }: Spec): string {
  return flags.includes('-') ? text.padEnd(width) : text.padStart(width)
}

/** The number that `text` begins with, as C reads one; `"x` is the code of a character. */
function integer(text: ByteString, problems: string[], unsigned = false): bigint {
  if (/^["']/.test(text)) return BigInt(text.length > 1 ? text.charCodeAt(1) : 0)
  const [whole, sign, digits] = /^[ \t\n\v\f\r]*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text) ?? []
  if (digits === undefined) {
    if (text !== '') problems.push(`${text}: expected numeric value`)
    return 0n
  }
  if (whole !== text) problems.push(`${text}: not completely converted`)
  const magnitude = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits}`) : BigInt(digits)
  const value = sign === '-' ? -magnitude : magnitude
  const most = unsigned ? (1n << 64n) - 1n : (1n << 63n) - 1n
  const least = unsigned ? -most : -(1n << 63n)
  if (value >= least && value <= most) return value
  problems.push(`${text}: Numerical result out of range`)
  return value > most ? most : unsigned ? most : least
}

function formatInteger(letter: string, value: bigint, { flags, width, precision }: Spec): string {
  const signed = letter === 'd' || letter === 'i'
  const bits = signed ? value : BigInt.asUintN(64, value)
  const base = letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10
  let digits = (bits < 0n ? -bits : bits).toString(base)
  if (precision === 0 && bits === 0n) digits = ''
  digits = digits.padStart(precision ?? 0, '0')
  let prefix = ''
  if (signed) prefix = bits < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  else if (flags.includes('#') && base === 16 && bits !== 0n) prefix = '0x'
  else if (flags.includes('#') && base === 8 && !digits.startsWith('0')) prefix = '0'
  if (flags.includes('0') && !flags.includes('-') && precision === undefined) {
    digits = digits.padStart(width - prefix.length, '0')
  }
  const text = prefix + digits
  return padded(letter === 'X' ? text.toUpperCase() : text, { flags, width, precision })
}

function float(text: ByteString, problems: string[]): number {
  if (/^["']/.test(text)) return text.length > 1 ? text.charCodeAt(1) : 0
  const [whole] =
    /^[ \t\n\v\f\r]*[-+]?(?:inf(?:inity)?|nan|0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/i.exec(text) ?? []
  if (whole === undefined) {
    if (text !== '') problems.push(`${text}: expected numeric value`)
    return 0
  }
  if (whole !== text) problems.push(`${text}: not completely converted`)
  const word = whole.trim().toLowerCase()
  if (/inf/.test(word)) return word.startsWith('-') ? -Infinity : Infinity
  return Number(word.replace(/^\+/, ''))
}

function formatFloat(letter: string, value: number, { flags, width, precision }: Spec): string {
  const lower = letter.toLowerCase()
  const negative = value < 0 || Object.is(value, -0)
  const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  let digits: string
  if (!Number.isFinite(value)) digits = Number.isNaN(value) ? 'nan' : 'inf'
  else {
    const magnitude = Math.abs(value)
    if (lower === 'f') digits = fixed(magnitude, precision ?? 6)
    else if (lower === 'e') digits = exponential(magnitude, precision ?? 6)
    else if (lower === 'a') digits = hexadecimal(magnitude)
    else digits = general(magnitude, precision ?? 6, flags.includes('#'))
    if (flags.includes('0') && !flags.includes('-')) digits = digits.padStart(width - sign.length, '0')
  }
  const text = sign + digits
  return padded(letter === lower ? text : text.toUpperCase(), { flags, width, precision })
}

/** What is half between two goes to the even one, where JavaScript takes the larger. */
function fixed(value: number, precision: number): string {
  const digits = Math.min(precision, 100)
  const exact = value.toFixed(Math.min(digits + 60, 100))
  const kept = exact.slice(0, exact.indexOf('.') + 1 + digits).replace(/\.$/, '')
  const half = /^50*$/.test(exact.slice(kept.length).replace('.', ''))
  return half && /[02468]$/.test(kept) ? kept : value.toFixed(digits)
}

function exponential(value: number, precision: number): string {
  return value.toExponential(Math.min(precision, 100)).replace(/e([-+])(\d)$/, 'e$10$2')
}

function general(value: number, precision: number, keepZeros: boolean): string {
  const significant = Math.max(precision, 1)
  const exponent = value === 0 ? 0 : Number(value.toExponential(significant - 1).split('e')[1])
  const short = exponent >= -4 && exponent < significant
  const text = short ? fixed(value, Math.max(significant - 1 - exponent, 0)) : exponential(value, significant - 1)
  if (keepZeros || !text.includes('.')) return text
  return text.replace(/\.?0+(?=e|$)/, '')
}

function hexadecimal(value: number): string {
  if (value === 0) return '0x0p+0'
  let exponent = Math.floor(Math.log2(value))
  let fraction = value / 2 ** exponent
  if (fraction >= 2) {
    fraction /= 2
    exponent++
  }
  const [, digits = ''] = fraction.toString(16).split('.')
  return `0x1${digits === '' ? '' : `.${digits}`}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`
}
