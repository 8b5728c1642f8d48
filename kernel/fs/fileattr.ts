import type { UserPtr } from '../types.ts'
import type { file } from './file.ts'
import { EFAULT, ENOTTY, EOPNOTSUPP, EPERM, EROFS } from '../errno.ts'
import { get_user_int, put_user_int } from '../mm/uaccess.ts'
import { current } from '../sched/current.ts'
import { CAP_LINUX_IMMUTABLE, capable } from '../task/cred.ts'
import { FS_APPEND_FL, FS_IMMUTABLE_FL, FS_NOATIME_FL, FS_NODUMP_FL, S_ISDIR, S_ISREG, type inode } from './inode.ts'
import { inode_owner_or_capable, is_rdonly } from './permission.ts'

/** What a file keeps besides its mode, as chattr(1) sets it: fs/file_attr.c, include/uapi/linux/fs.h. */

/** Those that a tmpfs keeps: mm/shmem.c. */
const MODIFIABLE = FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NODUMP_FL | FS_NOATIME_FL

/** Has its file system such flags for it? */
export function has_fileattr({ i_sb, i_mode }: inode): boolean {
  return i_sb?.s_fileattr === true && (S_ISREG(i_mode) || S_ISDIR(i_mode))
}

/** FS_IOC_GETFLAGS */
export function ioctl_getflags(f: file, arg: UserPtr): number {
  return has_fileattr(f.f_inode) ? put_user_int(f.f_inode.i_flags, arg) : -ENOTTY
}

/** FS_IOC_SETFLAGS: -EFAULT, -EROFS, -ENOTTY, -EPERM, -EOPNOTSUPP, in this order. */
export function ioctl_setflags(f: file, arg: UserPtr): number {
  const i = f.f_inode
  const flags = get_user_int(arg)
  if (flags === null) return -EFAULT
  if (is_rdonly(i)) return -EROFS
  if (!has_fileattr(i)) return -ENOTTY
  if (!inode_owner_or_capable(i)) return -EPERM
  const holds = ((flags ^ i.i_flags) & (FS_APPEND_FL | FS_IMMUTABLE_FL)) !== 0
  if (holds && !capable(current.cred, CAP_LINUX_IMMUTABLE)) return -EPERM
  if ((flags & ~MODIFIABLE) !== 0) return -EOPNOTSUPP
  i.i_flags = flags
  i.i_ctime = i.kernel.clock.real
  return 0
}
