import { decodeUtf8 } from '../../kernel/utf8.ts'

/**
 * A key: one character stands for itself; every other has a name, `C-a` with Ctrl, `M-b` with Alt or behind
 * Escape, `up` and so on.
 */
export type Key = string

const ESC = 0x1b

/** What the last byte of a control sequence says, and the number before a `~`. */
const ARROWS: Readonly<Record<string, Key>> = { A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end' }
const NUMBERED: Readonly<Record<string, Key>> = { 1: 'home', 3: 'delete', 4: 'end', 7: 'home', 8: 'end' }
const MODIFIERS: Readonly<Record<string, string>> = { 3: 'M-', 5: 'C-' }

/** A key that is known to nobody. */
const UNKNOWN = 'unknown'

export function isText(key: Key): boolean {
  return [...key].length === 1
}

/** Keys from the bytes that a terminal sends. */
export class KeyDecoder {
  #bytes: number[] = []
  /** The next character stands for itself, whichever it is. */
  literal = false

  /** The key that ends with this byte, or null where more is to come. */
  push(byte: number): Key | null {
    this.#bytes.push(byte)
    const key = this.#decode(this.#bytes)
    if (key === null) return null
    this.#bytes = []
    this.literal = false
    return key
  }

  #decode(bytes: readonly number[]): Key | null {
    const [first, second] = bytes
    if (first >= 0x80) return utf8(bytes)
    if (this.literal) return String.fromCharCode(first)
    if (first !== ESC) return ascii(first)
    if (bytes.length === 1) return null
    if (second === ESC) {
      // Escape twice is once.
      this.#bytes.length = 1
      return null
    }
    if (second === 0x5b) return csi(bytes.slice(2))
    if (second === 0x4f) return bytes.length === 2 ? null : (ARROWS[String.fromCharCode(bytes[2])] ?? UNKNOWN)
    if (second >= 0x80) return UNKNOWN
    return `M-${ascii(second).toLowerCase()}`
  }
}

function ascii(byte: number): Key {
  if (byte === 0x09) return 'tab'
  if (byte === 0x0a || byte === 0x0d) return 'enter'
  if (byte === 0x08 || byte === 0x7f) return 'backspace'
  return byte < 0x20 ? `C-${String.fromCharCode(byte ^ 0x40).toLowerCase()}` : String.fromCharCode(byte)
}

/** A character of more than one byte; U+FFFD for what is none. */
function utf8(bytes: readonly number[]): Key | null {
  const [first] = bytes
  const size = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1
  const whole = bytes.length === size
  const last = bytes[bytes.length - 1]
  if (!whole && (bytes.length === 1 || (last & 0xc0) === 0x80)) return null
  const text = decodeUtf8(Uint8Array.from(bytes))
  return [...text].length === 1 ? text : '\ufffd'
}

/** What stands behind ESC [. */
function csi(bytes: readonly number[]): Key | null {
  const last = bytes[bytes.length - 1]
  if (bytes.length === 0 || last < 0x40 || last > 0x7e) return null
  const [number, modifier = ''] = String.fromCharCode(...bytes.slice(0, -1)).split(';')
  const final = String.fromCharCode(last)
  const name = final === '~' ? NUMBERED[number] : ARROWS[final]
  return name === undefined ? UNKNOWN : `${MODIFIERS[modifier] ?? ''}${name}`
}
