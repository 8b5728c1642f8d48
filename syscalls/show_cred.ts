import type { UserPtr, Word } from '../kernel/types.ts'
import type { task_struct } from '../kernel/task/task.ts'
import { peek, ptr, toInt, toLong, type ArgType } from './args.ts'
import { filled } from './show_process.ts'

/** Arguments of the calls about users, groups and capabilities, as strace shows them. */

const shown = (id: number): string => String(id === 0xffff_ffff ? -1 : id)

/** A user or a group: unsigned, but for -1. */
export const uid_t: ArgType<number> = {
  convert: (word) => toInt(word) >>> 0,
  show: (word) => shown(toInt(word) >>> 0),
}

export const id_out = filled(4, (dv) => `[${shown(dv.getUint32(0, true))}]`)

function groups(t: task_struct, word: Word, n: number): string | null {
  const bytes = toLong(word) === 0 || n < 0 || n > 65536 ? null : peek(t, toLong(word), 4 * n)
  if (bytes?.length !== 4 * n) return null
  const dv = new DataView(bytes.buffer)
  return `[${Array.from({ length: n }, (_, i) => shown(dv.getUint32(4 * i, true))).join(', ')}]`
}

export const groups_in: ArgType<UserPtr> = {
  ...ptr,
  show: (word, t, ret, args) => groups(t, word, toInt(args[0])) ?? ptr.show(word, t, ret, args),
}

export const groups_out: ArgType<UserPtr> = {
  ...ptr,
  out: true,
  show: (word, t, ret, args) =>
    (ret === null || ret < 0 || toInt(args[0]) === 0 ? null : groups(t, word, ret)) ?? ptr.show(word, t, ret, args),
}

const VERSIONS: Readonly<Record<number, string>> = {
  0x19980330: '_LINUX_CAPABILITY_VERSION_1',
  0x20071026: '_LINUX_CAPABILITY_VERSION_2',
  0x20080522: '_LINUX_CAPABILITY_VERSION_3',
}

export const cap_header: ArgType<UserPtr> = {
  ...ptr,
  show(word, t, ret, args) {
    const bytes = peek(t, toLong(word), 8)
    if (bytes?.length !== 8) return ptr.show(word, t, ret, args)
    const dv = new DataView(bytes.buffer)
    const version = dv.getInt32(0, true)
    return `{version=${VERSIONS[version] ?? `0x${version.toString(16)} /* _LINUX_CAPABILITY_VERSION_??? */`}, pid=${dv.getInt32(4, true)}}`
  },
}

const CAPS =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN'.split(
    ' ',
  )

/** `1<<CAP_CHOWN|1<<CAP_KILL`. */
function capSet(set: bigint): string {
  const names = CAPS.filter((_, i) => (set & (1n << BigInt(i))) !== 0n).map((name) => `1<<CAP_${name}`)
  return names.length === 0 ? '0' : names.join('|')
}

/** The three sets, in as many words as the version before them says. */
function capData(t: task_struct, word: Word, header: Word): string | null {
  const version = peek(t, toLong(header), 4)
  const words = version?.length === 4 && new DataView(version.buffer).getInt32(0, true) === 0x19980330 ? 1 : 2
  const bytes = toLong(word) === 0 ? null : peek(t, toLong(word), 12 * words)
  if (bytes?.length !== 12 * words) return null
  const dv = new DataView(bytes.buffer)
  const set = (at: number): string =>
    capSet(BigInt(dv.getUint32(at, true)) | (words === 1 ? 0n : BigInt(dv.getUint32(at + 12, true)) << 32n))
  return `{effective=${set(0)}, permitted=${set(4)}, inheritable=${set(8)}}`
}

export const cap_data_in: ArgType<UserPtr> = {
  ...ptr,
  show: (word, t, ret, args) => capData(t, word, args[0]) ?? ptr.show(word, t, ret, args),
}

export const cap_data_out: ArgType<UserPtr> = {
  ...ptr,
  out: true,
  show: (word, t, ret, args) => (ret === 0 ? capData(t, word, args[0]) : null) ?? ptr.show(word, t, ret, args),
}

/** One capability, by its number. */
export function capability(word: Word): string {
  const cap = toInt(word)
  return cap >= 0 && cap < CAPS.length ? `CAP_${CAPS[cap]}` : `0x${(cap >>> 0).toString(16)} /* CAP_??? */`
}
