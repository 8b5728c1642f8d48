import type { UserPtr } from '../kernel/types.ts'
import { PAGE_SIZE } from '../kernel/mm/mm.ts'
import { decodeUtf8, encodeUtf8 } from '../kernel/utf8.ts'
import { SegmentationFault, type TsContext } from './context.ts'

/** A string to hand over: text, which the libc puts into memory, or the address where one is. */
export type CString = string | UserPtr

/** A program's own memory, as it reads and writes it: what the C compiler does for a C program. */
export class Memory {
  readonly #context: TsContext

  constructor(context: TsContext) {
    this.#context = context
  }

  /** The stack pointer: memory below is free. */
  protected get sp(): number {
    return this.#context.sp
  }

  /** `size` bytes of stack, zero, 16-aligned; the program's until it ends. */
  alloc(size: number): UserPtr {
    this.#context.sp = (this.sp - size) & ~15
    const at = this.sp as UserPtr
    this.store(at, new Uint8Array(size))
    return at
  }

  /** Text in memory, with a zero behind it. */
  string(text: string): UserPtr {
    const bytes = encodeUtf8(text)
    const at = this.alloc(bytes.length + 1)
    this.store(at, bytes)
    return at
  }

  /** Write to memory; a SegmentationFault where none is. */
  store(at: UserPtr, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const { u8, start } = this.#page(at + done, true)
      const chunk = bytes.subarray(done, done + PAGE_SIZE - start)
      u8.set(chunk, start)
      done += chunk.length
    }
  }

  /** A copy of `size` bytes of memory. */
  load(at: UserPtr, size: number): Uint8Array {
    const out = new Uint8Array(size)
    for (let done = 0; done < size;) {
      const { u8, start } = this.#page(at + done, false)
      const chunk = u8.subarray(start, Math.min(PAGE_SIZE, start + size - done))
      out.set(chunk, done)
      done += chunk.length
    }
    return out
  }

  loadInt(at: UserPtr): number {
    return new DataView(this.load(at, 4).buffer).getInt32(0, true)
  }

  storeInt(at: UserPtr, value: number): void {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setInt32(0, value, true)
    this.store(at, bytes)
  }

  /** The text at `at` up to its zero. */
  loadString(at: UserPtr): string {
    let end = at as number
    while (this.#byte(end) !== 0) end++
    return decodeUtf8(this.load(at, end - at))
  }

  #byte(at: number): number {
    const { u8, start } = this.#page(at, false)
    return u8[start]
  }

  #page(at: number, write: boolean): { u8: Uint8Array; start: number } {
    const page = at < 0 ? null : this.#context.mm.page(at, write)
    if (page === null) throw new SegmentationFault(at.toString(16))
    return { u8: page.u8, start: at & (PAGE_SIZE - 1) }
  }

  /** Text where the next call finds it: below the stack, or `below` what is there already, until the call after. */
  protected scratch(text: CString, below = this.sp): UserPtr {
    if (typeof text !== 'string') return text
    const bytes = encodeUtf8(`${text}\0`)
    const at = ((below - bytes.length) & ~15) as UserPtr
    this.store(at, bytes)
    return at
  }

  /** `size` bytes below the stack, for the next call and what it leaves there: until the call after. */
  room(size: number): UserPtr {
    return ((this.sp - size) & ~15) as UserPtr
  }

  /** 64-bit words where the next call finds them. */
  words(...words: bigint[]): UserPtr {
    const bytes = new Uint8Array(8 * words.length)
    const dv = new DataView(bytes.buffer)
    words.forEach((word, i) => dv.setBigUint64(8 * i, BigInt.asUintN(64, word), true))
    const at = ((this.sp - bytes.length) & ~15) as UserPtr
    this.store(at, bytes)
    return at
  }
}
