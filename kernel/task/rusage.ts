import type { task_struct, thread_group } from './task.ts'
import { HZ, NSEC_PER_SEC } from '../time.ts'
import { PAGE_SIZE } from '../mm/mm.ts'

/** What tasks have used of the machine: kernel/sys.c, kernel/exit.c. */

/** Whose use getrusage(2) tells; BOTH is what wait4(2) tells of a child. */
export const RUSAGE_SELF = 0
export const RUSAGE_CHILDREN = -1
export const RUSAGE_BOTH = -2
export const RUSAGE_THREAD = 1

/** Clock ticks a second that times(2) counts in. */
export const USER_HZ = 100

/** Times in ticks, `maxrss` in pages. */
export interface usage {
  utime: number
  stime: number
  min_flt: number
  nvcsw: number
  nivcsw: number
  maxrss: number
}

function nothing(): usage {
  return { utime: 0, stime: 0, min_flt: 0, nvcsw: 0, nivcsw: 0, maxrss: 0 }
}

function add(to: usage, from: Omit<usage, 'maxrss'>): void {
  to.utime += from.utime
  to.stime += from.stime
  to.min_flt += from.min_flt
  to.nvcsw += from.nvcsw
  to.nivcsw += from.nivcsw
}

/** The use of the task `t` itself, of its process with all threads that were, or of the children waited for. */
export function k_getrusage(t: task_struct, who: number): usage {
  const sum = nothing()
  const { group } = t
  if (who === RUSAGE_THREAD) add(sum, t)
  if (who === RUSAGE_CHILDREN || who === RUSAGE_BOTH) {
    if (group.waited !== null) add(sum, group.waited)
    sum.maxrss = group.waited?.maxrss ?? 0
  }
  if (who === RUSAGE_CHILDREN) return sum
  if (who !== RUSAGE_THREAD) {
    if (group.gone !== null) add(sum, group.gone)
    for (const thread of group.tasks) add(sum, thread)
  }
  sum.maxrss = Math.max(sum.maxrss, group.maxrss, t.mm?.hiwater_rss ?? 0)
  return sum
}

/** `t`, a thread but not the last of its process, is gone: the process keeps what it used. kernel/exit.c:__exit_signal(). */
export function keep_usage(t: task_struct): void {
  add((t.group.gone ??= nothing()), t)
}

/** A child of `parent` has been waited for: what it and its own used is the parent's children's now. */
export function add_child_usage(parent: thread_group, child: task_struct): void {
  const used = k_getrusage(child, RUSAGE_BOTH)
  const waited = (parent.waited ??= nothing())
  add(waited, used)
  waited.maxrss = Math.max(waited.maxrss, used.maxrss)
}

/** sizeof(struct rusage) */
export const SIZEOF_RUSAGE = 144

/** A struct rusage; what is not counted is 0. */
export function encodeRusage(used: usage): Uint8Array {
  const bytes = new Uint8Array(SIZEOF_RUSAGE)
  const dv = new DataView(bytes.buffer)
  const timeval = (at: number, ticks: number): void => {
    dv.setBigInt64(at, BigInt(Math.floor(ticks / HZ)), true)
    dv.setBigInt64(at + 8, BigInt(((ticks % HZ) * 1_000_000) / HZ), true)
  }
  timeval(0, used.utime)
  timeval(16, used.stime)
  const longs = [used.maxrss * (PAGE_SIZE / 1024), 0, 0, 0, used.min_flt, 0, 0, 0, 0, 0, 0, 0, used.nvcsw, used.nivcsw]
  longs.forEach((value, i) => dv.setBigInt64(32 + 8 * i, BigInt(value), true))
  return bytes
}

/** Ticks as times(2) has them. */
export function jiffies_to_clock_t(ticks: number): number {
  return Math.floor((ticks * USER_HZ) / HZ)
}

/** Nanoseconds as times(2) has them. */
export function nsec_to_clock_t(nsec: number): number {
  return Math.floor(nsec / (NSEC_PER_SEC / USER_HZ))
}
