import type { ByteString, UserPtr } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import { EFAULT, EISDIR, ENOENT, ENOTDIR, EROFS } from '../errno.ts'
import { allocMem } from '../mm/mem.ts'
import { __copy_to_user } from '../mm/uaccess.ts'
import { NSEC_PER_SEC } from '../time.ts'
import { dentry } from './dentry.ts'
import type { file_operations } from './file.ts'
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, S_ISDIR, inode, type inode_operations } from './inode.ts'
import { dir_emit_dots } from './libfs.ts'
import { MS_RDONLY, super_block } from './super.ts'

/**
 * A folder of the host's as a file system that can only be read. Nothing is kept: what is looked up, listed and
 * read is asked of the host each time, through an interface, since the kernel knows no host.
 */

/** A folder of the host's. Paths are below it, names joined by slashes, '' for itself; no link is followed. */
export interface HostFolder {
  /** What is at `path`, or a negative errno. */
  lstat(path: ByteString): HostStat | number
  /** The names in a folder, or a negative errno. */
  readdir(path: ByteString): readonly ByteString[] | number
  /** Where a symbolic link leads, or a negative errno. */
  readlink(path: ByteString): ByteString | number
  /** Fill `into` from byte `pos` on: how many bytes, 0 at the end, or a negative errno. */
  read(path: ByteString, pos: number, into: Uint8Array): number
}

export interface HostStat {
  /** Type and permissions. */
  readonly mode: number
  readonly size: number
  /** Nanoseconds since 1970. */
  readonly mtime: bigint
}

const V9FS_MAGIC = 0x01021997
const CHUNK = 1 << 16

/** What an inode keeps: where it is. */
interface HostInode {
  readonly fs: Hostfs
  readonly path: ByteString
}

class Hostfs {
  readonly kernel: Kernel
  readonly folder: HostFolder
  readonly sb: super_block
  /** Numbers are given out as files are first seen, so that they tell nothing of the host. */
  readonly #numbers = new Map<ByteString, number>()

  constructor(kernel: Kernel, folder: HostFolder) {
    this.kernel = kernel
    this.folder = folder
    this.sb = new super_block('hostfs', V9FS_MAGIC, ++kernel.lastDev, () => NOTHING)
    this.sb.s_flags = this.sb.s_always = MS_RDONLY
  }

  ino(path: ByteString): number {
    const known = this.#numbers.get(path)
    if (known !== undefined) return known
    this.#numbers.set(path, this.#numbers.size + 1)
    return this.#numbers.size
  }

  /**
   * Null for what is not there, and for what is neither a file nor a folder nor a link; a negative errno where the
   * host cannot tell. Everything is root's.
   */
  inode(path: ByteString): inode | number | null {
    const st = this.folder.lstat(path)
    if (typeof st === 'number') return st === -ENOENT || st === -ENOTDIR ? null : st
    const fop = FOPS[st.mode & S_IFMT]
    if (fop === undefined) return null
    const i = new inode(this.kernel, this.ino(path), st.mode)
    i.i_sb = this.sb
    i.i_op = hostfs_iops
    i.i_fop = fop
    i.i_private = { fs: this, path } satisfies HostInode
    stamp(i, st)
    return i
  }
}

const NOTHING = { f_blocks: 0, f_bfree: 0, f_files: 0, f_ffree: 0 }

/** Size and time as the host has them now. */
function stamp(i: inode, st: HostStat): void {
  i.i_size = S_ISDIR(st.mode) ? 0 : st.size
  const since = st.mtime - BigInt(i.kernel.clock.boot) * BigInt(NSEC_PER_SEC)
  i.i_mtime = i.i_ctime = i.i_atime = Number(since)
}

function join(dir: ByteString, name: ByteString): ByteString {
  return dir === '' ? name : `${dir}/${name}`
}

function I(i: inode): HostInode {
  return i.i_private as HostInode
}

const refused = (): number => -EROFS

const hostfs_iops: inode_operations = {
  d_volatile: true,
  lookup: (dir, name) => I(dir).fs.inode(join(I(dir).path, name)),
  create: refused,
  mkdir: refused,
  mknod: refused,
  link: refused,
  symlink: refused,
  unlink: refused,
  rmdir: refused,
  rename: refused,
  truncate: refused,
  get_link: (i) => I(i).fs.folder.readlink(I(i).path),
}

const dir_fops: file_operations = {
  read_loops: true,
  read: () => -EISDIR,
  /** By name: the order of the host's is not one that comes again. */
  iterate(file, fill) {
    const { fs, path } = I(file.f_inode)
    const names = fs.folder.readdir(path)
    if (typeof names === 'number') return names
    if (!dir_emit_dots(file, fill, 2)) return 0
    const sorted = [...names].sort()
    for (let at = file.f_pos; at - 2 < sorted.length; at++) {
      const name = sorted[at - 2]
      const st = fs.folder.lstat(join(path, name))
      const there = typeof st === 'object' && FOPS[st.mode & S_IFMT] !== undefined
      file.f_pos = at
      if (there && !fill(name, fs.ino(join(path, name)), st.mode >> 12, at + 1)) return 0
      file.f_pos = at + 1
    }
    return 0
  },
}

const file_fops: file_operations = {
  splice_read: true,
  open(i) {
    const st = I(i).fs.folder.lstat(I(i).path)
    if (typeof st === 'number') return st
    stamp(i, st)
    return 0
  },
  read(file, buf, count, pos) {
    const { fs, path } = I(file.f_inode)
    const chunk = allocMem(Math.min(count, CHUNK))
    for (let done = 0; ;) {
      const want = Math.min(count - done, CHUNK)
      const n = want === 0 ? 0 : fs.folder.read(path, pos.pos, chunk.u8.subarray(0, want))
      if (n <= 0) return done > 0 ? done : n
      const left = __copy_to_user((buf + done) as UserPtr, chunk, 0, n)
      done += n - left
      pos.pos += n - left
      if (left > 0) return done > 0 ? done : -EFAULT
      if (n < want) return done
    }
  },
}

const FOPS: Readonly<Record<number, file_operations | undefined>> = {
  [S_IFREG]: file_fops,
  [S_IFDIR]: dir_fops,
  [S_IFLNK]: {},
}

/** The root of a file system that shows `folder`, or a negative errno where there is no such folder. */
export function hostfs_root(kernel: Kernel, folder: HostFolder): dentry | number {
  const st = folder.lstat('')
  if (typeof st === 'number') return st
  const i = new Hostfs(kernel, folder).inode('')
  return typeof i === 'number' ? i : new dentry('', null, i)
}
