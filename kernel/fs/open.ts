import type { ByteString, MaySleep } from '../types.ts'
import type { dentry } from './dentry.ts'
import { EACCES, EEXIST, EINVAL, EISDIR, ENFILE, ENOENT, ENOTDIR } from '../errno.ts'
import { current } from '../sched/current.ts'
import { after } from '../sched/may_sleep.ts'
import {
  FMODE_LSEEK,
  O_ACCMODE,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOCTTY,
  O_RDONLY,
  O_TRUNC,
  O_CLOEXEC,
  OPEN_FMODE,
  alloc_file,
  fput,
  put_filp,
  type file,
} from './file.ts'
import { S_ISDIR, S_ISREG, type inode, type inode_operations } from './inode.ts'
import { d_instantiate, lookup_create, path_lookup } from './namei.ts'

/** From a path to an open file: fs/open.c. */

/**
 * The file for `path`, from `start` where it is relative, made where O_CREAT says so; or a negative errno. It
 * is the caller's, for finish_open(). fs/namei.c:do_filp_open().
 */
export function do_filp_open(start: dentry, path: ByteString, flags: number, mode: number): file | number {
  const creating = (flags & O_CREAT) !== 0
  const d = creating ? lookup_create(start, path) : path_lookup(start, path)
  if (typeof d === 'number') return d
  if (d.d_inode === null) {
    const err = vfs_create(d, mode)
    if (err < 0) return err
  } else {
    if (creating && (flags & O_EXCL) !== 0) return -EEXIST
    if (creating && S_ISDIR(d.d_inode.i_mode)) return -EISDIR
  }
  return filp_of(d, flags)
}

/** Make the regular file that `d` names. */
export function vfs_create(d: dentry, mode: number): number {
  const dir = may_create(d)
  if (typeof dir === 'number') return dir
  const i = dir.i_op.create(dir, d.d_name, mode & 0o7777 & ~current.fs.umask)
  if (typeof i === 'number') return i
  d_instantiate(d, i)
  return 0
}

/** The directory that is to get the name of `d`; -EACCES, or -ENOENT where it is gone itself. */
export function may_create(d: dentry): (inode & { readonly i_op: inode_operations }) | number {
  const dir = d.d_parent.d_inode as inode
  if (!has_operations(dir)) return -EACCES
  return dir.i_nlink === 0 ? -ENOENT : dir
}

function has_operations(i: inode): i is inode & { readonly i_op: inode_operations } {
  return i.i_op !== null
}

/** The file for what `d` leads to, not open yet. */
function filp_of(d: dentry, flags: number): file | number {
  const i = d.d_inode as inode
  const mode = OPEN_FMODE(flags)
  // Neither mode bit of O_ACCMODE is set, but it asks for both: ACC_MODE().
  if (S_ISDIR(i.i_mode) && (flags & (O_ACCMODE | O_TRUNC)) !== O_RDONLY) return -EISDIR
  if (!S_ISDIR(i.i_mode) && (flags & O_DIRECTORY) !== 0) return -ENOTDIR
  const kept = flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)
  return alloc_file(i.kernel, d, i.i_fop, mode | FMODE_LSEEK, kept) ?? -ENFILE
}

/** Open the file that do_filp_open() gave: 0, or a negative errno and the file is gone. Only this may sleep. */
export function finish_open(f: file, flags: number): MaySleep<number> {
  const i = f.f_inode
  if (f.f_op.open !== undefined) return after(f.f_op.open(i, f), (err) => opened(f, flags, err))
  return opened(f, flags, 0)
}

function opened(f: file, flags: number, err: number): number {
  const i = f.f_inode
  if (err < 0) {
    put_filp(f)
    return err
  }
  if ((flags & O_TRUNC) === 0 || !S_ISREG(i.i_mode)) return 0
  const cut = i.i_op?.truncate(i, 0) ?? 0
  if (cut < 0) fput(f)
  return cut
}

/** Open what `d` leads to, for the kernel itself: what would have to wait is -EINVAL. */
export function dentry_open(d: dentry, flags: number): file | number {
  return opened_now(filp_of(d, flags), flags)
}

/** Open `path` for the kernel itself, as dentry_open() does. fs/open.c:filp_open(). */
export function filp_open(start: dentry, path: ByteString, flags: number, mode: number): file | number {
  return opened_now(do_filp_open(start, path, flags, mode), flags)
}

function opened_now(f: file | number, flags: number): file | number {
  if (typeof f === 'number') return f
  const err = finish_open(f, flags)
  if (typeof err === 'number') return err < 0 ? err : f
  put_filp(f)
  return -EINVAL
}
