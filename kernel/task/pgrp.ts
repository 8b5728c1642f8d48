import type { Kernel } from '../kernel.ts'
import type { task_struct } from './task.ts'
import { SIGCONT, SIGHUP, SI_KERNEL, send_signal } from './signal.ts'

/** Process groups and sessions as whole: parts of kernel/signal.c and kernel/exit.c. */

/** The leaders of the processes in group `pgrp`. */
export function pgrp_members(kernel: Kernel, pgrp: number): task_struct[] {
  return [...kernel.tasks].filter((t) => t === t.group_leader && t.group.pgrp === pgrp)
}

/** Send `sig` to every process of group `pgrp`, in the kernel's own name. */
export function kill_pgrp(kernel: Kernel, pgrp: number, sig: number): void {
  for (const t of pgrp_members(kernel, pgrp)) kill_group(t, sig)
}

/** Send `sig` to the process of `leader`, in the kernel's own name. */
export function kill_group(leader: task_struct, sig: number): void {
  if (is_dead(leader)) return
  send_signal({ signo: sig, code: SI_KERNEL, pid: 0, uid: 0, value: 0n }, leader, true)
}

/** Has the process of `leader` ended? A leader that is dead still stands for its threads. */
function is_dead(leader: task_struct): boolean {
  return leader.exit_state !== 0 && leader.group.tasks.length === 1
}

/** Is nobody left who could continue the process group of `t`? kernel/exit.c. */
export function is_current_pgrp_orphaned(t: task_struct): boolean {
  return will_become_orphaned_pgrp(t.kernel, t.group.pgrp, null)
}

/** Has group `pgrp`, without the process of `ignored`, nobody in its session to look after it? */
function will_become_orphaned_pgrp(kernel: Kernel, pgrp: number, ignored: task_struct | null): boolean {
  return !pgrp_members(kernel, pgrp).some((t) => {
    if (t === ignored || is_dead(t) || t.real_parent === null || t.real_parent === kernel.swapper) return false
    const parent = t.real_parent.group
    return parent.pgrp !== pgrp && parent.session === t.group.session
  })
}

/**
 * The process of `t` ends or, given, `father` did: where its group had nobody else to continue it and is
 * stopped, it gets SIGHUP and SIGCONT. kernel/exit.c.
 */
export function kill_orphaned_pgrp(t: task_struct, father: task_struct | null): void {
  const { kernel, group } = t
  const parent = (father ?? t.real_parent)?.group
  if (parent === undefined || parent.pgrp === group.pgrp || parent.session !== group.session) return
  if (!will_become_orphaned_pgrp(kernel, group.pgrp, father === null ? t : null)) return
  if (!pgrp_members(kernel, group.pgrp).some((member) => member.group.stopped)) return
  kill_pgrp(kernel, group.pgrp, SIGHUP)
  kill_pgrp(kernel, group.pgrp, SIGCONT)
}

/** Does `t` lead its session? */
export function is_session_leader(t: task_struct): boolean {
  return t.group.session !== 0 && t.group.session === t.tgid
}

/** The session of group `pgrp`, or of the process with that id; null where there is neither. */
export function session_of_pgrp(kernel: Kernel, pgrp: number): number | null {
  const [member] = pgrp_members(kernel, pgrp)
  if (member !== undefined) return member.group.session
  return kernel.pid_ns.pid_map.get(pgrp)?.task?.group.session ?? null
}
