import type { ByteString, Sleeps, UserPtr } from '../kernel/types.ts'
import { E2BIG, EFAULT } from '../kernel/errno.ts'
import { do_execve } from '../kernel/fs/exec.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_from_user, getname, strncpy_from_user } from '../kernel/mm/uaccess.ts'

/** Longest argument: MAX_ARG_STRLEN, 32 pages. */
const MAX_ARG_STRLEN = 32 * 4096
/** More arguments than this can never fit. */
const MAX_ARG_STRINGS = 0x40000

/** execve(2) */
export function* sys_execve(filename: UserPtr, argv: UserPtr, envp: UserPtr): Sleeps<number> {
  const path = getname(filename)
  if (typeof path === 'number') return path
  const args = strings(argv)
  if (typeof args === 'number') return args
  const env = strings(envp)
  if (typeof env === 'number') return env
  return yield* do_execve(path, args, env)
}

/** The strings that an array of pointers, zero at its end, leads to. No array is an empty one. */
function strings(array: UserPtr): ByteString[] | number {
  const out: ByteString[] = []
  const word = allocMem(8)
  for (let at = array as number; at !== 0; at += 8) {
    if (copy_from_user(word, 0, at as UserPtr, 8) > 0) return -EFAULT
    const p = Number(word.dv.getBigUint64(0, true)) as UserPtr
    if (p === 0) break
    if (out.length === MAX_ARG_STRINGS) return -E2BIG
    const text = strncpy_from_user(p, MAX_ARG_STRLEN)
    if (typeof text === 'number') return text
    if (text.length === MAX_ARG_STRLEN) return -E2BIG
    out.push(text)
  }
  return out
}
