/**
 * Types that every room of the kernel shares. Nothing here exists at run time.
 */

declare const brand: unique symbol
type Brand<T, B extends string> = T & { readonly [brand]: B }

/** An address handed over by user space. Only `mm/uaccess.ts` follows it. */
export type UserPtr = Brand<number, 'UserPtr'>

/**
 * A kernel address: 0 is NULL, anything else a negative integer of 32 bits, as Linux's addresses
 * are when read as signed. `ERR_PTR()` values fall into -4095..-1, where no object can be.
 */
export type KPtr = Brand<number, 'KPtr'>

/** A file descriptor as user space names it: any int, not checked yet. */
export type Fd = Brand<number, 'Fd'>

/** A process id in the namespace of whoever names it. */
export type Pid = Brand<number, 'Pid'>

/** A register: an integer as a number where that is exact, else 64 bits as a bigint. */
export type Word = number | bigint

/**
 * Text inside the kernel: one char a byte (0 to 255), as names and comm are bytes in Linux.
 * `utf8.ts` translates at the borders.
 */
export type ByteString = string

/**
 * A computation that may sleep. Call it with `yield*`; it yields nothing but the CPU, and only the
 * functions of `sched/` contain the bare `yield`.
 */
export interface Sleeps<T> extends Iterable<void, T, void> {
  next(): IteratorResult<void, T>
  /** Give it up: what it holds is let go of. */
  return(value: T): IteratorResult<void, T>
  [Symbol.iterator](): Sleeps<T>
}

/** What a hot path returns: the result where it did not have to sleep, else the sleep. */
export type MaySleep<T> = T | Sleeps<T>

/** Bytes with both views on them, so that copies choose the cheaper one. */
export interface Mem {
  readonly u8: Uint8Array
  readonly dv: DataView
}
