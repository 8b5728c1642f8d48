import type { UserPtr, Word } from '../kernel/types.ts'
import type { Run } from './program.ts'
import { EAGAIN, errnoMessage } from '../kernel/errno.ts'
import { O_CREAT, O_TRUNC, O_WRONLY } from '../kernel/fs/file.ts'
import { AT_FDCWD } from '../kernel/fs/namei.ts'
import { PAGE_SIZE } from '../kernel/mm/mm.ts'
import { CLONE_VM } from '../kernel/task/fork.ts'
import { decodeUtf8, encodeUtf8 } from '../kernel/utf8.ts'
import { SegmentationFault, TsContext } from './context.ts'

/** A string to hand over: text, which the libc puts into memory, or the address where one is. */
export type CString = string | UserPtr

/** What a thread's stack takes, in bytes, of the process's. */
const THREAD_STACK = 256 << 10
/** As many of them fit below the first thread's. */
const MAX_THREADS = 30
const SIGCHLD = 17

/** prctl(2) options. */
export const PR_SET_NAME = 15
export const PR_GET_NAME = 16

/**
 * The C library of TypeScript programs: system calls by name, and memory to point them at.
 *
 * A call returns what the kernel does: a result, or a negative errno. Call it with `yield*`.
 */
export class Libc {
  readonly #context: TsContext
  /** Memory below is free; alloc() goes down. */
  #sp: number
  readonly #stacks: ThreadStacks

  /** Of the program that `context` runs, with its stack at `sp`; `stacks` are its process's. */
  constructor(context: TsContext, sp: number, stacks = new ThreadStacks(sp - THREAD_STACK)) {
    this.#context = context
    this.#sp = sp
    this.#stacks = stacks
  }

  // ---- memory

