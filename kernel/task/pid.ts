import type { task_struct } from './task.ts'
import type { Slab, kmem_cache } from '../mm/slab.ts'
import { current } from '../sched/current.ts'

/** Process ids and their namespaces: kernel/pid.c, kernel/pid_namespace.c. */

export const PID_MAX_DEFAULT = 0x8000
/** Most that it can be raised to: include/linux/threads.h. */
export const PID_MAX_LIMIT = 4 * 1024 * 1024
/** Ids below are not given out again once they have been. */
export const RESERVED_PIDS = 300
/** How deep namespaces can be below the machine's own: include/linux/pid_namespace.h of newer kernels. */
export const MAX_PID_NS_LEVEL = 32

export class pid_namespace {
  /** 0 for the machine's own. */
  readonly level: number
  readonly parent: pid_namespace | null
  /** Ids are below this. */
  pid_max: number
  /** The id that was given out last. */
  last_pid = 1
  readonly pid_map = new Map<number, pid>()
  /** Its first process, to whom orphans go; null for the machine's own, where they go to the idle task. */
  child_reaper: task_struct | null = null

  constructor(parent: pid_namespace | null) {
    this.parent = parent
    this.level = parent === null ? 0 : parent.level + 1
    this.pid_max = parent?.pid_max ?? PID_MAX_DEFAULT
    // Deeper namespaces start with their own init; the machine's keeps 1 for the one it will have.
    if (parent !== null) this.last_pid = 0
  }
}

/** One identity: an id in its namespace and in each above it. */
export interface pid {
  readonly ns: pid_namespace
  /** By level. */
  readonly numbers: readonly number[]
  task: task_struct | null
}

/**
 * Give out an id in `ns` and in all above it. Null when ids or memory have run out. `want`: this id
 * in the machine's own namespace, as CRIU asks of clone3(2).
 */
export function alloc_pid(slab: Slab, cache: kmem_cache, ns: pid_namespace, want?: number): pid | null {
  if (!slab.kmem_cache_alloc(cache)) return null
  if (ns.parent === null) {
    const nr = alloc_pidmap(ns, want)
    if (nr >= 0) {
      const pid: pid = { ns, numbers: [nr], task: null }
      ns.pid_map.set(nr, pid)
      return pid
    }
    slab.kmem_cache_free(cache)
    return null
  }
  const numbers: number[] = []
  const taken: pid_namespace[] = []
  for (let at: pid_namespace | null = ns; at !== null; at = at.parent) {
    const nr = alloc_pidmap(at, at.level === 0 ? want : undefined)
    if (nr < 0) {
      taken.forEach((n) => n.pid_map.delete(numbers[n.level]))
      slab.kmem_cache_free(cache)
      return null
    }
    numbers[at.level] = nr
    taken.push(at)
  }
  const pid: pid = { ns, numbers, task: null }
  for (const at of taken) at.pid_map.set(numbers[at.level], pid)
  return pid
}

/** The next free id, or `want`; -1 when there is none. */
function alloc_pidmap(ns: pid_namespace, want?: number): number {
  if (want !== undefined) return ns.pid_map.has(want) ? -1 : want
  for (let i = 0; i < ns.pid_max; i++) {
    ns.last_pid = ns.last_pid + 1 >= ns.pid_max ? RESERVED_PIDS : ns.last_pid + 1
    if (!ns.pid_map.has(ns.last_pid)) return ns.last_pid
  }
  return -1
}

export function free_pid(slab: Slab, cache: kmem_cache, pid: pid): void {
  for (let at: pid_namespace | null = pid.ns; at !== null; at = at.parent) at.pid_map.delete(pid.numbers[at.level])
  slab.kmem_cache_free(cache)
}

/** The id of `pid` as seen from `ns`; 0 where it cannot be seen. */
export function pid_nr_ns(pid: pid, ns: pid_namespace): number {
  return ns.level <= pid.ns.level ? pid.numbers[ns.level] : 0
}

/** The id of `t` as itself sees it. */
export function task_pid_vnr(t: task_struct): number {
  return pid_nr_ns(t.thread_pid, t.thread_pid.ns)
}

/** The id of the thread group of `t` as `t` sees it: what getpid(2) returns. */
export function task_tgid_vnr(t: task_struct): number {
  return pid_nr_ns(t.group_leader.thread_pid, t.thread_pid.ns)
}

/** The machine's own id of what `nr` names for the current task; -1 for nobody. */
export function find_vpid(nr: number): number {
  return current.nsproxy.pid_ns.pid_map.get(nr)?.numbers[0] ?? (current.nsproxy.pid_ns.level === 0 ? nr : -1)
}
