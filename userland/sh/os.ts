import type { ByteString, UserPtr } from '../../kernel/types.ts'
import type { Libc, SignalHandler } from '../libc.ts'
import type { Run } from '../program.ts'
import { E2BIG, EINTR, ENAMETOOLONG } from '../../kernel/errno.ts'
import { F_DUPFD_CLOEXEC } from '../../kernel/fs/fcntl.ts'
import { AT_FDCWD } from '../../kernel/fs/namei.ts'
import { CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID } from '../../kernel/task/fork.ts'
import { byteString, bytesOf } from '../../kernel/utf8.ts'

const BLOCK = 4096
const PATH_MAX = 4096
const ARG_MAX = 2 << 20
const SIGCHLD = 17
export const SIG_DFL = 0
export const SIG_IGN = 1

/** Memory that the calls below use, taken once: what a loop takes is not given back before the shell's end. */
interface Places {
  readonly block: UserPtr
  readonly path: UserPtr
  readonly small: UserPtr
}

/** What stat(2) tells that the shell asks for. */
export interface Stat {
  readonly dev: bigint
  readonly ino: bigint
  readonly mode: number
  readonly nlink: number
  readonly rdev: bigint
  readonly uid: number
  readonly gid: number
  readonly size: number
  /** Of 512 bytes. */
  readonly blocks: number
  readonly blksize: number
  /** Nanoseconds, as the other times are. */
  readonly mtime: bigint
  readonly atime: bigint
  readonly ctime: bigint
}

/** The system as a shell sees it: the calls by name, on strings of bytes. Results and errnos are the kernel's. */
export class Os {
  readonly sys: Libc
  /** A write that a signal interrupts is made again unless this says that it is to be given up. */
  givesUp = (): boolean => false
  readonly #at: Places

  constructor(sys: Libc, of?: Os) {
    this.sys = sys
    this.#at =
      of !== undefined
        ? of.#at
        : {
            block: sys.alloc(BLOCK),
            path: sys.alloc(PATH_MAX),
            small: sys.alloc(128),
          }
  }

  /** The arguments that the program was started with, byte for byte; before anything is taken from the stack. */
  static arguments(sys: Libc): ByteString[] {
    const out: ByteString[] = []
    const word = (at: number): number => Number(new DataView(sys.load(at as UserPtr, 8).buffer).getBigUint64(0, true))
    for (let at = sys.alloc(0) + 8, p = word(at); p !== 0; p = word((at += 8))) out.push(cString(sys, p))
    return out
  }

  /** And the environment behind them. */
  static environment(sys: Libc): ByteString[] {
    const out: ByteString[] = []
    const word = (at: number): number => Number(new DataView(sys.load(at as UserPtr, 8).buffer).getBigUint64(0, true))
    const argc = word(sys.alloc(0))
    for (let at = sys.alloc(0) + 8 * (argc + 2), p = word(at); p !== 0; p = word((at += 8))) out.push(cString(sys, p))
    return out
  }

