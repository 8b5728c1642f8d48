import type { ByteString } from '../types.ts'
import type { dentry } from './dentry.ts'
import { EACCES, EEXIST, EISDIR, ENFILE, ENOENT, ENOTDIR } from '../errno.ts'
import { current } from '../sched/current.ts'
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
  type file,
} from './file.ts'
import { S_ISDIR, S_ISREG, type inode } from './inode.ts'
import { d_instantiate, lookup_create, path_lookup } from './namei.ts'

/**
 * Open `path`, from `start` where it is relative. The file is the caller's, or a negative errno.
 * fs/open.c and fs/namei.c:do_filp_open().
 */
export function do_filp_open(start: dentry, path: ByteString, flags: number, mode: number): file | number {
  const creating = (flags & O_CREAT) !== 0
  const d = creating ? lookup_create(start, path) : path_lookup(start, path)
  if (typeof d === 'number') return d
  if (d.d_inode === null) {
    const err = create(d, mode)
    if (err < 0) return err
  } else {
    if (creating && (flags & O_EXCL) !== 0) return -EEXIST
    if (creating && S_ISDIR(d.d_inode.i_mode)) return -EISDIR
  }
  return dentry_open(d, flags)
}

/** Make the regular file that `d` names. */
function create(d: dentry, mode: number): number {
  const dir = d.d_parent.d_inode as inode
  if (dir.i_op === null) return -EACCES
  if (dir.i_nlink === 0) return -ENOENT
  const i = dir.i_op.create(dir, d.d_name, mode & 0o7777 & ~current.fs.umask)
  if (typeof i === 'number') return i
  d_instantiate(d, i)
  return 0
}

/** Open what `d` leads to. */
export function dentry_open(d: dentry, flags: number): file | number {
  const i = d.d_inode as inode
  const mode = OPEN_FMODE(flags)
  // Neither mode bit of O_ACCMODE is set, but it asks for both: ACC_MODE().
  if (S_ISDIR(i.i_mode) && (flags & (O_ACCMODE | O_TRUNC)) !== O_RDONLY) return -EISDIR
  if (!S_ISDIR(i.i_mode) && (flags & O_DIRECTORY) !== 0) return -ENOTDIR
  const kept = flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)
  const f = alloc_file(i.kernel, d, i.i_fop, mode | FMODE_LSEEK, kept)
  if (f === null) return -ENFILE
  let err = i.i_fop.open?.(i, f) ?? 0
  if (err === 0 && (flags & O_TRUNC) !== 0 && S_ISREG(i.i_mode)) err = i.i_op?.truncate(i, 0) ?? 0
  if (err < 0) {
    fput(f)
    return err
  }
  return f
}
