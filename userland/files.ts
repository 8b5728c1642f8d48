import type { ByteString, UserPtr } from '../kernel/types.ts'
import type { Libc } from './libc.ts'
import type { Run } from './program.ts'
import { ENAMETOOLONG } from '../kernel/errno.ts'
import { AT_FDCWD } from '../kernel/fs/namei.ts'
import { byteString, bytesOf } from '../kernel/utf8.ts'

const PATH_MAX = 4096
const AT_REMOVEDIR = 0x200
const AT_SYMLINK_NOFOLLOW = 0x100
/** tv_nsec of a time that is to stay what it is. */
const UTIME_OMIT = 0x3ffffffen

export const S_IFMT = 0o170000
export const S_IFDIR = 0o040000
export const S_IFREG = 0o100000
export const S_IFLNK = 0o120000
export const S_IFIFO = 0o010000
export const S_IFCHR = 0o020000
export const S_IFBLK = 0o060000
export const S_IFSOCK = 0o140000

/** What programs do to files by their names; names are bytes, results the kernel's. */
export class Files {
  readonly #sys: Libc
  readonly #one: UserPtr
  readonly #two: UserPtr

  constructor(sys: Libc) {
    this.#sys = sys
    this.#one = sys.alloc(PATH_MAX)
    this.#two = sys.alloc(PATH_MAX)
  }

  mkdir(path: ByteString, mode: number): Run<number> {
    return this.#with(path, (at) => this.#sys.syscall(34, AT_FDCWD, at, mode))
  }

  unlink(path: ByteString): Run<number> {
    return this.#with(path, (at) => this.#sys.syscall(35, AT_FDCWD, at, 0))
  }

  rmdir(path: ByteString): Run<number> {
    return this.#with(path, (at) => this.#sys.syscall(35, AT_FDCWD, at, AT_REMOVEDIR))
  }

  symlink(target: ByteString, path: ByteString): Run<number> {
    return this.#withTwo(target, path, (a, b) => this.#sys.syscall(36, a, AT_FDCWD, b))
  }

  link(from: ByteString, to: ByteString): Run<number> {
    return this.#withTwo(from, to, (a, b) => this.#sys.syscall(37, AT_FDCWD, a, AT_FDCWD, b, 0))
  }

  rename(from: ByteString, to: ByteString): Run<number> {
    return this.#withTwo(from, to, (a, b) => this.#sys.syscall(276, AT_FDCWD, a, AT_FDCWD, b, 0))
  }

  chmod(path: ByteString, mode: number): Run<number> {
    return this.#with(path, (at) => this.#sys.syscall(53, AT_FDCWD, at, mode))
  }

  mknod(path: ByteString, mode: number, dev: bigint): Run<number> {
    return this.#with(path, (at) => this.#sys.syscall(33, AT_FDCWD, at, mode, Number(dev)))
  }

  *readlink(path: ByteString): Run<ByteString | number> {
    const n = yield* this.#with(path, (at) => this.#sys.syscall(78, AT_FDCWD, at, this.#two, PATH_MAX))
    return n < 0 ? n : byteString(this.#sys.load(this.#two, n))
  }

  /** Set the times, in nanoseconds; null leaves one as it is. */
  utimens(path: ByteString, atime: bigint | null, mtime: bigint | null, follow = true): Run<number> {
    const part = (time: bigint | null): [bigint, bigint] => {
      if (time === null) return [0n, UTIME_OMIT]
      const nsec = ((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
      return [(time - nsec) / 1_000_000_000n, nsec]
    }
    return this.#with(path, (at) => {
      const times = this.#sys.words(...part(atime), ...part(mtime))
      return this.#sys.syscall(88, AT_FDCWD, at, times, follow ? 0 : AT_SYMLINK_NOFOLLOW)
    })
  }

  /** Nanoseconds since 1970. */
  *now(): Run<bigint> {
    void (yield* this.#sys.syscall(113, 0, this.#two))
    const dv = new DataView(this.#sys.load(this.#two, 16).buffer)
    return dv.getBigInt64(0, true) * 1_000_000_000n + dv.getBigInt64(8, true)
  }

  *#with(path: ByteString, call: (at: UserPtr) => Run<number>): Run<number> {
    if (path.length >= PATH_MAX) return -ENAMETOOLONG
    this.#sys.store(this.#one, bytesOf(`${path}\0`))
    return yield* call(this.#one)
  }

  *#withTwo(a: ByteString, b: ByteString, call: (a: UserPtr, b: UserPtr) => Run<number>): Run<number> {
    if (b.length >= PATH_MAX) return -ENAMETOOLONG
    this.#sys.store(this.#two, bytesOf(`${b}\0`))
    return yield* this.#with(a, (at) => call(at, this.#two))
  }
}

/** The last name of a path, slashes behind it apart. */
export function basename(path: ByteString): ByteString {
  const bare = path.replace(/\/+$/, '')
  return bare === '' ? (path === '' ? '' : '/') : bare.slice(bare.lastIndexOf('/') + 1)
}

/** `name` in directory `folder`. */
export function inside(folder: ByteString, name: ByteString): ByteString {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`
}

/** drwxr-xr-x, as ls(1) writes it. */
export function modeText(mode: number): string {
  const type = TYPES.get(mode & S_IFMT) ?? '?'
  const bits = 'rwxrwxrwx'.split('').map((c, i) => ((mode & (0o400 >> i)) !== 0 ? c : '-'))
  const special = (bit: number, i: number, set: string): void => {
    if ((mode & bit) !== 0) bits[i] = bits[i] === 'x' ? set : set.toUpperCase()
  }
  special(0o4000, 2, 's')
  special(0o2000, 5, 's')
  special(0o1000, 8, 't')
  return type + bits.join('')
}

const TYPES = new Map([
  [S_IFDIR, 'd'],
  [S_IFREG, '-'],
  [S_IFLNK, 'l'],
  [S_IFIFO, 'p'],
  [S_IFCHR, 'c'],
  [S_IFBLK, 'b'],
  [S_IFSOCK, 's'],
])
