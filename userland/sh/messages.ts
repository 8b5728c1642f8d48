import { ENOENT, ENOTDIR, errnoMessage } from '../../kernel/errno.ts'

/** Why a file could not be opened, made, or run, in a shell's words: what is not there has words of its own. */
export function reason(errno: number, doing: 'open' | 'create' | 'run'): string {
  if (errno === -ENOENT || errno === -ENOTDIR) {
    return doing === 'open' ? 'No such file' : doing === 'create' ? 'Directory nonexistent' : 'not found'
  }
  return errnoMessage(-errno) ?? `error ${-errno}`
}
