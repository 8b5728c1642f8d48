import type { UserPtr } from '../types.ts'
import { EFAULT, EINVAL } from '../errno.ts'
import { allocMem } from '../mm/mem.ts'
import { copy_to_user, user_offset, user_window } from '../mm/uaccess.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { offsetof } from '../struct.ts'
import { NSEC_PER_SEC } from '../time.ts'
import { setLong } from '../u64.ts'
import { inode_time } from './attr.ts'
import type { dentry } from './dentry.ts'
import { FS_APPEND_FL, FS_IMMUTABLE_FL, FS_NODUMP_FL, type inode } from './inode.ts'
import { MAJOR, MINOR, new_encode_dev } from './kdev_t.ts'
import { STATX_SIZE, stat, statx, type statx_timestamp } from './uapi.ts'

/** What a program is told of a file: fs/stat.c. */

type Stamp = InstanceType<typeof statx_timestamp>

const STATX_MTIME = 0x40
const STATX_CTIME = 0x80
const STATX_BTIME = 0x800
const STATX_MNT_ID = 0x1000
export const STATX__RESERVED = 0x80000000 | 0
/** All but the times that have to be asked for. */
const STATX_ALWAYS = 0x73f | STATX_MNT_ID
const STATX_ATTR_FLAGS = FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NODUMP_FL
const STATX_ATTR_AUTOMOUNT = 0x1000
const STATX_ATTR_MOUNT_ROOT = 0x2000
const STATX_ATTR_DAX = 0x200000

/** newfstatat(2)'s answer for `i`: 0 or -EFAULT. */
export function cp_new_stat(i: inode, statbuf: UserPtr): number {
  const window = user_window(statbuf, stat.sizeof)
  if (window !== null) {
    fill_stat(i, new stat(window.dv, user_offset(statbuf)))
    return 0
  }
  const buf = allocMem(stat.sizeof)
  fill_stat(i, new stat(buf.dv, 0))
  return copy_to_user(statbuf, buf, 0, stat.sizeof) > 0 ? -EFAULT : 0
}

function fill_stat(i: inode, filled: InstanceType<typeof stat>): void {
  filled.st_dev = i.i_sb === null ? 0 : i.i_sb.s_dev
  filled.st_ino = i.i_ino
  filled.st_mode = i.i_mode
  filled.st_nlink = i.i_nlink
  filled.st_uid = i.i_uid
  filled.st_gid = i.i_gid
  filled.st_rdev = new_encode_dev(i.i_rdev)
  filled.__pad1 = filled.__pad2 = 0
  filled.st_size = i.i_size
  filled.st_blksize = PAGE_SIZE
  filled.st_blocks = blocks(i)
  const { dv } = filled
  const at = filled.off + ATIME
  put_time(dv, at, i, 'atime', i.i_atime)
  put_time(dv, at + 16, i, 'mtime', i.i_mtime)
  put_time(dv, at + 32, i, 'ctime', i.i_ctime)
  filled.__unused4 = filled.__unused5 = 0
}

const ATIME = offsetof(stat, 'st_atime')

/** Seconds and nanoseconds of a stamp, at byte `off`. Numbers, but where utimensat(2) has set it. */
function put_time(dv: DataView, off: number, i: inode, which: 'atime' | 'mtime' | 'ctime', stamp: number): void {
  if (i.i_times !== null) {
    const { sec, nsec } = split(inode_time(i, which))
    dv.setBigInt64(off, sec, true)
    setLong(dv, off + 8, nsec)
    return
  }
  const since = Math.floor(stamp / NSEC_PER_SEC)
  const sec = i.kernel.clock.boot + since
  setLong(dv, off, sec)
  setLong(dv, off + 8, stamp - since * NSEC_PER_SEC)
}

function split(time: bigint): { readonly sec: bigint; readonly nsec: number } {
  const nsec = ((time % NSEC) + NSEC) % NSEC
  return { sec: (time - nsec) / NSEC, nsec: Number(nsec) }
}

const NSEC = BigInt(NSEC_PER_SEC)

function blocks(i: inode): number {
  return i.i_op?.blocks?.(i) ?? 0
}

/** statx(2)'s answer for what `d` leads to: 0, -EFAULT, or -EINVAL for what may not be asked. */
export function cp_statx(d: dentry, mask: number, buffer: UserPtr): number {
  if ((mask & STATX__RESERVED) !== 0) return -EINVAL
  const i = d.d_inode as inode
  const { dv, u8 } = allocMem(STATX_SIZE)
  const x = new statx(dv, 0)
  const changed = (mask & (STATX_MTIME | STATX_CTIME)) !== 0
  x.stx_mask = STATX_ALWAYS | (changed ? STATX_MTIME | STATX_CTIME : 0) | (mask & STATX_BTIME)
  x.stx_blksize = PAGE_SIZE
  // The flags of a file have the same values here.
  const flags = i.i_sb?.s_fileattr === true ? STATX_ATTR_FLAGS : 0
  x.stx_attributes = (d.d_parent === d && i.i_sb !== null ? STATX_ATTR_MOUNT_ROOT : 0) | (i.i_flags & flags)
  x.stx_attributes_mask = STATX_ATTR_AUTOMOUNT | STATX_ATTR_MOUNT_ROOT | STATX_ATTR_DAX | flags
  x.stx_nlink = i.i_nlink
  x.stx_uid = i.i_uid
  x.stx_gid = i.i_gid
  x.stx_mode = i.i_mode
  x.stx_ino = i.i_ino
  x.stx_size = i.i_size
  x.stx_blocks = blocks(i)
  x.stx_rdev_major = MAJOR(i.i_rdev)
  x.stx_rdev_minor = MINOR(i.i_rdev)
  x.stx_dev_minor = x.stx_mnt_id = i.i_sb === null ? 0 : i.i_sb.s_dev
  stamp(x.stx_atime, inode_time(i, 'atime'))
  if (changed) stamp(x.stx_ctime, inode_time(i, 'ctime'))
  if (changed) stamp(x.stx_mtime, inode_time(i, 'mtime'))
  if ((mask & STATX_BTIME) !== 0) stamp(x.stx_btime, BigInt(i.kernel.clock.boot) * NSEC + BigInt(i.i_btime))
  return copy_to_user(buffer, { dv, u8 }, 0, STATX_SIZE) > 0 ? -EFAULT : 0
}

function stamp(to: Stamp, time: bigint): void {
  const { sec, nsec } = split(time)
  to.tv_sec = sec
  to.tv_nsec = nsec
}
