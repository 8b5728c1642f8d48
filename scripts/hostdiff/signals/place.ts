import type { UserPtr, Word } from '../../../kernel/types.ts'
import type { Libc } from '../../../userland/libc.ts'
import { ACTORS } from './steps.ts'

/** Where the arguments of calls are in the machine's memory: a stretch of it in each address space, with a part for each actor. */

/** Handlers that are nested make calls too: each level has room of its own. */
export const DEPTH = 5
const ROOM = 1024
const ALT = 65536
/** Below an alternate stack, for handlers that run there and do not know it: that of SS_AUTODISARM is none meanwhile. */
const GAP = 6 * 65536
const COMMON = 256
/** And behind those what a handler asks first. */
const PART = (DEPTH + 1) * ROOM + GAP + ALT

/** Bytes that it takes. */
export const PLACES_SIZE = COMMON + ACTORS * PART

export class Places {
  readonly #sys: Libc
  readonly #base: number
  #at = 0
  #alt = 0

  constructor(sys: Libc, base: number) {
    this.#sys = sys
    this.#base = base
  }

  /** The same in the memory of a child. */
  of(child: Libc): Places {
    return new Places(child, this.#base)
  }

  /** A byte that is nobody's argument. */
  get token(): UserPtr {
    return (this.#base + COMMON - 16) as UserPtr
  }

  /** Where the alternate stack of an actor is. */
  alt(actor: number): number {
    return this.#base + COMMON + actor * PART + (DEPTH + 1) * ROOM + GAP
  }

  /** Put the arguments of a call into memory, in the place of the last one's. Returns its registers. */
  put(actor: number, depth: number, tokens: readonly string[]): Word[] {
    this.#at = this.#base + COMMON + actor * PART + depth * ROOM
    this.#alt = this.alt(actor)
    return tokens.map((token) => this.#argument(token))
  }

  #argument(token: string): Word {
    const inner = token.slice(1, /[\d]$/.test(token) ? undefined : -1)
    const list = (): bigint[] => (inner === '' ? [] : inner.split(',').map(BigInt))
    switch (token[0]) {
      case '[':
        return this.#words(list())
      case '(': {
        const bytes = new Uint8Array(4 * list().length)
        list().forEach((word, i) => new DataView(bytes.buffer).setInt32(4 * i, Number(word), true))
        return this.#take(bytes)
      }
      case '{': {
        const [sig, code, pid, uid, value] = list()
        const dv = new DataView(new ArrayBuffer(128))
        ;[sig, 0n, code, 0n, pid, uid].forEach((word, i) => dv.setInt32(4 * i, Number(word), true))
        dv.setBigInt64(24, value, true)
        return this.#take(new Uint8Array(dv.buffer))
      }
      case '<': {
        const [flags, size] = list()
        return this.#words([BigInt(this.#alt), BigInt.asUintN(32, flags), size])
      }
      case '@':
        return this.#take(new Uint8Array(Number(inner)))
      case '$': {
        const [size, first] = inner.split('.').map(Number)
        return this.#take(Uint8Array.from({ length: size + 1 }, (_, i) => (i < size ? 97 + ((first + i) % 26) : 0)))
      }
      case '&':
        return this.#base + 16 * Number(inner)
      default:
        return Number(token)
    }
  }

  #words(words: readonly bigint[]): UserPtr {
    const dv = new DataView(new ArrayBuffer(8 * words.length))
    words.forEach((word, i) => dv.setBigUint64(8 * i, BigInt.asUintN(64, word), true))
    return this.#take(new Uint8Array(dv.buffer))
  }

  #take(bytes: Uint8Array): UserPtr {
    const at = this.#at as UserPtr
    this.#at += (bytes.length + 15) & ~15
    this.#sys.store(at, bytes)
    return at
  }
}
