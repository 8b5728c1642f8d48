import type { Fd, Pid, UserPtr, Word } from '../kernel/types.ts'
import type { task_struct } from '../kernel/task/task.ts'

/**
 * What the arguments of system calls are: how a register becomes the value that the call is given, as
 * C's conversion to the parameter's type does it, and how strace shows it.
 */
export interface ArgType<T> {
  readonly convert: (word: Word) => T
  /**
   * As strace prints it; null where it prints nothing. `ret` is null while the call has not returned;
   * `args` are all its registers.
   */
  show(word: Word, t: task_struct, ret: number | null, args: readonly Word[]): string | null
  /** Shown only once the call has returned: the kernel fills it. */
  readonly out?: boolean
  /** Where in what is shown descriptors stand, so that their paths can be put behind them. */
  readonly fds?: RegExp
}

/** (int) register. */
export function toInt(word: Word): number {
  return typeof word === 'number' ? word | 0 : Number(BigInt.asIntN(32, word))
}

/** (long) register, as exactly as a number can say it: pointers, sizes and offsets. */
export function toLong(word: Word): number {
  return typeof word === 'number' ? Math.trunc(word) : Number(BigInt.asIntN(64, word))
}

/** (unsigned long) register: a number where that is exact, else a bigint. */
export function toUlong(word: Word): Word {
  if (typeof word === 'number' && word >= 0) return word
  const wide = BigInt.asUintN(64, BigInt(word))
  return wide <= Number.MAX_SAFE_INTEGER ? Number(wide) : wide
}

const toFd = (word: Word): Fd => toInt(word) as Fd
const toPid = (word: Word): Pid => toInt(word) as Pid
const toPtr = (word: Word): UserPtr => toLong(word) as UserPtr

const decimal = (word: Word): string => String(toInt(word))
export const hex = (word: Word): string => `0x${BigInt.asUintN(64, BigInt(word)).toString(16)}`

export const int: ArgType<number> = { convert: toInt, show: decimal }
/** An unsigned int. */
export const uint: ArgType<number> = { convert: (word) => toInt(word) >>> 0, show: (word) => String(toInt(word) >>> 0) }
export const fd: ArgType<Fd> = { convert: toFd, show: decimal, fds: /^(\d+|AT_FDCWD)$/ }
export const pid: ArgType<Pid> = { convert: toPid, show: decimal }
export const size_t: ArgType<number> = {
  convert: toLong,
  show: (word) => BigInt.asUintN(64, BigInt(word)).toString(),
}
export const off_t: ArgType<number> = { convert: toLong, show: (word) => String(toLong(word)) }
export const ulong: ArgType<Word> = { convert: toUlong, show: (word) => (toUlong(word) === 0 ? '0' : hex(word)) }
export const ptr: ArgType<UserPtr> = { convert: toPtr, show: (word) => (toLong(word) === 0 ? 'NULL' : hex(word)) }
/** An address that is kept as it is, all 64 bits, and followed later if at all. */
export const kept_ptr: ArgType<Word> = { ...ptr, convert: toUlong }
/** Bytes of user memory as strace reads them: what is mapped of `n` bytes at `addr`; null for nothing. */
export function peek(t: task_struct, addr: number, n: number): Uint8Array | null {
  if (t.mm === null || addr < 0 || n < 0) return null
  const out = new Uint8Array(n)
  for (let i = 0; i < n; i++) {
    const page = t.mm.peek(addr + i)
    if (page === null) return i === 0 ? null : out.subarray(0, i)
    out[i] = page.u8[(addr + i) & 0xfff]
  }
  return out
}

const ESCAPES: Readonly<Record<number, string>> = {
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
}

/** Bytes in quotes as strace prints them: C escapes, octal for the rest. */
export function quote(bytes: Uint8Array): string {
  let out = '"'
  bytes.forEach((b, i) => {
    if (b in ESCAPES) out += ESCAPES[b]
    else if (b >= 32 && b < 127) out += String.fromCharCode(b)
    else {
      // As few digits as will do, unless a digit follows.
      const next = bytes[i + 1]
      const octal = b.toString(8)
      out += `\\${next >= 48 && next <= 57 ? octal.padStart(3, '0') : octal}`
    }
  })
  return `${out}"`
}

/** Most bytes of a buffer that are shown: strace's -s. */
const STRING_LIMIT = 32

/** A string that the kernel reads: a path or a name. */
export const string_in: ArgType<UserPtr> = {
  convert: toPtr,
  show(word, t) {
    const addr = toLong(word)
    const bytes = peek(t, addr, 4096)
    const end = bytes?.indexOf(0) ?? -1
    if (bytes === null || end < 0) return addr === 0 ? 'NULL' : hex(word)
    return quote(bytes.subarray(0, end))
  },
}

export function buffer(t: task_struct, word: Word, n: number): string {
  const addr = toLong(word)
  if (addr === 0) return 'NULL'
  const bytes = peek(t, addr, Math.min(n, STRING_LIMIT))
  // As strace: all of it or the address.
  if (bytes === null || bytes.length < Math.min(n, STRING_LIMIT)) return hex(word)
  return quote(bytes) + (n > STRING_LIMIT ? '...' : '')
}

/** A buffer that the kernel reads; its size is argument `size`. */
export function buf_in(size: number): ArgType<UserPtr> {
  return {
    convert: toPtr,
    show: (word, t, _ret, args) => buffer(t, word, toLong(args[size])),
  }
}

/** A buffer that the kernel fills with as many bytes as the call returns. */
export const buf_out: ArgType<UserPtr> = {
  convert: toPtr,
  out: true,
  show: (word, t, ret) => (ret !== null && ret >= 0 ? buffer(t, word, ret) : toLong(word) === 0 ? 'NULL' : hex(word)),
}

/** Ints that the kernel fills, `n` of them, in brackets; where it `filled` none, the address. */
export function ints_out(
  n: number,
  filled: (ret: number) => boolean,
  show: (value: number) => string = String,
): ArgType<UserPtr> {
  return {
    convert: toPtr,
    out: true,
    show(word, t, ret) {
      const bytes = ret === null || !filled(ret) ? null : peek(t, toLong(word), 4 * n)
      if (bytes === null || bytes.length < 4 * n) return toLong(word) === 0 ? 'NULL' : hex(word)
      const dv = new DataView(bytes.buffer)
      return `[${Array.from({ length: n }, (_, i) => show(dv.getInt32(4 * i, true))).join(', ')}]`
    },
  }
}

/** Bits with names: `A|B|0x80`. `zero` is shown when no bit is set. */
export function flags(names: BitNames, zero = '0'): ArgType<number> {
  return { convert: toInt, show: (word) => showBits(names, toInt(word), zero) }
}

export type BitNames = readonly (readonly [bit: number, name: string])[]

export function showBits(names: BitNames, value: number, zero = '0'): string {
  let rest = value
  const set: string[] = []
  for (const [bit, name] of names) {
    if (bit !== 0 && (rest & bit) === bit) {
      set.push(name)
      rest &= ~bit
    }
  }
  if (rest !== 0) set.push(`0x${(rest >>> 0).toString(16)}`)
  return set.length === 0 ? zero : set.join('|')
}

/** One of several values with names that begin with `prefix`. */
export function oneOf(prefix: string, names: Readonly<Record<number, string>>): ArgType<number> {
  const other = (word: Word): string => `0x${(toInt(word) >>> 0).toString(16)} /* ${prefix}??? */`
  return { convert: toInt, show: (word) => names[toInt(word)] ?? other(word) }
}
