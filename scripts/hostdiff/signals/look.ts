import type { Kernel } from '../../../kernel/kernel.ts'
import type { task_struct } from '../../../kernel/task/task.ts'
import { TASK_STOPPED } from '../../../kernel/sched/sched.ts'
import { SIG_DFL, SIG_IGN, sigmask, type sigset_t } from '../../../kernel/task/signal.ts'
import { hex } from './datum.ts'

/** What is told of an actor where it has changed, by letter: as /proc/PID/status has it. */
export type Seen = readonly (readonly [letter: string, value: string])[]

/** Actor with id `tid`, who is making a step or not. */
export function look(kernel: Kernel, tid: number, busy: boolean): Seen {
  const t = kernel.pid_ns.pid_map.get(tid)?.task ?? null
  if (t === null) return [['s', 'gone']]
  const { group } = t
  const parent = t.group_leader.real_parent
  const family: Seen = [
    ['t', String(t.tgid)],
    ['u', String(parent?.tgid ?? 0)],
    ['g', String(group.pgrp)],
    ['n', String(group.session)],
  ]
  if (t.exit_state !== 0) return [['s', 'zombie'], ...family]
  const { uid, euid, suid } = t.cred
  const { action } = t.sighand
  const those = (chosen: (handler: number) => boolean): string =>
    hex(action.reduce((set, { handler }, sig) => (sig > 0 && chosen(handler) ? set | sigmask(sig) : set), 0n))
  return [
    ['s', stateOf(t, busy)],
    ...family,
    ['U', [uid, euid, suid].join()],
    ['p', shown(t.pending.signal)],
    ['P', shown(group.shared_pending.signal)],
    ['b', shown(t.blocked)],
    ['i', those((handler) => handler === SIG_IGN)],
    ['c', those((handler) => handler !== SIG_IGN && handler !== SIG_DFL)],
  ]
}

function stateOf(t: task_struct, busy: boolean): string {
  if (t.state === TASK_STOPPED) return 'stopped'
  return busy ? 'busy' : 'idle'
}

function shown(set: sigset_t): string {
  return hex(set)
}
