import type { task_struct } from '../../kernel/task/task.ts'
import type { file } from '../../kernel/fs/file.ts'
import type { SyscallArgs } from '../../kernel/trace.ts'
import { S_ISREG } from '../../kernel/fs/inode.ts'
import { F_UNLCK } from '../../kernel/fs/locks.ts'
import { CAP_KILL, CAP_SETUID, capable } from '../../kernel/task/cred.ts'
import { SIGCONT } from '../../kernel/task/signal.ts'
import { peek } from '../../syscalls/args.ts'
import { FCNTL, FLOCK } from './locked.ts'
import { equal, holds } from './holds.ts'

/** What calls on descriptors, locks, lengths, ids and mounts promise. */

export type Kept = (ret: number) => void

const UMOUNT = 39
const MOUNT = 40
const FTRUNCATE = 46
const GETDENTS64 = 61
const PREAD64 = 67
const PWRITE64 = 68
const CLOSE_RANGE = 436
const SETUID = 146
const SETRESUID = 147
const WAITID = 95

/** What has to hold once the call is over; null where nothing is known. */
export function promiseOfData(t: task_struct, nr: number, args: SyscallArgs): Kept | null {
  const int = (i: number): number => Number(BigInt.asIntN(32, BigInt(args[i])))
  const f = t.files?.fd[int(0)] ?? null
  switch (nr) {
    case FCNTL:
      return f === null ? null : control(t, f, int(0), int(1), int(2))
    case FLOCK:
      return f === null ? null : (ret) => flocked(t, f, int(0), int(1), ret)
    case FTRUNCATE:
      // What has no pages keeps its length: a file of /proc.
      return (ret) =>
        holds(
          'length',
          ret < 0 || f?.f_inode.i_mapping === null || f?.f_inode.i_size === Number(args[1]),
          `the file is of ${f?.f_inode.i_size} bytes`,
        )
    case PREAD64:
    case PWRITE64:
      return f === null || !S_ISREG(f.f_inode.i_mode) ? null : stays(f)
    case GETDENTS64:
      return (ret) => holds('result', ret <= int(2) >>> 0, `getdents64 put ${ret} bytes where ${int(2) >>> 0} fit`)
    case CLOSE_RANGE:
      return (ret) => closed(t, int(0) >>> 0, int(1) >>> 0, int(2), ret)
    case SETUID:
      return becomes(t, [int(0)])
    case SETRESUID:
      return becomes(t, [int(0), int(1), int(2)])
    case MOUNT:
      return mounts(t, (Number(args[3]) & 0x3020) === 0 ? 1 : 0)
    case UMOUNT:
      return (int(1) & 2) === 0 ? mounts(t, -1) : null
    case WAITID: {
      const gone = int(0) === 1 && int(3) === 4
      const { pid_map } = t.nsproxy.pid_ns
      return gone ? (ret) => holds('zombie', ret !== 0 || !pid_map.get(int(1))?.task, `${int(1)} is still there`) : null
    }
    default:
      return null
  }
}

function control(t: task_struct, f: file, fd: number, cmd: number, arg: number): Kept | null {
  const set = t.files
  switch (cmd) {
    case 0:
    case 1030:
      return (ret) => {
        if (ret < 0) return
        holds('descriptor', set?.fd[ret] === f && ret >= arg, `task ${t.pid} got ${ret} for a copy of ${fd}`)
        equal('descriptor', Number(set?.close_on_exec.has(ret)), Number(cmd === 1030), 'that are closed at exec')
      }
    case 2:
      return (ret) => holds('descriptor', ret < 0 || set?.close_on_exec.has(fd) === ((arg & 1) !== 0), 'FD_CLOEXEC')
    case 4:
      return (ret) => holds('flags', ret < 0 || (f.f_flags & 0o4000) === (arg & 0o4000), 'F_SETFL and O_NONBLOCK')
    case 1031:
      return (ret) => holds('pipe', ret < 0 || ret >= arg, `a pipe of ${ret} bytes was made for ${arg}`)
    case 6:
    case 7:
      return locked(t, f, arg)
    default:
      return null
  }
}

/** A range that was locked is the process's own, byte by byte. */
function locked(t: task_struct, f: file, arg: number): Kept | null {
  const bytes = peek(t, arg, 32)
  if (bytes === null || bytes.length < 32) return null
  const dv = new DataView(bytes.buffer, bytes.byteOffset)
  const type = dv.getInt16(0, true)
  const start = dv.getBigInt64(8, true)
  const len = dv.getBigInt64(16, true)
  const owner = t.files
  if (dv.getInt16(2, true) !== 0 || len <= 0n || len > 100n || owner === null) return null
  return (ret) => {
    if (ret !== 0) return
    const mine = f.f_inode.i_flctx?.posix.get(owner) ?? []
    for (let at = start; at < start + len; at++) {
      const there = mine.find((fl) => fl.start <= at && at <= fl.end)?.type ?? F_UNLCK
      equal('lock', there, type, `as the kind of lock on byte ${at} that task ${t.pid} asked for`)
    }
  }
}

function flocked(t: task_struct, f: file, fd: number, cmd: number, ret: number): void {
  // Another thread may have closed it meanwhile.
  if (ret !== 0 || t.files?.fd[fd] !== f) return
  const type = { 1: 0, 2: 1, 8: undefined }[cmd & ~(4 | 32)]
  if ((cmd & 32) === 0) holds('lock', f.f_inode.i_flctx?.flock.get(f) === type, `flock(${fd}, ${cmd}) has done nothing`)
}

function stays(f: file): Kept {
  const before = f.f_pos
  return () => equal('position', f.f_pos, before, 'before a call that has one of its own')
}

function closed(t: task_struct, first: number, last: number, flags: number, ret: number): void {
  if (ret !== 0 || (flags & 4) !== 0) return
  const left = t.files?.fd.findIndex((f, fd) => f !== null && fd >= first && fd <= last) ?? -1
  holds('close', left < 0, `task ${t.pid} has descriptor ${left}, which close_range has closed`)
}

/** Nobody becomes whom he may not. */
function becomes(t: task_struct, ids: readonly number[]): Kept {
  const { cred } = t
  const may = new Set([cred.uid, cred.suid, ...(ids.length > 1 ? [cred.euid] : []), ...(ids.length > 1 ? [-1] : [])])
  const allowed = capable(cred, CAP_SETUID) || ids.every((id) => may.has(id) || may.has(id >>> 0))
  return (ret) => {
    holds('permission', ret < 0 || allowed, `user ${cred.euid} becomes ${ids.join(', ')}`)
    const euid = ids.at(ids.length > 1 ? 1 : 0) ?? -1
    if (ret === 0 && euid !== -1) equal('permission', t.cred.euid, euid >>> 0, 'as who was asked for')
  }
}

/** Does the sender need leave to signal `to`, and has none? */
export function mayNot(sender: task_struct, to: task_struct, sig: number): boolean {
  const [a, b] = [sender.cred, to.cred]
  if (sender.group === to.group || capable(a, CAP_KILL)) return false
  if (sig === SIGCONT && sender.group.session === to.group.session) return false
  return ![b.uid, b.suid].some((id) => id === a.uid || id === a.euid)
}

function mounts({ kernel }: task_struct, more: number): Kept {
  const before = kernel.mounts.length
  // The root of all becomes read-only instead.
  return (ret) => {
    const now = kernel.mounts.length - before
    holds(
      'mount',
      ret === 0 ? now === more || (more < 0 && now === 0) : now === 0,
      `${now} mounts more, and got ${ret}`,
    )
  }
}
