import type { ByteString } from './types.ts'

/**
 * UTF-8 at the kernel's borders: TypeScript programs and hosts speak JavaScript strings, the kernel
 * speaks bytes. Written out because a bare JavaScript context has no TextEncoder.
 */

/** The UTF-8 bytes of `text`. A lone surrogate becomes U+FFFD, as TextEncoder has it. */
export function encodeUtf8(text: string): Uint8Array {
  const out: number[] = []
  for (const char of text) {
    let c = char.codePointAt(0) as number
    if (c >= 0xd800 && c <= 0xdfff) c = 0xfffd
    if (c < 0x80) out.push(c)
    else if (c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63))
    else if (c < 0x10000) out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63))
    else out.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63))
  }
  return Uint8Array.from(out)
}

const LEAST = [0, 0, 0x80, 0x800, 0x10000]

/** The text of UTF-8 `bytes`; each byte that starts no well-formed sequence becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  let out = ''
  for (let i = 0; i < bytes.length;) {
    const b = bytes[i]
    const n = b < 0x80 ? 1 : b < 0xc2 ? 0 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : b < 0xf5 ? 4 : 0
    let c = n === 1 ? b : b & (0x7f >> n)
    let k = 1
    while (k < n && i + k < bytes.length && (bytes[i + k] & 0xc0) === 0x80) c = (c << 6) | (bytes[i + k++] & 63)
    const good = n > 0 && k === n && c >= LEAST[n] && c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff)
    out += good ? String.fromCodePoint(c) : '\ufffd'
    i += good ? n : 1
  }
  return out
}

/** Bytes as the kernel's text, one char each. */
export function byteString(bytes: Uint8Array): ByteString {
  let out = ''
  for (const b of bytes) out += String.fromCharCode(b)
  return out
}

/** The bytes of the kernel's text. */
export function bytesOf(text: ByteString): Uint8Array {
  const out = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i)
  return out
}

/** JavaScript text as the kernel holds it. */
export function toBytes(text: string): ByteString {
  return byteString(encodeUtf8(text))
}

/** The kernel's text as a person reads it. */
export function fromBytes(text: ByteString): string {
  return decodeUtf8(bytesOf(text))
}
