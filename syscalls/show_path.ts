import type { task_struct } from '../kernel/task/task.ts'
import { d_path, is_deleted, type dentry } from '../kernel/fs/dentry.ts'
import { fromBytes } from '../kernel/utf8.ts'

/** strace -y: behind a descriptor, in angle brackets, what is open there. */

/** What to put behind each descriptor that `where` finds in `text`: as in `3</tmp/x>`. */
export function withPaths(text: string, where: RegExp, t: task_struct): string {
  return text.replace(where, (found) => found + descriptorPath(t, found))
}

/** `</tmp/x>` for what descriptor `fd` of `t` is open on, AT_FDCWD being the working directory; '' where nothing is. */
export function descriptorPath(t: task_struct, fd: string): string {
  const d = fd === 'AT_FDCWD' ? t.fs.pwd : t.files?.fd[Number(fd)]?.f_dentry
  return d === undefined ? '' : shown(d, t)
}

function shown(d: dentry, t: task_struct): string {
  return `<${fromBytes(d_path(d, t.fs.root))}>${is_deleted(d) ? '(deleted)' : ''}`
}