  /** `size` bytes of stack, 16-aligned, with whatever is in them; the program's until it ends. */
  alloc(size: number): UserPtr {
    this.#sp = (this.#sp - size) & ~15
    return this.#sp as UserPtr
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
      const { u8, start } = this.#page(at + done)
      const chunk = bytes.subarray(done, done + PAGE_SIZE - start)
      u8.set(chunk, start)
      done += chunk.length
    }
  }

  /** A copy of `size` bytes of memory. */
  load(at: UserPtr, size: number): Uint8Array {
    const out = new Uint8Array(size)
    for (let done = 0; done < size;) {
      const { u8, start } = this.#page(at + done)
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
    const { u8, start } = this.#page(at)
    return u8[start]
  }

  #page(at: number): { u8: Uint8Array; start: number } {
    const page = at < 0 ? null : this.#context.mm.page(at)
    if (page === null) throw new SegmentationFault(at.toString(16))
    return { u8: page.u8, start: at & (PAGE_SIZE - 1) }
  }

  /** Text where the next call finds it: below the stack, until the call after. */
  #scratch(text: CString): UserPtr {
    if (typeof text !== 'string') return text
    const bytes = encodeUtf8(`${text}\0`)
    const at = ((this.#sp - bytes.length) & ~15) as UserPtr
    this.store(at, bytes)
    return at
  }

  // ---- system calls, in the order of their numbers

  /** Any call, by number. */
  syscall(nr: number, ...args: readonly Word[]): Run<number> {
    const [a0, a1, a2, a3, a4, a5] = args
    return this.#context.syscall(nr, a0, a1, a2, a3, a4, a5)
  }

  dup(fd: number): Run<number> {
    return this.#context.syscall(23, fd)
  }

  dup3(oldfd: number, newfd: number, flags: number): Run<number> {
    return this.#context.syscall(24, oldfd, newfd, flags)
  }

  openat(dfd: number, path: CString, flags: number, mode = 0): Run<number> {
    return this.#context.syscall(56, dfd, this.#scratch(path), flags, mode)
  }

  open(path: CString, flags: number, mode = 0): Run<number> {
    return this.openat(AT_FDCWD, path, flags, mode)
  }

  creat(path: CString, mode: number): Run<number> {
    return this.open(path, O_CREAT | O_WRONLY | O_TRUNC, mode)
  }

  close(fd: number): Run<number> {
    return this.#context.syscall(57, fd)
  }

  /** The two descriptors go to `fds`, ints one behind the other: first the end to read from. */
  pipe2(fds: UserPtr, flags: number): Run<number> {
    return this.#context.syscall(59, fds, flags)
  }

  lseek(fd: number, offset: number, whence: number): Run<number> {
    return this.#context.syscall(62, fd, offset, whence)
  }

  read(fd: number, buf: UserPtr, count: number): Run<number> {
    return this.#context.syscall(63, fd, buf, count)
  }

  write(fd: number, buf: UserPtr, count: number): Run<number> {
    return this.#context.syscall(64, fd, buf, count)
  }

  /** End this thread. */
  exit(status: number): Run<number> {
    return this.#context.syscall(93, status)
  }

  /** End the process. */
  exit_group(status: number): Run<number> {
    return this.#context.syscall(94, status)
  }

  set_tid_address(tidptr: number): Run<number> {
    return this.#context.syscall(96, tidptr)
  }

  *nanosleep(sec: number, nsec = 0): Run<number> {
    const bytes = new Uint8Array(16)
    const ts = new DataView(bytes.buffer)
    ts.setBigInt64(0, BigInt(sec), true)
    ts.setBigInt64(8, BigInt(nsec), true)
    const at = ((this.#sp - 16) & ~15) as UserPtr
    this.store(at, bytes)
    return yield* this.#context.syscall(101, at, 0)
  }

  sched_yield(): Run<number> {
    return this.#context.syscall(124)
  }

  uname(buf: UserPtr): Run<number> {
    return this.#context.syscall(160, buf)
  }

  sethostname(name: CString, len: number): Run<number> {
    return this.#context.syscall(161, this.#scratch(name), len)
  }

  prctl(option: number, arg2: CString = 0 as UserPtr): Run<number> {
    return this.#context.syscall(167, option, this.#scratch(arg2))
  }

  getpid(): Run<number> {
    return this.#context.syscall(172)
  }

  getppid(): Run<number> {
    return this.#context.syscall(173)
  }

  gettid(): Run<number> {
    return this.#context.syscall(178)
  }

  brk(end: number): Run<number> {
    return this.#context.syscall(214, end)
  }

  /**
   * A child that begins with `child` and ends with the status it returns. Like the C library's, it is
   * told where to begin, since a generator cannot be copied; the id of the child is returned here. With
   * CLONE_VM it has a stack of its own, and -EAGAIN says that there is room for no more.
   */
  *clone(flags: number, child: (sys: Libc) => Run<number>, parent_tid = 0, child_tid = 0): Run<number> {
    const shared = (flags & CLONE_VM) !== 0
    const stacks = shared ? this.#stacks : this.#stacks.copy()
    const sp = shared ? stacks.take() : this.#sp
    if (sp === null) return -EAGAIN
    const main = function* (sys: Libc): Run<number> {
      const status = yield* child(sys)
      if (shared) stacks.give(sp)
      return status
    }
    this.#context.childEntry = (context) => startThread(new Libc(context, sp, stacks), main)
    const ret = yield* this.#context.syscall(220, flags, 0, parent_tid, 0, child_tid)
    if (ret < 0 && shared) stacks.give(sp)
    return ret
  }

  fork(child: (sys: Libc) => Run<number>): Run<number> {
    return this.clone(SIGCHLD, child)
  }

  /** The patch's: 1 or more on success. */
  checkpoint(pid: number, fd: number, flags: Word): Run<number> {
    return this.#context.syscall(244, pid, fd, flags)
  }

  /** The patch's: 0 on success. */
  restart(pid: number, fd: number, flags: Word): Run<number> {
    return this.#context.syscall(245, pid, fd, flags)
  }

  wait4(pid: number, status: number, options: number): Run<number> {
    return this.#context.syscall(260, pid, status, options, 0)
  }

  // ---- and a little more

  /** Both ends of a pipe, or a negative errno. */
  *pipe(flags = 0): Run<{ readonly rd: number; readonly wr: number } | number> {
    const fds = ((this.#sp - 8) & ~15) as UserPtr
    const err = yield* this.pipe2(fds, flags)
    return err < 0 ? err : { rd: this.loadInt(fds), wr: this.loadInt((fds + 4) as UserPtr) }
  }

  /** Write text to `fd`, all of it unless that fails. */
  *print(text: string, fd = 1): Run<number> {
    const bytes = encodeUtf8(text)
    const at = ((this.#sp - bytes.length) & ~15) as UserPtr
    this.store(at, bytes)
    for (let done = 0; done < bytes.length;) {
      const n = yield* this.write(fd, (at + done) as UserPtr, bytes.length - done)
      if (n < 0) return n
      done += n
    }
    return bytes.length
  }
}

/** The stacks of one address space's threads, below the first one's. */
class ThreadStacks {
  #free: number[] = []
  #next: number
  #left = MAX_THREADS

  constructor(next: number) {
    this.#next = next
  }

  /** Where a stack begins that nobody uses, or null. */
  take(): number | null {
    const sp = this.#free.pop()
    if (sp !== undefined) return sp
    if (this.#left === 0) return null
    this.#left--
    this.#next -= THREAD_STACK
    return this.#next + THREAD_STACK
  }

  give(sp: number): void {
    this.#free.push(sp)
  }

  /** Those of a copy of the address space. */
  copy(): ThreadStacks {
    const copy = new ThreadStacks(this.#next)
    copy.#free = [...this.#free]
    copy.#left = this.#left
    return copy
  }
}

/** Run a thread or a child, and end it with what it returns. */
export function* startThread(sys: Libc, main: (sys: Libc) => Run<number>): Run<never> {
  const status = yield* main(sys)
  void (yield* sys.exit(status))
  throw new Error('a program went on after its end')
}

/** perror(3): `what: message` on standard error. Returns `status`, for main to end with. */
export function* complain(sys: Libc, what: string, problem: number | string, status = 1): Run<number> {
  const message = typeof problem === 'string' ? problem : (errnoMessage(-problem) ?? `error ${-problem}`)
  // Where standard error is gone too, there is nobody left to tell.
  void (yield* sys.print(`${what}: ${message}\n`, 2))
  return status
}
