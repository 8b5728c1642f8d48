import type { Sleeps, UserPtr } from '../kernel/types.ts'
import { do_execve } from '../kernel/fs/exec.ts'
import { getname } from '../kernel/mm/uaccess.ts'

/** execve(2) */
export function* sys_execve(filename: UserPtr, argv: UserPtr, envp: UserPtr): Sleeps<number> {
  const path = getname(filename)
  return typeof path === 'number' ? path : yield* do_execve(path, argv, envp)
}
