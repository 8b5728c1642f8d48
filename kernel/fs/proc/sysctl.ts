import type { ByteString, MaySleep } from '../../types.ts'
import { EACCES, EFAULT, EINVAL, ENOMEM, EPERM } from '../../errno.ts'
import { after } from '../../sched/may_sleep.ts'
import { current } from '../../sched/current.ts'
import { allocMem, memOf } from '../../mm/mem.ts'
import { KMALLOC_MAX_SIZE, koff } from '../../mm/slab.ts'
import { __copy_from_user, __copy_to_user } from '../../mm/uaccess.ts'
import { __NEW_UTS_LEN, kernelString, utsname, type UtsField } from '../../task/nsproxy.ts'
import { PID_MAX_LIMIT, RESERVED_PIDS } from '../../task/pid.ts'
import { byteString, bytesOf } from '../../utf8.ts'
import type { file_operations } from '../file.ts'
import { S_IFREG, type inode_operations } from '../inode.ts'
import { MAY_EXEC, MAY_READ, MAY_WRITE } from '../permission.ts'
import { proc_iops, proc_mkdir, type proc_dir_entry } from './inode.ts'

/** The kernel's own settings, a file each: fs/proc/proc_sysctl.c, kernel/sysctl.c. */

/** One setting as text: what it is, and what becomes of what is written. */
interface Setting {
  get(): ByteString
  /** Take `text`, written at `pos`: bytes taken, or a negative errno. */
  set?(text: ByteString, pos: number): MaySleep<number>
  /** It can be read in pieces; a number is only told from its start. */
  readonly pieces: boolean
}

function sysctl(name: ByteString, setting: Setting): proc_dir_entry {
  return { name, mode: S_IFREG | (setting.set === undefined ? 0o444 : 0o644), op: sysctl_iops, fop: fops(setting) }
}

/** What the mode does not grant root does not get either. fs/proc/proc_sysctl.c:sysctl_perm(). */
const sysctl_iops: inode_operations = {
  ...proc_iops,
  setattr: () => -EPERM,
  permission(i, mask) {
    const mode = current.cred.euid === 0 ? i.i_mode >> 6 : i.i_mode
    return (mask & ~mode & (MAY_READ | MAY_WRITE | MAY_EXEC)) === 0 ? 0 : -EACCES
  },
}

function fops(setting: Setting): file_operations {
  return {
    read(_file, buf, count, pos) {
      if (pos.pos > 0 && !setting.pieces) return 0
      const text = `${setting.get()}\n`.slice(pos.pos, pos.pos + count)
      if (__copy_to_user(buf, memOf(bytesOf(text)), 0, text.length) > 0) return -EFAULT
      pos.pos += text.length
      return text.length
    },
    write(_file, buf, count, pos) {
      if (count === 0) return 0
      if (count >= KMALLOC_MAX_SIZE) return -ENOMEM
      const chunk = allocMem(count)
      if (__copy_from_user(chunk, 0, buf, count) > 0) return -EFAULT
      const taken = setting.set?.(byteString(chunk.u8), pos.pos) ?? -EINVAL
      return after(taken, (n) => {
        if (n > 0) pos.pos += n
        return n
      })
    },
  }
}

/** One of the names that uname(2) tells, in the namespace of who asks. kernel/utsname_sysctl.c. */
function uts_string(name: ByteString, field: UtsField, writable: boolean): proc_dir_entry {
  const get = (): ByteString => kernelString(current.kernel.slab, utsname()[field], __NEW_UTS_LEN)
  if (!writable) return sysctl(name, { get, pieces: true })
  return sysctl(name, {
    get,
    pieces: true,
    set: (text, pos) =>
      after(current.kernel.uts_sem.down_write(), () => {
        const { slab, uts_sem } = current.kernel
        const old = get()
        // What is written behind the end is passed over.
        if (pos <= old.length) {
          const line = old.slice(0, pos) + text.split(/[\0\n]/, 1)[0]
          const field_ptr = utsname()[field]
          const { u8 } = slab.mem(field_ptr)
          u8.fill(0, koff(field_ptr), koff(field_ptr) + __NEW_UTS_LEN + 1)
          u8.set(bytesOf(line.slice(0, __NEW_UTS_LEN)), koff(field_ptr))
        }
        uts_sem.up_write()
        return text.length
      }),
  })
}

/** A number between two others. What stands behind it and a blank is passed over. kernel/sysctl.c:proc_dointvec_minmax(). */
function int(name: ByteString, get: () => number, set?: (value: number) => void, min = 0, max = 0): proc_dir_entry {
  if (set === undefined) return sysctl(name, { get: () => String(get()), pieces: false })
  return sysctl(name, {
    get: () => String(get()),
    pieces: false,
    set(text, pos) {
      if (pos > 0) return text.length
      const [whole, sign, digits] = /^\s*(-?)(0x[0-9a-f]+|\d+)(?:\s+|$)/i.exec(text) ?? []
      if (whole === undefined) return -EINVAL
      const octal = /^0\d/.test(digits)
      if (octal && !/^[0-7]+$/.test(digits)) return -EINVAL
      const value = (octal ? parseInt(digits, 8) : Number(digits)) * (sign === '-' ? -1 : 1)
      if (value < min || value > max) return -EINVAL
      set(value)
      return whole.length
    },
  })
}

/** /proc/sys */
export const proc_sys: proc_dir_entry = proc_mkdir('sys', [
  proc_mkdir('fs', [
    int(
      'file-max',
      () => current.kernel.max_files,
      (value) => (current.kernel.max_files = value),
      0,
      Number.MAX_SAFE_INTEGER,
    ),
    sysctl('file-nr', {
      get: () => `${current.kernel.caches.filp.active_objs}\t0\t${current.kernel.max_files}`,
      pieces: false,
    }),
  ]),
  proc_mkdir('kernel', [
    uts_string('domainname', 'domainname', true),
    uts_string('hostname', 'nodename', true),
    int('ngroups_max', () => 65536),
    uts_string('osrelease', 'release', false),
    uts_string('ostype', 'sysname', false),
    int(
      'pid_max',
      () => current.nsproxy.pid_ns.pid_max,
      (value) => (current.nsproxy.pid_ns.pid_max = value),
      RESERVED_PIDS + 1,
      PID_MAX_LIMIT,
    ),
    uts_string('version', 'version', false),
  ]),
])
