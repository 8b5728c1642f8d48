import type { UserPtr, Word } from '../kernel/types.ts'
import { S_IFBLK, S_IFCHR, S_IFMT } from '../kernel/fs/inode.ts'
import { UTIME_NOW, UTIME_OMIT } from '../kernel/fs/attr.ts'
import { MAJOR, MINOR, new_decode_dev } from '../kernel/fs/kdev_t.ts'
import { STATX_SIZE, stat, statfs, statx } from '../kernel/fs/uapi.ts'
import type { StructFields, StructType, StructView } from '../kernel/struct.ts'
import { flags, hex, peek, ptr, showBits, toInt, toLong, type ArgType, type BitNames } from './args.ts'
import { showMode } from './show.ts'

/** What the calls that tell of files give, as strace(1) shows it. */

/** `size` bytes that a call has filled where it came to 0, as `show` has them; else the address. */
function filled<F extends StructFields>(
  type: StructType<F>,
  size: number,
  show: (x: StructView<F>) => string,
): ArgType<UserPtr> {
  return {
    ...ptr,
    out: true,
    show(word, t, ret, args) {
      const bytes = ret === 0 ? peek(t, toLong(word), size) : null
      if (bytes?.length !== size) return ptr.show(word, t, ret, args)
      return show(new type(new DataView(bytes.buffer), 0))
    },
  }
}

export const stat_out = filled(stat, stat.sizeof, (st) => {
  const type = st.st_mode & S_IFMT
  const rdev = new_decode_dev(st.st_rdev)
  const device = type === S_IFCHR || type === S_IFBLK
  const what = device ? `st_rdev=makedev(${dev(MAJOR(rdev))}, ${dev(MINOR(rdev))})` : `st_size=${st.st_size}`
  return `{st_mode=${showMode(st.st_mode)}, ${what}, ...}`
})

function dev(n: number): string {
  return n === 0 ? '0' : `0x${n.toString(16)}`
}

const STATX_MASK: BitNames = [
  [0xfff, 'STATX_ALL'],
  [0x7ff, 'STATX_BASIC_STATS'],
  [0x1, 'STATX_TYPE'],
  [0x2, 'STATX_MODE'],
  [0x4, 'STATX_NLINK'],
  [0x8, 'STATX_UID'],
  [0x10, 'STATX_GID'],
  [0x20, 'STATX_ATIME'],
  [0x40, 'STATX_MTIME'],
  [0x80, 'STATX_CTIME'],
  [0x100, 'STATX_INO'],
  [0x200, 'STATX_SIZE'],
  [0x400, 'STATX_BLOCKS'],
  [0x800, 'STATX_BTIME'],
  [0x1000, 'STATX_MNT_ID'],
]
export const statx_mask = flags(STATX_MASK)
const STATX_ATTRIBUTES: BitNames = [[0x2000, 'STATX_ATTR_MOUNT_ROOT']]

export const statx_out = filled(statx, STATX_SIZE, (x) => {
  const mask = showBits(STATX_MASK, x.stx_mask)
  const head = `{stx_mask=${mask}, stx_attributes=${showBits(STATX_ATTRIBUTES, x.stx_attributes)}`
  return `${head}, stx_mode=${showMode(x.stx_mode)}, stx_size=${x.stx_size}, ...}`
})

export const at_flags = flags([
  [0x100, 'AT_SYMLINK_NOFOLLOW'],
  [0x200, 'AT_REMOVEDIR'],
  [0x400, 'AT_SYMLINK_FOLLOW'],
  [0x800, 'AT_NO_AUTOMOUNT'],
  [0x1000, 'AT_EMPTY_PATH'],
])
export const faccessat2_flags = flags([
  [0x100, 'AT_SYMLINK_NOFOLLOW'],
  [0x200, 'AT_EACCESS'],
  [0x1000, 'AT_EMPTY_PATH'],
])

const SYNC = [
  'AT_STATX_SYNC_AS_STAT',
  'AT_STATX_FORCE_SYNC',
  'AT_STATX_DONT_SYNC',
  'AT_STATX_FORCE_SYNC|AT_STATX_DONT_SYNC',
]
export const statx_flags: ArgType<number> = {
  convert: toInt,
  show(word, t, ret, args) {
    const rest = toInt(word) & ~0x6000
    return SYNC[(toInt(word) >> 13) & 3] + (rest === 0 ? '' : `|${at_flags.show(rest, t, ret, args) ?? ''}`)
  },
}

