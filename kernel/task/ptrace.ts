import type { task_struct } from './task.ts'
import { current } from '../sched/current.ts'
import { CAP_SYS_PTRACE, capable } from './cred.ts'

/**
 * May the current task look into `t`, as those who trace may? It and its threads may, who has all its users and
 * groups for his own, and root. kernel/ptrace.c:ptrace_may_access(), with PTRACE_MODE_READ_FSCREDS.
 */
export function ptrace_may_access(t: task_struct): boolean {
  if (t.group === current.group) return true
  const { fsuid, fsgid } = current.cred
  const { uid, euid, suid, gid, egid, sgid } = t.cred
  const same = [uid, euid, suid].every((id) => id === fsuid) && [gid, egid, sgid].every((id) => id === fsgid)
  return (same && (t.mm?.dumpable ?? true)) || capable(current.cred, CAP_SYS_PTRACE)
}
