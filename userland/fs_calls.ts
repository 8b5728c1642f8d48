import type { UserPtr, Word } from '../kernel/types.ts'
import type { TsContext } from './context.ts'
import type { Run } from './program.ts'
import { UTIME_NOW, UTIME_OMIT } from '../kernel/fs/attr.ts'
import { AT_FDCWD } from '../kernel/fs/namei.ts'
import { AT_REMOVEDIR, AT_SYMLINK_NOFOLLOW } from '../syscalls/at.ts'
import type { CString } from './memory.ts'
import { ProcessCalls } from './process_calls.ts'

/** One of utimensat(2)'s times: now, as it is, or seconds since 1970 and nanoseconds. */
export type Utime = 'now' | 'omit' | { readonly sec: number | bigint; readonly nsec: number }

/** The calls that tell of files and names, and change them, in the order of their numbers. */
export abstract class FsCalls extends ProcessCalls {
  readonly #context: TsContext

  constructor(context: TsContext) {
    super(context)
    this.#context = context
  }

  #at(nr: number, dfd: number, path: CString, a2: Word = 0, a3: Word = 0, a4: Word = 0): Run<number> {
    return this.#context.syscall(nr, dfd, this.scratch(path), a2, a3, a4)
  }

  /** Both paths in memory at once. */
  #two(a: CString, b: CString): [UserPtr, UserPtr] {
    const first = this.scratch(a)
    return [first, this.scratch(b, typeof a === 'string' ? first : undefined)]
  }

  /** The path of the working directory goes to `buf`, a zero behind it; its bytes are the result. */
  getcwd(buf: UserPtr, size: number): Run<number> {
    return this.#context.syscall(17, buf, size)
  }

  mkdirat(dfd: number, path: CString, mode: number): Run<number> {
    return this.#at(34, dfd, path, mode)
  }

  mkdir(path: CString, mode: number): Run<number> {
    return this.mkdirat(AT_FDCWD, path, mode)
  }

  unlinkat(dfd: number, path: CString, flags: number): Run<number> {
    return this.#at(35, dfd, path, flags)
  }

  unlink(path: CString): Run<number> {
    return this.unlinkat(AT_FDCWD, path, 0)
  }

  rmdir(path: CString): Run<number> {
    return this.unlinkat(AT_FDCWD, path, AT_REMOVEDIR)
  }

  /** `path` becomes a link that leads to `target`. */
  symlink(target: CString, path: CString): Run<number> {
    const [to, at] = this.#two(target, path)
    return this.#context.syscall(36, to, AT_FDCWD, at)
  }

  linkat(olddfd: number, old: CString, newdfd: number, path: CString, flags: number): Run<number> {
    const [from, to] = this.#two(old, path)
    return this.#context.syscall(37, olddfd, from, newdfd, to, flags)
  }

  link(old: CString, path: CString): Run<number> {
    return this.linkat(AT_FDCWD, old, AT_FDCWD, path, 0)
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

  chdir(path: CString): Run<number> {
    return this.#context.syscall(49, this.scratch(path))
  }

  fchdir(fd: number): Run<number> {
    return this.#context.syscall(50, fd)
  }

  chroot(path: CString): Run<number> {
    return this.#context.syscall(51, this.scratch(path))
  }

  fchmod(fd: number, mode: number): Run<number> {
    return this.#context.syscall(52, fd, mode)
  }

  fchmodat(dfd: number, path: CString, mode: number): Run<number> {
    return this.#at(53, dfd, path, mode)
  }

  chmod(path: CString, mode: number): Run<number> {
    return this.fchmodat(AT_FDCWD, path, mode)
  }

  /** -1 leaves an id as it is. */
  fchownat(dfd: number, path: CString, uid: number, gid: number, flags = 0): Run<number> {
    return this.#at(54, dfd, path, uid, gid, flags)
  }

  chown(path: CString, uid: number, gid: number): Run<number> {
    return this.fchownat(AT_FDCWD, path, uid, gid)
  }

  fchown(fd: number, uid: number, gid: number): Run<number> {
    return this.#context.syscall(55, fd, uid, gid)
  }

  /** Structs linux_dirent64 go to `buf`: their bytes are the result, 0 at the end. */
  getdents64(fd: number, buf: UserPtr, count: number): Run<number> {
    return this.#context.syscall(61, fd, buf, count)
  }

  readlinkat(dfd: number, path: CString, buf: UserPtr, size: number): Run<number> {
    return this.#at(78, dfd, path, buf, size)
  }

  /** Where a link leads goes to `buf`, without a zero; its bytes are the result. */
  readlink(path: CString, buf: UserPtr, size: number): Run<number> {
    return this.readlinkat(AT_FDCWD, path, buf, size)
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

  /** A file's times; null is now for both. */
  utimensat(dfd: number, path: CString, times: readonly [Utime, Utime] | null, flags = 0): Run<number> {
    const at = this.scratch(path)
    return this.#context.syscall(
      88,
      dfd,
      at,
      times === null ? 0 : this.#times(times, typeof path === 'string' ? at : this.sp),
      flags,
    )
  }

  futimens(fd: number, times: readonly [Utime, Utime] | null): Run<number> {
    return this.utimensat(fd, 0 as UserPtr, times)
  }

  #times(times: readonly [Utime, Utime], below: number): UserPtr {
    const at = ((below - 32) & ~15) as UserPtr
    const dv = new DataView(new ArrayBuffer(32))
    times.forEach((time, i) => {
      dv.setBigInt64(16 * i, typeof time === 'string' ? 0n : BigInt(time.sec), true)
      const nsec = time === 'now' ? UTIME_NOW : time === 'omit' ? UTIME_OMIT : BigInt(time.nsec)
      dv.setBigInt64(16 * i + 8, nsec, true)
    })
    this.store(at, new Uint8Array(dv.buffer))
    return at
  }

  /** The umask from now on; that of before is the result. */
  umask(mask: number): Run<number> {
    return this.#context.syscall(166, mask)
  }

  renameat2(olddfd: number, old: CString, newdfd: number, path: CString, flags: number): Run<number> {
    const [from, to] = this.#two(old, path)
    return this.#context.syscall(276, olddfd, from, newdfd, to, flags)
  }

  rename(old: CString, path: CString): Run<number> {
    return this.renameat2(AT_FDCWD, old, AT_FDCWD, path, 0)
  }

  statx(dfd: number, path: CString, flags: number, mask: number, buf: UserPtr): Run<number> {
    return this.#at(291, dfd, path, flags, mask, buf)
  }

  faccessat2(dfd: number, path: CString, mode: number, flags: number): Run<number> {
    return this.#at(439, dfd, path, mode, flags)
  }

  fchmodat2(dfd: number, path: CString, mode: number, flags: number): Run<number> {
    return this.#at(452, dfd, path, mode, flags)
  }
}
