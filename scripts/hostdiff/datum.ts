import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import { stat, statfs, statx } from '../../kernel/fs/uapi.ts'
import { PAGE_SIZE } from '../../kernel/mm/mm.ts'
import { S_ISBLK, S_ISCHR } from '../../kernel/fs/inode.ts'
import { bytesOf } from '../../kernel/utf8.ts'
import { readDirents } from '../../userland/stat.ts'

/** What a call has left in the machine's memory, in the form that runner.c gives the host's. */

const F_GETLK = 5
const F_OFD_GETLK = 36

/** Inode numbers are a kernel's own: what is told is which of them are the same. */
export class Inodes {
  /** Device of the root, whose directories' entries are told of. */
  root = 0
  readonly #seen = new Map<string, number>()

  show(ino: number, dev = this.root): string {
    const key = `${dev} ${ino}`
    const k = this.#seen.get(key) ?? this.#seen.size
    this.#seen.set(key, k)
    return ` #${k}`
  }
}

/** What `kind` finds at argument `n`; '' where the call failed or that is no address. */
export function datum(
  sys: Libc,
  inodes: Inodes,
  kind: string,
  n: number,
  ret: number,
  args: readonly number[],
): string {
  const at = args[n] as UserPtr
  if (ret < 0 || at === undefined || (at > -PAGE_SIZE - 1 && at < PAGE_SIZE)) return ''
  const view = (size: number): DataView => new DataView(sys.load(at, size).buffer)
  switch (kind) {
    case 'b':
      return showBytes(sys.load(at, ret))
    case 's':
      return showStat(new stat(view(stat.sizeof), 0), inodes)
    case 'x':
      return showStatx(new statx(view(statx.sizeof), 0), inodes)
    case 'f': {
      const s = new statfs(view(statfs.sizeof), 0)
      return ` ${s.f_type.toString(16)} ${s.f_bsize} ${s.f_blocks} ${s.f_namelen} ${s.f_frsize}`
    }
    case 'd':
      return readDirents(sys, at, ret)
        .map(({ name, ino, type }) => `${showBytes(bytesOf(name))}${inodes.show(ino)} t${type}`)
        .join('')
    case 'i':
      return ` ${sys.loadInt(at)}`
    case 'p':
      return ` ${sys.loadInt(at)} ${sys.loadInt((at + 4) as UserPtr)}`
    case 'w':
      return ret > 0 ? ` ${(sys.loadInt(at) >>> 0).toString(16)}` : ''
    case 'g':
      return args[0] > 0 ? ints(view(4 * ret), ret) : ''
    case 'q':
      return ` ${view(8).getBigUint64(0, true).toString(16)}`
    case 'r':
      return ` ${view(16).getBigInt64(0, true)} ${view(16).getBigInt64(8, true)}`
    case 'l':
      return args[1] === F_GETLK || args[1] === F_OFD_GETLK ? showFlock(view(32)) : ''
    case 'v':
      return scattered(sys, at, ret)
    default:
      throw new Error(`no datum is called ${kind}`)
  }
}

function ints(dv: DataView, n: number): string {
  return Array.from({ length: n }, (_, i) => ` ${dv.getInt32(4 * i, true)}`).join('')
}

function showFlock(dv: DataView): string {
  const [type, whence] = [dv.getInt16(0, true), dv.getInt16(2, true)]
  return ` ${type} ${whence} ${dv.getBigInt64(8, true)} ${dv.getBigInt64(16, true)} ${dv.getInt32(24, true)}`
}

function scattered(sys: Libc, iov: UserPtr, n: number): string {
  let text = ''
  for (let at = iov as number; n > 0; at += 16) {
    const dv = new DataView(sys.load(at as UserPtr, 16).buffer)
    const part = Math.min(n, Number(dv.getBigInt64(8, true)))
    text += showBytes(sys.load(Number(dv.getBigInt64(0, true)) as UserPtr, part))
    n -= part
  }
  return text
}

const SHOWN = 32

function showBytes(bytes: Uint8Array): string {
  let text = " '"
  for (const b of bytes.subarray(0, SHOWN)) {
    const plain = b > 32 && b < 127 && b !== 37 && b !== 39
    text += plain ? String.fromCharCode(b) : `%${b.toString(16).padStart(2, '0')}`
  }
  text += "'"
  if (bytes.length <= SHOWN) return text
  let hash = 2166136261
  for (const b of bytes) hash = Math.imul(hash ^ b, 16777619)
  return `${text}~${(hash >>> 0).toString(16).padStart(8, '0')}`
}

function showStat(st: InstanceType<typeof stat>, inodes: Inodes): string {
  const { st_mode: mode } = st
  const rdev = S_ISCHR(mode) || S_ISBLK(mode) ? ` r${st.st_rdev.toString(16)}` : ''
  const owner = `${st.st_uid | 0}:${st.st_gid | 0}`
  return (
    `${inodes.show(st.st_ino, st.st_dev)} ${mode.toString(8)} n${st.st_nlink} ${owner} s${st.st_size} ${st.st_blksize}` +
    rdev +
    stamp('a', st.st_atime, st.st_atime_nsec) +
    stamp('m', st.st_mtime, st.st_mtime_nsec) +
    stamp('c', st.st_ctime, st.st_ctime_nsec)
  )
}

function showStatx(st: InstanceType<typeof statx>, inodes: Inodes): string {
  const owner = `${st.stx_uid | 0}:${st.stx_gid | 0}`
  return (
    `${inodes.show(st.stx_ino, st.stx_dev_minor)} ${st.stx_mode.toString(8)} n${st.stx_nlink} ${owner}` +
    ` s${st.stx_size} ${st.stx_blksize}` +
    stamp('a', st.stx_atime.tv_sec, st.stx_atime.tv_nsec) +
    stamp('m', st.stx_mtime.tv_sec, st.stx_mtime.tv_nsec) +
    stamp('c', st.stx_ctime.tv_sec, st.stx_ctime.tv_nsec)
  )
}

/** A stamp that was not set by the program is from now, whenever that is. */
function stamp(which: string, sec: number | bigint, nsec: number | bigint): string {
  const s = BigInt.asIntN(64, BigInt(sec))
  return s > 1_200_000_000n && s < 4_000_000_000n ? ` ${which}now` : ` ${which}${s}.${nsec}`
}
