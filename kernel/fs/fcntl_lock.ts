import type { MaySleep, Mem, Sleeps, UserPtr } from '../types.ts'
import { EBADF, EFAULT, EINVAL, ENOLCK, ENOMEM, EOVERFLOW } from '../errno.ts'
import { allocMem } from '../mm/mem.ts'
import { copy_from_user, copy_to_user } from '../mm/uaccess.ts'
import { current } from '../sched/current.ts'
import { pid_nr_ns } from '../task/pid.ts'
import type { files_struct } from './fdtable.ts'
import { FMODE_READ, FMODE_WRITE, type file } from './file.ts'
import {
  F_RDLCK,
  F_UNLCK,
  F_WRLCK,
  OFFSET_MAX,
  posix_lock_file,
  posix_lock_file_wait,
  posix_test_lock,
  type file_lock,
} from './locks.ts'
import { SEEK_CUR, SEEK_END, SEEK_SET } from './read_write.ts'
import { flock } from './uapi.ts'

/** Locks as fcntl(2) is asked for them: fs/locks.c. */

interface flock_user {
  readonly mem: Mem
  readonly view: InstanceType<typeof flock>
}

/** The struct flock at `arg`, or -EFAULT. */
function get_flock(arg: UserPtr): flock_user | number {
  const mem = allocMem(flock.sizeof)
  return copy_from_user(mem, 0, arg, flock.sizeof) > 0 ? -EFAULT : { mem, view: new flock(mem.dv, 0) }
}

/** F_GETLK: tell of a lock that is in the way, if any. `ofd`: as the open file would meet it. */
export function fcntl_getlk(f: file, ofd: boolean, arg: UserPtr): number {
  const l = get_flock(arg)
  if (typeof l === 'number') return l
  if (!ofd && l.view.l_type !== F_RDLCK && l.view.l_type !== F_WRLCK) return -EINVAL
  if (current.kernel.slab.fails()) return -ENOMEM
  const want = flock_to_posix_lock(f, l.view, ofd)
  if (typeof want === 'number') return want
  if (ofd && l.view.l_pid !== 0) return -EINVAL
  const found = posix_test_lock(f.f_inode, want)
  l.view.l_type = found === null ? F_UNLCK : found.type
  if (found !== null) {
    l.view.l_whence = SEEK_SET
    l.view.l_start = found.start
    l.view.l_len = found.end === OFFSET_MAX ? 0n : found.end - found.start + 1n
    l.view.l_pid = found.pid === null ? -1 : pid_nr_ns(found.pid, current.nsproxy.pid_ns)
  }
  return copy_to_user(arg, l.mem, 0, flock.sizeof) > 0 ? -EFAULT : 0
}

/** F_SETLK, and F_SETLKW where it may `wait`. */
export function fcntl_setlk(fd: number, f: file, ofd: boolean, wait: boolean, arg: UserPtr): MaySleep<number> {
  if (current.kernel.slab.fails()) return -ENOLCK
  const l = get_flock(arg)
  if (typeof l === 'number') return l
  const want = flock_to_posix_lock(f, l.view, ofd)
  if (typeof want === 'number') return want
  if (want.type === F_RDLCK && (f.f_mode & FMODE_READ) === 0) return -EBADF
  if (want.type === F_WRLCK && (f.f_mode & FMODE_WRITE) === 0) return -EBADF
  if (ofd && l.view.l_pid !== 0) return -EINVAL
  if (!wait || want.type === F_UNLCK || posix_test_lock(f.f_inode, want) === null)
    return posix_lock_file(f.f_inode, want)
  return wait_for_lock(fd, f, want)
}

function* wait_for_lock(fd: number, f: file, want: file_lock): Sleeps<number> {
  const ret = yield* posix_lock_file_wait(f.f_inode, want)
  // Closed meanwhile: a lock that nobody would ever drop.
  if (ret !== 0 || want.pid === null || current.files?.fd[fd] === f) return ret
  void posix_lock_file(f.f_inode, { ...want, type: F_UNLCK })
  return -EBADF
}

/** The range in numbers from the start of the file: -EINVAL, -EOVERFLOW. */
function flock_to_posix_lock(f: file, l: flock_user['view'], ofd: boolean): file_lock | number {
  const base = base_of(f, l.l_whence)
  const l_start = BigInt.asIntN(64, l.l_start)
  const l_len = BigInt.asIntN(64, l.l_len)
  if (base < 0) return -EINVAL
  let start = BigInt(base) + l_start
  if (start > OFFSET_MAX) return -EOVERFLOW
  if (start < 0n) return -EINVAL
  let end = OFFSET_MAX
  if (l_len > 0n) {
    end = start + l_len - 1n
    if (end > OFFSET_MAX) return -EOVERFLOW
  } else if (l_len < 0n) {
    if (start + l_len < 0n) return -EINVAL
    end = start - 1n
    start += l_len
  }
  if (l.l_type > F_UNLCK) return -EINVAL
  const owner = ofd ? f : (current.files as files_struct)
  return { owner, pid: ofd ? null : current.group_leader.thread_pid, type: l.l_type, start, end }
}

function base_of(f: file, whence: number): number {
  switch (whence) {
    case SEEK_SET:
      return 0
    case SEEK_CUR:
      return f.f_pos
    case SEEK_END:
      return f.f_inode.i_size
    default:
      return -EINVAL
  }
}
