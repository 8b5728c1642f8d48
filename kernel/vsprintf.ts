import type { ByteString } from './types.ts'

/** What a format's conversions are given. */
export type FormatArg = number | bigint | string

const CONVERSION = /%([-+ #0]*)(\d*)(?:\.(\d*))?(hh|h|ll|l|z)?([diouxXcsp%])/g

/**
 * The conversions of lib/vsprintf.c that this kernel uses: %d %i %o %u %x %X %c %s %p %%, with flags, width,
 * precision and the length modifiers. A number is taken as C takes an argument of that length: 32 bits
 * without a modifier. A conversion without an argument stays as it stands.
 */
export function vsprintf(fmt: ByteString, args: readonly FormatArg[]): ByteString {
  let next = 0
  return fmt.replace(
    CONVERSION,
    (whole, flags: string, width: string, precision: string | undefined, length: string | undefined, conv: string) => {
      if (conv === '%') return '%'
      if (next >= args.length) return whole
      const arg = args[next++]
      const least = precision === undefined ? undefined : Number(precision)
      const w = Number(width)
      if (conv === 's' || conv === 'c' || (conv === 'p' && BigInt(arg) === 0n)) {
        const text = conv === 's' ? cString(arg, least) : conv === 'c' ? charOf(arg) : '(null)'
        return flags.includes('-') ? text.padEnd(w) : text.padStart(w)
      }
      if (conv === 'p') return number(BigInt.asUintN(64, BigInt(arg)), 'x', flags, w, width === '' ? 16 : undefined)
      return number(asLength(arg, length, conv), conv, flags, w, least)
    },
  )
}

/**
 * vsnprintf(): at most `size` bytes, the terminating zero among them. Returns what fits and the
 * length that the whole would have had.
 */
export function vsnprintf(
  size: number,
  fmt: ByteString,
  args: readonly FormatArg[],
): { text: ByteString; len: number } {
  const whole = vsprintf(fmt, args)
  return { text: whole.slice(0, Math.max(0, size - 1)), len: whole.length }
}

/** A C string ends at its first zero byte, or at the precision. */
function cString(arg: FormatArg, precision?: number): string {
  const end = String(arg).indexOf('\0')
  return String(arg).slice(0, Math.min(end < 0 ? Infinity : end, precision ?? Infinity))
}

function charOf(arg: FormatArg): string {
  return String.fromCharCode(Number(arg) & 0xff)
}

const BITS: Readonly<Record<string, number>> = { hh: 8, h: 16, l: 64, ll: 64, z: 64 }

/** The value that an argument has as the integer type that the conversion names. */
function asLength(arg: FormatArg, length: string | undefined, conv: string): bigint {
  const bits = length === undefined ? (typeof arg === 'bigint' ? 64 : 32) : BITS[length]
  const value = BigInt(typeof arg === 'number' ? Math.trunc(arg) : arg)
  return conv === 'd' || conv === 'i' ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
}

const RADIX: Readonly<Record<string, number>> = { o: 8, x: 16, X: 16 }
const PREFIX: Readonly<Record<string, string>> = { o: '0', x: '0x', X: '0X' }

/** number(): sign and prefix, then zeros up to precision or width, then digits; blanks around it. */
function number(value: bigint, conv: string, flags: string, width: number, precision?: number): string {
  const signed = conv === 'd' || conv === 'i'
  const plus = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const sign = signed ? (value < 0n ? '-' : plus) : flags.includes('#') ? (PREFIX[conv] ?? '') : ''
  let digits = (value < 0n ? -value : value).toString(RADIX[conv] ?? 10)
  if (conv === 'X') digits = digits.toUpperCase()
  digits = digits.padStart(precision ?? 0, '0')
  const left = flags.includes('-')
  if (flags.includes('0') && !left && precision === undefined) digits = digits.padStart(width - sign.length, '0')
  return left ? (sign + digits).padEnd(width) : (sign + digits).padStart(width)
}
