import { chars, embed, i32, long, struct, u16, u32, u64, u8 } from '../struct.ts'

/** The structs that calls about files fill: declarations alone, for the kernel and for programs. */

/** include/asm-generic/stat.h */
export const stat = struct('stat', {
  st_dev: long,
  st_ino: long,
  st_mode: u32,
  st_nlink: u32,
  st_uid: u32,
  st_gid: u32,
  st_rdev: long,
  __pad1: long,
  st_size: long,
  st_blksize: i32,
  __pad2: i32,
  st_blocks: long,
  st_atime: u64,
  st_atime_nsec: long,
  st_mtime: u64,
  st_mtime_nsec: long,
  st_ctime: u64,
  st_ctime_nsec: long,
  __unused4: u32,
  __unused5: u32,
})

export const statx_timestamp = struct('statx_timestamp', { tv_sec: u64, tv_nsec: u32, __reserved: i32 })

/** include/uapi/linux/stat.h, up to what is told here; the rest of its 256 bytes is zero. */
export const statx = struct('statx', {
  stx_mask: u32,
  stx_blksize: u32,
  stx_attributes: long,
  stx_nlink: u32,
  stx_uid: u32,
  stx_gid: u32,
  stx_mode: u16,
  __spare0: u16,
  stx_ino: long,
  stx_size: long,
  stx_blocks: long,
  stx_attributes_mask: long,
  stx_atime: embed(statx_timestamp),
  stx_btime: embed(statx_timestamp),
  stx_ctime: embed(statx_timestamp),
  stx_mtime: embed(statx_timestamp),
  stx_rdev_major: u32,
  stx_rdev_minor: u32,
  stx_dev_major: u32,
  stx_dev_minor: u32,
  stx_mnt_id: long,
})
export const STATX_SIZE = 256

/** include/asm-generic/statfs.h */
export const statfs = struct('statfs', {
  f_type: long,
  f_bsize: long,
  f_blocks: long,
  f_bfree: long,
  f_bavail: long,
  f_files: long,
  f_ffree: long,
  f_fsid0: i32,
  f_fsid1: i32,
  f_namelen: long,
  f_frsize: long,
  f_flags: long,
  f_spare0: long,
  f_spare1: long,
  f_spare2: long,
  f_spare3: long,
})

/** include/uapi/asm-generic/fcntl.h */
export const flock = struct('flock', { l_type: u16, l_whence: u16, l_start: u64, l_len: u64, l_pid: i32 })

/** include/linux/dirent.h; as many chars as the name has, and a zero. */
export const linux_dirent64 = struct('linux_dirent64', {
  d_ino: long,
  d_off: long,
  d_reclen: u16,
  d_type: u8,
  d_name: chars(1),
})
