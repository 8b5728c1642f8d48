import type { MaySleep, Pid, Sleeps, UserPtr } from '../kernel/types.ts'
import type { task_struct } from '../kernel/task/task.ts'
import { EAGAIN, EFAULT, EINTR, EINVAL, EPERM, ERESTARTNOHAND } from '../kernel/errno.ts'
import { allocMem, memOf } from '../kernel/mm/mem.ts'
import { copy_from_user, copy_to_user } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import { sleep_interruptible, wait_event_interruptible, wait_queue_head } from '../kernel/sched/wait.ts'
import { do_send_specific, do_tkill, kill_proc_info, kill_something_info, type UserInfo } from '../kernel/task/kill.ts'
import { itimer_rearm } from '../kernel/task/itimer.ts'
import {
  SIGALRM,
  SIG_DFL,
  SIG_IGN,
  SIG_KERNEL_IGNORE,
  SIG_KERNEL_ONLY,
  SI_TKILL,
  _NSIG,
  recalc_sigpending,
  set_blocked,
  sigmask,
  type k_sigaction,
  type siginfo,
  type sigset_t,
  SIGSEGV,
} from '../kernel/task/signal.ts'
import { force_sig } from '../kernel/task/force_sig.ts'
import { task_pid_vnr } from '../kernel/task/pid.ts'
import { do_sigaltstack, get_sigaltstack } from '../kernel/task/sigaltstack.ts'
import { encodeSiginfo } from '../kernel/task/siginfo.ts'
import { timespec_from_user } from './time.ts'

export const SIGSET_SIZE = 8
const SIGINFO_SIZE = 128
const SIGACTION_SIZE = 24

export const SIG_BLOCK = 0
export const SIG_UNBLOCK = 1
export const SIG_SETMASK = 2

/** kill(2) */
export function sys_kill(pid: Pid, sig: number): number {
  return kill_something_info(sig, pid)
}

/** tkill(2) */
export function sys_tkill(pid: Pid, sig: number): number {
  return do_tkill(-1, pid, sig)
}

/** tgkill(2) */
export function sys_tgkill(tgid: Pid, pid: Pid, sig: number): number {
  return tgid <= 0 ? -EINVAL : do_tkill(tgid, pid, sig)
}

/** rt_sigaction(2) */
export function sys_rt_sigaction(sig: number, act: UserPtr, oldact: UserPtr, sigsetsize: number): number {
  if (sigsetsize !== SIGSET_SIZE) return -EINVAL
  const mem = allocMem(SIGACTION_SIZE)
  if (act !== 0 && copy_from_user(mem, 0, act, SIGACTION_SIZE) > 0) return -EFAULT
  if (sig < 1 || sig > _NSIG || (act !== 0 && (SIG_KERNEL_ONLY & sigmask(sig)) !== 0n)) return -EINVAL
  const old = current.sighand.action[sig]
  if (act !== 0) {
    const action: k_sigaction = {
      handler: Number(mem.dv.getBigUint64(0, true)) as UserPtr,
      flags: mem.dv.getInt32(8, true),
      mask: mem.dv.getBigUint64(16, true) & ~SIG_KERNEL_ONLY,
    }
    current.sighand.set(sig, action)
    // What is pending and now ignored is gone, blocked or not.
    const ignored =
      action.handler === SIG_IGN || (action.handler === SIG_DFL && (SIG_KERNEL_IGNORE & sigmask(sig)) !== 0n)
    if (ignored) {
      current.group.shared_pending.flush(sigmask(sig))
      for (const t of current.group.tasks) t.pending.flush(sigmask(sig))
    }
  }
  if (oldact === 0) return 0
  mem.dv.setBigUint64(0, BigInt(old.handler), true)
  mem.dv.setBigInt64(8, BigInt(old.flags), true)
  mem.dv.setBigUint64(16, old.mask, true)
  return copy_to_user(oldact, mem, 0, SIGACTION_SIZE) > 0 ? -EFAULT : 0
}

