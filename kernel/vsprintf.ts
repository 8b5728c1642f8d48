import type { ByteString } from './types.ts'

/** What a format's conversions are given. */
export type FormatArg = number | bigint | string

const CONVERSION = /%(-?)(0?)(\d*)(?:\.(\d+))?(?:hh|h|ll|l|z)?([diuxXcsp%])/g

/**
 * The conversions of lib/vsprintf.c that this kernel uses: %d %i %u %x %X %c %s %p %%, with `-`, `0`,
 * width and precision. Length modifiers are accepted; %u and %x of a negative number are of 32 bits,
 * as an int's are. A conversion without an argument stays as it stands.
 */
export function vsprintf(fmt: ByteString, args: readonly FormatArg[]): ByteString {
  let next = 0
  return fmt.replace(
    CONVERSION,
    (whole, left: string, zero: string, width: string, precision: string, conv: string) => {
      if (conv === '%') return '%'
      if (next >= args.length) return whole
      const text = convert(conv, args[next++], precision === undefined ? undefined : Number(precision))
      if (left) return text.padEnd(Number(width))
      return zero && conv !== 's' && conv !== 'c' ? text.padStart(Number(width), '0') : text.padStart(Number(width))
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

function convert(conv: string, arg: FormatArg, precision?: number): string {
  switch (conv) {
    case 's': {
      // A C string ends at its first zero byte.
      const end = String(arg).indexOf('\0')
      const text = end < 0 ? String(arg) : String(arg).slice(0, end)
      return precision === undefined ? text : text.slice(0, precision)
    }
    case 'c':
      return String.fromCharCode(Number(arg) & 0xff)
    case 'd':
    case 'i':
      return String(typeof arg === 'number' ? arg | 0 : arg)
    case 'u':
      return unsigned(arg).toString()
    case 'X':
      return unsigned(arg).toString(16).toUpperCase()
    case 'p':
      return BigInt.asUintN(64, BigInt(arg)).toString(16).padStart(16, '0')
    default:
      return unsigned(arg).toString(16)
  }
}

function unsigned(arg: FormatArg): bigint {
  return BigInt.asUintN(typeof arg === 'bigint' ? 64 : 32, BigInt(arg))
}
