import type { ByteString } from '../types.ts'
import type { UserContext } from './context.ts'
import type { cred } from './cred.ts'
import type { task_struct } from './task.ts'
import type { dentry } from '../fs/dentry.ts'
import { E2BIG, ENOEXEC, ENOMEM } from '../errno.ts'
import { PAGE_SIZE, mm_alloc, mmput, type mm_struct } from '../mm/mm.ts'
import { bytesOf } from '../utf8.ts'
import { complete_vfork_done } from './fork.ts'
import { commit_creds } from './setid.ts'
import { NO_STACK } from './sigaltstack.ts'
import { set_task_comm } from './task.ts'

/** Programs and their start: fs/exec.c. */

/** Bytes that arguments and environment may take together: a quarter of the stack. */
const ARG_MAX = 2 << 20
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

/** What a program is started with. */
export interface ExecArgs {
  /** Its path, of which comm is the last name. */
  readonly filename: ByteString
  /** The file that is loaded: the program, or of a script its interpreter. */
  readonly exe: dentry
  /** The file's first bytes. */
  readonly head: ByteString
  readonly argv: readonly ByteString[]
  readonly envp: readonly ByteString[]
  /** Who the program acts as. */
  readonly cred: cred
}

/**
 * Turn `t` into the program: a new address space with the arguments on its stack, and a context made by
 * the first loader that knows the file. 0; -ENOEXEC when none does, -E2BIG, -ENOMEM: then `t` is what
 * it was.
 */
export function begin_exec(t: task_struct, args: ExecArgs): number {
  const mm = mm_alloc(t.kernel)
  if (mm === null) return -ENOMEM
  mm.exe_file = args.exe
  const sp = copy_strings(mm, args.argv, args.envp)
  if (sp < 0) {
    mmput(mm)
    return sp
  }
  for (const fmt of t.kernel.binfmts) {
    const context = fmt.load_binary(t, args.head, mm, sp)
    if (context === -ENOEXEC) continue
    if (typeof context === 'number') {
      mmput(mm)
      return context
    }
    const old = t.mm
    if (old !== null) t.group.maxrss = Math.max(t.group.maxrss, old.hiwater_rss)
    t.mm = mm
    t.context = context
    commit_creds(t, args.cred)
    t.forknoexec = false
    t.sas = NO_STACK
    set_task_comm(t, args.filename.slice(args.filename.lastIndexOf('/') + 1))
    if (old !== null) {
      complete_vfork_done(t)
      mmput(old)
    }
    return 0
  }
  mmput(mm)
  return -ENOEXEC
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
