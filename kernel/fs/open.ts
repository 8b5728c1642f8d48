import type { ByteString, MaySleep } from '../types.ts'
import type { dentry } from './dentry.ts'
import {
  EACCES,
  EEXIST,
  EINVAL,
  EISDIR,
  ELOOP,
  ENFILE,
  ENOENT,
  ENOTDIR,
  EOPNOTSUPP,
  EPERM,
  EROFS,
  ETXTBSY,
} from '../errno.ts'
import { after } from '../sched/may_sleep.ts'
import {
  FMODE_CREATED,
  FMODE_LSEEK,
  FMODE_PATH,
  FMODE_PWRITE,
  FMODE_WRITE,
  O_ACCMODE,
  O_CREAT,
  O_APPEND,
  O_DIRECTORY,
  O_EXCL,
  O_NOATIME,
  O_NOCTTY,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_TMPFILE_BIT,
  O_TRUNC,
  O_CLOEXEC,
  OPEN_FMODE,
  alloc_file,
  fput,
  put_filp,
  type file,
} from './file.ts'
import {
  IS_APPEND,
  S_IFLNK,
  S_IFMT,
  S_ISBLK,
  S_ISCHR,
  S_ISDIR,
  S_ISLNK,
  S_ISREG,
  get_write_access,
  type inode,
} from './inode.ts'
import { vfs_create } from './link.ts'
import { follow_dotdot, is_volatile, link_path_walk, lookup_last, nameidata, pick_link } from './namei.ts'
import { LAST_DOTDOT, LAST_NORM } from './names.ts'
import {
  MAY_READ,
  MAY_WRITE,
  inode_owner_or_capable,
  inode_permission,
  is_rdonly,
  may_create_in_sticky,
} from './permission.ts'
import { do_truncate } from './truncate.ts'
import { MS_NODEV, follow_mount } from './super.ts'

/** From a path to an open file: fs/open.c, fs/namei.c. */

const PATH_FLAGS = O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC
/** What open flags ask of the file, by their access mode; the fourth wants both and gets neither. */
const ACC_MODE = [MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE, MAY_READ | MAY_WRITE]

/** Flags that make no sense together: 0 or -EINVAL. fs/open.c:build_open_flags(). */
export function open_flags_ok(flags: number): number {
  if ((flags & O_PATH) !== 0) return 0
  if ((flags & O_TMPFILE_BIT) !== 0) {
    const writes = (ACC_MODE[flags & O_ACCMODE] & MAY_WRITE) !== 0
    return (flags & O_DIRECTORY) !== 0 && (flags & O_CREAT) === 0 && writes ? 0 : -EINVAL
  }
  return (flags & O_CREAT) !== 0 && (flags & O_DIRECTORY) !== 0 ? -EINVAL : 0
}

/**
 * The file for `path`, from `start` where it is relative, made where O_CREAT says so; or a negative errno. It
 * is the caller's, for finish_open(). fs/namei.c:do_filp_open().
 */
export function do_filp_open(start: dentry, path: ByteString, flags: number, mode: number): file | number {
  if ((flags & O_PATH) !== 0) flags &= PATH_FLAGS
  if ((flags & O_TMPFILE_BIT) !== 0) return -EOPNOTSUPP
  if (path === '') return -ENOENT
  const nd = new nameidata(start)
  const err = link_path_walk(nd, path)
  if (err < 0) return err
  return open_last(nd, flags, mode)
}

