import type { ByteString } from '../types.ts'
import { EISDIR, ENAMETOOLONG, ENOENT, ENOTDIR } from '../errno.ts'
import { current } from '../sched/current.ts'
import { S_ISDIR, type inode } from './inode.ts'
import { dentry } from './dentry.ts'

/** From paths to dentries: fs/namei.c. */

/** Longest name in a directory, in bytes. */
export const NAME_MAX = 255
/** openat's "the working directory". */
export const AT_FDCWD = -100

/**
 * The dentry that `path` leads to, from `start` or, where it begins with a slash, from the root. A
 * negative errno where the walk ends before: -ENOENT, -ENOTDIR, -ENAMETOOLONG.
 */
export function path_lookup(start: dentry, path: ByteString): dentry | number {
  if (path === '') return -ENOENT
  const d = link_path_walk(firstOf(start, path), namesOf(path))
  if (typeof d === 'number') return d
  // A slash at the end asks for a directory.
  return path.endsWith('/') && !isDirectory(d) ? -ENOTDIR : d
}

/**
 * The dentry of a file that is to be made at `path` unless it is there: it may have no inode. -EISDIR for
 * a path that only a directory can have, whether or not there is one.
 */
export function lookup_create(start: dentry, path: ByteString): dentry | number {
  if (path === '') return -ENOENT
  const names = namesOf(path)
  const last = names.pop()
  const dir = link_path_walk(firstOf(start, path), names)
  if (typeof dir === 'number') return dir
  if (!isDirectory(dir)) return -ENOTDIR
  if (last === undefined || last === '.' || last === '..' || path.endsWith('/')) return -EISDIR
  return last.length > NAME_MAX ? -ENAMETOOLONG : lookup_one(dir, last)
}

function namesOf(path: ByteString): ByteString[] {
  return path.split('/').filter((name) => name !== '')
}

function firstOf(start: dentry, path: ByteString): dentry {
  return path.startsWith('/') ? current.fs.root : start
}

/** Follow `names`, all of which must exist. */
function link_path_walk(at: dentry, names: readonly ByteString[]): dentry | number {
  const { root } = current.fs
  for (const name of names) {
    if (!isDirectory(at)) return -ENOTDIR
    if (name === '.') continue
    if (name === '..') {
      if (at !== root) at = at.d_parent
      continue
    }
    if (name.length > NAME_MAX) return -ENAMETOOLONG
    at = lookup_one(at, name)
    if (at.d_inode === null) return -ENOENT
  }
  return at
}

function isDirectory(d: dentry): boolean {
  return S_ISDIR((d.d_inode as inode).i_mode)
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
