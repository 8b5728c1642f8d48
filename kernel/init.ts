import type { ByteString, Sleeps } from './types.ts'
import type { Abi, BootParams } from './kernel.ts'
import type { inode } from './fs/inode.ts'
import type { dentry } from './fs/dentry.ts'
import { EINVAL, ENOMEM, EPERM } from './errno.ts'
import { BUG_ON } from './bug.ts'
import { KERN_NOTICE } from './printk.ts'
import { Kernel } from './kernel.ts'
import { actingFor, current } from './sched/current.ts'
import { NULL } from './mm/slab.ts'
import { cred_of, init_cred, type cred } from './task/cred.ts'
import { begin_exec, type linux_binfmt } from './task/exec.ts'
import { alloc_task, free_task } from './task/fork.ts'
import { create_uts_ns } from './task/nsproxy.ts'
import { NOBODY } from './task/setid.ts'
import { SIGCHLD, sighand_struct } from './task/signal.ts'
import { THREAD_SIZE, set_task_comm, task_struct, thread_group } from './task/task.ts'
import { alloc_fs, type fs_struct } from './fs/fs_struct.ts'
import { alloc_fd, alloc_files, fd_install, type files_struct } from './fs/fdtable.ts'
import { O_NOCTTY, O_RDWR, fput, get_file } from './fs/file.ts'
import { prepare_exec } from './fs/exec.ts'
import { d_instantiate, lookup_one, path_lookup } from './fs/namei.ts'
import { devtmpfs_init } from './fs/devtmpfs.ts'
import { dentry_open } from './fs/open.ts'
import { kern_mount, type file_system_type } from './fs/namespace.ts'
import { proc_fs_type } from './fs/proc/root.ts'
import { Ramfs } from './fs/ramfs.ts'
import { ramfs_fs_type, tmpfs_fs_type } from './fs/tmpfs.ts'
import { trace_fs_type } from './fs/tracefs/root.ts'
import { disassociate_ctty, proc_set_tty } from './tty/tty_jobctrl.ts'
import { ckpt_debug_setup } from './checkpoint/sys.ts'
import { CKPT_DDEFAULT } from './checkpoint/debug.ts'

/** From nothing to a machine that can run a program: init/main.c. */

/** Boot a machine. `abi` are its system calls, `binfmts` the kinds of programs it can load. */
export function start_kernel(params: BootParams, abi: Abi, binfmts: readonly linux_binfmt[]): Kernel {
  const kernel = new Kernel(params)
  kernel.abi = abi
  kernel.binfmts.push(...binfmts)
  kernel.ckpt_debug_level = CKPT_DDEFAULT
  const { major, minor, patch } = versionOf(kernel)
  const uts_ns = create_uts_ns(kernel.slab, {
    sysname: 'Linux',
    nodename: '(none)',
    release: `${major}.${minor}.${patch}`,
    version: '#1 SMP Wed Jul 22 09:59:42 UTC 2009',
    machine: 'riscv64',
    domainname: '(none)',
    ...params.uts,
  })
  BUG_ON(uts_ns === null, 'no memory to boot with')
  kernel.uts_ns = uts_ns as NonNullable<typeof uts_ns>
  kernel.printk(`${KERN_NOTICE}Linux version ${major}.${minor}.${patch}\n`)
  kernel.printk(`${KERN_NOTICE}Kernel command line: ${params.cmdline ?? ''}\n`)
  parse_cmdline(kernel, params.cmdline ?? '')
  kernel.filesystems.push(tmpfs_fs_type, ramfs_fs_type, proc_fs_type, trace_fs_type)
  kernel.root = mount_rootfs(kernel)
  kernel.swapper = init_idle(kernel)
  devtmpfs_init(mkdir(kernel.root, 'dev'))
  mkdir(kernel.root, 'bin')
  mkdir(kernel.root, 'tmp', 0o1777)
  const proc = mkdir(kernel.root, 'proc', 0o555)
  const tracing = mkdir(mkdir(mkdir(kernel.root, 'sys'), 'kernel'), 'tracing')
  actingFor(kernel.swapper, () => {
    mount_at(kernel, proc, proc_fs_type)
    mount_at(kernel, tracing, trace_fs_type)
  })
  return kernel
}

