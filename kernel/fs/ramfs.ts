import type { ByteString } from '../types.ts'
import type { Kernel } from '../kernel.ts'
import { memfs } from 'memfs'
import { EISDIR, ENOSPC, ENOTEMPTY } from '../errno.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import type { file_operations } from './file.ts'
import { S_IFDIR, S_IFLNK, S_IFREG, S_ISDIR, S_ISREG, inode, iput_final, type inode_operations } from './inode.ts'
import { offset_ctx, simple_offset_dir_operations, type DirEntry } from './libfs.ts'
import { ramfs_file_operations, ramfs_truncate } from './ramfs_file.ts'
import { PageStore, address_space } from './ramfs_pages.ts'
import { dentry } from './dentry.ts'
import { super_block } from './super.ts'

/**
 * The file system in memory. memfs holds the bytes and the names; this file is the only one that knows
 * it, and the rest of the kernel sees inodes and file_operations.
 *
 * Bytes are in pages, which are parts of memfs nodes that have no name, and move between user memory and there
 * in one copy. memfs stamps its nodes with the host's clock at each change; the machine's time is virtual, so
 * the inode keeps its own stamps and memfs's are switched off.
 */

type Volume = ReturnType<typeof memfs>['vol']
type Link = Volume['_core']['root']
type Node = ReturnType<Link['getNode']>

/** What a ramfs inode keeps. */
interface RamfsInode {
  readonly link: Link
  readonly node: Node
  /** Of a directory: its names. */
  readonly names: offset_ctx | null
}

/** Where each name stands in its directory. */
const places = new WeakMap<Link, DirEntry>()

/** A symbolic link is nothing to open. */
const NO_FILE: file_operations = {}

/** mm/shmem.c: what a name adds to the size of its directory. */
const BOGO_DIRENT_SIZE = 20
/** Links shorter than this take no block: include/linux/shmem_fs.h. */
const SHORT_SYMLINK_LEN = 128

/** linux/magic.h */
const TMPFS_MAGIC = 0x01021994
const RAMFS_MAGIC = 0x858458f6

/** One mounted ramfs. */
export class Ramfs {
  readonly root: dentry
  readonly sb: super_block
  readonly #pages: PageStore
  readonly #kernel: Kernel
  readonly #inodes = new Map<Node, inode>()
  /** Names that may be, one apart for each further link, and that are. */
  max_inodes = Infinity
  used_inodes = 0
  #lastIno = 0

