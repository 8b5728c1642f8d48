import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import type { Shell } from './shell.ts'
import { EACCES, ENOENT, ENOEXEC, ENOTDIR } from '../../kernel/errno.ts'
import { reason } from './messages.ts'

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const S_IFMT = 0o170000
const S_IFREG = 0o100000

/** The file that `name` stands for, looked for in PATH unless it has a slash; or why there is none. */
export function* findProgram(sh: Shell, name: ByteString, path?: ByteString): Run<ByteString | number> {
  if (name.includes('/')) return name
  const known = path === undefined ? sh.hashed.get(name) : undefined
  if (known !== undefined) return known
  let err = -ENOENT
  for (const folder of (path ?? sh.variables.get('PATH') ?? '').split(':')) {
    const file = folder === '' ? name : `${folder}/${name}`
    const stat = yield* sh.os.stat(file)
    if (typeof stat === 'number') {
      if (stat !== -ENOENT && stat !== -ENOTDIR) err = stat
      continue
    }
    err = -EACCES
    if ((stat.mode & S_IFMT) !== S_IFREG || (stat.mode & 0o111) === 0) continue
    if (path === undefined) sh.hashed.set(name, file)
    return file
  }
  return err
}

/** Become a program. Comes back with a status, and a word why, where that fails. */
export function* execute(sh: Shell, argv: readonly ByteString[], path?: ByteString): Run<number> {
  const file = yield* findProgram(sh, argv[0], path)
  let err = typeof file === 'number' ? file : 0
  if (typeof file === 'string') {
    const environment = sh.variables.environment()
    err = yield* sh.os.execve(file, argv, environment)
    // What the kernel knows no loader for is taken for a script without a first line that says so.
    if (err === -ENOEXEC) err = yield* sh.os.execve('/bin/sh', ['/bin/sh', file, ...argv.slice(1)], environment)
  }
  yield* sh.warn(`${argv[0]}: ${reason(err, 'run')}`)
  return err === -ENOENT || err === -ENOTDIR ? 127 : 126
}
