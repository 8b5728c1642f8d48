import type { Sleeps } from '../types.ts'
import type { task_struct } from './task.ts'
import { EINTR, ERESTARTNOHAND, ERESTARTNOINTR, ERESTARTSYS, ERESTART_RESTARTBLOCK } from '../errno.ts'
import { TASK_RUNNING, TASK_STOPPED, schedule, wake_up_state, TASK_INTERRUPTIBLE } from '../sched/sched.ts'
import { do_group_exit } from './exit.ts'
import { itimer_rearm } from './itimer.ts'
import { force_sig } from './force_sig.ts'
import {
  CLD_STOPPED,
  SA_NODEFER,
  SA_RESETHAND,
  SA_RESTART,
  SIGALRM,
  SIGSEGV,
  SIGSTOP,
  SIG_DFL,
  SIG_IGN,
  SIG_KERNEL_IGNORE,
  SIG_KERNEL_ONLY,
  SIG_KERNEL_STOP,
  _NSIG,
  do_notify_parent_cldstop,
  is_dying,
  is_unkillable,
  recalc_sigpending,
  set_blocked,
  sigmask,
  type k_sigaction,
  type siginfo,
} from './signal.ts'
import { NO_STACK, SS_AUTODISARM, sigframe_place } from './sigaltstack.ts'
import { is_current_pgrp_orphaned } from './pgrp.ts'

/**
 * Signals on the way back to user space: what they do by default, the handlers that run, and what becomes
 * of a system call that they interrupted. kernel/signal.c and arch/x86/kernel/signal.c of 2.6.31.
 */

/** Of asm-generic. */
export const __NR_restart_syscall = 128
export const __NR_rt_sigreturn = 139

/**
 * Deal with every signal that `t`, the task that runs, has to deal with before it goes on in user space.
 * May stop it, and may end it; then it does not come back.
 */
export function* do_signal(t: task_struct): Sleeps<number> {
  for (;;) {
    const signal = yield* get_signal_to_deliver(t)
    if (signal === null) break
    if (t.call !== null) restart_for_handler(t, signal.action)
    handle_signal(t, signal.info, signal.action)
  }
  if (t.call !== null) restart_without_handler(t)
  if (t.saved_sigmask !== null) {
    set_blocked(t, t.saved_sigmask)
    t.saved_sigmask = null
  }
  recalc_sigpending(t)
  return 0
}

/**
 * A handler is about to run: with SA_RESTART -ERESTARTSYS makes the call again behind it, -ERESTARTNOINTR does
 * so always, and every other code of this family becomes -EINTR.
 */
function restart_for_handler(t: task_struct, action: k_sigaction): void {
  const call = t.call as NonNullable<task_struct['call']>
  t.call = null
  switch (call.ret) {
    case -ERESTARTNOHAND:
    case -ERESTART_RESTARTBLOCK:
      t.context?.setResult(-EINTR)
      return
    case -ERESTARTSYS:
      if ((action.flags & SA_RESTART) === 0) {
        t.context?.setResult(-EINTR)
        return
      }
      t.context?.restartCall(call.nr, call.args)
      return
    case -ERESTARTNOINTR:
      t.context?.restartCall(call.nr, call.args)
  }
}

/** No handler runs: the call is made again, through restart_syscall(2) where it left word how. */
function restart_without_handler(t: task_struct): void {
  const call = t.call as NonNullable<task_struct['call']>
  t.call = null
  switch (call.ret) {
    case -ERESTARTNOHAND:
    case -ERESTARTSYS:
    case -ERESTARTNOINTR:
      t.context?.restartCall(call.nr, call.args)
      return
    case -ERESTART_RESTARTBLOCK:
      t.context?.restartCall(__NR_restart_syscall, [0, 0, 0, 0, 0, 0])
  }
}

