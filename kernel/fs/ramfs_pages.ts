import type { Mem } from '../types.ts'
import type { page_owner } from './pipe_buffer.ts'
import { ENOSPC, ENXIO } from '../errno.ts'
import { memOf, memset } from '../mm/mem.ts'
import { PAGE_SIZE } from '../mm/mm.ts'

/** What the files of a ramfs have their bytes in: pages, where there are any. A hole is where there is none. */

/** Most pages that are asked for at a time; at first it is fewer, for machines that live shortly. */
const EXTENT_PAGES = 16

/** The pages of one file system, up to a limit. What is given back is kept for the next. */
export class PageStore implements page_owner {
  /** Pages in use. */
  used = 0
  /** Pages that may be. */
  max: number
  readonly #extent: (size: number) => Uint8Array
  #pages = 1
  readonly #free: Mem[] = []
  /** Pages that pipes have, and how many of those; and those of them that files have no more. */
  readonly #lent = new Map<Mem, number>()
  readonly #orphans = new Set<Mem>()

  /** `extent` makes so many bytes more. */
  constructor(max: number, extent: (size: number) => Uint8Array) {
    this.max = max
    this.#extent = extent
  }

  get full(): boolean {
    return this.used >= this.max
  }

  /** A page with whatever is in it, or null where all are in use. */
  take(): Mem | null {
    if (this.full) return null
    this.used++
    if (this.#free.length === 0) this.#more()
    return this.#free.pop() as Mem
  }

  give(page: Mem): void {
    this.used--
    if (this.#lent.size > 0 && this.#lent.has(page)) this.#orphans.add(page)
    else this.#free.push(page)
  }

  get_page(page: Mem): void {
    this.#lent.set(page, (this.#lent.get(page) ?? 0) + 1)
  }

  put_page(page: Mem): void {
    const left = (this.#lent.get(page) as number) - 1
    if (left > 0) this.#lent.set(page, left)
    else {
      this.#lent.delete(page)
      if (this.#orphans.delete(page)) this.#free.push(page)
    }
  }

  #more(): void {
    const { buffer, byteOffset } = this.#extent(this.#pages * PAGE_SIZE)
    // The lowest comes first.
    for (let at = (this.#pages - 1) * PAGE_SIZE; at >= 0; at -= PAGE_SIZE)
      this.#free.push(memOf(new Uint8Array(buffer, byteOffset + at, PAGE_SIZE)))
    this.#pages = Math.min(2 * this.#pages, EXTENT_PAGES)
  }
}

/**
 * The pages of one file by their index: include/linux/fs.h. Behind the end of the file a page is zero, so that a
 * file that grows needs nothing done.
 */
export class address_space {
  /** Whose pages they are. */
  readonly store: PageStore
  /** Page 0: most files have no other. */
  #first: Mem | null = null
  #rest: Map<number, Mem> | null = null
  /** The page of #rest that was asked for last. */
  #index = -1
  #last: Mem | null = null
  /** Pages that fallocate(2) has made and nobody has written to: holes, but paid for. */
  #unwritten: Set<number> | null = null

  constructor(store: PageStore) {
    this.store = store
  }

  get nrpages(): number {
    return (this.#first === null ? 0 : 1) + (this.#rest?.size ?? 0)
  }

  /** Page `index`, or null for a hole. */
  find_page(index: number): Mem | null {
    if (index === 0) return this.#first
    return index === this.#index ? this.#last : this.#lookup(index)
  }

  /** Page `index` as it is read: null for a hole, also for one that is paid for. */
  find_data(index: number): Mem | null {
    return this.#unwritten?.has(index) === true ? null : this.find_page(index)
  }

  #lookup(index: number): Mem | null {
    const page = this.#rest?.get(index) ?? null
    this.#index = page === null ? -1 : index
    this.#last = page
    return page
  }

  /** A page where there was a hole, zero where it is not to be `overwritten` as a whole; null where there is no more. */
  add_page(index: number, overwritten: boolean): Mem | null {
    const page = this.store.take()
    if (page === null) return null
    if (!overwritten) memset(page, 0, 0, PAGE_SIZE)
    if (index === 0) this.#first = page
    else (this.#rest ??= new Map<number, Mem>()).set(index, page)
    return page
  }

  /** Page `index` has been written to. */
  set_uptodate(index: number): void {
    if (this.#unwritten !== null) this.#unwritten.delete(index)
  }

  /** Make pages where there are none, from `index` to before `end`: 0, or -ENOSPC and all is as before. */
  allocate(index: number, end: number): number {
    if (end - index > this.store.max) return -ENOSPC
    this.#unwritten ??= new Set()
    const added: number[] = []
    for (let i = index; i < end; i++) {
      if (this.find_page(i) !== null) {
        // Paid for before, it is zeroed now, and thereby data.
        this.#unwritten.delete(i)
        continue
      }
      if (this.add_page(i, false) === null) {
        for (const a of added) this.#drop(a, a + 1)
        return -ENOSPC
      }
      this.#unwritten.add(i)
      added.push(i)
    }
    return 0
  }

  /** Make a hole of the bytes from `start` to before `end`, which may be Infinity. mm/shmem.c:shmem_truncate_range() */
  truncate_range(start: number, end: number): void {
    const first = Math.ceil(start / PAGE_SIZE)
    const last = Math.floor(end / PAGE_SIZE)
    if (first > last) {
      this.#clear(start, end)
      return
    }
    this.#clear(start, first * PAGE_SIZE)
    if (last !== Infinity) this.#clear(last * PAGE_SIZE, end)
    this.#drop(first, last)
  }

  /** Bytes of one page. */
  #clear(start: number, end: number): void {
    if (start >= end) return
    const index = Math.floor(start / PAGE_SIZE)
    const page = this.find_page(index)
    if (page !== null) memset(page, start - index * PAGE_SIZE, 0, end - start)
  }

  /** The pages from `index` to before `end`. */
  #drop(index: number, end: number): void {
    this.#index = -1
    this.#last = null
    if (index === 0 && end > 0 && this.#first !== null) {
      this.store.give(this.#first)
      this.#first = null
    }
    for (const i of within(this.#rest, index, end)) {
      this.store.give(this.#rest?.get(i) as Mem)
      this.#rest?.delete(i)
    }
    for (const i of within(this.#unwritten, index, end)) this.#unwritten?.delete(i)
  }

  /**
   * The next place from `start` on that is data, or that is a hole, of a file of `size` bytes, which ends in a hole;
   * -ENXIO where there is none. mm/filemap.c:mapping_seek_hole_data()
   */
  seek(start: number, size: number, data: boolean): number {
    if (start < 0 || start >= size) return -ENXIO
    let index = Math.floor(start / PAGE_SIZE)
    if (this.#holds(index) === data) return start
    if (data) {
      let next = Infinity
      for (const i of this.#rest?.keys() ?? []) if (i > index && i < next && this.#holds(i)) next = i
      return next * PAGE_SIZE < size ? next * PAGE_SIZE : -ENXIO
    }
    while (this.#holds(index)) index++
    return Math.min(index * PAGE_SIZE, size)
  }

  #holds(index: number): boolean {
    const there = index === 0 ? this.#first !== null : this.#rest?.has(index) === true
    return there && this.#unwritten?.has(index) !== true
  }
}

/** The members from `start` to before `end`, in any order. */
function within(set: Map<number, unknown> | Set<number> | null, start: number, end: number): number[] {
  if (set === null || set.size === 0) return []
  if (end - start > set.size) return [...set.keys()].filter((i) => i >= start && i < end)
  return Array.from({ length: end - start }, (_, i) => start + i).filter((i) => set.has(i))
}