/** rt_sigprocmask(2) */
export function sys_rt_sigprocmask(how: number, set: UserPtr, oset: UserPtr, sigsetsize: number): number {
  if (sigsetsize !== SIGSET_SIZE) return -EINVAL
  const old = current.blocked
  if (set !== 0) {
    const wanted = sigset_from_user(set)
    if (wanted === null) return -EFAULT
    if (how === SIG_BLOCK) set_blocked(current, old | wanted)
    else if (how === SIG_UNBLOCK) set_blocked(current, old & ~wanted)
    else if (how === SIG_SETMASK) set_blocked(current, wanted)
    else return -EINVAL
  }
  return oset === 0 ? 0 : sigset_to_user(oset, old)
}

/** rt_sigpending(2): the first `sigsetsize` bytes of the set. */
export function sys_rt_sigpending(set: UserPtr, sigsetsize: number): number {
  if (sigsetsize < 0 || sigsetsize > SIGSET_SIZE) return -EINVAL
  return sigset_to_user(
    set,
    (current.pending.signal | current.group.shared_pending.signal) & current.blocked,
    sigsetsize,
  )
}

/** rt_sigsuspend(2): always -EINTR, once a handler has run; the old mask is back then. */
export function* sys_rt_sigsuspend(unewset: UserPtr, sigsetsize: number): Sleeps<number> {
  if (sigsetsize !== SIGSET_SIZE) return -EINVAL
  const set = sigset_from_user(unewset)
  if (set === null) return -EFAULT
  const t = current
  t.saved_sigmask = t.blocked
  set_blocked(t, set)
  const wq = new wait_queue_head('a signal')
  void (yield* wait_event_interruptible(wq, () => false))
  return -ERESTARTNOHAND
}

/**
 * rt_sigreturn(2): what a handler ends with. What it returns is what the interrupted call returned; there is
 * nothing left for restart_syscall(2) to go on with. Where no handler runs, SIGSEGV. arch/x86/kernel/signal.c:restore_sigcontext().
 */
export function sys_rt_sigreturn(): number {
  const { context } = current
  current.restart_block = null
  const saved = context?.popFrame() ?? null
  if (context === null || saved === null) {
    // There is no frame to go back to.
    force_sig(SIGSEGV, current)
    return 0
  }
  set_blocked(current, saved.mask)
  // What the handler made of it is undone, unless it is still on it.
  void do_sigaltstack(current, saved.stack, context.sp)
  return context.result
}

/** restart_syscall(2): go on with what a signal without a handler interrupted. */
export function sys_restart_syscall(): MaySleep<number> {
  const { restart_block } = current
  current.restart_block = null
  return restart_block === null ? -EINTR : restart_block()
}

/** A set of signals, or null for -EFAULT. */
export function sigset_from_user(from: UserPtr): sigset_t | null {
  const mem = allocMem(SIGSET_SIZE)
  return copy_from_user(mem, 0, from, SIGSET_SIZE) > 0 ? null : mem.dv.getBigUint64(0, true)
}

function sigset_to_user(to: UserPtr, set: sigset_t, size = SIGSET_SIZE): number {
  const mem = allocMem(SIGSET_SIZE)
  mem.dv.setBigUint64(0, set, true)
  return copy_to_user(to, mem, 0, size) > 0 ? -EFAULT : 0
}

