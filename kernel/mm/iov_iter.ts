import type { Mem, UserPtr } from '../types.ts'
import { EFAULT, EINVAL, ENOMEM } from '../errno.ts'
import { current } from '../sched/current.ts'
import { allocMem, memcpy } from './mem.ts'
import { PAGE_SIZE } from './mm.ts'
import { UIO_BASE, __copy_from_user, __copy_to_user, access_ok, copy_from_user } from './uaccess.ts'

/**
 * Several ranges of user memory as one: lib/iov_iter.c. Files know one range only, so a vector is given an
 * address of its own, below all others, that uaccess leads to its segments; what has been moved when one of them
 * cannot be reached is thus counted to the byte, and a pipe sees one write and not many.
 */

/** Segments that a vector may have. */
export const UIO_MAXIOV = 1024
/** More than these take memory. */
const UIO_FASTIOV = 8
/** Bytes of a struct iovec. */
export const IOVEC_SIZE = 16
/** Most that one transfer moves, in bytes. */
const MAX_RW_COUNT = 0x7fffffff & ~(PAGE_SIZE - 1)

/** What an address of uaccess's own stands for while it is `current.uio`. Both copies return what they could not. */
export interface uio {
  readonly count: number
  readonly address: UserPtr
  /** A pipe that nobody reads says so by its result alone: RWF_NOSIGNAL. */
  readonly nosignal: boolean
  copy_from(to: Mem, off: number, pos: number, n: number): number
  copy_to(pos: number, from: Mem, off: number, n: number): number
}

export class iov_iter implements uio {
  /** Bytes of all segments. */
  readonly count: number
  nosignal = false
  readonly #bases: readonly UserPtr[]
  /** Where each segment ends, counted from the vector's start. */
  readonly #ends: readonly number[]

  constructor(bases: readonly UserPtr[], ends: readonly number[]) {
    this.#bases = bases
    this.#ends = ends
    this.count = ends.at(-1) ?? 0
  }

  /** The address that stands for the vector while `current.uio` is this. */
  get address(): UserPtr {
    return UIO_BASE as UserPtr
  }

  /** The segments apart, but for empty ones. */
  get segments(): { readonly base: UserPtr; readonly len: number }[] {
    const all = this.#bases.map((base, i) => ({ base, len: this.#ends[i] - (i === 0 ? 0 : this.#ends[i - 1]) }))
    return all.filter(({ len }) => len > 0)
  }

  copy_from(to: Mem, off: number, pos: number, n: number): number {
    return this.#copy(pos, n, (at, done, chunk) => __copy_from_user(to, off + done, at, chunk))
  }

  copy_to(pos: number, from: Mem, off: number, n: number): number {
    return this.#copy(pos, n, (at, done, chunk) => __copy_to_user(at, from, off + done, chunk))
  }

  /** Move `n` bytes at `pos` of the vector by `copy`, segment by segment. Returns how many could not be. */
  #copy(pos: number, n: number, copy: (at: UserPtr, done: number, chunk: number) => number): number {
    let done = 0
    for (let i = this.#segment(pos); done < n; i++) {
      const start = i === 0 ? 0 : this.#ends[i - 1]
      const chunk = Math.min(this.#ends[i] - pos - done, n - done)
      const left = copy((this.#bases[i] + pos + done - start) as UserPtr, done, chunk)
      done += chunk - left
      if (left > 0) break
    }
    return n - done
  }

  /** The segment that byte `pos` is in. */
  #segment(pos: number): number {
    let i = 0
    while (this.#ends[i] <= pos) i++
    return i
  }
}

/** The kernel's own bytes, for what moves them as if they were a program's. */
export class kvec_iter implements uio {
  readonly count: number
  readonly nosignal = false
  readonly #mem: Mem
  readonly #off: number

  constructor(mem: Mem, off: number, count: number) {
    this.count = count
    this.#mem = mem
    this.#off = off
  }

  get address(): UserPtr {
    return UIO_BASE as UserPtr
  }

  copy_from(to: Mem, off: number, pos: number, n: number): number {
    const from = this.#off + pos
    // Onto itself: byte by byte, so that what has been written is read again, as x86's string move does it.
    if (to === this.#mem && from < off && off < from + n) for (let i = 0; i < n; i++) to.u8[off + i] = to.u8[from + i]
    else memcpy(to, off, this.#mem, from, n)
    return 0
  }

  copy_to(pos: number, from: Mem, off: number, n: number): number {
    memcpy(this.#mem, this.#off + pos, from, off, n)
    return 0
  }
}

/**
 * The vector of `vlen` structs iovec at `vec`: -EINVAL for too many segments or one of more bytes than an ssize_t
 * says, -EFAULT where it or a segment is no user memory. What is above MAX_RW_COUNT bytes is left out.
 */
export function import_iovec(vec: UserPtr, vlen: number): iov_iter | number {
  if (vlen < 0 || vlen > UIO_MAXIOV) return -EINVAL
  if (vlen > UIO_FASTIOV && current.kernel.slab.fails()) return -ENOMEM
  const raw = allocMem(vlen * IOVEC_SIZE)
  if (copy_from_user(raw, 0, vec, vlen > 0 ? raw.u8.length : 0) > 0) return vlen === 0 ? new iov_iter([], []) : -EFAULT
  const lens = Array.from({ length: vlen }, (_, i) => raw.dv.getBigInt64(i * IOVEC_SIZE + 8, true))
  if (lens.some((len) => len < 0n)) return -EINVAL
  const bases: UserPtr[] = []
  const ends: number[] = []
  let total = 0
  for (let i = 0; i < vlen; i++) {
    const base = Number(raw.dv.getBigInt64(i * IOVEC_SIZE, true)) as UserPtr
    const len = Math.min(Number(lens[i]), MAX_RW_COUNT - total)
    // Of several segments each must be user memory to its end, of one as much as is moved.
    if (!access_ok(base, vlen === 1 ? len : Number(lens[i]))) return -EFAULT
    bases.push(base)
    ends.push((total += len))
  }
  return new iov_iter(bases, ends)
}
