import type { UserPtr, Word } from '../kernel/types.ts'
import type { TsContext } from './context.ts'
import type { Run } from './program.ts'
import { AT_FDCWD } from '../kernel/fs/namei.ts'
import { AT_SYMLINK_NOFOLLOW } from '../syscalls/at.ts'
import type { CString } from './memory.ts'
import { ProcessCalls } from './process_calls.ts'

/** The calls that tell of files and change what they say, in the order of their numbers. */
export abstract class FsCalls extends ProcessCalls {
  readonly #context: TsContext

  constructor(context: TsContext) {
    super(context)
    this.#context = context
  }

  #at(nr: number, dfd: number, path: CString, a2: Word = 0, a3: Word = 0, a4: Word = 0): Run<number> {
    return this.#context.syscall(nr, dfd, this.scratch(path), a2, a3, a4)
  }

  /** A struct statfs goes to `buf`: STATFS_SIZE bytes. */
  statfs(path: CString, buf: UserPtr): Run<number> {
    return this.#context.syscall(43, this.scratch(path), buf)
  }

  fstatfs(fd: number, buf: UserPtr): Run<number> {
    return this.#context.syscall(44, fd, buf)
  }

  faccessat(dfd: number, path: CString, mode: number): Run<number> {
    return this.#at(48, dfd, path, mode)
  }

  access(path: CString, mode: number): Run<number> {
    return this.faccessat(AT_FDCWD, path, mode)
  }

  /** Structs linux_dirent64 go to `buf`: their bytes are the result, 0 at the end. */
  getdents64(fd: number, buf: UserPtr, count: number): Run<number> {
    return this.#context.syscall(61, fd, buf, count)
  }

  /** A struct stat goes to `buf`: STAT_SIZE bytes, for readStat(). */
  newfstatat(dfd: number, path: CString, buf: UserPtr, flags = 0): Run<number> {
    return this.#context.syscall(79, dfd, this.scratch(path), buf, flags)
  }

  stat(path: CString, buf: UserPtr): Run<number> {
    return this.newfstatat(AT_FDCWD, path, buf)
  }

  lstat(path: CString, buf: UserPtr): Run<number> {
    return this.newfstatat(AT_FDCWD, path, buf, AT_SYMLINK_NOFOLLOW)
  }

  fstat(fd: number, buf: UserPtr): Run<number> {
    return this.#context.syscall(80, fd, buf)
  }

  statx(dfd: number, path: CString, flags: number, mask: number, buf: UserPtr): Run<number> {
    return this.#at(291, dfd, path, flags, mask, buf)
  }

  faccessat2(dfd: number, path: CString, mode: number, flags: number): Run<number> {
    return this.#at(439, dfd, path, mode, flags)
  }
}
