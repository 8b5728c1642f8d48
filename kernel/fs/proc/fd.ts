import type { ByteString } from '../../types.ts'
import { ENOENT, EPERM } from '../../errno.ts'
import { current } from '../../sched/current.ts'
import { FMODE_READ, FMODE_WRITE, O_CLOEXEC, type file } from '../file.ts'
import { S_IFDIR, S_IFLNK, S_IFREG, type inode, type inode_operations } from '../inode.ts'
import { single_fops } from '../seq_file.ts'
import { PROC_I, get_proc_task, proc_dir_fops, proc_iops, type proc_entry, type proc_name } from './inode.ts'
import { magic_link } from './link.ts'

/** The descriptors of a task: fs/proc/fd.c. */

/** Behind all other inode numbers of a task. */
const FD_INO = 2 ** 20
const FDINFO_INO = 2 ** 23

const fd_link_op: inode_operations = {
  ...magic_link((t, i) => t.files?.fd[PROC_I(i).fd]?.f_dentry ?? null),
  setattr: () => -EPERM,
}

/** A link for each, whose mode tells what the file is open for. */
export const fd_entry: proc_entry = directory(0o500, FD_INO, (f) => {
  const bits = ((f.f_mode & FMODE_READ) !== 0 ? 0o500 : 0) | ((f.f_mode & FMODE_WRITE) !== 0 ? 0o300 : 0)
  return { mode: S_IFLNK | bits, op: fd_link_op, fop: {} }
})

/** Position, flags and file of each. */
export const fdinfo_entry: proc_entry = directory(0o555, FDINFO_INO, () => fdinfo_file)

const fdinfo_file: proc_entry = {
  mode: S_IFREG | 0o444,
  op: { ...proc_iops, setattr: () => -EPERM },
  fop: single_fops(({ f_inode }) => {
    const files = get_proc_task(f_inode)?.files
    const { fd } = PROC_I(f_inode)
    const f = files?.fd[fd] ?? null
    if (f === null) return -ENOENT
    const flags = f.f_flags | (files?.close_on_exec.has(fd) === true ? O_CLOEXEC : 0)
    const { i_sb, i_ino } = f.f_inode
    return `pos:\t${f.f_pos}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${i_sb?.s_dev ?? 0}\nino:\t${i_ino}\n`
  }),
}

/** A directory with a name for each descriptor, and what `entry` makes of the file there. */
function directory(mode: number, ino: number, entry: (f: file) => proc_entry): proc_entry {
  return {
    mode: S_IFDIR | mode,
    op: {
      ...proc_iops,
      setattr: () => -EPERM,
      // One's own can be entered whatever the mode says. fs/proc/fd.c:proc_fd_permission().
      permission: (dir) => (get_proc_task(dir)?.group === current.group ? 0 : undefined),
      lookup(dir, name) {
        const fd = fd_of(name)
        const f = get_proc_task(dir)?.files?.fd[fd] ?? null
        if (f === null) return null
        const { fs, pid } = PROC_I(dir)
        const i = fs.inode(baseOf(dir) + ino + fd, entry(f), pid, fd)
        if (i.i_op === fd_link_op) i.i_size = 64
        return i
      },
    },
    fop: proc_dir_fops((dir) => names(dir, ino, entry)),
  }
}

function names(dir: inode, ino: number, entry: (f: file) => proc_entry): proc_name[] | number {
  const t = get_proc_task(dir)
  if (t === null) return -ENOENT
  const list: proc_name[] = []
  t.files?.fd.forEach((f, fd) => {
    if (f !== null) list.push({ name: String(fd), pos: 2 + fd, ino: baseOf(dir) + ino + fd, mode: entry(f).mode })
  })
  return list
}

/** Where a task's inode numbers begin. */
function baseOf(dir: inode): number {
  return Math.floor(dir.i_ino / 2 ** 24) * 2 ** 24
}

/** A number as the kernel writes it; -1 for what is none. */
function fd_of(name: ByteString): number {
  return /^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : -1
}
