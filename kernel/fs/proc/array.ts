import type { ByteString } from '../../types.ts'
import type { task_struct } from '../../task/task.ts'
import { EXIT_ZOMBIE, TASK_INTERRUPTIBLE, TASK_RUNNING, TASK_STOPPED } from '../../sched/sched.ts'
import { PAGE_SIZE } from '../../mm/mm.ts'
import { ptrace_may_access } from '../../task/ptrace.ts'
import { RLIMIT_RSS } from '../../task/rlimit.ts'
import { RUSAGE_SELF, RUSAGE_THREAD, jiffies_to_clock_t, k_getrusage, nsec_to_clock_t } from '../../task/rusage.ts'
import { SIG_DFL, SIG_IGN, _NSIG, sigmask, type sigset_t } from '../../task/signal.ts'
import { MKDEV, new_encode_dev } from '../kdev_t.ts'
import type { proc_fs } from './inode.ts'
import { sizes } from './task_mmu.ts'

/** A task in one line of numbers: fs/proc/array.c. */

/** What stands for all addresses that the reader may not know. */
const HIDDEN = 1
const PF_EXITING = 0x4
const PF_KTHREAD = 0x200000
/** The signals that have a place in these numbers. */
const FIRST_31 = 0x7fffffffn
const TTYS0 = new_encode_dev(MKDEV(4, 64))

/** The letter for what a task does. */
export function task_state(t: task_struct): ByteString {
  if (t.exit_state === EXIT_ZOMBIE) return 'Z'
  if (t.exit_state !== 0) return 'X'
  if (t.state === TASK_RUNNING) return 'R'
  if ((t.state & TASK_INTERRUPTIBLE) !== 0) return 'S'
  return (t.state & TASK_STOPPED) !== 0 ? 'T' : 'D'
}

/** The id of its parent, 0 where that cannot be seen. */
export function ppid_of(t: task_struct, fs: proc_fs): number {
  const parent = t.group.leader.real_parent?.group.leader
  return parent === undefined ? 0 : fs.nr(parent.thread_pid)
}

/** The signals that it ignores, and those that it has handlers for. */
export function collect_sigign_sigcatch(t: task_struct): { readonly ignored: sigset_t; readonly caught: sigset_t } {
  let ignored = 0n
  let caught = 0n
  for (let sig = 1; sig <= _NSIG; sig++) {
    const { handler } = t.sighand.action[sig]
    if (handler === SIG_IGN) ignored |= sigmask(sig)
    else if (handler !== SIG_DFL) caught |= sigmask(sig)
  }
  return { ignored, caught }
}

/** /proc/PID/stat: its 52 fields, with `whole` those of the process, else of the thread. */
export function do_task_stat(t: task_struct, fs: proc_fs, whole: boolean): ByteString {
  const { group, mm } = t
  const permitted = ptrace_may_access(t)
  const used = k_getrusage(t, whole ? RUSAGE_SELF : RUSAGE_THREAD)
  const waited = whole ? group.waited : null
  const tty = group.tty
  const { ignored, caught } = collect_sigign_sigcatch(t)
  const flags = (t.exit_state === 0 ? 0 : PF_EXITING) | (mm === null && t.exit_state === 0 ? PF_KTHREAD : 0)
  const addresses = permitted && mm !== null ? mm : null
  const code = mm === null ? 0 : permitted ? 0 : HIDDEN
  const fields = [
    fs.nr(t.thread_pid),
    `(${t.commString()})`,
    task_state(t),
    ppid_of(t, fs),
    fs.vnr(group.pgrp),
    fs.vnr(group.session),
    tty === null ? 0 : TTYS0,
    tty === null ? -1 : fs.vnr(tty.pgrp),
    flags,
    ...[used.min_flt, waited?.min_flt ?? 0, 0, 0],
    ...[used.utime, used.stime, waited?.utime ?? 0, waited?.stime ?? 0].map(jiffies_to_clock_t),
    ...[t.rt_priority > 0 ? -1 - t.rt_priority : 20 + t.nice, t.nice, group.tasks.length, 0],
    nsec_to_clock_t(t.start_time),
    mm === null ? 0 : sizes(mm).total * PAGE_SIZE,
    mm?.rss ?? 0,
    group.rlim.pairs[RLIMIT_RSS].rlim_cur,
    ...[code, code, addresses?.start_stack ?? 0, 0, 0],
    ...[t.pending.signal, t.blocked, ignored, caught].map((set) => set & FIRST_31),
    permitted && t.exit_state === 0 && t.state !== TASK_RUNNING ? 1 : 0,
    ...[0, 0, t.exit_signal, 0, t.rt_priority, t.policy, 0, 0, 0],
    ...[0, 0, addresses?.start_brk ?? 0],
    ...[addresses?.arg_start ?? 0, addresses?.arg_end ?? 0, addresses?.arg_end ?? 0, addresses?.env_end ?? 0],
    permitted ? t.exit_code : 0,
  ]
  return `${fields.join(' ')}\n`
}

/** /proc/PID/statm: in pages, all that is mapped, what is in memory, and of it what can be written. */
export function proc_pid_statm(t: task_struct): ByteString {
  if (t.mm === null) return '0 0 0 0 0 0 0\n'
  const { total, data, stack } = sizes(t.mm)
  return `${total} ${t.mm.rss} 0 0 0 ${data + stack} 0\n`
}
