import type { task_struct } from './task.ts'
import { KERN_INFO } from '../printk.ts'
import { ERESTARTSYS, ERESTART_RESTARTBLOCK } from '../errno.ts'
import { set_current } from '../sched/current.ts'
import { __NR_rt_sigreturn, do_signal } from './deliver.ts'
import { do_exit } from './exit.ts'
import { force_sig } from './force_sig.ts'
import { SIGILL, SIGSEGV } from './signal.ts'
import { TRAP_FAULT, TRAP_ILLEGAL, TRAP_KERNEL, TRAP_PREEMPT, TRAP_SYSCALL } from './context.ts'

/** What the one CPU does between two context switches. */

/**
 * Run `t` until it gives up the CPU: because it sleeps, is preempted, or is dead. What it was doing in
 * the kernel stays in `t.kstack`, what it was doing in user space in `t.context`.
 */
export function run_task(t: task_struct): void {
  void set_current(t)
  while (run_kernel(t)) {
    if (t.sigpending !== 0 || t.call !== null) {
      t.kstack = do_signal(t)
      continue
    }
    t.kernel.watchdog.touch()
    if (!run_user(t)) return
  }
}

/** Go on with what `t` does in the kernel, if anything. True once it is on its way to user space. */
function run_kernel(t: task_struct): boolean {
  const { kstack } = t
  if (kstack === null) return true
  const r = kstack.next()
  if (r.done !== true) return false
  t.kstack = null
  if (t.context === null) {
    // A kernel thread has come to its end.
    t.kstack = do_exit(r.value)
    return run_kernel(t)
  }
  if (t.syscall_nr >= 0) {
    syscall_exit(t, r.value)
    t.syscall_nr = -1
  }
  return true
}

/**
 * A system call that did not return at once is over. With signals to deal with, what it returned may mean
 * that it is to be made again; with none, the program sees it as it is. What rt_sigreturn(2) returns is a
 * register of the program, and means nothing.
 */
export function syscall_exit(t: task_struct, ret: number): void {
  t.context?.setResult(ret)
  if (t.syscall_nr === __NR_rt_sigreturn) return
  if (t.sigpending !== 0 && ret <= -ERESTARTSYS && ret >= -ERESTART_RESTARTBLOCK) {
    t.call = { nr: t.syscall_nr, args: [...t.syscall_args], ret }
  }
}

/** Run user code until its next trap. False where `t` is off the CPU then. */
function run_user(t: task_struct): boolean {
  const { context } = t
  if (context === null) return false
  switch (context.resume()) {
    case TRAP_KERNEL:
      return false
    case TRAP_PREEMPT:
      // It has run for nothing that is counted; so that is.
      t.kernel.slice_left--
      t.kernel.rq.enqueue(t)
      return false
    case TRAP_SYSCALL:
      return t.kernel.abi.trap(t, context)
    case TRAP_FAULT:
      bad_user(t, SIGSEGV, context.fault)
      return true
    case TRAP_ILLEGAL:
      bad_user(t, SIGILL, context.fault)
      return true
  }
}

/** User code did what it may not: it gets a signal, and the log says why. */
function bad_user(t: task_struct, sig: number, fault: string): void {
  t.kernel.printk(`${KERN_INFO}${t.commString()}[${t.pid}]: ${fault}\n`)
  // Where it went on while a call of its own was under way, that call is given up.
  void t.kstack?.return(0)
  t.kstack = null
  force_sig(sig, t)
}
