import type { UserPtr, Word } from '../kernel/types.ts'
import type { sigset_t } from '../kernel/task/signal.ts'
import type { Run } from './program.ts'
import { EAGAIN, errnoMessage } from '../kernel/errno.ts'
import { O_CREAT, O_TRUNC, O_WRONLY } from '../kernel/fs/file.ts'
import { S_IFIFO } from '../kernel/fs/inode.ts'
import { AT_FDCWD } from '../kernel/fs/namei.ts'
import { CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID, CLONE_THREAD, CLONE_VFORK, CLONE_VM } from '../kernel/task/fork.ts'
import { encodeUtf8 } from '../kernel/utf8.ts'
import { __NR_exit, __NR_exit_group, type Handler, type Start, type TsContext } from './context.ts'
import { DataCalls } from './data_calls.ts'
import type { CString } from './memory.ts'
import { THREAD_STACK, ThreadStacks } from './stacks.ts'

export type { CString } from './memory.ts'

/** What runs when a signal comes. `info` points to a siginfo_t. */
export type SignalHandler = (sys: Libc, sig: number, info: UserPtr) => Run<void>

const SIGCHLD = 17

/** prctl(2) options. */
export const PR_SET_NAME = 15
export const PR_GET_NAME = 16

/**
 * The C library of TypeScript programs: system calls by name, and memory to point them at.
 *
 * A call returns what the kernel does: a result, or a negative errno. Call it with `yield*`.
 */
export class Libc extends DataCalls {
  readonly #context: TsContext
  readonly #stacks: ThreadStacks

  /** Of the program that `context` runs; `stacks` are its process's. */
  constructor(context: TsContext, stacks = new ThreadStacks(context.sp - THREAD_STACK)) {
    super(context)
    this.#context = context
    this.#stacks = stacks
    context.libc = this
  }

  // ---- system calls, in the order of their numbers

  /** Any call, by number. */
  syscall(nr: number, ...args: readonly Word[]): Run<number> {
    const [a0, a1, a2, a3, a4, a5] = args
    return this.#context.syscall(nr, a0, a1, a2, a3, a4, a5)
  }

  /** A file that counts: write 8 bytes to add, read 8 to take. */
  eventfd(count: number, flags = 0): Run<number> {
    return this.#context.syscall(19, count, flags)
  }

  dup(fd: number): Run<number> {
    return this.#context.syscall(23, fd)
  }

  dup3(oldfd: number, newfd: number, flags: number): Run<number> {
    return this.#context.syscall(24, oldfd, newfd, flags)
  }

  /** ioctl(2): `arg` is an address or, for some requests, a number. */
  ioctl(fd: number, request: number, arg = 0): Run<number> {
    return this.#context.syscall(29, fd, request, arg)
  }

  mknodat(dfd: number, path: CString, mode: number, dev = 0): Run<number> {
    return this.#context.syscall(33, dfd, this.scratch(path), mode, dev)
  }

  /** A named pipe. */
  mkfifo(path: CString, mode: number): Run<number> {
    return this.mknodat(AT_FDCWD, path, S_IFIFO | (mode & 0o7777))
  }

