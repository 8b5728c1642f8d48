import type { UserPtr, Word } from '../kernel/types.ts'
import type { TsContext } from './context.ts'
import type { Run } from './program.ts'
import { FsCalls } from './fs_calls.ts'
import type { CString } from './memory.ts'

/** Structs iovec: address and size of each, or where they are. */
export type Iovecs = readonly (readonly [base: number, len: number | bigint])[] | UserPtr

/** The calls that move bytes, in the order of their numbers. */
export abstract class DataCalls extends FsCalls {
  readonly #context: TsContext

  constructor(context: TsContext) {
    super(context)
    this.#context = context
  }

  /** `arg` is a number or, for locks, an address. */
  fcntl(fd: number, cmd: number, arg: Word = 0): Run<number> {
    return this.#context.syscall(25, fd, cmd, arg)
  }

  flock(fd: number, operation: number): Run<number> {
    return this.#context.syscall(32, fd, operation)
  }

  truncate(path: CString, length: Word): Run<number> {
    return this.#context.syscall(45, this.scratch(path), length)
  }

  ftruncate(fd: number, length: Word): Run<number> {
    return this.#context.syscall(46, fd, length)
  }

  fallocate(fd: number, mode: number, offset: Word, len: Word): Run<number> {
    return this.#context.syscall(47, fd, mode, offset, len)
  }

  readv(fd: number, vec: Iovecs, vlen = countOf(vec)): Run<number> {
    return this.#context.syscall(65, fd, this.#iovec(vec), vlen)
  }

  writev(fd: number, vec: Iovecs, vlen = countOf(vec)): Run<number> {
    return this.#context.syscall(66, fd, this.#iovec(vec), vlen)
  }

  pread(fd: number, buf: UserPtr, count: number, pos: number): Run<number> {
    return this.#context.syscall(67, fd, buf, count, pos)
  }

  pwrite(fd: number, buf: UserPtr, count: number, pos: number): Run<number> {
    return this.#context.syscall(68, fd, buf, count, pos)
  }

  preadv(fd: number, vec: Iovecs, pos: number, vlen = countOf(vec)): Run<number> {
    return this.#context.syscall(69, fd, this.#iovec(vec), vlen, pos)
  }

  pwritev(fd: number, vec: Iovecs, pos: number, vlen = countOf(vec)): Run<number> {
    return this.#context.syscall(70, fd, this.#iovec(vec), vlen, pos)
  }

  /** At the file's own position where `pos` is -1; `flags` are RWF_ bits. */
  preadv2(fd: number, vec: Iovecs, pos: number, flags: number): Run<number> {
    return this.#context.syscall(286, fd, this.#iovec(vec), countOf(vec), pos, 0, flags)
  }

  pwritev2(fd: number, vec: Iovecs, pos: number, flags: number): Run<number> {
    return this.#context.syscall(287, fd, this.#iovec(vec), countOf(vec), pos, 0, flags)
  }

  /** `offset` is where a position is kept; none for the file's own. */
  sendfile(out_fd: number, in_fd: number, offset: number, count: number): Run<number> {
    return this.#context.syscall(71, out_fd, in_fd, offset, count)
  }

  splice(fd_in: number, off_in: number, fd_out: number, off_out: number, len: number, flags = 0): Run<number> {
    return this.#context.syscall(76, fd_in, off_in, fd_out, off_out, len, flags)
  }

  tee(fd_in: number, fd_out: number, len: number, flags = 0): Run<number> {
    return this.#context.syscall(77, fd_in, fd_out, len, flags)
  }

  sync(): Run<number> {
    return this.#context.syscall(81)
  }

  fsync(fd: number): Run<number> {
    return this.#context.syscall(82, fd)
  }

  fdatasync(fd: number): Run<number> {
    return this.#context.syscall(83, fd)
  }

  sync_file_range(fd: number, offset: number, nbytes: number, flags: number): Run<number> {
    return this.#context.syscall(84, fd, offset, nbytes, flags)
  }

  syncfs(fd: number): Run<number> {
    return this.#context.syscall(267, fd)
  }

  copy_file_range(fd_in: number, off_in: number, fd_out: number, off_out: number, len: number, flags = 0): Run<number> {
    return this.#context.syscall(285, fd_in, off_in, fd_out, off_out, len, flags)
  }

  close_range(first: number, last: number, flags = 0): Run<number> {
    return this.#context.syscall(436, first, last, flags)
  }

  #iovec(vec: Iovecs): UserPtr {
    return typeof vec === 'number' ? vec : this.words(...vec.flatMap(([base, len]) => [BigInt(base), BigInt(len)]))
  }
}

function countOf(vec: Iovecs): number {
  return typeof vec === 'number' ? 1 : vec.length
}
