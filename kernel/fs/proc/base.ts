import type { ByteString } from '../../types.ts'
import type { task_struct } from '../../task/task.ts'
import { EACCES, EINVAL, ENOENT, EPERM, ESRCH } from '../../errno.ts'
import { current } from '../../sched/current.ts'
import { allocMem } from '../../mm/mem.ts'
import { __copy_from_user } from '../../mm/uaccess.ts'
import { TASK_COMM_LEN, set_task_comm } from '../../task/task.ts'
import type { pid } from '../../task/pid.ts'
import { byteString } from '../../utf8.ts'
import type { file, file_operations } from '../file.ts'
import { S_IFDIR, S_IFLNK, S_IFREG, S_ISDIR, type inode, type inode_operations } from '../inode.ts'
import { single_fops } from '../seq_file.ts'
import { do_task_stat, proc_pid_statm } from './array.ts'
import { fd_entry, fdinfo_entry } from './fd.ts'
import { PROC_I, get_proc_task, proc_dir_fops, proc_iops, type proc_fs, type proc_name } from './inode.ts'
import { proc_pid_limits } from './limits.ts'
import { magic_link } from './link.ts'
import { environ_fops, cmdline_fops, maps_fops } from './task_mmu.ts'
import { mountinfo_fops, mounts_fops } from './mounts.ts'
import { proc_pid_status } from './status.ts'
import { proc_pid_syscall, proc_pid_wchan } from './wait.ts'

/** What /proc has of each task: fs/proc/base.c. */

/** Inode numbers of one task's names, and of its descriptors among them. */
const INO_SHIFT = 2 ** 24

interface pid_entry {
  readonly name: ByteString
  readonly mode: number
  readonly op: inode_operations
  readonly fop: file_operations
}

/** A file that tells one thing of a task; -ESRCH where that is no more. */
export function ONE(
  name: ByteString,
  mode: number,
  show: (t: task_struct, fs: proc_fs, file: file) => ByteString | number,
): pid_entry {
  const fop = single_fops((file) => {
    const t = get_proc_task(file.f_inode)
    return t === null ? -ESRCH : show(t, PROC_I(file.f_inode).fs, file)
  })
  return REG(name, mode, fop)
}

function REG(name: ByteString, mode: number, fop: file_operations): pid_entry {
  return { name, mode: S_IFREG | mode, op: task_iops, fop }
}

function LNK(name: ByteString, op: inode_operations): pid_entry {
  return { name, mode: S_IFLNK | 0o777, op, fop: {} }
}

/** Nobody changes the modes of these. */
const task_iops: inode_operations = { ...proc_iops, setattr: () => -EPERM }

const alive = (t: task_struct): boolean => t.exit_state === 0

/** The name of a task, which its own threads may change. */
const comm_fops: file_operations = single_fops(
  (file) => {
    const t = get_proc_task(file.f_inode)
    return t === null ? -ESRCH : `${t.commString()}\n`
  },
  {
    write(file, buf, count) {
      const name = allocMem(TASK_COMM_LEN)
      const n = Math.min(count, TASK_COMM_LEN - 1)
      if (__copy_from_user(name, 0, buf, n) > 0) return -EACCES
      const t = get_proc_task(file.f_inode)
      if (t === null) return -ESRCH
      if (t.group !== current.group) return -EINVAL
      set_task_comm(t, byteString(name.u8.subarray(0, name.u8.indexOf(0))))
      return count
    },
  },
)

/** What every task has, a thread too. */
const tid_base_stuff: readonly pid_entry[] = [
  { name: 'fd', ...fd_entry },
  { name: 'fdinfo', ...fdinfo_entry },
  REG('environ', 0o400, environ_fops),
  ONE('status', 0o444, proc_pid_status),
  REG('comm', 0o644, comm_fops),
  ONE('syscall', 0o400, proc_pid_syscall),
  REG('cmdline', 0o444, cmdline_fops),
  ONE('stat', 0o444, (t, fs) => do_task_stat(t, fs, false)),
  ONE('personality', 0o400, (t) => `${t.personality.toString(16).padStart(8, '0')}\n`),
  ONE('limits', 0o444, proc_pid_limits),
  ONE('statm', 0o444, proc_pid_statm),
  REG('maps', 0o444, maps_fops),
  LNK(
    'cwd',
    magic_link((t) => (alive(t) ? t.fs.pwd : null)),
  ),
  LNK(
    'root',
    magic_link((t) => (alive(t) ? t.fs.root : null)),
  ),
  LNK(
    'exe',
    magic_link((t) => t.mm?.exe_file ?? null),
  ),
  REG('mounts', 0o444, mounts_fops),
  REG('mountinfo', 0o444, mountinfo_fops),
  ONE('wchan', 0o444, proc_pid_wchan),
]

