import type { task_struct, thread_group } from './task.ts'
import { EINVAL, EPERM } from '../errno.ts'
import { current } from '../sched/current.ts'
import { CAP_SYS_RESOURCE, capable } from './cred.ts'
import { PID_MAX_DEFAULT } from './pid.ts'

/** What a process may have of the machine: include/asm-generic/resource.h, kernel/sys.c. */

export const RLIMIT_CPU = 0
export const RLIMIT_FSIZE = 1
export const RLIMIT_DATA = 2
export const RLIMIT_RSS = 5
export const RLIMIT_NPROC = 6
export const RLIMIT_NOFILE = 7
export const RLIMIT_SIGPENDING = 11
export const RLIMIT_NICE = 13
const RLIM_NLIMITS = 16
export const RLIM_INFINITY = 2n ** 64n - 1n
/** Most descriptors that RLIMIT_NOFILE may ever allow: sysctl_nr_open. */
const NR_OPEN = 1 << 20

/** The limit that counts, and how far the process may raise it. */
export interface rlimit {
  readonly rlim_cur: bigint
  readonly rlim_max: bigint
}

/** All limits of a process. Never changed in place: processes share it. */
export interface rlimits {
  readonly pairs: readonly rlimit[]
  /** Each rlim_cur as a number, Infinity for none. */
  readonly cur: readonly number[]
}

const limits = (pairs: readonly rlimit[]): rlimits => ({ pairs, cur: pairs.map(({ rlim_cur }) => effective(rlim_cur)) })

function effective(limit: bigint): number {
  return limit === RLIM_INFINITY ? Infinity : Number(limit)
}

const INF = RLIM_INFINITY
const tasks = BigInt(PID_MAX_DEFAULT / 2)

/** Those of the first process: INIT_RLIMITS, in the order of their numbers. */
export const INIT_RLIMITS: rlimits = limits(
  (
    [
      [INF, INF], // CPU
      [INF, INF], // FSIZE
      [INF, INF], // DATA
      [8n << 20n, INF], // STACK
      [0n, INF], // CORE
      [INF, INF], // RSS
      [tasks, tasks], // NPROC
      [1024n, 4096n], // NOFILE
      [64n << 10n, 64n << 10n], // MEMLOCK
      [INF, INF], // AS
      [INF, INF], // LOCKS
      [tasks, tasks], // SIGPENDING
      [819200n, 819200n], // MSGQUEUE
      [0n, 0n], // NICE
      [0n, 0n], // RTPRIO
      [INF, INF], // RTTIME
    ] as const
  ).map(([rlim_cur, rlim_max]) => ({ rlim_cur, rlim_max })),
)

/** The current process's limit on `resource`; Infinity for none. */
export function rlimit(resource: number): number {
  return current.group.rlim.cur[resource]
}

/** May the current task look at and set the limits of `t`? 0 or -EPERM. kernel/sys.c:check_prlimit_permission(). */
export function check_prlimit_permission(t: task_struct): number {
  const { cred } = current
  const { euid, suid, uid, egid, sgid, gid } = t.cred
  const same = [euid, suid, uid].every((id) => id === cred.uid) && [egid, sgid, gid].every((id) => id === cred.gid)
  return t === current || same || capable(cred, CAP_SYS_RESOURCE) ? 0 : -EPERM
}

/** A limit that was reached counts from a little further on. */
export function raise_rlimit(group: thread_group, resource: number, cur: number): void {
  group.rlim = limits(group.rlim.pairs.map((pair, i) => (i === resource ? { ...pair, rlim_cur: BigInt(cur) } : pair)))
}

/** Set the limit of a process, where there is a new one, and hand out what it was; or -EINVAL, -EPERM. */
export function do_prlimit(group: thread_group, resource: number, to: rlimit | null): rlimit | number {
  if (resource < 0 || resource >= RLIM_NLIMITS) return -EINVAL
  const old = group.rlim.pairs[resource]
  if (to === null) return old
  if (to.rlim_cur > to.rlim_max) return -EINVAL
  if (resource === RLIMIT_NOFILE && to.rlim_max > BigInt(NR_OPEN)) return -EPERM
  if (to.rlim_max > old.rlim_max && !capable(current.cred, CAP_SYS_RESOURCE)) return -EPERM
  group.rlim = limits(group.rlim.pairs.map((pair, i) => (i === resource ? to : pair)))
  return old
}
