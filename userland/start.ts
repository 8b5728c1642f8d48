import type { ByteString } from '../kernel/types.ts'
import type { Os } from './sh/os.ts'
import type { Run } from './program.ts'
import { EACCES, ENOENT, ENOTDIR } from '../kernel/errno.ts'

/** execvp(3): become a program that is looked for in PATH. Comes back with the errno only. */
export function* execvp(os: Os, argv: readonly ByteString[], environment: readonly ByteString[]): Run<number> {
  const [name] = argv
  if (name.includes('/')) return yield* os.execve(name, argv, environment)
  const path = environment.find((entry) => entry.startsWith('PATH='))?.slice(5) ?? '/bin:/usr/bin'
  let err = -ENOENT
  for (const folder of path.split(':')) {
    const ret = yield* os.execve(folder === '' ? name : `${folder}/${name}`, argv, environment)
    if (ret === -EACCES) err = ret
    else if (ret !== -ENOENT && ret !== -ENOTDIR) return ret
  }
  return err
}