/** What a process has besides; its `stat` counts for all its threads. */
const tgid_base_stuff: readonly pid_entry[] = [
  {
    name: 'task',
    mode: S_IFDIR | 0o555,
    op: { ...task_iops, lookup: (dir, name) => proc_task_lookup(dir, name) },
    fop: proc_dir_fops((dir) => proc_task_names(dir)),
  },
  ...tid_base_stuff.map((e) => (e.name === 'stat' ? ONE('stat', 0o444, (t, fs) => do_task_stat(t, fs, true)) : e)),
]

/** A directory of one task's names. */
function pid_directory(entries: readonly pid_entry[]): Omit<pid_entry, 'name'> {
  const index = new Map(entries.map((e, i) => [e.name, i]))
  const ino = (dir: inode, i: number): number => dir.i_ino + 1 + i
  return {
    mode: S_IFDIR | 0o555,
    op: {
      ...task_iops,
      // A directory of nobody's cannot even be entered.
      permission: (dir) => (get_proc_task(dir) === null ? -ESRCH : undefined),
      lookup(dir, name) {
        const i = index.get(name)
        if (i === undefined || get_proc_task(dir) === null) return null
        const { fs, pid } = PROC_I(dir)
        const child = fs.inode(ino(dir, i), entries[i], pid)
        if (entries[i].name === 'fd') child.i_size = get_proc_task(dir)?.files?.fd.filter((f) => f !== null).length ?? 0
        return child
      },
    },
    fop: proc_dir_fops((dir) =>
      get_proc_task(dir) === null
        ? -ENOENT
        : entries.map((e, i) => ({ name: e.name, pos: 2 + i, ino: ino(dir, i), mode: e.mode })),
    ),
  }
}

const tgid_directory = pid_directory(tgid_base_stuff)
const tid_directory = pid_directory(tid_base_stuff)
const DIRECTORIES = (entries: readonly pid_entry[]): number => entries.filter((e) => S_ISDIR(e.mode)).length

/** The directory of the task that `name` is the id of, or null. fs/proc/base.c:proc_pid_lookup(). */
export function proc_pid_lookup(fs: proc_fs, name: ByteString): inode | null {
  const pid = pid_of(fs, name)
  if (pid === null) return null
  const i = fs.inode(fs.nr(pid) * INO_SHIFT, tgid_directory, pid)
  i.i_nlink = 2 + DIRECTORIES(tgid_base_stuff)
  return i
}

/** A number as the kernel writes it, of a task that is there. */
function pid_of(fs: proc_fs, name: ByteString): pid | null {
  if (!/^[1-9]\d{0,9}$/.test(name)) return null
  const pid = fs.pid_ns.pid_map.get(Number(name))
  return pid !== undefined && pid.task !== null && fs.kernel.tasks.has(pid.task) ? pid : null
}

/** The processes for a listing, in the order of their ids, the first at place `first` and more. */
export function proc_pid_names(fs: proc_fs, first: number): proc_name[] {
  const ids: number[] = []
  for (const t of fs.kernel.tasks) {
    const nr = t.group.leader === t ? fs.nr(t.thread_pid) : 0
    if (nr > 0) ids.push(nr)
  }
  ids.sort((a, b) => a - b)
  return ids.map((nr) => ({ name: String(nr), pos: first + nr, ino: nr * INO_SHIFT, mode: S_IFDIR }))
}

function proc_task_lookup(dir: inode, name: ByteString): inode | null {
  const { fs } = PROC_I(dir)
  const leader = get_proc_task(dir)
  const pid = leader === null ? null : pid_of(fs, name)
  if (pid === null || pid.task?.group !== leader?.group) return null
  const i = fs.inode(fs.nr(pid) * INO_SHIFT + 256, tid_directory, pid)
  i.i_nlink = 2 + DIRECTORIES(tid_base_stuff)
  return i
}

function proc_task_names(dir: inode): proc_name[] | number {
  const { fs } = PROC_I(dir)
  if (get_proc_task(dir) === null) return -ENOENT
  return [...(get_proc_task(dir)?.group.tasks ?? [])].map((t, i) => {
    const nr = fs.nr(t.thread_pid)
    return { name: String(nr), pos: 2 + i, ino: nr * INO_SHIFT + 256, mode: S_IFDIR }
  })
}
