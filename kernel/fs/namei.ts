import type { ByteString } from '../types.ts'
import { ENAMETOOLONG, ENOENT, ENOTDIR } from '../errno.ts'
import { current } from '../sched/current.ts'
import { S_ISDIR, type inode } from './inode.ts'
import { dentry } from './dentry.ts'

/** From paths to dentries: fs/namei.c. */

/** Longest name in a directory, in bytes. */
export const NAME_MAX = 255
/** openat's "the working directory". */
export const AT_FDCWD = -100

/**
 * The dentry that `path` leads to, from `start` or, where it begins with a slash, from the root. With
 * `parent` the last name need not exist: its dentry then has no inode. A negative errno where the walk
 * ends before: -ENOENT, -ENOTDIR, -ENAMETOOLONG.
 */
export function path_lookup(start: dentry, path: ByteString, parent = false): dentry | number {
  if (path === '') return -ENOENT
  const { root } = current.fs
  let at = path.startsWith('/') ? root : start
  const names = path.split('/').filter((name) => name !== '')
  for (let k = 0; k < names.length; k++) {
    const name = names[k]
    const dir = at.d_inode as inode
    if (!S_ISDIR(dir.i_mode)) return -ENOTDIR
    if (name === '.') continue
    if (name === '..') {
      if (at !== root) at = at.d_parent
      continue
    }
    if (name.length > NAME_MAX) return -ENAMETOOLONG
    const next = lookup_one(at, name)
    const last = k === names.length - 1
    if (next.d_inode === null && !(last && parent)) return -ENOENT
    at = next
  }
  // A slash at the end asks for a directory.
  if (path.endsWith('/') && at.d_inode !== null && !S_ISDIR(at.d_inode.i_mode)) return -ENOTDIR
  return at
}

/** The dentry of `name` in `dir`; it has no inode where there is no such name. */
export function lookup_one(dir: dentry, name: ByteString): dentry {
  const known = dir.d_subdirs.get(name)
  if (known !== undefined) return known
  const i = (dir.d_inode as inode).i_op?.lookup(dir.d_inode as inode, name) ?? null
  const d = new dentry(name, dir, i)
  // Only names that lead somewhere are kept: the others could be any.
  if (i !== null) dir.d_subdirs.set(name, d)
  return d
}

/** Give a dentry that lookup_one() found empty its inode. */
export function d_instantiate(d: dentry, i: inode): void {
  d.d_inode = i
  d.d_parent.d_subdirs.set(d.d_name, d)
}
