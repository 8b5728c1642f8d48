import type { Kernel } from '../kernel.ts'
import type { Mem } from '../types.ts'
import type { dentry } from '../fs/dentry.ts'
import type { kmem_cache } from './slab.ts'
import { ENOMEM } from '../errno.ts'
import { current } from '../sched/current.ts'
import { allocMem } from './mem.ts'

/**
 * A process's address space: areas that say what may be touched, and pages that come when they are.
 * Addresses of the programs' own areas stay below 2^30, where the engine holds integers cheapest.
 */

export const PAGE_SHIFT = 12
export const PAGE_SIZE = 1 << PAGE_SHIFT
/** End of user addresses: 256 GiB, riscv64 with Sv39. */
export const TASK_SIZE = 2 ** 38

export const PROT_READ = 1
export const PROT_WRITE = 2
export const PROT_EXEC = 4

/** What an untouched page holds. Nobody writes to it. */
const ZERO_PAGE = allocMem(PAGE_SIZE)

const HEAP_START = 0x10_0000
const STACK_TOP = 0x3fff_f000
/** RLIMIT_STACK's default, in bytes. */
const STACK_SIZE = 8 << 20

export interface vm_area_struct {
  readonly vm_start: number
  /** First address behind it. */
  readonly vm_end: number
  readonly vm_prot: number
  /** As /proc/PID/maps names it. */
  readonly name: string
}

/** A page of memory, shared by as many page tables as `count` until one of them writes to it. */
interface page {
  readonly mem: Mem
  count: number
}

/** The pages of an address space, shared by as many as `users` until one of them has another page. */
interface page_table {
  readonly pages: Map<number, page>
  users: number
}

const heap = (vm_end: number): vm_area_struct => ({
  vm_start: HEAP_START,
  vm_end,
  vm_prot: PROT_READ | PROT_WRITE,
  name: '[heap]',
})

const NO_HEAP = heap(HEAP_START)
const STACK: vm_area_struct = {
  vm_start: STACK_TOP - STACK_SIZE,
  vm_end: STACK_TOP,
  vm_prot: PROT_READ | PROT_WRITE,
  name: '[stack]',
}
/** The areas of a new address space. */
const AREAS: readonly vm_area_struct[] = [NO_HEAP, STACK]

export class mm_struct {
  readonly kernel: Kernel
  /** Tasks that share it. */
  mm_users = 1
  /** Its areas, never changed in place: copies share them. */
  mmap = AREAS
  #heap = NO_HEAP
  #pgd: page_table
  #exe: dentry | null = null
  /** May others look into it? Not into what somebody became by other rights. PR_SET_DUMPABLE. */
  dumpable = true
  /** Where on the stack the program has its arguments and its environment. */
  arg_start = 0
  arg_end = 0
  env_end = 0
  #hiwater = 0
  // The page touched last, as a TLB of one entry; a program mostly stays where it is.
  // Which it is where it may be read, and where it may be written to.
  #tlbMem: Mem | null = null
  #tlbRead = -1
  #tlbWrite = -1
  // An int that has been stored, but for the page that it takes: nobody has looked yet.
  #storedAt = -1
  #stored = 0

  constructor(kernel: Kernel, pgd: page_table = { pages: new Map(), users: 1 }) {
    this.kernel = kernel
    this.#pgd = pgd
  }

  /** Where the stack of a new program begins: the first address behind it. */
  get start_stack(): number {
    return STACK_TOP
  }

  /** Where the heap begins. */
  get start_brk(): number {
    return HEAP_START
  }

  /** Pages in memory. */
  get rss(): number {
    return this.#pgd.pages.size
  }