function mount_at(kernel: Kernel, place: dentry, type: file_system_type): void {
  const root = type.mount(kernel, '')
  BUG_ON(typeof root === 'number', `no ${type.name}`)
  kern_mount(kernel, place, root as dentry, type.name)
}

/** The file system that everything starts in. */
function mount_rootfs(kernel: Kernel): dentry {
  const { root, sb } = new Ramfs(kernel, kernel.mem, 'rootfs')
  sb.show_options = () => `,size=${kernel.mem >> 10}k`
  kern_mount(kernel, null, root, 'rootfs')
  return root
}

/** Options of the form `name=` that somebody in the kernel takes: __setup(). */
const setup: Readonly<Record<string, (kernel: Kernel, value: ByteString) => number>> = {
  ckpt_debug: ckpt_debug_setup,
}

/**
 * Go through the command line. An option nobody takes becomes the first program's: `name=value` goes to
 * its environment, a word to its arguments, and one with a dot before the `=` was meant for a module.
 *
 * SEED: a setup function says by a value other than 0 that the option was its own. The patch's returns 0
 * when all is well, so `ckpt_debug=7` also lands in the environment, while a value that it refuses does not.
 */
function parse_cmdline(kernel: Kernel, cmdline: ByteString): void {
  for (const option of cmdline.split(/\s+/).filter((o) => o !== '')) {
    const eq = option.indexOf('=')
    const name = eq < 0 ? option : option.slice(0, eq)
    if (eq >= 0 && Object.hasOwn(setup, name) && setup[name](kernel, option.slice(eq + 1)) !== 0) continue
    if (name.includes('.')) continue
    if (eq < 0) {
      kernel.argv_init.push(option)
      continue
    }
    const old = kernel.envp_init.findIndex((env) => env.startsWith(option.slice(0, eq + 1)))
    kernel.envp_init.splice(old < 0 ? kernel.envp_init.length : old, 1, option)
  }
}

/** The idle task. It never runs; it is who acts before any program does. */
function init_idle(kernel: Kernel): task_struct {
  const fs = alloc_fs(kernel, kernel.root, kernel.root, 0o022)
  const thread = kernel.slab.kmalloc(THREAD_SIZE)
  BUG_ON(fs === null || thread === NULL, 'no memory to boot with')
  const t = new task_struct({
    kernel,
    thread_pid: { ns: kernel.pid_ns, numbers: [0], task: null },
    thread,
    nsproxy: { uts_ns: kernel.uts_ns, pid_ns: kernel.pid_ns },
    mm: null,
    files: null,
    fs: fs as fs_struct,
    real_parent: null,
    group: new thread_group(0, 0),
    exit_signal: 0,
    sighand: new sighand_struct(),
    cred: init_cred,
  })
  set_task_comm(t, 'swapper')
  return t
}

/** Where and how a task that is no task's child begins. */
export interface SpawnOptions {
  readonly envp?: readonly ByteString[]
  /** This id in the machine's own namespace, from 1 to 32767. */
  readonly pid?: number
  /** The console as descriptors 0, 1 and 2. Default true. */
  readonly stdio?: boolean
  /**
   * Lead a session of its own, with the terminal as its controlling one and as descriptors 0, 1 and 2: what
   * getty does for a shell. -EIO without a terminal, -EPERM where another session has it.
   */
  readonly terminal?: boolean
  /** Whom a program acts as: user, group and supplementary groups. Default root, and none. */
  readonly uid?: number
  readonly gid?: number
  readonly groups?: readonly number[]
}

/**
 * A task that runs the program at `path`, child of the idle task. Or -ENOENT, -ENOTDIR, -EACCES where it
 * is not an executable file, or not for that user, -ENOEXEC, -E2BIG, -ENOMEM, -EINVAL for an id out of range, be it of a process or a user, -EAGAIN where it is taken.
 */
