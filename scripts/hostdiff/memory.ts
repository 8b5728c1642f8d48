import type { UserPtr, Word } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import { PAGE_SIZE } from '../../kernel/mm/mm.ts'
import { bytesOf } from '../../kernel/utf8.ts'
import { ROOM } from './calls.ts'

/** Where the calls of a program find what they are pointed at: a stretch of memory with nothing behind it. */
export class Room {
  readonly #sys: Libc
  readonly #base: number
  #used = 0

  constructor(sys: Libc, base: number) {
    this.#sys = sys
    this.#base = base
  }

  /** The same room in the memory of a child. */
  of(child: Libc): Room {
    return new Room(child, this.#base)
  }

  /** Put the arguments of a call into memory, in the place of the last one's. Returns its registers. */
  place(tokens: readonly string[]): Word[] {
    this.#used = 0
    return tokens.map((token) => this.#argument(token))
  }

  #argument(token: string): Word {
    const [, body, suffix] = /^(.*?)(?::(\d+))?$/s.exec(token) as unknown as [string, string, string | undefined]
    const mapped = suffix === undefined ? null : Number(suffix)
    switch (token[0]) {
      case '"':
        return this.#put(bytesOf(`${unescape(body.slice(1, -1))}\0`), mapped)
      case '[':
        return this.#words(token, 8)
      case '(':
        return this.#words(token, 4)
      case '{':
        return this.#vector(token.slice(1, -1).split(','))
      case '@':
        return this.#empty(Number(body.slice(1)), mapped)
      case '$': {
        const [size, first] = body.slice(1).split('.').map(Number)
        return this.#put(
          Uint8Array.from({ length: size }, (_, i) => 97 + ((first + i) % 26)),
          mapped,
        )
      }
      default: {
        const n = Number(token)
        return Number.isSafeInteger(n) ? n : BigInt(token)
      }
    }
  }

  #room(size: number, mapped: number | null): UserPtr {
    if (mapped !== null) return (this.#base + ROOM - mapped) as UserPtr
    const at = this.#base + this.#used
    this.#used += (size + 15) & ~15
    return at as UserPtr
  }

  /** Room with nothing in it, where that is not too much to clear. */
  #empty(size: number, mapped: number | null): UserPtr {
    return size <= PAGE_SIZE ? this.#put(new Uint8Array(size), mapped) : this.#room(size, mapped)
  }

  #put(bytes: Uint8Array, mapped: number | null): UserPtr {
    const at = this.#room(bytes.length, mapped)
    this.#sys.store(at, mapped === null ? bytes : bytes.subarray(0, mapped))
    return at
  }

  #words(token: string, size: 4 | 8): UserPtr {
    const at = this.#room(256, null)
    const words = token
      .slice(1, -1)
      .split(',')
      .filter((word) => word !== '')
    const dv = new DataView(new ArrayBuffer(size * words.length))
    words.forEach((word, i) => {
      if (size === 8) dv.setBigInt64(8 * i, BigInt(word), true)
      else dv.setInt32(4 * i, Number(word), true)
    })
    this.#sys.store(at, new Uint8Array(dv.buffer))
    return at
  }

  #vector(parts: readonly string[]): UserPtr {
    const at = this.#room(256, null)
    const dv = new DataView(new ArrayBuffer(8 * parts.length))
    parts.forEach((part, i) => dv.setBigInt64(8 * i, BigInt(this.#argument(part)), true))
    this.#sys.store(at, new Uint8Array(dv.buffer))
    return at
  }
}

/** A string of a program, each char a byte. */
export function unescape(text: string): string {
  return text.replace(/%(?:r(\d+)\.)?([0-9a-f]{2})/g, (_, times: string | undefined, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)).repeat(Number(times ?? 1)),
  )
}
