import type { ByteString } from '../../types.ts'
import type { Kernel } from '../../kernel.ts'
import { EACCES, EBUSY, EINVAL, EISDIR, EPERM } from '../../errno.ts'
import { dentry } from '../dentry.ts'
import type { file_operations } from '../file.ts'
import { S_IFDIR, S_IFREG, S_ISDIR, inode, type inode_operations } from '../inode.ts'
import { dir_emit_dots } from '../libfs.ts'
import { super_block } from '../super.ts'
import type { trace_array } from './trace_array.ts'

/** A tree of files that the kernel says what to do with: fs/tracefs/inode.c. */

const TRACEFS_MAGIC = 0x74726163

/** A name in the tree. */
export interface trace_node {
  readonly name: ByteString
  readonly mode: number
  readonly tr: trace_array
  /** Of a file. */
  readonly fop?: file_operations
  /** Of a directory: what is in it. */
  readonly nodes?: () => readonly trace_node[]
  /** Of a directory in which programs make others: the one named so, 0 or a negative errno for taking it away. */
  readonly mkdir?: (name: ByteString) => trace_node | number
  readonly rmdir?: (name: ByteString) => number
}

export function trace_file(tr: trace_array, name: ByteString, mode: number, fop: file_operations): trace_node {
  return { name, mode: S_IFREG | mode, tr, fop: counted(fop) }
}

/** `nodes` is asked once, when somebody looks. */
export function trace_dir(tr: trace_array, name: ByteString, nodes: () => readonly trace_node[]): trace_node {
  let list: readonly trace_node[] | null = null
  return { name, mode: S_IFDIR | 0o750, tr, nodes: () => (list ??= nodes()) }
}

/** The same operations, that keep a trace_array from being taken away meanwhile. */
function counted(fop: file_operations): file_operations {
  return {
    ...fop,
    open(i, file) {
      const err = fop.open?.(i, file) ?? 0
      if (err === 0) node_of(i).tr.ref++
      return err
    },
    release(file) {
      fop.release?.(file)
      node_of(file.f_inode).tr.ref--
    },
  }
}

/** One mounted tracefs; all of a machine show the same. */
export class tracefs {
  readonly sb: super_block
  readonly root: dentry
  readonly #kernel: Kernel
  readonly #inodes = new WeakMap<trace_node, inode>()
  #lastIno = 0

  constructor(kernel: Kernel, root: trace_node) {
    this.#kernel = kernel
    this.sb = new super_block('tracefs', TRACEFS_MAGIC, ++kernel.lastDev, () => NOTHING)
    this.root = new dentry('', null, this.#inode(root))
  }

  #inode(node: trace_node): inode {
    let i = this.#inodes.get(node)
    if (i !== undefined) return i
    i = new inode(this.#kernel, ++this.#lastIno, node.mode)
    i.i_sb = this.sb
    i.i_op = this.#operations
    i.i_fop = node.fop ?? dir_fops
    i.i_nlink = S_ISDIR(node.mode) ? 2 : 1
    i.i_private = node
    this.#inodes.set(node, i)
    return i
  }

  readonly #operations: inode_operations = {
    lookup: (dir, name) => {
      const node = node_of(dir)
        .nodes?.()
        .find((n) => n.name === name)
      return node === undefined ? null : this.#inode(node)
    },
    mkdir: (dir, name) => {
      const made = node_of(dir).mkdir?.(name) ?? -EPERM
      return typeof made === 'number' ? made : this.#inode(made)
    },
    rmdir: (dir, name) => {
      const i = this.#inode(
        node_of(dir)
          .nodes?.()
          .find((n) => n.name === name) as trace_node,
      )
      const err = node_of(dir).rmdir?.(name) ?? -EPERM
      if (err === 0) i.i_nlink = 0
      return err
    },
    create: () => -EACCES,
    mknod: () => -EPERM,
    link: () => -EPERM,
    symlink: () => -EPERM,
    unlink: () => -EPERM,
    rename: () => -EPERM,
    get_link: () => -EINVAL,
    truncate: () => 0,
  }
}

const NOTHING = { f_blocks: 0, f_bfree: 0, f_files: 0, f_ffree: 0 }

export function node_of(i: inode): trace_node {
  return i.i_private as trace_node
}

const dir_fops: file_operations = {
  read: () => -EISDIR,
  iterate(file, fill) {
    if (!dir_emit_dots(file, fill, 2)) return 0
    const nodes = node_of(file.f_inode).nodes?.() ?? []
    for (let i = Math.max(0, file.f_pos - 2); i < nodes.length; i++) {
      if (!fill(nodes[i].name, 3 + i, nodes[i].mode >> 12, 3 + i)) return 0
      file.f_pos = 3 + i
    }
    return 0
  },
}

/** 0, or -EBUSY where a file of `tr` is open. */
export function trace_array_idle(tr: trace_array): number {
  return tr.ref > 0 ? -EBUSY : 0
}
