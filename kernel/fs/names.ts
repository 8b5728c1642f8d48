import type { ByteString } from '../types.ts'

/**
 * Paths that have been seen, so that the next call with the same one neither builds a string nor cuts it up: the
 * names that a string is cut into are the same strings each time, and what looks them up compares addresses.
 * It changes nothing but how long that takes.
 */

/** What kind of name a path ends in. */
export const LAST_NORM = 0
/** None: the path is `/`, or a link has led to the very place. */
export const LAST_ROOT = 1
export const LAST_DOT = 2
export const LAST_DOTDOT = 3

export interface component {
  readonly name: ByteString
  readonly type: number
}

/** A path, cut at its slashes. */
export interface parsed_path {
  readonly absolute: boolean
  /** The names that lead to the directory of the last. */
  readonly names: readonly component[]
  readonly last: component
  /** Slashes follow the last name: it is to be a directory. */
  readonly slashes: boolean
}

/** A power of two. */
const SLOTS = 1024
const PATHS_MAX = 1024
/** Longer ones are not kept. */
const KEPT_MAX = 256

const NOTHING: component = { name: '', type: LAST_ROOT }
const SLASH = 47

export class name_cache {
  readonly #strings: ByteString[] = new Array<ByteString>(SLOTS).fill('')
  readonly #paths = new Map<ByteString, parsed_path>()

  /** Bytes `start` to `end` as a string. */
  string(u8: Uint8Array, start: number, end: number): ByteString {
    const length = end - start
    if (length > KEPT_MAX) return stringOf(u8, start, end)
    let hash = 0
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + u8[i]) | 0
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    const known = this.#strings[slot]
    if (known.length === length && isSame(known, u8, start)) return known
    return (this.#strings[slot] = stringOf(u8, start, end))
  }

  parse(path: ByteString): parsed_path {
    let p = this.#paths.get(path)
    if (p !== undefined) return p
    p = parse(path)
    if (path.length > KEPT_MAX) return p
    if (this.#paths.size >= PATHS_MAX) this.#paths.clear()
    this.#paths.set(path, p)
    return p
  }
}

function stringOf(u8: Uint8Array, start: number, end: number): ByteString {
  return String.fromCharCode(...u8.subarray(start, end))
}

function isSame(text: ByteString, u8: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== u8[start + i]) return false
  return true
}

function parse(path: ByteString): parsed_path {
  const names: component[] = []
  let at = 0
  while (at < path.length) {
    if (path.charCodeAt(at) === SLASH) {
      at++
      continue
    }
    const slash = path.indexOf('/', at)
    const end = slash < 0 ? path.length : slash
    const name = path.slice(at, end)
    names.push({ name, type: name === '.' ? LAST_DOT : name === '..' ? LAST_DOTDOT : LAST_NORM })
    at = end
  }
  const absolute = path.charCodeAt(0) === SLASH
  const last = names.pop()
  if (last === undefined) return { absolute, names, last: NOTHING, slashes: false }
  return { absolute, names, last, slashes: path.endsWith('/') }
}
