import type { Mem, UserPtr } from '../kernel/types.ts'
import { EFAULT, EINVAL, EPERM, ESRCH } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_from_user, copy_to_user, put_user_int } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import { CAP_FULL_SET, cap_capset, type cap_sets, type cap_t } from '../kernel/task/cred.ts'
import { task_pid_vnr } from '../kernel/task/pid.ts'
import { commit_creds } from '../kernel/task/setid.ts'

/** Versions of the header, and in how many words of 32 bits each set then comes. */
const _LINUX_CAPABILITY_VERSION_1 = 0x19980330
const _LINUX_CAPABILITY_VERSION_3 = 0x20080522
const WORDS: ReadonlyMap<number, number> = new Map([
  [_LINUX_CAPABILITY_VERSION_1, 1],
  [0x20071026, 2],
  [_LINUX_CAPABILITY_VERSION_3, 2],
])

/** capget(2). Without data it only tells the version that the kernel would like best. */
export function sys_capget(header: UserPtr, data: UserPtr): number {
  const hdr = read_header(header)
  if (data === 0) return hdr === -EFAULT ? -EFAULT : 0
  if (typeof hdr === 'number') return hdr
  if (hdr.pid < 0) return -EINVAL
  const t = hdr.pid === 0 ? current : current.nsproxy.pid_ns.pid_map.get(hdr.pid)?.task
  if (t === null || t === undefined) return -ESRCH
  const out = allocMem(12 * hdr.words)
  const { cap_effective, cap_permitted, cap_inheritable } = t.cred
  ;[cap_effective, cap_permitted, cap_inheritable].forEach((set, i) => {
    for (let w = 0; w < hdr.words; w++)
      out.dv.setUint32(12 * w + 4 * i, Number((set >> BigInt(32 * w)) & 0xffffffffn), true)
  })
  return copy_to_user(data, out, 0, 12 * hdr.words) > 0 ? -EFAULT : 0
}

/** capset(2): of the calling thread only. */
export function sys_capset(header: UserPtr, data: UserPtr): number {
  const hdr = read_header(header)
  if (typeof hdr === 'number') return hdr
  if (hdr.pid !== 0 && hdr.pid !== task_pid_vnr(current)) return -EPERM
  const mem = allocMem(24)
  if (copy_from_user(mem, 0, data, 12 * hdr.words) > 0) return -EFAULT
  const to: cap_sets = { cap_effective: set_of(mem, 0), cap_permitted: set_of(mem, 4), cap_inheritable: set_of(mem, 8) }
  if (!cap_capset(current.cred, to)) return -EPERM
  commit_creds(current, { ...current.cred, ...to })
  return 0
}

function set_of(mem: Mem, at: number): cap_t {
  return (BigInt(mem.dv.getUint32(at, true)) | (BigInt(mem.dv.getUint32(at + 12, true)) << 32n)) & CAP_FULL_SET
}

/** Words in a set, and whose they are; -EFAULT, or -EINVAL for a version that is none, which then is corrected. */
function read_header(header: UserPtr): { readonly words: number; readonly pid: number } | number {
  const mem = allocMem(8)
  if (copy_from_user(mem, 0, header, 4) > 0) return -EFAULT
  const words = WORDS.get(mem.dv.getInt32(0, true))
  if (words === undefined) return put_user_int(_LINUX_CAPABILITY_VERSION_3, header) < 0 ? -EFAULT : -EINVAL
  return copy_from_user(mem, 0, header, 8) > 0 ? -EFAULT : { words, pid: mem.dv.getInt32(4, true) }
}
