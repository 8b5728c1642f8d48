import type { ByteString } from '../../types.ts'
import type { task_struct } from '../../task/task.ts'
import { EPERM } from '../../errno.ts'
import { TASK_RUNNING } from '../../sched/sched.ts'
import { ptrace_may_access } from '../../task/ptrace.ts'

/** What a task waits in: fs/proc/base.c. */

/** The function that a call sleeps in, where it has another name than the call. */
const WCHANS: Readonly<Record<string, string>> = {
  read: 'pipe_read',
  readv: 'pipe_read',
  write: 'pipe_write',
  writev: 'pipe_write',
  openat: 'wait_for_partner',
  wait4: 'do_wait',
  waitid: 'do_wait',
  futex: 'futex_wait_queue',
  nanosleep: 'hrtimer_nanosleep',
  clock_nanosleep: 'hrtimer_nanosleep',
  ppoll: 'poll_schedule_timeout.constprop.0',
  pselect6: 'poll_schedule_timeout.constprop.0',
  rt_sigsuspend: 'sigsuspend',
  rt_sigtimedwait: 'do_sigtimedwait',
  clone: 'kernel_clone',
}

/** What is waited for tells of files that are no pipes. */
const BY_FILE: readonly (readonly [what: RegExp, wchan: string])[] = [
  [/^a count in eventfd/, 'eventfd_read'],
  [/^room in eventfd/, 'eventfd_write'],
  [/terminal/, 'n_tty_read'],
]

/** /proc/PID/wchan: the function that it sleeps in; 0 where it runs, or for who may not know. */
export function proc_pid_wchan(t: task_struct): ByteString {
  if (t.exit_state !== 0 || t.state === TASK_RUNNING || !ptrace_may_access(t)) return '0'
  const by_file = BY_FILE.find(([what]) => what.test(t.waits_for?.what ?? ''))
  if (by_file !== undefined) return by_file[1]
  if (t.syscall_nr < 0) return t.context === null ? 'kthread' : 'do_signal_stop'
  const name = t.kernel.abi.name(t.syscall_nr)
  return WCHANS[name] ?? `do_${name}`
}

/** /proc/PID/syscall: number and registers of the call that it sleeps in, and where its stack and its code are. */
export function proc_pid_syscall(t: task_struct): ByteString | number {
  if (!ptrace_may_access(t)) return -EPERM
  if (t.exit_state === 0 && t.state === TASK_RUNNING) return 'running\n'
  // Where the stack and the code are is the program's own business: a context does not tell.
  if (t.exit_state !== 0 || t.syscall_nr < 0) return '-1 0x0 0x0\n'
  const args = t.syscall_args.map((word) => `0x${BigInt.asUintN(64, BigInt(word)).toString(16)}`)
  return `${t.syscall_nr} ${args.join(' ')} 0x0 0x0\n`
}
