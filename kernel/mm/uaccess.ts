import type { ByteString, Mem, UserPtr } from '../types.ts'
import { EFAULT, ENAMETOOLONG, ENOENT, ENOMEM } from '../errno.ts'
import { current } from '../sched/current.ts'
import { PAGE_SIZE, TASK_SIZE } from './mm.ts'
import { allocMem, memcpy } from './mem.ts'
import { koff } from './slab.ts'

/**
 * The only way to follow an address that user space handed over, after asm/uaccess.h.
 *
 * A task has a limit up to which its "user" pointers may reach. It is TASK_SIZE, but kernel code that
 * calls a function made for user buffers with a buffer of its own lifts it meanwhile, as the patch
 * does around vfs_write() and vfs_read().
 */

/** Two such numbers together are an int, and less than TASK_SIZE. */
const SMALL = 0x3fff_ffff

/** Longest path, the zero included. */
export const PATH_MAX = 4096

/** addr_limit of a task: what its user pointers may reach. */
export const USER_DS = false
export const KERNEL_DS = true
export type mm_segment_t = boolean

/** From here on up are the addresses that stand for the vector of a transfer: mm/iov_iter.ts. No kernel address is below. */
export const UIO_BASE = -(2 ** 40)
const UIO_END = -(2 ** 39)

export function get_fs(): mm_segment_t {
  return current.addr_limit
}

export function set_fs(fs: mm_segment_t): void {
  current.addr_limit = fs
}

/** May the current task touch `size` bytes at `addr`? Says nothing of what is mapped there. */
export function access_ok(addr: UserPtr, size: number): boolean {
  // Mostly both are small, and ints are cheap.
  if ((addr & SMALL) === addr && (size & SMALL) === size) return true
  // A negative size is a huge size_t: the end wraps around, whatever the limit.
  if (size < 0) return false
  if (current.addr_limit === KERNEL_DS || (addr >= 0 && addr + size <= TASK_SIZE)) return true
  // The program's own segments have been looked at when the vector was made.
  return current.uio !== null && addr >= UIO_BASE && addr - UIO_BASE + size <= current.uio.count
}

/**
 * Copy `n` bytes in from user space to byte `off` of `to`. Returns how many could not be copied.
 * The caller has asked access_ok().
 */
export function __copy_from_user(to: Mem, off: number, from: UserPtr, n: number): number {
  if (from < 0) {
    if (from < UIO_END) return copy_from_uio(to, off, from, n)
    // By their last byte, as kmem() has it.
    memcpy(to, off, current.kernel.slab.mem(from + n - 1), koff(from), n)
    return 0
  }
  const { mm } = current
  const start = from & (PAGE_SIZE - 1)
  if (mm === null || n === 0 || start + n > PAGE_SIZE) return copy_pages_from_user(to, off, from, n)
  const page = mm.page(from, false)
  if (page === null) return n
  memcpy(to, off, page, start, n)
  return 0
}

function copy_pages_from_user(to: Mem, off: number, from: UserPtr, n: number): number {
  const { mm } = current
  while (n > 0) {
    const page = mm === null ? null : mm.page(from, false)
    if (page === null) return n
    const start = from & (PAGE_SIZE - 1)
    const chunk = Math.min(n, PAGE_SIZE - start)
    memcpy(to, off, page, start, chunk)
    off += chunk
    from = (from + chunk) as UserPtr
    n -= chunk
  }
  return 0
}

/** Copy `n` bytes out to user space. Returns how many could not be. The caller has asked access_ok(). */
export function __copy_to_user(to: UserPtr, from: Mem, off: number, n: number): number {
  if (to < 0) {
    if (to < UIO_END) return copy_to_uio(to, from, off, n)
    memcpy(current.kernel.slab.mem(to + n - 1), koff(to), from, off, n)
    return 0
  }
  const { mm } = current
  const start = to & (PAGE_SIZE - 1)
  if (mm === null || n === 0 || start + n > PAGE_SIZE) return copy_pages_to_user(to, from, off, n)
  const page = mm.page(to, true)
  if (page === null) return n
  memcpy(page, start, from, off, n)
  return 0
}

