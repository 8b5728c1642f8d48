import type { UserPtr } from '../kernel/types.ts'
import type { Libc } from './libc.ts'
import type { Run } from './program.ts'
import { linux_dirent64, stat, statfs, statx } from '../kernel/fs/uapi.ts'
import { offsetof } from '../kernel/struct.ts'
import { byteString } from '../kernel/utf8.ts'

/** What the calls that tell of files have put into memory, as objects. */

export const STAT_SIZE = stat.sizeof
export const STATFS_SIZE = statfs.sizeof

/** A copy of the struct stat at `at`. */
export function readStat(sys: Libc, at: UserPtr): InstanceType<typeof stat> {
  return new stat(new DataView(sys.load(at, stat.sizeof).buffer), 0)
}

/** A copy of the struct statx at `at`. */
export function readStatx(sys: Libc, at: UserPtr): InstanceType<typeof statx> {
  return new statx(new DataView(sys.load(at, statx.sizeof).buffer), 0)
}

/** A copy of the struct statfs at `at`. */
export function readStatfs(sys: Libc, at: UserPtr): InstanceType<typeof statfs> {
  return new statfs(new DataView(sys.load(at, statfs.sizeof).buffer), 0)
}

/** One name of a directory, its bytes as chars. */
export interface Dirent {
  readonly name: string
  readonly ino: number
  /** DT_DIR and so on: the type in the inode's mode, shifted. */
  readonly type: number
  /** Where to go on behind it. */
  readonly off: number
}

/** The structs linux_dirent64 in `size` bytes at `at`. */
export function readDirents(sys: Libc, at: UserPtr, size: number): Dirent[] {
  const bytes = sys.load(at, size)
  const dv = new DataView(bytes.buffer)
  const out: Dirent[] = []
  for (let off = 0; off < size;) {
    const d = new linux_dirent64(dv, off)
    const start = off + offsetof(linux_dirent64, 'd_name')
    const name = byteString(bytes.subarray(start, bytes.indexOf(0, start)))
    out.push({ name, ino: d.d_ino, type: d.d_type, off: d.d_off })
    off += d.d_reclen
  }
  return out
}

/** All names from the position of `fd` on, or a negative errno. */
export function* readdir(sys: Libc, fd: number): Run<Dirent[] | number> {
  const size = 4096
  const buf = sys.alloc(size)
  const out: Dirent[] = []
  for (;;) {
    const n = yield* sys.getdents64(fd, buf, size)
    if (n < 0) return n
    if (n === 0) return out
    out.push(...readDirents(sys, buf, n))
  }
}
