import type { ByteString, UserPtr } from '../types.ts'
import type { ExecStrings } from '../task/exec.ts'
import { E2BIG, EFAULT } from '../errno.ts'
import { allocMem } from '../mm/mem.ts'
import { copy_from_user, strncpy_from_user } from '../mm/uaccess.ts'
import { ARG_MAX } from '../task/exec.ts'

/** What execve(2) is given, from user space: fs/exec.c. */

/** Longest string: MAX_ARG_STRLEN, 32 pages. */
const MAX_ARG_STRLEN = 32 * 4096
/** More pointers than this can never fit. */
const MAX_ARG_STRINGS = ARG_MAX / 8

/**
 * Arguments and environment; -EFAULT, -E2BIG. Of what is wrong with them that is told which comes first: of both
 * the pointers, then the strings, from the environment's last to the program's first.
 */
export function strings_from_user(argv: UserPtr, envp: UserPtr): ExecStrings | number {
  const args = pointers(argv)
  if (typeof args === 'number') return args
  const env = pointers(envp)
  if (typeof env === 'number') return env
  if (args.length + env.length > MAX_ARG_STRINGS) return -E2BIG
  const envStrings = copied(env)
  if (typeof envStrings === 'number') return envStrings
  const argStrings = copied(args)
  return typeof argStrings === 'number' ? argStrings : { argv: argStrings, envp: envStrings }
}

/** The pointers of an array with zero at its end. No array is an empty one. */
function pointers(array: UserPtr): UserPtr[] | number {
  const out: UserPtr[] = []
  const word = allocMem(8)
  for (let at = array as number; at !== 0; at += 8) {
    if (copy_from_user(word, 0, at as UserPtr, 8) > 0) return -EFAULT
    const p = Number(word.dv.getBigUint64(0, true)) as UserPtr
    if (p === 0) break
    if (out.length === MAX_ARG_STRINGS) return -E2BIG
    out.push(p)
  }
  return out
}

function copied(from: readonly UserPtr[]): ByteString[] | number {
  const out: ByteString[] = []
  for (const p of [...from].reverse()) {
    const text = strncpy_from_user(p, MAX_ARG_STRLEN)
    if (typeof text === 'number') return text
    if (text.length === MAX_ARG_STRLEN) return -E2BIG
    out.push(text)
  }
  return out.reverse()
}