const MAGIC: Readonly<Record<number, string>> = {
  0x01021994: 'TMPFS_MAGIC',
  0x858458f6: 'RAMFS_MAGIC',
  0x9fa0: 'PROC_SUPER_MAGIC',
  0x50495045: 'PIPEFS_MAGIC',
  0x09041934: 'ANON_INODE_FS_MAGIC',
}
const STATFS_FLAGS: BitNames = [
  [0x20, 'ST_VALID'],
  [0x1, 'ST_RDONLY'],
  [0x2, 'ST_NOSUID'],
  [0x4, 'ST_NODEV'],
  [0x8, 'ST_NOEXEC'],
  [0x400, 'ST_NOATIME'],
  [0x800, 'ST_NODIRATIME'],
  [0x1000, 'ST_RELATIME'],
]

export const statfs_out = filled(statfs, statfs.sizeof, (s) => {
  const fields = [
    `f_type=${MAGIC[s.f_type] ?? hex(s.f_type)}, f_bsize=${s.f_bsize}, f_blocks=${s.f_blocks}, f_bfree=${s.f_bfree}`,
    `f_bavail=${s.f_bavail}, f_files=${s.f_files}, f_ffree=${s.f_ffree}, f_fsid={val=[${dev(s.f_fsid0)}, ${dev(s.f_fsid1)}]}`,
    `f_namelen=${s.f_namelen}, f_frsize=${s.f_frsize}, f_flags=${showBits(STATFS_FLAGS, s.f_flags)}`,
  ]
  return `{${fields.join(', ')}}`
})

/** The address, and how many names there are. */
export const dirents_out: ArgType<UserPtr> = {
  ...ptr,
  out: true,
  show(word, t, ret, args) {
    const bytes = ret === null || ret < 0 ? null : peek(t, toLong(word), ret)
    const address = ptr.show(word, t, ret, args) ?? ''
    if (ret !== 0 && bytes?.length !== ret) return address
    let n = 0
    for (let at = 0; bytes !== null && at + 18 <= bytes.length; n++)
      at += Math.max(1, bytes[at + 16] | (bytes[at + 17] << 8))
    return `${address} /* ${n} entries */`
  },
}

const ACCESS: readonly (readonly [number, string])[] = [
  [4, 'R_OK'],
  [2, 'W_OK'],
  [1, 'X_OK'],
]
export const access_mode = flags(ACCESS, 'F_OK')

/** The two times of utimensat(2), the date behind each. */
export const utimes_in: ArgType<UserPtr> = {
  ...ptr,
  show(word, t, ret, args) {
    const bytes = toLong(word) === 0 ? null : peek(t, toLong(word), 32)
    if (bytes?.length !== 32) return ptr.show(word, t, ret, args)
    const dv = new DataView(bytes.buffer)
    return `[${[0, 16].map((at) => showUtime(dv.getBigInt64(at, true), dv.getBigUint64(at + 8, true))).join(', ')}]`
  },
}

function showUtime(sec: bigint, nsec: bigint): string {
  if (nsec === UTIME_NOW) return 'UTIME_NOW'
  if (nsec === UTIME_OMIT) return 'UTIME_OMIT'
  const plain = `{tv_sec=${sec}, tv_nsec=${nsec}}`
  if ((sec === 0n && nsec === 0n) || nsec >= 1_000_000_000n) return plain
  return `${plain} /* ${dateOf(sec)}.${String(nsec).padStart(9, '0')}+0000 */`
}

/** The date and time of day, in UTC, of so many seconds since 1970. */
function dateOf(sec: bigint): string {
  const day = sec >= 0n ? sec / 86_400n : -((86_399n - sec) / 86_400n)
  const rest = Number(sec - day * 86_400n)
  // Years begin in March, so that the day that some have more is the last.
  const z = day + 719_468n
  const era = z >= 0n ? z / 146_097n : -((146_096n - z) / 146_097n)
  const doe = Number(z - era * 146_097n)
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  const year = era * 400n + BigInt(yoe + (month <= 2 ? 1 : 0))
  const two = (n: number): string => String(n).padStart(2, '0')
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(doy - Math.floor((153 * mp + 2) / 5) + 1)}`
  return `${date}T${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`
}

/** An id, of which -1 stands for none. */
export const owner: ArgType<number> = {
  convert: toInt,
  show: (word: Word) => (toInt(word) === -1 ? '-1' : String(toInt(word) >>> 0)),
}
