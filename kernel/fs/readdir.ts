import type { UserPtr } from '../types.ts'
import { EFAULT, EINVAL, ENOENT, ENOTDIR } from '../errno.ts'
import { allocMem } from '../mm/mem.ts'
import { copy_to_user } from '../mm/uaccess.ts'
import { offsetof } from '../struct.ts'
import { file_accessed } from './attr.ts'
import type { file, filldir } from './file.ts'
import { NAME_MAX } from './namei.ts'
import { linux_dirent64 } from './uapi.ts'

/** The names in a directory: fs/readdir.c. */

/** Hand the names from the file's position on to `fill`: 0, -ENOTDIR, or -ENOENT for a directory that is gone. */
export function iterate_dir(file: file, fill: filldir): number {
  if (file.f_op.iterate === undefined) return -ENOTDIR
  if (file.f_inode.i_nlink === 0) return -ENOENT
  const err = file.f_op.iterate(file, fill)
  file_accessed(file)
  return err
}

/**
 * getdents64(2): bytes filled, 0 at the end, -EINVAL where not even one name fits, -EFAULT. What has been
 * filled before something fails is the answer.
 */
export function vfs_getdents64(file: file, dirent: UserPtr, count: number): number {
  let at = dirent as number
  const end = at + count
  let error = 0
  const err = iterate_dir(file, (name, ino, type, next) => {
    const { length } = name
    const reclen = (NAME + length + 8) & ~7
    error = -EINVAL
    if (at + reclen > end) return false
    entry.d_ino = ino
    entry.d_off = next
    entry.d_reclen = reclen
    entry.d_type = type
    const { u8 } = buf
    for (let i = 0; i < length; i++) u8[NAME + i] = name.charCodeAt(i)
    u8[NAME + length] = 0
    error = -EFAULT
    if (copy_to_user(at as UserPtr, buf, 0, NAME + length + 1) > 0) return false
    at += reclen
    return true
  })
  if (err < 0) return err
  return at > dirent ? at - dirent : error
}

const NAME = offsetof(linux_dirent64, 'd_name')
const buf = allocMem(NAME + NAME_MAX + 1)
const entry = new linux_dirent64(buf.dv, 0)
