import type { Sleeps } from '../types.ts'
import type { task_struct } from './task.ts'
import { KERN_INFO } from '../printk.ts'
import { set_current } from '../sched/current.ts'
import { do_exit, do_group_exit } from './exit.ts'
import { schedule_tail } from './fork.ts'

/** What the one CPU does between two context switches. */

const SIGILL = 4
const SIGKILL = 9
const SIGSEGV = 11

/**
 * Run `t` until it gives up the CPU: because it sleeps, is preempted, or is dead. What it was doing in
 * the kernel stays in `t.kstack`, what it was doing in user space in `t.context`.
 */
export function run_task(t: task_struct): void {
  const prev = set_current(t)
  try {
    if (t.isNew) {
      t.isNew = false
      schedule_tail()
    }
    while (run_kernel(t)) {
      if (t.sigpending !== 0) {
        t.kstack = exit_to_user_mode(t)
        continue
      }
      t.kernel.watchdog.touch()
      const { context } = t
      if (context === null) return
      switch (context.resume()) {
        case 'kernel':
          // It is off the CPU already, with its way back noted down.
          return
        case 'syscall':
          t.kernel.abi.trap(t, context)
          break
        case 'preempt':
          // It has run for nothing that is counted; so that is.
          t.kernel.slice_left--
          t.kernel.rq.enqueue(t)
          return
        case 'fault':
        case 'illegal':
          // Where it went on while a call of its own was under way, that call is given up.
          void t.kstack?.return(0)
          t.kstack = bad_user(t, context.fault)
      }
    }
  } finally {
    void set_current(prev)
  }
}

/** Go on with what `t` does in the kernel, if anything. True once it is on its way to user space. */
function run_kernel(t: task_struct): boolean {
  const { kstack } = t
  if (kstack === null) return true
  const r = kstack.next()
  if (r.done !== true) return false
  t.kstack = null
  t.syscall_nr = -1
  if (t.context !== null) {
    t.context.setResult(r.value)
    return true
  }
  // A kernel thread has come to its end.
  t.kstack = do_exit(r.value)
  return run_kernel(t)
}

/** The work that waits on the way out: so far only to die with one's group. */
function exit_to_user_mode(t: task_struct): Sleeps<number> {
  return do_exit(t.group.exit_code ?? SIGKILL)
}

/** User code did what it may not: the process ends, and the log says why. */
function bad_user(t: task_struct, fault: string): Sleeps<number> {
  const sig = fault.startsWith('segfault') ? SIGSEGV : SIGILL
  t.kernel.printk(`${KERN_INFO}${t.commString()}[${t.pid}]: ${fault}\n`)
  if (t.kernel.trace.signal_generate.enabled) t.kernel.trace.signal_generate.emit(sig, t)
  return do_group_exit(sig)
}
