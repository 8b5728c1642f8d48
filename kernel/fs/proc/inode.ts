import type { ByteString } from '../../types.ts'
import type { Kernel } from '../../kernel.ts'
import type { task_struct } from '../../task/task.ts'
import { EINVAL, EISDIR, ENOENT, EPERM } from '../../errno.ts'
import { pid_nr_ns, type pid, type pid_namespace } from '../../task/pid.ts'
import { dentry } from '../dentry.ts'
import type { file, file_operations, filldir } from '../file.ts'
import { S_IFDIR, S_ISDIR, inode, type inode_operations } from '../inode.ts'
import { dir_emit_dots } from '../libfs.ts'
import { super_block } from '../super.ts'

/**
 * What all files of /proc have in common: fs/proc/inode.c, fs/proc/generic.c. Nothing is kept: a name is looked
 * up anew each time, and the text of a file is made when it is read. Only what is there for good has an inode
 * for good.
 */

const PROC_SUPER_MAGIC = 0x9fa0

/** One mounted /proc: it shows the processes of one namespace, under the ids that they have there. */
export class proc_fs {
  readonly kernel: Kernel
  readonly pid_ns: pid_namespace
  readonly sb: super_block
  readonly root: dentry
  readonly #fixed = new Map<proc_dir_entry, inode>()

  constructor(kernel: Kernel, pid_ns: pid_namespace, root: proc_dir_entry) {
    this.kernel = kernel
    this.pid_ns = pid_ns
    this.sb = new super_block('proc', PROC_SUPER_MAGIC, ++kernel.lastDev, () => NOTHING)
    this.root = new dentry('', null, this.fixed(root))
  }

  /** The inode of what is there for good. */
  fixed(entry: proc_dir_entry): inode {
    let i = this.#fixed.get(entry)
    if (i === undefined) {
      i = this.inode(inoOf(entry), entry)
      this.#fixed.set(entry, i)
    }
    return i
  }

  /** An inode like `entry`, of the task of `pid`, whose it then is; `fd` is for what belongs to a descriptor. */
  inode(ino: number, entry: proc_entry, pid: pid | null = null, fd = -1): inode {
    const i = new inode(this.kernel, ino, entry.mode)
    i.i_sb = this.sb
    i.i_op = entry.op
    i.i_fop = entry.fop
    i.i_nlink = S_ISDIR(entry.mode) ? 2 : 1
    const cred = pid?.task?.cred
    if (cred !== undefined) {
      i.i_uid = cred.euid
      i.i_gid = cred.egid
    }
    i.i_private = { fs: this, pid, fd } satisfies proc_inode
    return i
  }

  /** The id here of the process whose id in the machine's own namespace is `nr`; 0 where there is none. */
  vnr(nr: number): number {
    if (this.pid_ns.level === 0) return nr
    const pid = this.kernel.pid_ns.pid_map.get(nr)
    return pid === undefined ? 0 : this.nr(pid)
  }

  nr(pid: pid): number {
    return pid.ns.level >= this.pid_ns.level && pid.numbers[this.pid_ns.level] !== undefined
      ? pid_nr_ns(pid, this.pid_ns)
      : 0
  }
}

const NOTHING = { f_blocks: 0, f_bfree: 0, f_files: 0, f_ffree: 0 }

/** What an inode is made like. */
export interface proc_entry {
  readonly mode: number
  readonly op: inode_operations
  readonly fop: file_operations
}

/** A name that is there for good. */
export interface proc_dir_entry extends proc_entry {
  readonly name: ByteString
}

/** What an inode of /proc keeps. */
export interface proc_inode {
  readonly fs: proc_fs
  /** Whose it is, alive or dead; null for what is no task's. */
  readonly pid: pid | null
  readonly fd: number
}

export function PROC_I(i: inode): proc_inode {
  return i.i_private as proc_inode
}

/** The task that an inode is of; null where it is no more. */
export function get_proc_task(i: inode): task_struct | null {
  const task = PROC_I(i).pid?.task ?? null
  return task !== null && i.kernel.tasks.has(task) ? task : null
}

const inodeNumbers = new Map<proc_dir_entry, number>()
const FIRST_INO = 0xf0000000

/** The same in each machine: by the order in which the tables are asked for first would not be. */
function inoOf(entry: proc_dir_entry): number {
  return inodeNumbers.get(entry) ?? 1
}

/** Nothing in /proc can be made or taken away. */
export const proc_iops: inode_operations = {
  d_volatile: true,
  lookup: () => null,
  create: () => -ENOENT,
  mkdir: () => -ENOENT,
  mknod: () => -ENOENT,
  link: () => -ENOENT,
  symlink: () => -ENOENT,
  unlink: () => -EPERM,
  rmdir: () => -EPERM,
  rename: () => -EPERM,
  get_link: () => -EINVAL,
  truncate: () => 0,
}

/** One name of a listing; `pos` is its place. */
export interface proc_name {
  readonly name: ByteString
  readonly pos: number
  readonly ino: number
  readonly mode: number
}

/** Operations of an open directory that holds `names`, in ascending order of their places, which begin with 2. */
export function proc_dir_fops(names: (dir: inode) => Iterable<proc_name> | number): file_operations {
  return {
    read: () => -EISDIR,
    iterate(file, fill) {
      const list = names(file.f_inode)
      if (typeof list === 'number') return list
      return dir_emit_dots(file, fill, 2) ? emit(file, fill, list) : 0
    },
  }
}

function emit(file: file, fill: filldir, names: Iterable<proc_name>): number {
  for (const { name, pos, ino, mode } of names) {
    if (pos < file.f_pos) continue
    file.f_pos = pos
    if (!fill(name, ino, mode >> 12, pos + 1)) return 0
    file.f_pos = pos + 1
  }
  return 0
}

/** A directory of names that are there for good. */
export function proc_mkdir(name: ByteString, entries: readonly proc_dir_entry[]): proc_dir_entry {
  const byName = new Map(entries.map((e) => [e.name, e]))
  for (const entry of entries) inodeNumbers.set(entry, FIRST_INO + inodeNumbers.size)
  return {
    name,
    mode: S_IFDIR | 0o555,
    op: {
      ...proc_iops,
      lookup(dir, name) {
        const entry = byName.get(name)
        return entry === undefined ? null : PROC_I(dir).fs.fixed(entry)
      },
    },
    fop: proc_dir_fops(() => proc_names(entries)),
  }
}

/** Their places, from 2 on. */
export function proc_names(entries: readonly proc_dir_entry[]): proc_name[] {
  return entries.map((entry, i) => ({ name: entry.name, pos: 2 + i, ino: inoOf(entry), mode: entry.mode }))
}