  openat(dfd: number, path: CString, flags: number, mode = 0): Run<number> {
    return this.#context.syscall(56, dfd, this.scratch(path), flags, mode)
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

  /** `sig` points to the address of a signal mask and its size. */
  pselect6(n: number, inp: number, outp: number, exp: number, tsp = 0, sig = 0): Run<number> {
    return this.#context.syscall(72, n, inp, outp, exp, tsp, sig)
  }

  /** `fds` points to structs pollfd; with `mask` exactly its signals are blocked meanwhile. */
  ppoll(fds: UserPtr, nfds: number, tsp = 0, mask: sigset_t | null = null): Run<number> {
    return this.#context.syscall(73, fds, nfds, tsp, mask === null ? 0 : this.words(mask), 8)
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

  /** FUTEX_WAIT where the word at `uaddr` is `val`, for ever or so many seconds. */
  futex_wait(uaddr: UserPtr, val: number, sec?: number): Run<number> {
    return this.#context.syscall(98, uaddr, 0, val, sec === undefined ? 0 : this.words(BigInt(sec), 0n))
  }

  /** FUTEX_WAKE: how many were woken, of at most `n`. */
  futex_wake(uaddr: UserPtr, n: number): Run<number> {
    return this.#context.syscall(98, uaddr, 1, n)
  }

  nanosleep(sec: number, nsec = 0, rem = 0): Run<number> {
    return this.#context.syscall(101, this.words(BigInt(sec), BigInt(nsec)), rem)
  }

  kill(pid: number, sig: number): Run<number> {
    return this.#context.syscall(129, pid, sig)
  }

  tgkill(tgid: number, tid: number, sig: number): Run<number> {
    return this.#context.syscall(131, tgid, tid, sig)
  }

  /** Sleep until a handler has run, with exactly the signals of `set` blocked. */
  sigsuspend(set: sigset_t): Run<number> {
    return this.#context.syscall(133, this.words(set), 8)
  }

  /** rt_sigaction(2): what is to happen on `sig`. A function runs on top of what it interrupts. */
  sigaction(sig: number, handler: SignalHandler | 0 | 1, flags = 0, mask: sigset_t = 0n): Run<number> {
    const address = typeof handler === 'number' ? handler : this.#context.text.address(entryOf(handler))
    return this.#context.syscall(134, sig, this.words(BigInt(address), BigInt(flags), mask), 0, 8)
  }

  /** rt_sigprocmask(2), `how` being SIG_BLOCK and so on. */
  sigprocmask(how: number, set: sigset_t): Run<number> {
    return this.#context.syscall(135, how, this.words(set), 0, 8)
  }

  setpgid(pid: number, pgid: number): Run<number> {
    return this.#context.syscall(154, pid, pgid)
  }

  setsid(): Run<number> {
    return this.#context.syscall(157)
  }

  sched_yield(): Run<number> {
    return this.#context.syscall(124)
  }

  uname(buf: UserPtr): Run<number> {
    return this.#context.syscall(160, buf)
  }

  sethostname(name: CString, len: number): Run<number> {
    return this.#context.syscall(161, this.scratch(name), len)
  }

  prctl(option: number, arg2: CString = 0 as UserPtr): Run<number> {
    return this.#context.syscall(167, option, this.scratch(arg2))
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
    const thread = (flags & CLONE_THREAD) !== 0
    const stacks = shared ? this.#stacks : this.#stacks.copy()
    const sp = shared ? stacks.take() : this.sp
    if (sp === null) return -EAGAIN
    const exit = thread ? __NR_exit : __NR_exit_group
    this.#context.begins(new Child(child, stacks, exit, shared ? sp : null), sp)
    const ret = yield* this.#context.syscall(220, flags, 0, parent_tid, 0, child_tid)
    if (ret < 0 && shared) stacks.give(sp)
    return ret
  }

  /**
   * fork(3): as the C library's, the kernel puts the child's id into its memory, and takes it out at its end. The
   * child's stack begins below that; here nothing is written or used up.
   */
  fork(child: (sys: Libc) => Run<number>): Run<number> {
    const tid = this.room(4)
    this.#context.begins(new Child(child, this.#stacks.copy(), __NR_exit_group, null), tid)
    return this.#context.syscall(220, CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | SIGCHLD, 0, 0, 0, tid)
  }

  /** vfork(2): the child has this one's memory, which is back when the child execs or exits. */
  *vfork(child: (sys: Libc) => Run<number>): Run<number> {
    const stack = this.#stacks.next
    const ret = yield* this.clone(CLONE_VM | CLONE_VFORK | SIGCHLD, child)
    // A child that became another program has not given it back.
    if (ret > 0) this.#stacks.give(stack)
    return ret
  }

  /** Become the program at `path`. Comes back only where that fails. */
  *execve(path: CString, argv: readonly string[], envp: readonly string[] = []): Run<number> {
    const { sp } = this.#context
    const array = (texts: readonly string[]): UserPtr => {
      const pointers = texts.map((text) => this.string(text))
      const at = this.alloc(8 * (texts.length + 1))
      pointers.forEach((p, i) => this.storeInt((at + 8 * i) as UserPtr, p))
      return at
    }
    const filename = typeof path === 'string' ? this.string(path) : path
    const ret = yield* this.#context.syscall(221, filename, array(argv), array(envp))
    this.#context.sp = sp
    return ret
  }

  /** The patch's: 1 or more on success. */
  checkpoint(pid: number, fd: number, flags: Word): Run<number> {
    return this.#context.syscall(244, pid, fd, flags)
  }

  /** The patch's: 0 on success. */
  restart(pid: number, fd: number, flags: Word): Run<number> {
    return this.#context.syscall(245, pid, fd, flags)
  }

  wait4(pid: number, status: number, options: number, rusage = 0): Run<number> {
    return this.#context.syscall(260, pid, status, options, rusage)
  }

  // ---- and a little more

  /** Both ends of a pipe, or a negative errno. */
  *pipe(flags = 0): Run<{ readonly rd: number; readonly wr: number } | number> {
    const fds = ((this.sp - 8) & ~15) as UserPtr
    const err = yield* this.pipe2(fds, flags)
    return err < 0 ? err : { rd: this.loadInt(fds), wr: this.loadInt((fds + 4) as UserPtr) }
  }

  /** Write text to `fd`, all of it unless that fails. */
  *print(text: string, fd = 1): Run<number> {
    const bytes = encodeUtf8(text)
    const at = ((this.sp - bytes.length) & ~15) as UserPtr
    this.store(at, bytes)
    for (let done = 0; done < bytes.length;) {
      const n = yield* this.write(fd, (at + done) as UserPtr, bytes.length - done)
      if (n < 0) return n
      done += n
    }
    return bytes.length
  }
}

/** Where a clone begins: what runs, with which of the process's stacks. */
class Child implements Start {
  readonly exit: number
  readonly #child: (sys: Libc) => Run<number>
  readonly #stacks: ThreadStacks
  /** The stack to give back at the end; null where the memory goes too. */
  readonly #sp: number | null

  constructor(child: (sys: Libc) => Run<number>, stacks: ThreadStacks, exit: number, sp: number | null) {
    this.#child = child
    this.#stacks = stacks
    this.exit = exit
    this.#sp = sp
  }

  main(context: TsContext): Run<number> {
    return this.#child(new Libc(context, this.#stacks))
  }

  ended(): void {
    if (this.#sp !== null) this.#stacks.give(this.#sp)
  }
}

/** A handler as code of a context: one for each function, so that it keeps its address. */
function entryOf(handler: SignalHandler): Handler {
  let entry = entries.get(handler)
  if (entry === undefined) {
    entry = (context, sig, info) => handler(context.libc as Libc, sig, info)
    entries.set(handler, entry)
  }
  return entry
}

const entries = new WeakMap<SignalHandler, Handler>()

/** perror(3): `what: message` on standard error. Returns `status`, for main to end with. */
export function* complain(sys: Libc, what: string, problem: number | string, status = 1): Run<number> {
  const message = typeof problem === 'string' ? problem : (errnoMessage(-problem) ?? `error ${-problem}`)
  // Where standard error is gone too, there is nobody left to tell.
  void (yield* sys.print(`${what}: ${message}\n`, 2))
  return status
}