function copy_pages_to_user(to: UserPtr, from: Mem, off: number, n: number): number {
  const { mm } = current
  while (n > 0) {
    const page = mm === null ? null : mm.page(to, true)
    if (page === null) return n
    const start = to & (PAGE_SIZE - 1)
    const chunk = Math.min(n, PAGE_SIZE - start)
    memcpy(page, start, from, off, chunk)
    off += chunk
    to = (to + chunk) as UserPtr
    n -= chunk
  }
  return 0
}

function copy_from_uio(to: Mem, off: number, from: UserPtr, n: number): number {
  return current.uio?.copy_from(to, off, from - UIO_BASE, n) ?? n
}

function copy_to_uio(to: UserPtr, from: Mem, off: number, n: number): number {
  return current.uio?.copy_to(to - UIO_BASE, from, off, n) ?? n
}

/** copy_from_user(): with the check. Returns how many bytes could not be copied. */
export function copy_from_user(to: Mem, off: number, from: UserPtr, n: number): number {
  return access_ok(from, n) ? __copy_from_user(to, off, from, n) : n
}

/** copy_to_user(): with the check. Returns how many bytes could not be copied. */
export function copy_to_user(to: UserPtr, from: Mem, off: number, n: number): number {
  return access_ok(to, n) ? __copy_to_user(to, from, off, n) : n
}

/**
 * Where the kernel may write `n` bytes for user space itself, at user_offset(to), as user_access_begin() in Linux;
 * null where they lie in more than one page, or copy_to_user() would fail.
 */
export function user_window(to: UserPtr, n: number): Mem | null {
  if ((to & (PAGE_SIZE - 1)) + n > PAGE_SIZE || to < 0 || !access_ok(to, n) || current.mm === null) return null
  return current.mm.page(to, true)
}

export function user_offset(to: UserPtr): number {
  return to & (PAGE_SIZE - 1)
}

/** clear_user(): zero `n` bytes of user memory. Returns how many could not be. */
export function clear_user(to: UserPtr, n: number): number {
  if (!access_ok(to, n)) return n
  while (n > 0) {
    const chunk = Math.min(n, PAGE_SIZE)
    const left = __copy_to_user(to, ZERO_PAGE, 0, chunk)
    n -= chunk - left
    if (left > 0) return n
    to = (to + chunk) as UserPtr
  }
  return 0
}

/** put_user() of an int: 0 or -EFAULT. */
export function put_user_int(value: number, to: UserPtr): number {
  scratch.dv.setInt32(0, value, true)
  return copy_to_user(to, scratch, 0, 4) > 0 ? -EFAULT : 0
}

/** get_user() of an int; null for -EFAULT. */
export function get_user_int(from: UserPtr): number | null {
  return copy_from_user(scratch, 0, from, 4) > 0 ? null : scratch.dv.getInt32(0, true)
}

/**
 * A string of user space, its bytes as chars: up to its zero, or `max` bytes where none comes before.
 * -EFAULT where it leaves mapped memory first.
 */
export function strncpy_from_user(from: UserPtr, max: number): ByteString | number {
  if (!access_ok(from, 1)) return -EFAULT
  const { kernel, mm } = current
  let text = ''
  while (text.length < max) {
    const page = mm === null || from >= TASK_SIZE ? null : mm.page(from, false)
    if (page === null) return -EFAULT
    const start = from & (PAGE_SIZE - 1)
    const end = Math.min(PAGE_SIZE, start + max - text.length)
    let zero = start
    while (zero < end && page.u8[zero] !== 0) zero++
    const part = kernel.names.string(page.u8, start, zero)
    if (zero < end) return text === '' ? part : text + part
    text += part
    from = (from + end - start) as UserPtr
  }
  return text
}

/**
 * A path of user space: -ENOENT for an empty one unless that is welcome, -ENAMETOOLONG from PATH_MAX bytes on,
 * -EFAULT; -ENOMEM where there is none to keep it in during the call. fs/namei.c:getname_flags().
 */
export function getname(from: UserPtr, empty = false): ByteString | number {
  if (current.kernel.slab.fails()) return -ENOMEM
  const path = strncpy_from_user(from, PATH_MAX)
  if (typeof path === 'number') return path
  return path === '' && !empty ? -ENOENT : path.length === PATH_MAX ? -ENAMETOOLONG : path
}

const ZERO_PAGE = allocMem(PAGE_SIZE)
const scratch = allocMem(8)