/** rt_sigtimedwait(2): take a signal of `uthese` without its handler, waiting for it up to a time. */
export function* sys_rt_sigtimedwait(
  uthese: UserPtr,
  uinfo: UserPtr,
  uts: UserPtr,
  sigsetsize: number,
): Sleeps<number> {
  if (sigsetsize !== SIGSET_SIZE) return -EINVAL
  const these = sigset_from_user(uthese)
  if (these === null) return -EFAULT
  const nsec = uts === 0 ? Infinity : timespec_from_user(uts)
  if (nsec < 0) return nsec
  const t = current
  const wanted = these & ~SIG_KERNEL_ONLY
  let info = take(t, wanted)
  if (info === null && nsec > 0) {
    // Unblocked meanwhile, so that they wake the task; the mask is back before any could be delivered.
    const { blocked } = t
    t.real_blocked = blocked
    set_blocked(t, blocked & ~wanted)
    const woken = yield* sleep_interruptible(nsec)
    t.real_blocked = 0n
    info = take(t, wanted)
    set_blocked(t, blocked)
    if (info === null) return woken < 0 ? -EINTR : -EAGAIN
  }
  if (info === null) return -EAGAIN
  if (uinfo !== 0 && copy_to_user(uinfo, memOf(encodeSiginfo(info)), 0, SIGINFO_SIZE) > 0) return -EFAULT
  return info.signo
}

/** Take a pending signal of `wanted`. */
function take(t: task_struct, wanted: sigset_t): siginfo | null {
  const info = t.pending.dequeue(~wanted) ?? t.group.shared_pending.dequeue(~wanted)
  if (info?.signo === SIGALRM) itimer_rearm(t)
  recalc_sigpending(t)
  return info
}

/** sizeof(stack_t) */
const SIZEOF_STACK = 24

/** sigaltstack(2) */
export function sys_sigaltstack(uss: UserPtr, uoss: UserPtr): number {
  const mem = allocMem(SIZEOF_STACK)
  const sp = current.context?.sp ?? 0
  const old = get_sigaltstack(current, sp)
  if (uss !== 0) {
    if (copy_from_user(mem, 0, uss, SIZEOF_STACK) > 0) return -EFAULT
    const [at, size] = [0, 16].map((offset) => Number(mem.dv.getBigUint64(offset, true)))
    const err = do_sigaltstack(current, { sp: at, flags: mem.dv.getInt32(8, true), size }, sp)
    if (err < 0) return err
  }
  if (uoss === 0) return 0
  const out = allocMem(SIZEOF_STACK)
  out.dv.setBigUint64(0, BigInt(old.sp), true)
  out.dv.setInt32(8, old.flags, true)
  out.dv.setBigUint64(16, BigInt(old.size), true)
  return copy_to_user(uoss, out, 0, SIZEOF_STACK) > 0 ? -EFAULT : 0
}

/** rt_sigqueueinfo(2) */
export function sys_rt_sigqueueinfo(pid: Pid, sig: number, uinfo: UserPtr): number {
  const info = siginfo_from_user(sig, uinfo)
  if (typeof info === 'number') return info
  return forged(info, pid) ? -EPERM : kill_proc_info(sig, info, pid)
}

/** rt_tgsigqueueinfo(2) */
export function sys_rt_tgsigqueueinfo(tgid: Pid, pid: Pid, sig: number, uinfo: UserPtr): number {
  const info = siginfo_from_user(sig, uinfo)
  if (typeof info === 'number') return info
  if (pid <= 0 || tgid <= 0) return -EINVAL
  return forged(info, pid) ? -EPERM : do_send_specific(tgid, pid, sig, info)
}

/** What looks as if kill(2), tkill(2) or the kernel had sent it, one may send to oneself only. */
function forged({ code }: UserInfo, pid: Pid): boolean {
  return (code >= 0 || code === SI_TKILL) && task_pid_vnr(current) !== pid
}

function siginfo_from_user(sig: number, from: UserPtr): UserInfo | number {
  const mem = allocMem(SIGINFO_SIZE)
  if (copy_from_user(mem, 0, from, SIGINFO_SIZE) > 0) return -EFAULT
  mem.dv.setInt32(0, sig, true)
  const [code, pid, uid] = [8, 16, 20].map((at) => mem.dv.getInt32(at, true))
  return { code, pid, uid, value: mem.dv.getBigInt64(24, true), raw: mem.u8 }
}
