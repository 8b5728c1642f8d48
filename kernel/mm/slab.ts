import type { KPtr, Mem } from '../types.ts'
import type { FaultPoint } from '../inject/inject.ts'
import type { Tracepoints } from '../trace.ts'
import { BUG_ON, Bug } from '../bug.ts'
import { MAX_ERRNO } from '../errno.ts'
import { current } from '../sched/current.ts'
import { allocMem, clear } from './mem.ts'

/**
 * The kernel's heap. Memory comes in chunks, each of which owns 8 MiB of addresses from -2^31 up, so
 * that a kernel address is a small negative integer: no user address is negative, and `IS_ERR()`
 * tells an errno from a pointer as in C.
 *
 * Before each object stand 8 bytes: its size class with a mark that says allocated or free, and of a free
 * one the address of the next. That is how kfree() knows what it was given, and catches what it was not.
 */

/** The only gfp mask there is: the caller may sleep. Nothing here needs to. */
export const GFP_KERNEL = 0xd0
/** Largest kmalloc, in bytes: KMALLOC_MAX_SIZE with 4 KiB pages and MAX_ORDER 11. */
export const KMALLOC_MAX_SIZE = 1 << 22

const CHUNK_SHIFT = 23
const CHUNK_SPAN = 1 << CHUNK_SHIFT
const FIRST_CHUNK = 1 << 14
/** Chunks are made of whole grains, by which an address is looked up. */
const GRAIN_SHIFT = 14
const GRAINS = CHUNK_SPAN >> GRAIN_SHIFT
const HEADER = 8
/** Where in the header of a free object the next one is. */
const NEXT = 4
const MARK = ~0xfff
const ALLOCATED = 0xa110c000 | 0
const FREE = 0xf4ee0000 | 0
/** Sizes of the general caches, as /proc/slabinfo lists them. */
const CLASSES = [8, 16, 32, 64, 96, 128, 192, 256]
for (let size = 512; size <= KMALLOC_MAX_SIZE; size *= 2) CLASSES.push(size)
const LARGEST = CLASSES.length - 1
const CLASS_OF_SMALL = new Uint8Array(192 / 8 + 1)
for (let i = 1; i < CLASS_OF_SMALL.length; i++) CLASS_OF_SMALL[i] = CLASSES.findIndex((size) => size >= i * 8)

/** A cache of one kind of object that lives outside the heap, as a JavaScript object; counted like any. */
export interface kmem_cache {
  readonly name: string
  readonly object_size: number
  active_objs: number
}

export class Slab {
  /** Objects allocated and not freed, in the heap and in the caches. */
  active = 0
  /** Bytes of chunks. */
  total = 0
  /** Bytes that chunks may take; beyond it allocations fail. */
  readonly limit: number
  readonly caches: kmem_cache[] = []
  readonly #trace: Tracepoints
  readonly #fault: FaultPoint
  readonly #chunks: (Mem | null)[] = []
  /** The chunk that each grain of the addresses lies in; null behind a chunk's end. */
  readonly #grains: (Mem | null)[] = []
  /** By size class, the address of the object freed last. */
  readonly #free = new Int32Array(CLASSES.length)
  /** Where the newest small chunk still has room. */
  #brk = 0
  #end = 0

  constructor(trace: Tracepoints, fault: FaultPoint, limit: number) {
    this.#trace = trace
    this.#fault = fault
    this.limit = limit
  }