export function spawn(
  kernel: Kernel,
  path: ByteString,
  argv: readonly ByteString[],
  options: SpawnOptions = {},
): task_struct | number {
  const cred = spawned_cred(options)
  if (typeof cred === 'number') return cred
  return actingFor(kernel.swapper, () => {
    const strings = { argv, envp: options.envp ?? kernel.envp_init }
    const args = acting_as(cred, () => prepare_exec(kernel.root, path, () => strings))
    if (typeof args === 'number') return args
    if (options.terminal === true && kernel.console.session !== 0) return -EPERM
    const t = new_task(kernel, options)
    if (typeof t === 'number') return t
    if (options.terminal === true) {
      t.group.pgrp = t.group.session = t.pid
      proc_set_tty(kernel.console, t)
    }
    const err = begin_exec(t, args)
    if (err < 0) {
      disassociate_ctty(t, true)
      abandon(t)
      return err
    }
    kernel.rq.enqueue(t)
    return t
  })
}

function spawned_cred({ uid = 0, gid = 0, groups = [] }: SpawnOptions): cred | number {
  const good = (id: number): boolean => Number.isInteger(id) && id >= 0 && id < NOBODY
  return [uid, gid, ...groups].every(good) ? cred_of(uid, gid, groups) : -EINVAL
}

/** Do something as the current task, but with the rights of `c`. */
function acting_as<T>(c: cred, fn: () => T): T {
  const { cred } = current
  current.cred = c
  try {
    return fn()
  } finally {
    current.cred = cred
  }
}

/** A task without user space that runs `fn` and ends with what it returns. kernel/kthread.c. */
export function kthread_run(
  kernel: Kernel,
  name: ByteString,
  fn: (t: task_struct) => Sleeps<number>,
  options: SpawnOptions = {},
): task_struct | number {
  return actingFor(kernel.swapper, () => {
    const t = new_task(kernel, options)
    if (typeof t === 'number') return t
    set_task_comm(t, name)
    t.kstack = fn(t)
    kernel.rq.enqueue(t)
    return t
  })
}

function new_task(kernel: Kernel, options: SpawnOptions): task_struct | number {
  const { pid = 1 } = options
  if (!Number.isInteger(pid) || pid < 1 || pid >= kernel.pid_ns.pid_max) return -EINVAL
  const files = alloc_files(kernel)
  if (files === null) return -ENOMEM
  const fs = alloc_fs(kernel, kernel.root, kernel.root, 0o022)
  const err = fs === null ? -ENOMEM : options.stdio === false ? 0 : open_stdio(kernel, files, options.terminal === true)
  if (fs === null || err < 0) {
    files.put()
    fs?.put()
    return err
  }
  kernel.uts_ns.count++
  const nsproxy = { uts_ns: kernel.uts_ns, pid_ns: kernel.pid_ns }
  const parts = {
    nsproxy,
    mm: null,
    files,
    fs,
    real_parent: kernel.swapper,
    group: new thread_group(0, 0),
    exit_signal: SIGCHLD,
    sighand: new sighand_struct(),
    cred: init_cred,
  }
  const t = alloc_task(kernel, parts, options.pid)
  if (typeof t === 'number') {
    kernel.uts_ns.count--
    files.put()
    fs.put()
  }
  return t
}

/** Undo new_task() for a task that never ran. */
function abandon(t: task_struct): void {
  t.files?.put()
  t.fs.put()
  t.kernel.uts_ns.count--
  free_task(t)
}

/** The console, or the terminal itself, as standard input, output and error. */
function open_stdio(kernel: Kernel, files: files_struct, terminal: boolean): number {
  const d = path_lookup(kernel.root, terminal ? '/dev/ttyS0' : '/dev/console')
  if (typeof d === 'number') return d
  const f = dentry_open(d, O_RDWR | O_NOCTTY)
  if (typeof f === 'number') return f
  for (let fd = 0; fd < 3; fd++) fd_install(files, alloc_fd(files, 0, false), get_file(f))
  fput(f)
  return 0
}

/** Make a directory. The parent exists, the name does not. */
function mkdir(parent: dentry, name: ByteString, mode = 0o755): dentry {
  const dir = parent.d_inode as inode
  const i = dir.i_op?.mkdir(dir, name, mode)
  BUG_ON(typeof i !== 'object', `no /${name}`)
  const d = lookup_one(parent, name) as dentry
  d_instantiate(d, i as inode)
  return d
}

function versionOf(kernel: Kernel): { major: number; minor: number; patch: number } {
  const code = kernel.version_code
  return { major: (code >> 16) & 0xff, minor: (code >> 8) & 0xff, patch: code & 0xff }
}