/** Let the handler run next, with what it blocks blocked. */
function handle_signal(t: task_struct, info: siginfo, action: k_sigaction): void {
  const mask = t.saved_sigmask ?? t.blocked
  t.saved_sigmask = null
  const { context } = t
  const place = context === null ? null : sigframe_place(t, action, context.sp)
  if (context?.pushFrame(info, action, { mask, stack: t.sas }, place) !== true) {
    // No room for the frame: a handler for SIGSEGV itself would only end here again.
    if (info.signo === SIGSEGV) t.sighand.set(SIGSEGV, { ...action, handler: SIG_DFL as typeof action.handler })
    force_sig(SIGSEGV, t)
    return
  }
  if ((t.sas.flags & SS_AUTODISARM) !== 0) t.sas = NO_STACK
  let blocked = t.blocked | action.mask
  if ((action.flags & SA_NODEFER) === 0) blocked |= sigmask(info.signo)
  set_blocked(t, blocked)
}

interface Deliverable {
  readonly info: siginfo
  readonly action: k_sigaction
}

/** The next signal with a handler; null when there is none. The others' default actions happen meanwhile. */
function* get_signal_to_deliver(t: task_struct): Sleeps<Deliverable | null> {
  const { group, sighand } = t
  for (;;) {
    if (is_dying(t)) {
      tell_of_end(t)
      void (yield* do_group_exit(group.exit_code ?? 0))
    }
    if (group.stop !== null) {
      yield* do_signal_stop(t)
      continue
    }
    const info = t.pending.dequeue(t.blocked) ?? group.shared_pending.dequeue(t.blocked)
    if (info?.signo === SIGALRM) itimer_rearm(t)
    recalc_sigpending(t)
    if (info === null) return null
    const sig = info.signo
    const action = sighand.action[sig]
    if (t.kernel.trace.signal_deliver.enabled) t.kernel.trace.signal_deliver.emit(info, t, action)
    if (action.handler === SIG_IGN) continue
    if (action.handler !== SIG_DFL) {
      if ((action.flags & SA_RESETHAND) !== 0)
        sighand.set(sig, { ...action, handler: SIG_DFL as typeof action.handler })
      return { info, action }
    }
    if ((SIG_KERNEL_IGNORE & sigmask(sig)) !== 0n) continue
    // SIGKILL or SIGSTOP can only have come from outside of its namespace, or from the kernel.
    if (is_unkillable(t) && (SIG_KERNEL_ONLY & sigmask(sig)) === 0n) continue
    if ((SIG_KERNEL_STOP & sigmask(sig)) !== 0n) {
      if (sig !== SIGSTOP && is_current_pgrp_orphaned(t)) continue
      begin_stop(t, sig)
      continue
    }
    void (yield* do_group_exit(sig))
  }
}

/** The signal that ends the group was never taken: it is told of as one that somebody took. */
function tell_of_end(t: task_struct): void {
  const { group, sighand } = t
  const { signal_deliver } = t.kernel.trace
  const sig = group.exit_code ?? 0
  if (!signal_deliver.enabled || sig === 0 || sig > _NSIG) return
  const others = ~sigmask(sig)
  const info = t.pending.dequeue(others) ?? group.shared_pending.dequeue(others)
  if (info !== null) signal_deliver.emit(info, t, sighand.action[sig])
}

/** Make the whole group stop: each task does when it comes by here. */
function begin_stop(t: task_struct, sig: number): void {
  const { group } = t
  group.stop = sig
  group.stopped = false
  for (const other of group.tasks) {
    other.sigpending = 1
    if (other !== t) void wake_up_state(other, TASK_INTERRUPTIBLE)
  }
}

/** Stop until somebody goes on with the group; the last to stop tells the parent. */
function* do_signal_stop(t: task_struct): Sleeps<void> {
  const { group } = t
  t.state = TASK_STOPPED
  if (!group.stopped && group.tasks.every((other) => other.state === TASK_STOPPED || other.exit_state !== 0)) {
    group.stopped = true
    group.continued = false
    group.stop_reported = false
    do_notify_parent_cldstop(t.group_leader, CLD_STOPPED)
  }
  yield* schedule()
  t.state = TASK_RUNNING
}
