import type { ByteString } from '../kernel/types.ts'
import type { Run } from './program.ts'
import type { Tool } from './tool.ts'
import { ELOOP, ENOENT, ENOTDIR } from '../kernel/errno.ts'
import { S_IFDIR, S_IFLNK, S_IFMT, inside } from './files.ts'

/** What has to be there: each name of the path; all but the last; none. */
export type Existing = 'all' | 'folders' | 'none'

const MAX_LINKS = 40

/** realpath(3): `path` from the root, without links, `.` and `..`; or a negative errno. */
export function* canonical(self: Tool, path: ByteString, existing: Existing): Run<ByteString | number> {
  if (path === '') return -ENOENT
  const start = path.startsWith('/') ? '/' : yield* self.os.getcwd()
  if (typeof start === 'number') return start
  let done: ByteString = start
  let links = 0
  const rest = path.split('/').filter((name) => name !== '')
  // What ends in a slash is to be a folder.
  const folder = path.endsWith('/')
  while (rest.length > 0) {
    const name = rest.shift() as ByteString
    if (name === '.') continue
    if (name === '..') {
      done = done.slice(0, Math.max(1, done.lastIndexOf('/')))
      continue
    }
    const at = inside(done, name)
    const stat = yield* self.os.stat(at, false)
    if (typeof stat === 'number') {
      const last = rest.every((left) => left === '.')
      if (existing !== 'none' && (stat !== -ENOENT || existing === 'all' || !last)) return stat
    } else if ((stat.mode & S_IFMT) === S_IFLNK) {
      const target = yield* self.files.readlink(at)
      if (typeof target === 'number') return target
      if (++links > MAX_LINKS) {
        if (existing !== 'none') return -ELOOP
        // As good as no link.
        done = at
        continue
      }
      rest.unshift(...target.split('/').filter((part) => part !== ''))
      if (target.startsWith('/')) done = '/'
      continue
    } else if ((stat.mode & S_IFMT) !== S_IFDIR && existing !== 'none' && (rest.length > 0 || folder)) return -ENOTDIR
    done = at
  }
  return done
}
