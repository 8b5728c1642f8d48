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

/**
 * The text of UTF-8 `bytes`. Of what is not well-formed, each longest part that could have begun a
 * sequence becomes one U+FFFD, as TextDecoder has it.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  let out = ''
  for (let i = 0; i < bytes.length;) {
    const b = bytes[i++]
    const n = b < 0x80 ? 0 : b < 0xc2 ? -1 : b < 0xe0 ? 1 : b < 0xf0 ? 2 : b < 0xf5 ? 3 : -1
    let c = n <= 0 ? b : b & (0x3f >> n)
    let k = 0
    while (k < n && continues(b, k, bytes[i])) {
      c = (c << 6) | (bytes[i++] & 63)
      k++
    }
    out += k === n ? String.fromCodePoint(c) : '\ufffd'
  }
  return out
}

/**
 * Can `next` be the continuation byte number `k` behind `first`? The first one's range rules out long
 * forms, surrogates and what is beyond U+10FFFF.
 */
function continues(first: number, k: number, next: number | undefined): boolean {
  if (next === undefined) return false
  const least = k > 0 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const most = k > 0 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  return next >= least && next <= most
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
