import type { ByteString } from '../types.ts'
import { EEXIST, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EROFS } from '../errno.ts'
import { current } from '../sched/current.ts'
import { touch_atime } from './attr.ts'
import { S_ISDIR, S_ISLNK, type inode, type inode_operations } from './inode.ts'
import { dentry } from './dentry.ts'
import { LAST_DOTDOT, LAST_NORM, LAST_ROOT } from './names.ts'
import { MAY_EXEC, inode_permission, is_rdonly } from './permission.ts'
import { follow_mount } from './super.ts'

/** From paths to dentries: fs/namei.c. */

/** Longest name in a directory, in bytes. */
export const NAME_MAX = 255
/** Symbolic links that one path may lead through. */
const MAXSYMLINKS = 40
/** openat's "the working directory". */
export const AT_FDCWD = -100

/** Where the path ends in a symbolic link, go on where that leads. */
export const LOOKUP_FOLLOW = 1

/** How far a walk has come. include/linux/namei.h */
export class nameidata {
  dentry: dentry
  /** The last name, not walked yet. */
  last: ByteString = ''
  last_type = LAST_ROOT
  /** Slashes follow it: it is to be a directory. */
  slashes = false
  /** Symbolic links so far. */
  links = 0

  constructor(start: dentry) {
    this.dentry = start
  }
}

/**
 * The dentry that `path` leads to, from `start` or, where it begins with a slash, from the root. A negative
 * errno where the walk ends before: -ENOENT, -ENOTDIR, -ENAMETOOLONG, -EACCES, -ELOOP.
 */
export function path_lookup(start: dentry, path: ByteString, flags = LOOKUP_FOLLOW): dentry | number {
  if (path === '') return -ENOENT
  const nd = new nameidata(start)
  let err = link_path_walk(nd, path)
  if (err < 0) return err
  const directory = nd.slashes && nd.last_type === LAST_NORM
  err = walk_last(nd, (flags & LOOKUP_FOLLOW) !== 0)
  if (err < 0) return err
  return (directory || nd.slashes) && !is_dir(nd.dentry) ? -ENOTDIR : nd.dentry
}

/** Walk all of `path` but the last name, which is left in `nd`. 0 or a negative errno. */
export function link_path_walk(nd: nameidata, path: ByteString): number {
  const { absolute, names, last, slashes } = current.kernel.names.parse(path)
  if (absolute) nd.dentry = current.fs.root
  for (let i = 0; i < names.length; i++) {
    const err = inode_permission(nd.dentry.d_inode as inode, MAY_EXEC)
    if (err < 0) return err
    const { name, type } = names[i]
    // Most of the way is directories that are known and cover nothing.
    const known = nd.dentry.d_subdirs.get(name)
    if (known !== undefined && known.d_mounted === null && S_ISDIR((known.d_inode as inode).i_mode)) {
      nd.dentry = known
      continue
    }
    const step = walk_component(nd, name, type, true)
    if (step < 0) return step
    if (!is_dir(nd.dentry)) return -ENOTDIR
  }
  nd.last = last.name
  nd.last_type = last.type
  nd.slashes = slashes
  return last.type === LAST_ROOT ? 0 : inode_permission(nd.dentry.d_inode as inode, MAY_EXEC)
}

/** The last step. A slash behind the name of a symbolic link asks for what it leads to. */
function walk_last(nd: nameidata, follow: boolean): number {
  if (nd.last_type === LAST_ROOT) return 0
  return walk_component(nd, nd.last, nd.last_type, follow || nd.slashes)
}

function walk_component(nd: nameidata, name: ByteString, type: number, follow: boolean): number {
  if (type !== LAST_NORM) {
    if (type === LAST_DOTDOT) nd.dentry = follow_dotdot(nd.dentry)
    return 0
  }
  if (name.length > NAME_MAX) return name_error(nd.dentry)
  const found = lookup_one(nd.dentry, name)
  if (typeof found === 'number') return found
  const d = follow_mount(found)
  if (d.d_inode === null) return -ENOENT
  if (follow && S_ISLNK(d.d_inode.i_mode)) {
    let err = pick_link(nd, d.d_inode)
    if (err < 0) return err
    // Slashes at the end of what the link says hold, whatever more links follow.
    const { slashes } = nd
    err = walk_last(nd, true)
    if (err < 0) return err
    return slashes && !is_dir(nd.dentry) ? -ENOTDIR : 0
  }
  nd.dentry = d
  return 0
}