  /** kmalloc(): what the memory holds is not defined. Returns 0 when there is none. */
  kmalloc(size: number): KPtr {
    const ptr = this.#fault.active && this.#fault.fails() ? NULL : this.#alloc(size)
    if (this.#trace.kmalloc.enabled) this.#trace.kmalloc.emit(size, ptr)
    return ptr
  }

  /** kfree(): NULL is allowed. */
  kfree(ptr: KPtr): void {
    if (this.#trace.kfree.enabled) this.#trace.kfree.emit(ptr)
    if (ptr === NULL) return
    const { dv } = this.mem(ptr)
    const at = koff(ptr) - HEADER
    // At the very start of a chunk there is no room for a header.
    const mark = at < 0 ? 0 : dv.getInt32(at, true)
    if ((mark & MARK) !== ALLOCATED) throw new Bug(`kernel BUG: kfree of ${ptr}, which is not allocated`)
    const cls = mark & ~MARK
    this.active--
    if (cls === LARGEST) {
      this.#setChunk(chunkOf(ptr), null)
      this.total -= KMALLOC_MAX_SIZE + HEADER
      return
    }
    dv.setInt32(at, FREE | cls, true)
    dv.setInt32(at + NEXT, this.#free[cls], true)
    this.#free[cls] = ptr
  }

  /** The chunk that `ptr` points into, at byte `koff(ptr)`. */
  mem(ptr: number): Mem {
    const mem = this.#grains[(ptr & 0x7fffffff) >>> GRAIN_SHIFT]
    if (mem === undefined || mem === null) throw new Bug(`kernel BUG: unable to handle kernel paging request at ${ptr}`)
    return mem
  }

  /** Of each size of the heap, how many objects are in use, and how many there are; found by a walk through it all. */
  usage(): { readonly size: number; readonly active: number; readonly total: number }[] {
    const counts = CLASSES.map((size) => ({ size, active: 0, total: 0 }))
    for (const chunk of this.#chunks) {
      for (let at = 0; chunk !== null && at + HEADER <= chunk.u8.length;) {
        const mark = chunk.dv.getInt32(at, true)
        const state = mark & MARK
        if (state !== ALLOCATED && state !== FREE) break
        const of = counts[mark & ~MARK]
        of.total++
        if (state === ALLOCATED) of.active++
        at += of.size + HEADER
      }
    }
    return counts
  }

  /** Is there no memory for something that the kernel keeps as long as a call takes? It counts as any allocation. */
  fails(): boolean {
    return this.#fault.active && this.#fault.fails()
  }

  /** Make a cache. */
  kmem_cache_create(name: string, object_size: number): kmem_cache {
    const cache = { name, object_size, active_objs: 0 }
    this.caches.push(cache)
    return cache
  }

  /** Count one object in. False when there is no memory for it. */
  kmem_cache_alloc(cache: kmem_cache): boolean {
    if (this.#fault.active && this.#fault.fails()) return false
    cache.active_objs++
    this.active++
    return true
  }

  kmem_cache_free(cache: kmem_cache): void {
    BUG_ON(cache.active_objs === 0, `${cache.name}: more objects freed than allocated`)
    cache.active_objs--
    this.active--
  }

  #alloc(size: number): KPtr {
    // A negative int became a huge size_t on its way here, as in C.
    if (size < 0 || size > KMALLOC_MAX_SIZE) return NULL
    if (size === 0) size = 1
    const cls = size <= 192 ? CLASS_OF_SMALL[(size + 7) >> 3] : size <= 256 ? 7 : 31 - Math.clz32(size - 1)
    let ptr = this.#free[cls] as KPtr
    const fresh = ptr === NULL
    if (fresh) ptr = this.#carve(cls)
    if (ptr === NULL) return NULL
    const { dv } = this.mem(ptr)
    const at = koff(ptr) - HEADER
    if (!fresh) this.#free[cls] = dv.getInt32(at + NEXT, true)
    dv.setInt32(at, ALLOCATED | cls, true)
    this.active++
    return ptr
  }

  /** Cut an object that never was out of a chunk. */
  #carve(cls: number): KPtr {
    const need = CLASSES[cls] + HEADER
    if (cls === LARGEST) {
      const index = this.#addChunk(need)
      return index < 0 ? NULL : addressOf(index, HEADER)
    }
    if (this.#brk + need > this.#end) {
      const size = Math.min(KMALLOC_MAX_SIZE, Math.max(FIRST_CHUNK, 2 ** Math.ceil(Math.log2(need)), this.total))
      const index = this.#addChunk(size)
      if (index < 0) return NULL
      this.#brk = addressOf(index, 0)
      this.#end = this.#brk + size
    }
    const ptr = (this.#brk + HEADER) as KPtr
    this.#brk += need
    return ptr
  }

  #addChunk(size: number): number {
    if (this.total + size > this.limit) return -1
    this.total += size
    const hole = this.#chunks.indexOf(null)
    const index = hole < 0 ? this.#chunks.length : hole
    this.#setChunk(index, allocMem(((size - 1) | ((1 << GRAIN_SHIFT) - 1)) + 1))
    return index
  }

  #setChunk(index: number, chunk: Mem | null): void {
    this.#chunks[index] = chunk
    while (this.#grains.length < (index + 1) * GRAINS) this.#grains.push(null)
    const size = chunk?.u8.length ?? 0
    for (let i = 0; i < GRAINS; i++) this.#grains[index * GRAINS + i] = i << GRAIN_SHIFT < size ? chunk : null
  }
}

export const NULL = 0 as KPtr

/** kmalloc() on the machine of the current task. */
export function kmalloc(size: number, _gfp: number): KPtr {
  return current.kernel.slab.kmalloc(size)
}

/** kzalloc(): zeroed. */
export function kzalloc(size: number, _gfp: number): KPtr {
  const { slab } = current.kernel
  const ptr = slab.kmalloc(size)
  // Objects are made of whole words of 8 bytes, so the last one may be cleared to its end.
  if (ptr !== NULL) clear(slab.mem(ptr), koff(ptr), (size + 7) & ~7)
  return ptr
}

export function kfree(ptr: KPtr): void {
  current.kernel.slab.kfree(ptr)
}

/**
 * What a struct window on kernel memory at `ptr` is made with: C's `(struct ckpt_hdr *) ptr` is
 *
 *     new ckpt_hdr(kmem(ptr, ckpt_hdr.sizeof), koff(ptr), ptr)
 *
 * The chunk is looked up by the struct's last byte: behind a chunk's end there is none, so one that straddles it is
 * an address that cannot be followed, at no cost. Written out at each place: a function that made windows of every struct would cost 50 ns a window.
 */
export function kmem(ptr: KPtr, size: number): DataView {
  return current.kernel.slab.mem(ptr + size - 1).dv
}

/** Where in its chunk a kernel address lies. */
export function koff(ptr: number): number {
  return ptr & (CHUNK_SPAN - 1)
}

function chunkOf(ptr: number): number {
  return (ptr & 0x7fffffff) >>> CHUNK_SHIFT
}

function addressOf(chunk: number, off: number): KPtr {
  return (-0x80000000 + chunk * CHUNK_SPAN + off) as KPtr
}

/** Is it an errno in a pointer's place? include/linux/err.h. */
export function IS_ERR(ptr: KPtr): boolean {
  return ptr < 0 && ptr >= -MAX_ERRNO
}
