import type { UserPtr } from '../types.ts'
import { EFAULT } from '../errno.ts'
import { allocMem } from '../mm/mem.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { copy_to_user } from '../mm/uaccess.ts'
import { S_IFIFO, S_IFMT, type inode } from './inode.ts'
import { NAME_MAX } from './namei.ts'
import { MS_NOATIME, MS_NODEV, MS_NODIRATIME, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from './super.ts'
import { statfs } from './uapi.ts'

/** What a program is told of a file system: fs/statfs.c. */

/** Those of mount(2) that have the same values here. */
const SAME = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME
const ST_VALID = 0x20
const ST_RELATIME = 0x1000

/** linux/magic.h, for files that are in no file system one could mount. */
const PIPEFS_MAGIC = 0x50495045
const ANON_INODE_FS_MAGIC = 0x09041934

/** statfs(2)'s answer for the file system of `i`: 0 or -EFAULT. */
export function cp_statfs(i: inode, to: UserPtr): number {
  const sb = i.i_sb
  const buf = allocMem(statfs.sizeof)
  const st = new statfs(buf.dv, 0)
  st.f_type = sb?.s_magic ?? ((i.i_mode & S_IFMT) === S_IFIFO ? PIPEFS_MAGIC : ANON_INODE_FS_MAGIC)
  st.f_bsize = st.f_frsize = PAGE_SIZE
  st.f_namelen = NAME_MAX
  st.f_flags = ST_VALID
  if (sb !== null) {
    const { f_blocks, f_bfree, f_files, f_ffree } = sb.statfs()
    st.f_blocks = f_blocks
    st.f_bfree = st.f_bavail = f_bfree
    st.f_files = f_files
    st.f_ffree = f_ffree
    st.f_fsid0 = sb.s_dev
    st.f_flags |= (sb.s_flags & SAME) | ((sb.s_flags & MS_NOATIME) === 0 ? ST_RELATIME : 0)
  }
  return copy_to_user(to, buf, 0, statfs.sizeof) > 0 ? -EFAULT : 0
}
