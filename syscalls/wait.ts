import type { Pid, Sleeps, UserPtr } from '../kernel/types.ts'
import { EFAULT, EINVAL, ESRCH } from '../kernel/errno.ts'
import { current } from '../kernel/sched/current.ts'
import { memOf } from '../kernel/mm/mem.ts'
import { access_ok, copy_to_user, put_user_int } from '../kernel/mm/uaccess.ts'
import {
  WCONTINUED,
  WEXITED,
  WNOHANG,
  WNOWAIT,
  WSTOPPED,
  WUNTRACED,
  __WALL,
  __WCLONE,
  __WNOTHREAD,
  do_wait,
  wait_opts,
} from '../kernel/task/exit.ts'
import { find_vpid } from '../kernel/task/pid.ts'
import { SIZEOF_RUSAGE, encodeRusage, type usage } from '../kernel/task/rusage.ts'
import { SIGCHLD } from '../kernel/task/signal.ts'

const P_ALL = 0
const P_PID = 1
const P_PGID = 2

const WAIT4_OPTIONS = WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL
const WAITID_OPTIONS = WAIT4_OPTIONS | WNOWAIT | WEXITED | WSTOPPED

/** wait4(2) */
export function* sys_wait4(upid: Pid, stat_addr: UserPtr, options: number, ru: UserPtr): Sleeps<number> {
  if ((options & ~WAIT4_OPTIONS) !== 0) return -EINVAL
  if (upid === -0x80000000) return -ESRCH
  const wo = upid > 0 ? waitFor(P_PID, upid, options | WEXITED) : fromGroup(upid, options | WEXITED)
  const ret = yield* do_wait(wo)
  if (ret <= 0) return ret
  // The child is gone even where its parent cannot be told.
  if (stat_addr !== 0 && put_user_int(wo.wo_stat, stat_addr) < 0) return -EFAULT
  return ru === 0 ? ret : rusage_to_user(ru, wo.wo_rusage as usage) < 0 ? -EFAULT : ret
}

function fromGroup(upid: Pid, flags: number): wait_opts {
  return upid === -1 ? waitFor(P_ALL, 0, flags) : waitFor(P_PGID, -(upid as number), flags)
}

/** What wait4(2) and waitid(2) wait for. An id of nobody is -1, which no task has. */
function waitFor(which: number, upid: number, flags: number): wait_opts {
  if (which === P_ALL) return new wait_opts('all', 0, flags)
  if (which === P_PGID && upid === 0) return new wait_opts('pgid', current.group.pgrp, flags)
  return new wait_opts(which === P_PID ? 'pid' : 'pgid', find_vpid(upid), flags)
}

/** waitid(2). There are no pidfds, so P_PIDFD is -EINVAL as it was before them. */
export function* sys_waitid(which: number, upid: Pid, infop: UserPtr, options: number, ru: UserPtr): Sleeps<number> {
  const wo = waitid_opts(which, upid, options)
  const ret = typeof wo === 'number' ? wo : yield* do_wait(wo)
  if (ret > 0 && ru !== 0 && typeof wo === 'object' && rusage_to_user(ru, wo.wo_rusage as usage) < 0) return -EFAULT
  if (infop !== 0) {
    const { cause, uid, status } = typeof wo === 'object' && ret > 0 ? wo : { cause: 0, uid: 0, status: 0 }
    const fields = [ret > 0 ? SIGCHLD : 0, 0, cause, null, ret > 0 ? ret : 0, uid, status]
    if (!ints_to_user(infop, fields)) return -EFAULT
  }
  return ret < 0 ? ret : 0
}

function waitid_opts(which: number, upid: Pid, options: number): wait_opts | number {
  if ((options & ~WAITID_OPTIONS) !== 0 || (options & (WEXITED | WSTOPPED | WCONTINUED)) === 0) return -EINVAL
  if (which === P_PID ? upid <= 0 : which === P_PGID ? upid < 0 : which !== P_ALL) return -EINVAL
  return waitFor(which, upid, options)
}

/** Write ints one behind the other, with a gap where there is null: siginfo_t is written in parts. */
function ints_to_user(to: UserPtr, fields: readonly (number | null)[]): boolean {
  if (!access_ok(to, 4 * fields.length)) return false
  return fields.every((field, i) => field === null || put_user_int(field, (to + 4 * i) as UserPtr) === 0)
}

/** A struct rusage: 0 or -EFAULT. */
export function rusage_to_user(to: UserPtr, used: usage): number {
  return copy_to_user(to, memOf(encodeRusage(used)), 0, SIZEOF_RUSAGE) > 0 ? -EFAULT : 0
}