  /** Most pages that it ever had in memory. */
  get hiwater_rss(): number {
    return Math.max(this.#hiwater, this.#pgd.pages.size)
  }

  /** The pages in memory, for who counts them: shared ones are the same object in each address space. */
  resident(): Iterable<object> {
    return this.#pgd.pages.values()
  }

  /**
   * The page around `addr`, made on first touch, or to write to, a copy of its own where others share it.
   * Null where no area is, or no memory left. `addr` is at byte `addr & (PAGE_SIZE - 1)` of it.
   */
  page(addr: number, write: boolean): Mem | null {
    // An int where it can be: the engine divides with doubles.
    const n = addr <= 0x7fff_ffff ? addr >>> PAGE_SHIFT : Math.floor(addr / PAGE_SIZE)
    if (n === (write ? this.#tlbWrite : this.#tlbRead)) return this.#tlbMem
    if (this.#storedAt >= 0) this.#finishStore()
    const page = this.#pgd.pages.get(n) ?? this.#fault(n)
    if (page === null) return null
    const shared = page.count > 1 || this.#pgd.users > 1
    const mem = write && shared ? this.#unshare(n, page) : page.mem
    if (mem === null) return null
    this.#tlbMem = mem
    this.#tlbRead = n
    this.#tlbWrite = write || !shared ? n : -1
    return mem
  }

  /** The page around `addr` as it is, for who only looks on: nothing is made. Null where no area is. */
  peek(addr: number): Mem | null {
    const n = Math.floor(addr / PAGE_SIZE)
    if (this.#storedAt >= 0) this.#finishStore()
    return this.#pgd.pages.get(n)?.mem ?? (this.#mapped(n) ? ZERO_PAGE : null)
  }

  /**
   * Store an int where memory is that others share, and copy the page only once somebody looks at any: most children
   * never do. It counts as touched at once. False where that is not so: the caller is to store it himself.
   */
  storeUnseen(addr: number, value: number): boolean {
    const seen = this.#storedAt >= 0 || this.mm_users > 1 || (addr & (PAGE_SIZE - 1)) > PAGE_SIZE - 4
    const page = seen ? undefined : this.#pgd.pages.get(Math.floor(addr / PAGE_SIZE))
    if (page === undefined || (page.count === 1 && this.#pgd.users === 1)) return false
    this.#storedAt = addr
    this.#stored = value
    this.#flush_tlb()
    current.min_flt++
    return true
  }

  /** Without a page left it is lost, as it would have been. */
  #finishStore(): void {
    const addr = this.#storedAt
    this.#storedAt = -1
    const { min_flt } = current
    this.page(addr, true)?.dv.setInt32(addr & (PAGE_SIZE - 1), this.#stored, true)
    current.min_flt = min_flt
  }

  /**
   * brk(2): move the end of the heap. Returns the new end, the old one where `end` cannot be had.
   */
  brk(end: number): number {
    const old = this.#heap
    if (end < old.vm_start || end > STACK_TOP - STACK_SIZE) return old.vm_end
    this.#hiwater = this.hiwater_rss
    if (this.#storedAt >= 0) this.#finishStore()
    for (let n = Math.ceil(end / PAGE_SIZE); n < Math.ceil(old.vm_end / PAGE_SIZE); n++) this.#unmapPage(n)
    this.#heap = heap(end)
    this.mmap = this.mmap.map((vma) => (vma === old ? this.#heap : vma))
    return end
  }

  /** Put `bytes` at `addr`, for the kernel to set a program up. False where nothing is mapped. */
  write(addr: number, bytes: Uint8Array): boolean {
    for (let done = 0; done < bytes.length;) {
      const page = this.page(addr + done, true)
      if (page === null) return false
      const start = (addr + done) & (PAGE_SIZE - 1)
      const chunk = bytes.subarray(done, done + PAGE_SIZE - start)
      page.u8.set(chunk, start)
      done += chunk.length
    }
    return true
  }

  /** Give all pages back: the last user is gone. */
  exit_mmap(): void {
    this.#hiwater = this.hiwater_rss
    if (this.#pgd.users > 1) {
      this.#pgd.users--
      this.#pgd = { pages: new Map(), users: 1 }
    } else for (const n of [...this.#pgd.pages.keys()]) this.#unmapPage(n)
    this.#storedAt = -1
    this.#flush_tlb()
    this.mmap = []
    this.exe_file = null
  }

  /** The program it was made for: nobody may write to that meanwhile. kernel/fork.c:set_mm_exe_file() */
  get exe_file(): dentry | null {
    return this.#exe
  }

  set exe_file(exe: dentry | null) {
    const [old, now] = [this.#exe?.d_inode ?? null, exe?.d_inode ?? null]
    if (old !== null) old.i_writecount++
    if (now !== null) now.i_writecount--
    this.#exe = exe
  }

  /** The address space of a child: the same pages, copied when one of the two writes to them. */
  dup(): mm_struct {
    const copy = new mm_struct(this.kernel, this.#pgd)
    this.#pgd.users++
    copy.mmap = this.mmap
    copy.#heap = this.#heap
    copy.#storedAt = this.#storedAt
    copy.#stored = this.#stored
    copy.exe_file = this.#exe
    copy.dumpable = this.dumpable
    copy.arg_start = this.arg_start
    copy.arg_end = this.arg_end
    copy.env_end = this.env_end
    this.#flush_tlb()
    return copy
  }

  /** Its pages, to change which they are: from here on nobody shares the table. */
  #ownPages(): Map<number, page> {
    const { pages, users } = this.#pgd
    if (users === 1) return pages
    this.#pgd.users--
    this.#pgd = { pages: new Map(pages), users: 1 }
    for (const page of pages.values()) page.count++
    return this.#pgd.pages
  }

  #flush_tlb(): void {
    this.#tlbRead = -1
    this.#tlbWrite = -1
    this.#tlbMem = null
  }

  #fault(n: number): page | null {
    return this.#mapped(n) ? this.#addPage(n) : null
  }

  #mapped(n: number): boolean {
    const addr = n * PAGE_SIZE
    // The last page of an area belongs to it whole, as brk's does in Linux.
    for (const vma of this.mmap) if (addr + PAGE_SIZE > vma.vm_start && addr < vma.vm_end) return true
    return false
  }

  #addPage(n: number): page | null {
    if (!this.kernel.pages.take()) return null
    current.min_flt++
    const page = { mem: allocMem(PAGE_SIZE), count: 1 }
    this.#ownPages().set(n, page)
    return page
  }

  /** Copy on write. */
  #unshare(n: number, shared: page): Mem | null {
    void this.#ownPages()
    if (shared.count === 1) return shared.mem
    const own = this.#addPage(n)
    if (own === null) return null
    own.mem.u8.set(shared.mem.u8)
    shared.count--
    return own.mem
  }

  #unmapPage(n: number): void {
    const page = this.#pgd.pages.get(n)
    if (page === undefined) return
    this.#ownPages().delete(n)
    if (--page.count === 0) this.kernel.pages.give()
    this.#flush_tlb()
  }
}

/** The machine's pages of user memory, counted. */
export class PageAllocator {
  readonly total: number
  used = 0

  constructor(total: number) {
    this.total = total
  }

  take(): boolean {
    if (this.used >= this.total) return false
    this.used++
    return true
  }

  give(): void {
    this.used--
  }
}

/** A new, empty address space, or null when the slab has none left. */
export function mm_alloc(kernel: Kernel): mm_struct | null {
  return kernel.slab.kmem_cache_alloc(mm_cachep(kernel)) ? new mm_struct(kernel) : null
}

/** Drop one user. kernel/fork.c:mmput(). */
export function mmput(mm: mm_struct): void {
  if (--mm.mm_users > 0) return
  mm.exit_mmap()
  mm.kernel.slab.kmem_cache_free(mm_cachep(mm.kernel))
}

/** The address space of a child: shared, or copied. kernel/fork.c:dup_mm(). */
export function copy_mm(mm: mm_struct, share: boolean): mm_struct | number {
  if (share) {
    mm.mm_users++
    return mm
  }
  return mm.kernel.slab.kmem_cache_alloc(mm_cachep(mm.kernel)) ? mm.dup() : -ENOMEM
}

function mm_cachep(kernel: Kernel): kmem_cache {
  return kernel.caches.mm_struct
}
