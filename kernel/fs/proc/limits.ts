import type { ByteString } from '../../types.ts'
import type { task_struct } from '../../task/task.ts'
import { RLIM_INFINITY } from '../../task/rlimit.ts'

/** What a process may have: fs/proc/base.c:proc_pid_limits(). */

/** Name and unit of each limit, in the order of their numbers. */
const lnames: readonly (readonly [name: string, unit: string | null])[] = [
  ['Max cpu time', 'seconds'],
  ['Max file size', 'bytes'],
  ['Max data size', 'bytes'],
  ['Max stack size', 'bytes'],
  ['Max core file size', 'bytes'],
  ['Max resident set', 'bytes'],
  ['Max processes', 'processes'],
  ['Max open files', 'files'],
  ['Max locked memory', 'bytes'],
  ['Max address space', 'bytes'],
  ['Max file locks', 'locks'],
  ['Max pending signals', 'signals'],
  ['Max msgqueue size', 'bytes'],
  ['Max nice priority', null],
  ['Max realtime priority', null],
  ['Max realtime timeout', 'us'],
]

/** /proc/PID/limits */
export function proc_pid_limits(t: task_struct): ByteString {
  const shown = (limit: bigint): string => (limit === RLIM_INFINITY ? 'unlimited' : String(limit)).padEnd(20)
  const lines = lnames.map(([name, unit], i) => {
    const { rlim_cur, rlim_max } = t.group.rlim.pairs[i]
    return `${name.padEnd(25)} ${shown(rlim_cur)} ${shown(rlim_max)} ${unit === null ? '' : unit.padEnd(10)}\n`
  })
  return `${'Limit'.padEnd(25)} ${'Soft Limit'.padEnd(20)} ${'Hard Limit'.padEnd(20)} ${'Units'.padEnd(10)}\n${lines.join('')}`
}