  /** All of `text`, unless that fails: 0 or a negative errno. */
  *write(fd: number, text: ByteString): Run<number> {
    for (let done = 0; done < text.length;) {
      const chunk = bytesOf(text.slice(done, done + BLOCK))
      this.sys.store(this.#at.block, chunk)
      const n = yield* this.sys.write(fd, this.#at.block, chunk.length)
      if (n < 0 && (n !== -EINTR || this.givesUp())) return n
      if (n > 0) done += n
    }
    return 0
  }

  /** At most a block, '' at the end. */
  *read(fd: number, count = BLOCK): Run<ByteString | number> {
    const n = yield* this.sys.read(fd, this.#at.block, Math.min(count, BLOCK))
    return n < 0 ? n : byteString(this.sys.load(this.#at.block, n))
  }

  *open(path: ByteString, flags: number, mode = 0): Run<number> {
    const at = this.#path(path)
    return at < 0 ? at : yield* this.sys.open(at as UserPtr, flags, mode)
  }

  *pipe(): Run<{ readonly rd: number; readonly wr: number } | number> {
    const err = yield* this.sys.pipe2(this.#at.small, 0)
    if (err < 0) return err
    const wr = (this.#at.small + 4) as UserPtr
    return { rd: this.sys.loadInt(this.#at.small), wr: this.sys.loadInt(wr) }
  }

  *chdir(path: ByteString): Run<number> {
    const at = this.#path(path)
    return at < 0 ? at : yield* this.sys.syscall(49, at)
  }

  *getcwd(): Run<ByteString | number> {
    const n = yield* this.sys.syscall(17, this.#at.path, PATH_MAX)
    return n < 0 ? n : byteString(this.sys.load(this.#at.path, n - 1))
  }

  umask(mask: number): Run<number> {
    return this.sys.syscall(166, mask)
  }

  /** stat(2), or lstat(2) where the last name of the path is not to be followed. */
  *stat(path: ByteString, follow = true): Run<Stat | number> {
    const at = this.#path(path)
    if (at < 0) return at
    const err = yield* this.sys.syscall(79, AT_FDCWD, at, this.#at.small, follow ? 0 : 0x100)
    if (err < 0) return err
    const dv = new DataView(this.sys.load(this.#at.small, 128).buffer)
    return {
      dev: dv.getBigUint64(0, true),
      ino: dv.getBigUint64(8, true),
      mode: dv.getUint32(16, true),
      nlink: dv.getUint32(20, true),
      rdev: dv.getBigUint64(32, true),
      uid: dv.getUint32(24, true),
      gid: dv.getUint32(28, true),
      size: Number(dv.getBigInt64(48, true)),
      blocks: Number(dv.getBigInt64(64, true)),
      blksize: dv.getInt32(56, true),
      mtime: dv.getBigInt64(88, true) * 1_000_000_000n + dv.getBigInt64(96, true),
      atime: dv.getBigInt64(72, true) * 1_000_000_000n + dv.getBigInt64(80, true),
      ctime: dv.getBigInt64(104, true) * 1_000_000_000n + dv.getBigInt64(112, true),
    }
  }

  /** faccessat(2) */
  *access(path: ByteString, mode: number): Run<number> {
    const at = this.#path(path)
    return at < 0 ? at : yield* this.sys.syscall(48, AT_FDCWD, at, mode)
  }

  /**
   * The names in a directory but `.` and `..`, as the kernel has them. `each` is given every one of them while the
   * directory is still open.
   */
  *names(path: ByteString, each?: (name: ByteString) => Run<void>): Run<ByteString[] | number> {
    const fd = yield* this.open(path, 0o200000)
    if (fd < 0) return fd
    const names: ByteString[] = []
    for (;;) {
      const n = yield* this.sys.syscall(61, fd, this.#at.block, BLOCK)
      if (n <= 0) {
        void (yield* this.sys.close(fd))
        return n < 0 ? n : names
      }
      const bytes = this.sys.load(this.#at.block, n)
      const dv = new DataView(bytes.buffer)
      for (let at = 0; at < n; at += dv.getUint16(at + 16, true)) {
        const name = byteString(bytes.subarray(at + 19, bytes.indexOf(0, at + 19)))
        if (name === '.' || name === '..') continue
        names.push(name)
        if (each !== undefined) yield* each(name)
      }
    }
  }

  /** A child that begins with `child` and ends with the status it returns. */
  fork(child: (sys: Libc) => Run<number>): Run<number> {
    return this.sys.clone(CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | SIGCHLD, child, 0, this.#at.small)
  }

  /** Become the program at `path`. Comes back only where that fails. */
  *execve(path: ByteString, argv: readonly ByteString[], envp: readonly ByteString[]): Run<number> {
    const strings = [path, ...argv, ...envp].map((text) => bytesOf(`${text}\0`))
    const size = strings.reduce((sum, bytes) => sum + bytes.length, 0)
    const words = argv.length + envp.length + 2
    if (size + 8 * words > ARG_MAX) return -E2BIG
    // Below the stack, where the kernel's copy is made before anybody else can write.
    let at = this.sys.alloc(0) - size
    const table = (at & ~15) - 16 * words
    const pointers = new DataView(new ArrayBuffer(8 * words))
    strings.forEach((bytes, i) => {
      this.sys.store(at as UserPtr, bytes)
      if (i > 0) pointers.setBigUint64(8 * (i <= argv.length ? i - 1 : i), BigInt(at), true)
      at += bytes.length
    })
    this.sys.store(table as UserPtr, new Uint8Array(pointers.buffer))
    return yield* this.sys.syscall(221, this.sys.alloc(0) - size, table, table + 8 * (argv.length + 1))
  }

  /** The id of a child of which there is news, and the news as wait(2) has them. */
  *wait(pid: number, options: number): Run<{ readonly pid: number; readonly status: number } | number> {
    const ret = yield* this.sys.wait4(pid, this.#at.small, options)
    return ret <= 0 ? ret : { pid: ret, status: this.sys.loadInt(this.#at.small) }
  }

  /** What is done on `sig`: an address, SIG_DFL or SIG_IGN. */
  *disposition(sig: number): Run<number> {
    const err = yield* this.sys.syscall(134, sig, 0, this.#at.small, 8)
    return err < 0 ? err : this.sys.loadInt(this.#at.small)
  }

  signal(sig: number, handler: SignalHandler | 0 | 1): Run<number> {
    return this.sys.sigaction(sig, handler)
  }

  /** times(2): clock ticks of this process, user and system, and of its children. */
  *times(): Run<readonly [number, number, number, number]> {
    const ret = yield* this.sys.syscall(153, this.#at.small)
    if (ret < 0) return [0, 0, 0, 0]
    const dv = new DataView(this.sys.load(this.#at.small, 32).buffer)
    const tick = (i: number): number => Number(dv.getBigInt64(8 * i, true))
    return [tick(0), tick(1), tick(2), tick(3)]
  }

  /** F_DUPFD_CLOEXEC: a copy of `fd` that no program gets, from `least` on. */
  *dupAbove(fd: number, least: number): Run<number> {
    return yield* this.sys.syscall(25, fd, F_DUPFD_CLOEXEC, least)
  }

  /** prlimit(2): what counts of a resource, and how far that may be raised. */
  *rlimit(resource: number): Run<readonly [bigint, bigint]> {
    void (yield* this.sys.syscall(261, 0, resource, 0, this.#at.small))
    const dv = new DataView(this.sys.load(this.#at.small, 16).buffer)
    return [dv.getBigUint64(0, true), dv.getBigUint64(8, true)]
  }

  setrlimit(resource: number, soft: bigint, hard: bigint): Run<number> {
    const pair = new DataView(new ArrayBuffer(16))
    pair.setBigUint64(0, soft, true)
    pair.setBigUint64(8, hard, true)
    this.sys.store(this.#at.small, new Uint8Array(pair.buffer))
    return this.sys.syscall(261, 0, resource, this.#at.small, 0)
  }

  /** ioctl(2) with a pointer to an int, or to what is to be filled in and not looked at. */
  *ioctl(fd: number, cmd: number, value = 0): Run<number> {
    this.sys.storeInt(this.#at.small, value)
    return yield* this.sys.syscall(29, fd, cmd, this.#at.small)
  }

  #path(path: ByteString): number {
    if (path.length >= PATH_MAX) return -ENAMETOOLONG
    this.sys.store(this.#at.path, bytesOf(`${path}\0`))
    return this.#at.path
  }
}

function cString(sys: Libc, at: number): ByteString {
  for (let size = 64; ; size *= 2) {
    let bytes: Uint8Array
    try {
      bytes = sys.load(at as UserPtr, size)
    } catch {
      // The end of the stack is near: a byte at a time.
      bytes = sys.load(at as UserPtr, 1)
      while (bytes.at(-1) !== 0) bytes = sys.load(at as UserPtr, bytes.length + 1)
    }
    const end = bytes.indexOf(0)
    if (end >= 0) return byteString(bytes.subarray(0, end))
  }
}