  constructor(kernel: Kernel, limit: number, s_type: ByteString) {
    this.#kernel = kernel
    const { vol } = memfs({}, { cwd: '/', process: NO_PROCESS })
    this.#pages = new PageStore(Math.floor(limit / PAGE_SIZE), (size) => {
      const node = vol._core.createNode(S_IFREG)
      node.touch = noTouch
      node.truncate(size)
      return node.buf
    })
    this.sb = new super_block(s_type, s_type === 'ramfs' ? RAMFS_MAGIC : TMPFS_MAGIC, ++kernel.lastDev, () => ({
      f_blocks: this.#pages.max,
      f_bfree: this.#pages.max - this.#pages.used,
      f_files: this.max_inodes === Infinity ? this.#inodes.size : this.max_inodes,
      f_ffree: this.max_inodes === Infinity ? 0 : this.max_inodes - this.used_inodes,
    }))
    this.sb.s_fileattr = s_type !== 'ramfs'
    const link = vol._core.root
    this.root = new dentry('', null, this.#inode(link, S_IFDIR | 0o755, dir_operations))
    // Its own name and its dot.
    const top = this.root.d_inode as inode
    top.i_nlink = 2
  }

  /** Bytes that files may hold together, and that they do. Holes are none. */
  get limit(): number {
    return this.#pages.max * PAGE_SIZE
  }

  set limit(bytes: number) {
    this.#pages.max = Math.floor(bytes / PAGE_SIZE)
  }

  get used(): number {
    return this.#pages.used * PAGE_SIZE
  }

  get #full(): boolean {
    return this.used_inodes >= this.max_inodes
  }

  /** An inode for what memfs holds at `link`. */
  #inode(link: Link, mode: number, fop: file_operations): inode {
    const node = link.getNode()
    node.touch = noTouch
    this.used_inodes++
    const i = new inode(this.#kernel, ++this.#lastIno, mode)
    i.i_sb = this.sb
    i.i_op = this.#operations
    i.i_fop = fop
    const names = S_ISDIR(mode) ? new offset_ctx() : null
    if (names !== null) i.i_size = 2 * BOGO_DIRENT_SIZE
    if (S_ISREG(mode)) i.i_mapping = new address_space(this.#pages)
    i.i_private = { link, node, names } satisfies RamfsInode
    this.#inodes.set(node, i)
    return i
  }

  #add(dir: inode, name: ByteString, mode: number, fop: file_operations): inode | number {
    if (this.#full) return -ENOSPC
    const { link } = priv(dir)
    const node = link.vol.createNode(mode)
    const child = link.createChild(name, node)
    const i = this.#inode(child, mode, fop)
    void this.#named(dir, name, child, i)
    return i
  }

  readonly #operations: inode_operations = {
    lookup: (dir, name) => {
      const link = priv(dir).link.children.get(name)
      return link === undefined ? null : (this.#inodes.get(link.getNode()) ?? null)
    },
    create: (dir, name, mode) => this.#add(dir, name, S_IFREG | mode, ramfs_file_operations),
    mkdir: (dir, name, mode) => {
      const i = this.#add(dir, name, S_IFDIR | mode, dir_operations)
      if (typeof i === 'number') return i
      dir.i_nlink++
      i.i_nlink = 2
      return i
    },
    mknod: (dir, name, mode, fop) => this.#add(dir, name, mode, fop),
    link: (i, dir, name) => {
      if (this.#full) return -ENOSPC
      this.used_inodes++
      const { link } = priv(dir)
      i.i_ctime = this.#named(dir, name, link.createChild(name, priv(i).node), i)
      i.i_nlink++
      return 0
    },
    symlink: (dir, name, target) => {
      const long = target.length >= SHORT_SYMLINK_LEN
      if (long && this.#pages.full) return -ENOSPC
      const i = this.#add(dir, name, S_IFLNK | 0o777, NO_FILE)
      if (typeof i === 'number') return i
      if (long) void (i.i_mapping = new address_space(this.#pages)).add_page(0, true)
      priv(i).node.makeSymlink(target)
      i.i_size = target.length
      return i
    },
    get_link: (i) => priv(i).node.symlink,
    rename: (old_dir, old_name, new_dir, new_name, exchange) =>
      this.#rename(old_dir, old_name, new_dir, new_name, exchange),
    rmdir: (dir, name) => {
      const child = priv(dir).link.children.get(name) as Link
      if (!this.#empty(child)) return -ENOTEMPTY
      this.#forget(dir, child)
      return 0
    },
    unlink: (dir, name) => {
      const child = priv(dir).link.children.get(name) as Link
      const i = this.#inodes.get(child.getNode()) as inode
      if (S_ISDIR(i.i_mode)) return -EISDIR
      this.#forget(dir, child)
      return 0
    },
    blocks: (i) => (i.i_mapping?.nrpages ?? 0) * (PAGE_SIZE / 512),
    truncate: ramfs_truncate,
    evict: (i) => {
      const { link, node } = priv(i)
      this.used_inodes--
      i.i_mapping?.truncate_range(0, Infinity)
      link.vol.deleteNode(node)
    },
  }

  /** Take a name out of `dir`; what it led to goes with its last one. */
  #forget(dir: inode, child: Link): void {
    const i = this.#at(child)
    this.#unnamed(dir, child)
    if (!S_ISDIR(i.i_mode) && i.i_nlink > 1) this.used_inodes--
    i.i_nlink -= S_ISDIR(i.i_mode) ? 2 : 1
    if (S_ISDIR(i.i_mode)) dir.i_nlink--
    i.i_ctime = dir.i_ctime
    if (i.i_nlink > 0) return
    this.#inodes.delete(child.getNode())
    iput_final(i)
  }

  #rename(from: inode, old_name: ByteString, to: inode, new_name: ByteString, exchange: boolean): number {
    const moved = priv(from).link.children.get(old_name) as Link
    const there = priv(to).link.children.get(new_name)
    const places_of = [places.get(moved), there === undefined ? undefined : places.get(there)] as const
    if (there !== undefined && !exchange) {
      if (!this.#empty(there)) return -ENOTEMPTY
      this.#forget(to, there)
    }
    this.#unnamed(from, moved)
    if (there !== undefined && exchange) {
      this.#unnamed(to, there)
      this.#move(there, to, from, old_name, places_of[0])
    }
    this.#move(moved, from, to, new_name, places_of[1])
    return 0
  }

  /** Put `link` into `to`; a name that has been there before has its place back. */
  #move(link: Link, from: inode, to: inode, name: ByteString, place: DirEntry | undefined): void {
    const i = this.#at(link)
    link.name = name
    priv(to).link.setChild(name, link)
    // memfs takes a name away by the path that it remembers.
    link.syncSteps()
    if (S_ISDIR(i.i_mode)) {
      from.i_nlink--
      to.i_nlink++
    }
    i.i_ctime = this.#named(to, name, link, i, place)
  }

  #at(link: Link): inode {
    return this.#inodes.get(link.getNode()) as inode
  }

  /** Is it no directory with names in it? */
  #empty(link: Link): boolean {
    return priv(this.#at(link)).names?.empty ?? true
  }

  /** `dir` has a name more. Returns when. */
  #named(dir: inode, name: ByteString, link: Link, i: inode, place?: DirEntry): number {
    const names = priv(dir).names as offset_ctx
    places.set(link, place === undefined ? names.add(name, i) : names.again(place, i))
    dir.i_size += BOGO_DIRENT_SIZE
    return (dir.i_mtime = dir.i_ctime = this.#kernel.clock.real)
  }

  /** `dir` has a name less. */
  #unnamed(dir: inode, link: Link): void {
    priv(dir).link.deleteChild(link)
    priv(dir).names?.remove(places.get(link) as DirEntry)
    dir.i_size -= BOGO_DIRENT_SIZE
    dir.i_mtime = dir.i_ctime = this.#kernel.clock.real
  }
}

const dir_operations = simple_offset_dir_operations((dir) => priv(dir).names as offset_ctx)

function priv(i: inode): RamfsInode {
  return i.i_private as RamfsInode
}

function noTouch(): void {
  // The inode keeps the time.
}

/** memfs asks a process for ids and the working directory; the host's are none of the machine's business. */
const NO_PROCESS = {
  cwd: () => '/',
  platform: 'linux',
  emitWarning: noTouch,
  env: {},
  getuid: () => 0,
  getgid: () => 0,
}
