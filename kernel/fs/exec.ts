import type { ByteString, Sleeps, UserPtr } from '../types.ts'
import type { dentry } from './dentry.ts'
import type { cred } from '../task/cred.ts'
import type { task_struct } from '../task/task.ts'
import { EACCES, EAGAIN, ENOEXEC, ENOMEM, ETXTBSY } from '../errno.ts'
import { GFP_KERNEL, NULL, kfree, kmalloc, koff } from '../mm/slab.ts'
import { current } from '../sched/current.ts'
import { preempt_schedule } from '../sched/sched.ts'
import { bprm_creds } from '../task/cred.ts'
import { de_thread } from '../task/de_thread.ts'
import { BINPRM_BUF_SIZE, commit_exec, load_exec, type ExecArgs, type ExecStrings } from '../task/exec.ts'
import { force_sig } from '../task/force_sig.ts'
import { SIGSEGV } from '../task/signal.ts'
import { mmput } from '../mm/mm.ts'
import { strings_from_user } from './exec_strings.ts'
import { RLIMIT_NPROC, rlimit } from '../task/rlimit.ts'
import { exec_personality } from '../task/personality.ts'
import { byteString } from '../utf8.ts'
import { O_RDONLY, fput } from './file.ts'
import { close_fd } from './fdtable.ts'
import { S_ISGID, S_ISREG, S_ISUID, S_IXGRP, type inode } from './inode.ts'
import { path_lookup } from './namei.ts'
import { dentry_open } from './open.ts'
import { MAY_EXEC, inode_permission } from './permission.ts'
import { kernel_read } from './read_write.ts'
import { MS_NOEXEC, MS_NOSUID } from './super.ts'

/** From a path to a running program: fs/exec.c, and fs/binfmt_script.c. */

/** Scripts that name scripts as their interpreters: so many deep. */
const MAX_INTERPRETERS = 4

/**
 * Become the program at `path`: other threads end, memory is new, handlers are gone, descriptors with close-on-exec
 * closed. Does not return on success, as far as the old program is concerned. -ENOENT and the like, -EACCES,
 * -ETXTBSY, -EFAULT, -ENOEXEC, -E2BIG, -ENOMEM; -EAGAIN for who became a user that has too many tasks.
 */
export function* do_execve(path: ByteString, argv: UserPtr, envp: UserPtr): Sleeps<number> {
  const t = current
  if (t.nproc_exceeded && t.user.processes > rlimit(RLIMIT_NPROC)) return -EAGAIN
  t.nproc_exceeded = false
  const args = prepare_exec(t.fs.pwd, path, () => strings_from_user(argv, envp))
  if (typeof args === 'number') return args
  const binary = load_exec(t, args)
  if (typeof binary === 'number') return binary
  const err = (yield* de_thread(t, binary.mm)) || unshare_files(t)
  if (err < 0) {
    // There is no way back to what it was.
    mmput(binary.mm)
    force_sig(SIGSEGV, t)
    return err
  }
  commit_exec(t, binary)
  t.personality = exec_personality(t.personality, lends(args.exe))
  const { files } = t
  if (files !== null) for (const fd of [...files.close_on_exec]) void close_fd(files, fd)
  t.sighand.flush()
  // What called is no more. The new program begins when the task runs next.
  void (yield* preempt_schedule())
  return 0
}

/** Descriptors that it has in common with other processes stay as they are for those: 0 or -ENOMEM. */
function unshare_files(t: task_struct): number {
  const old = t.files
  if (old === null || old.count === 1) return 0
  const copy = old.copy(false)
  if (copy === null) return -ENOMEM
  t.files = copy
  old.put()
  return 0
}

/**
 * Look `path` up, then see what it is started with and read its first bytes; a script becomes its interpreter with
 * the script as argument.
 */
export function prepare_exec(start: dentry, path: ByteString, strings: () => ExecStrings | number): ExecArgs | number {
  let exe = open_exec(start, path)
  if (typeof exe === 'number') return exe
  const given = strings()
  if (typeof given === 'number') return given
  let file = path
  let { argv } = given
  for (let depth = 0; ; depth++) {
    const head = read_head(exe)
    if (typeof head === 'number') return head
    if (!head.startsWith('#!')) return { filename: path, exe, head, argv, envp: given.envp, cred: bprm_fill_uid(exe) }
    // The rest of the line is the interpreter and at most one argument, with its blanks inside.
    const [, interpreter, argument] = /^#![ \t]*([^ \t\n\0]+)[ \t]*([^\n\0]*?)[ \t]*(?:[\n\0]|$)/.exec(head) ?? []
    if (interpreter === undefined || depth === MAX_INTERPRETERS) return -ENOEXEC
    argv = [interpreter, ...(argument === '' ? [] : [argument]), file, ...argv.slice(1)]
    file = interpreter
    exe = open_exec(start, file)
    if (typeof exe === 'number') return exe
  }
}

/** A file that may be executed, and that nobody can write to; it need not be readable. */
function open_exec(start: dentry, path: ByteString): dentry | number {
  const d = path_lookup(start, path)
  if (typeof d === 'number') return d
  const i = d.d_inode
  if (i === null || !S_ISREG(i.i_mode) || inode_permission(i, MAY_EXEC) < 0) return -EACCES
  if (((i.i_sb?.s_flags ?? 0) & MS_NOEXEC) !== 0) return -EACCES
  return i.i_writecount > 0 ? -ETXTBSY : d
}

/** Is it a file that lends rights, wherever they would lead? */
function lends(d: dentry): boolean {
  const { i_mode, i_sb } = d.d_inode as inode
  const setid = (i_mode & S_ISUID) !== 0 || (i_mode & (S_ISGID | S_IXGRP)) === (S_ISGID | S_IXGRP)
  return setid && ((i_sb?.s_flags ?? 0) & MS_NOSUID) === 0
}

/** Who the current task will act as: a set-user-id file lends its owner's rights, a set-group-id one its group's. */
function bprm_fill_uid(d: dentry): cred {
  const { i_mode, i_uid, i_gid, i_sb } = d.d_inode as inode
  const { cred, fs, group } = current
  const unsafe = fs.users > group.tasks.length
  if (((i_sb?.s_flags ?? 0) & MS_NOSUID) !== 0) return bprm_creds(cred, null, null, unsafe)
  const euid = (i_mode & S_ISUID) !== 0 ? i_uid : null
  // Without the group's execute bit it would be a mark for mandatory locks.
  const egid = (i_mode & (S_ISGID | S_IXGRP)) === (S_ISGID | S_IXGRP) ? i_gid : null
  return bprm_creds(cred, euid, egid, unsafe)
}

/** The first bytes of a program file. */
function read_head(d: dentry): ByteString | number {
  const f = dentry_open(d, O_RDONLY)
  if (typeof f === 'number') return f
  const buf = kmalloc(BINPRM_BUF_SIZE, GFP_KERNEL)
  try {
    if (buf === NULL) return -ENOMEM
    const n = kernel_read(f, buf, BINPRM_BUF_SIZE, 0)
    if (n < 0) return n
    return byteString(f.kernel.slab.mem(buf).u8.subarray(koff(buf), koff(buf) + n))
  } finally {
    kfree(buf)
    fput(f)
  }
}