/** Take the way that a symbolic link in `nd.dentry` shows, up to its last name. 0, -ELOOP, -ENOENT and the like. */
export function pick_link(nd: nameidata, link: inode): number {
  if (nd.links++ >= MAXSYMLINKS) return -ELOOP
  touch_atime(link)
  const to = (link.i_op as inode_operations).get_link(link)
  if (typeof to === 'number') return to
  if (typeof to === 'string') return to === '' ? -ENOENT : link_path_walk(nd, to)
  nd.dentry = to
  nd.last_type = LAST_ROOT
  nd.slashes = false
  return 0
}

/** One up, but not out of the root, and out of what is mounted to where that is. */
export function follow_dotdot(d: dentry): dentry {
  const { root } = current.fs
  while (d !== root) {
    if (d.d_parent !== d) return follow_mount(d.d_parent)
    if (d.d_covers === null) return d
    d = d.d_covers
  }
  return d
}

/** Up to the directory of the last name of `path`. */
export function path_parent(start: dentry, path: ByteString): nameidata | number {
  if (path === '') return -ENOENT
  const nd = new nameidata(start)
  const err = link_path_walk(nd, path)
  return err < 0 ? err : nd
}

/**
 * What the last name leads to itself, no link followed: no inode where it leads nowhere. -ENAMETOOLONG, -EIO; -ENOENT in
 * a directory that is gone.
 */
export function lookup_last(nd: nameidata): dentry | number {
  return nd.last.length > NAME_MAX || is_dead(nd.dentry) ? name_error(nd.dentry) : lookup_one(nd.dentry, nd.last)
}

/** Why there cannot be a name in `dir`. Where nothing can be any more, nothing is looked for. */
function name_error(dir: dentry): number {
  return is_dead(dir) ? -ENOENT : -ENAMETOOLONG
}

/** A directory that has been removed, and somebody is still in: IS_DEADDIR(). */
function is_dead(dir: dentry): boolean {
  return dir.d_inode?.i_nlink === 0
}

/**
 * The dentry of a name that is to be made: -EEXIST where there is one, -ENOENT for slashes behind what is to be
 * no directory. fs/namei.c:filename_create().
 */
export function lookup_create(start: dentry, path: ByteString, directory: boolean): dentry | number {
  const nd = path_parent(start, path)
  if (typeof nd === 'number') return nd
  if (nd.last_type !== LAST_NORM) return -EEXIST
  const d = lookup_last(nd)
  if (typeof d === 'number') return d
  if (d.d_inode !== null) return -EEXIST
  if ((nd.slashes && !directory) || is_volatile(nd.dentry)) return -ENOENT
  return is_rdonly(nd.dentry.d_inode as inode) ? -EROFS : d
}

/** Do the names in `d` come and go by themselves, so that none can be made? */
export function is_volatile(d: dentry): boolean {
  const i = d.d_inode as inode
  return i.i_op?.d_volatile === true && !is_rdonly(i)
}

export function is_dir(d: dentry): boolean {
  return S_ISDIR((d.d_inode as inode).i_mode)
}

/** The dentry of `name` in `dir`; it has no inode where there is no such name. What the file system cannot tell is an errno. */
export function lookup_one(dir: dentry, name: ByteString): dentry | number {
  const known = dir.d_subdirs.get(name)
  if (known !== undefined) return known
  const { i_op } = dir.d_inode as inode
  const i = i_op?.lookup(dir.d_inode as inode, name) ?? null
  if (typeof i === 'number') return i
  const d = new dentry(name, dir, i)
  // Only names that lead somewhere are kept: the others could be any.
  if (i !== null && i_op?.d_volatile !== true) dir.d_subdirs.set(name, d)
  return d
}

/** Give a dentry that lookup_one() found empty its inode. */
export function d_instantiate(d: dentry, i: inode): void {
  d.d_inode = i
  d.d_parent.d_subdirs.set(d.d_name, d)
}
