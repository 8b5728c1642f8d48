import type { ByteString, UserPtr } from '../types.ts'
import type { UserContext } from './context.ts'
import type { cred } from './cred.ts'
import type { task_struct } from './task.ts'
import type { dentry } from '../fs/dentry.ts'
import { E2BIG, ENOEXEC, ENOMEM } from '../errno.ts'
import { PAGE_SIZE, mm_alloc, mmput, type mm_struct } from '../mm/mm.ts'
import { put_user_int } from '../mm/uaccess.ts'
import { bytesOf } from '../utf8.ts'
import { complete_vfork_done } from './fork.ts'
import { FUTEX_BITSET_MATCH_ANY, futex_wake } from './futex.ts'
import { commit_creds } from './setid.ts'
import { NO_STACK } from './sigaltstack.ts'
import { SIGCHLD } from './signal.ts'
import { set_task_comm } from './task.ts'

/** Programs and their start: fs/exec.c. */

/** Bytes that arguments and environment may take together: a quarter of the stack. */
export const ARG_MAX = 2 << 20
/** Bytes of a file that tell what kind of program it is: BINPRM_BUF_SIZE. */
export const BINPRM_BUF_SIZE = 128

/** A kind of program files: the loaders know what to do with their first bytes. */
export interface linux_binfmt {
  readonly name: string
  /**
   * The context of a program that starts with its stack at `sp`, in `mm`; -ENOEXEC where the file is
   * not of this kind.
   */
  load_binary(t: task_struct, head: ByteString, mm: mm_struct, sp: number): UserContext | number
}

/** Arguments and environment of a program. */
export interface ExecStrings {
  readonly argv: readonly ByteString[]
  readonly envp: readonly ByteString[]
}

/** What a program is started with. */
export interface ExecArgs extends ExecStrings {
  /** Its path, of which comm is the last name. */
  readonly filename: ByteString
  /** The file that is loaded: the program, or of a script its interpreter. */
  readonly exe: dentry
  /** The file's first bytes. */
  readonly head: ByteString
  /** Who the program acts as. */
  readonly cred: cred
}

/** A program that has been loaded, with nothing done yet to the task that is to run it. */
export interface LoadedBinary {
  readonly args: ExecArgs
  readonly mm: mm_struct
  readonly context: UserContext
}

/**
 * Make what `t` needs to run the program: an address space with the arguments on its stack, and a context made by
 * the first loader that knows the file. -ENOEXEC when none does, -E2BIG, -ENOMEM.
 */
export function load_exec(t: task_struct, args: ExecArgs): LoadedBinary | number {
  const mm = mm_alloc(t.kernel)
  if (mm === null) return -ENOMEM
  mm.exe_file = args.exe
  const sp = copy_strings(mm, args.argv, args.envp)
  let context: UserContext | number = sp
  for (const fmt of sp < 0 ? [] : t.kernel.binfmts) {
    context = fmt.load_binary(t, args.head, mm, sp)
    if (context !== -ENOEXEC) break
  }
  if (typeof context !== 'number') return { args, mm, context }
  mmput(mm)
  return context < 0 ? context : -ENOEXEC
}

/** Turn `t` into the program. */
export function commit_exec(t: task_struct, { args, mm, context }: LoadedBinary): void {
  const old = t.mm
  if (old !== null) mm_release(t, old)
  t.clear_child_tid = 0n
  t.mm = mm
  t.context = context
  if (old !== null) mmput(old)
  // Whatever clone(2) was told: the parent knows this one as a child like all others.
  t.exit_signal = SIGCHLD
  // Who looks like somebody else is not looked into.
  commit_creds(t, args.cred)
  mm.dumpable = t.cred.euid === t.cred.uid && t.cred.egid === t.cred.gid
  t.self_exec_id++
  t.pending.flush_itimer_signals()
  t.group.shared_pending.flush_itimer_signals()
  t.forknoexec = false
  t.sas = { ...NO_STACK, flags: t.sas.flags }
  set_task_comm(t, args.filename.slice(args.filename.lastIndexOf('/') + 1))
}

/** Turn `t`, which runs nothing yet, into the program: 0, or as load_exec(). */
export function begin_exec(t: task_struct, args: ExecArgs): number {
  const binary = load_exec(t, args)
  if (typeof binary === 'number') return binary
  commit_exec(t, binary)
  return 0
}

/**
 * `t` leaves memory that others may use: a zero goes where clear_child_tid says, and who lent it by vfork(2) has it
 * back. kernel/fork.c:mm_release().
 */
export function mm_release(t: task_struct, mm: mm_struct): void {
  t.group.maxrss = Math.max(t.group.maxrss, mm.hiwater_rss)
  if (t.clear_child_tid !== 0n && mm.mm_users > 1) {
    const tid = Number(t.clear_child_tid) as UserPtr
    void put_user_int(0, tid)
    void futex_wake(tid, true, 1, FUTEX_BITSET_MATCH_ANY)
    t.clear_child_tid = 0n
  }
  complete_vfork_done(t)
}

/**
 * Lay the strings out as Linux does: from the top of the stack down the strings, below them the two
 * arrays of pointers and argc, each of 8 bytes. Returns where argc is, 16-aligned.
 */
function copy_strings(mm: mm_struct, argv: readonly ByteString[], envp: readonly ByteString[]): number {
  const strings = [...argv, ...envp]
  const size = strings.reduce((sum, s) => sum + s.length + 1, 0)
  const words = argv.length + envp.length + 3
  if (size + words * 8 > ARG_MAX || strings.some((s) => s.length >= 32 * PAGE_SIZE)) return -E2BIG
  let p = mm.start_stack - 8 - size
  const sp = Math.floor((p - words * 8) / 16) * 16
  const table = new DataView(new ArrayBuffer(words * 8))
  let at = 0
  const word = (value: number): void => {
    table.setBigUint64(at, BigInt(value), true)
    at += 8
  }
  let ok = true
  const put = (s: ByteString): void => {
    word(p)
    ok &&= mm.write(p, bytesOf(`${s}\0`))
    p += s.length + 1
  }
  mm.arg_start = p
  word(argv.length)
  argv.forEach(put)
  mm.arg_end = p
  word(0)
  envp.forEach(put)
  mm.env_end = p
  word(0)
  return ok && mm.write(sp, new Uint8Array(table.buffer)) ? sp : -ENOMEM
}