/** The last name, and where it is a link that leads. fs/namei.c:open_last_lookups(). */
function open_last(nd: nameidata, flags: number, mode: number): file | number {
  const creating = (flags & O_CREAT) !== 0
  const follow = (flags & O_NOFOLLOW) === 0 && (!creating || (flags & O_EXCL) === 0)
  for (;;) {
    if (nd.last_type !== LAST_NORM) {
      const d = nd.last_type === LAST_DOTDOT ? follow_dotdot(nd.dentry) : nd.dentry
      return do_open(nd, d, flags)
    }
    if (creating && nd.slashes) return -EISDIR
    const d = lookup_last(nd)
    if (typeof d === 'number') return d
    if (d.d_inode === null) {
      if (!creating || is_volatile(nd.dentry)) return -ENOENT
      if (is_rdonly(nd.dentry.d_inode as inode)) return -EROFS
      const err = vfs_create(d, mode)
      // Whose it is now, it may be opened in any way, whatever its mode.
      if (err < 0) return err
      const f = filp_of(d, flags)
      if (typeof f !== 'number') f.f_mode |= FMODE_CREATED
      return f
    }
    const there = follow_mount(d)
    const i = there.d_inode as inode
    if (!S_ISLNK(i.i_mode) || !(follow || nd.slashes)) return do_open(nd, there, flags)
    const { slashes } = nd
    const err = pick_link(nd, i)
    if (err < 0) return err
    nd.slashes ||= slashes
  }
}

/** What was there before: may it be opened so? fs/namei.c:do_open(). */
function do_open(nd: nameidata, d: dentry, flags: number): file | number {
  const { i_mode } = d.d_inode as inode
  if ((flags & O_CREAT) !== 0) {
    if ((flags & O_EXCL) !== 0) return -EEXIST
    if (S_ISDIR(i_mode)) return -EISDIR
    const err = may_create_in_sticky(nd.dentry.d_inode as inode, d.d_inode as inode)
    if (err < 0) return err
  }
  if ((nd.slashes || (flags & O_DIRECTORY) !== 0) && !S_ISDIR(i_mode)) return -ENOTDIR
  const err = (flags & O_PATH) !== 0 ? 0 : may_open(d.d_inode as inode, flags)
  return err < 0 ? err : filp_of(d, flags)
}

function may_open(i: inode, flags: number): number {
  const mask = ACC_MODE[flags & O_ACCMODE] | ((flags & O_TRUNC) !== 0 ? MAY_WRITE : 0)
  if ((i.i_mode & S_IFMT) === S_IFLNK) return -ELOOP
  if (S_ISDIR(i.i_mode) && (mask & MAY_WRITE) !== 0) return -EISDIR
  const device = S_ISCHR(i.i_mode) || S_ISBLK(i.i_mode)
  if (device && ((i.i_sb?.s_flags ?? 0) & MS_NODEV) !== 0) return -EACCES
  const err = inode_permission(i, mask)
  if (err < 0) return err
  if (i.i_flags !== 0 && IS_APPEND(i)) {
    const overwrites = (flags & O_ACCMODE) !== O_RDONLY && (flags & O_APPEND) === 0
    if (overwrites || (flags & O_TRUNC) !== 0) return -EPERM
  }
  return (flags & O_NOATIME) !== 0 && !inode_owner_or_capable(i) ? -EPERM : 0
}

/** The file for what `d` leads to, not open yet. */
function filp_of(d: dentry, flags: number): file | number {
  const i = d.d_inode as inode
  // O_NOCTTY and O_TRUNC are for the open only: opened() takes them away.
  const kept = flags & ~(O_CREAT | O_EXCL | O_CLOEXEC)
  if ((flags & O_PATH) !== 0) return alloc_file(i.kernel, d, {}, FMODE_PATH, kept) ?? -ENFILE
  const writes = S_ISREG(i.i_mode) && (OPEN_FMODE(flags) & FMODE_WRITE) !== 0
  if (i.i_writecount < 0 && (writes || (flags & O_TRUNC) !== 0)) return -ETXTBSY
  const f = alloc_file(i.kernel, d, i.i_fop, OPEN_FMODE(flags) | FMODE_LSEEK | FMODE_PWRITE, kept)
  if (f === null) return -ENFILE
  // put_filp() counts it out.
  if (writes) get_write_access(i)
  return f
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
  f.f_flags &= ~(O_NOCTTY | O_TRUNC)
  if ((flags & O_TRUNC) === 0 || (f.f_mode & (FMODE_PATH | FMODE_CREATED)) !== 0 || !S_ISREG(i.i_mode)) return 0
  const cut = do_truncate(i, 0, true)
  if (cut < 0) fput(f)
  return cut
}

/** Open what `d` leads to, for the kernel itself: whoever acts, and what would have to wait is -EINVAL. */
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
