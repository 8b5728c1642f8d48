import type { UserPtr } from '../types.ts'
import type { task_struct, thread_group } from './task.ts'
import type { user_struct } from './user.ts'
import { EAGAIN } from '../errno.ts'
import { current } from '../sched/current.ts'
import { pid_nr_ns } from './pid.ts'
import { RLIMIT_SIGPENDING } from './rlimit.ts'
import { TASK_INTERRUPTIBLE, TASK_STOPPED, TASK_WAKEKILL, wake_up_state } from '../sched/sched.ts'

/** Signals from their cause to the task that will take them: kernel/signal.c. */

export const _NSIG = 64
export const SIGHUP = 1
export const SIGINT = 2
export const SIGQUIT = 3
export const SIGILL = 4
export const SIGTRAP = 5
export const SIGABRT = 6
export const SIGBUS = 7
export const SIGFPE = 8
export const SIGKILL = 9
export const SIGUSR1 = 10
export const SIGSEGV = 11
export const SIGUSR2 = 12
export const SIGPIPE = 13
export const SIGALRM = 14
export const SIGTERM = 15
export const SIGSTKFLT = 16
export const SIGCHLD = 17
export const SIGCONT = 18
export const SIGSTOP = 19
export const SIGTSTP = 20
export const SIGTTIN = 21
export const SIGTTOU = 22
export const SIGURG = 23
export const SIGXCPU = 24
export const SIGXFSZ = 25
export const SIGVTALRM = 26
export const SIGPROF = 27
export const SIGWINCH = 28
export const SIGIO = 29
export const SIGPWR = 30
export const SIGSYS = 31
/** From here on signals queue, and each comes as often as it was sent. */
export const SIGRTMIN = 32

/** Handlers that are none. */
export const SIG_DFL = 0
export const SIG_IGN = 1

export const SA_NOCLDSTOP = 0x1
export const SA_NOCLDWAIT = 0x2
export const SA_SIGINFO = 0x4
export const SA_ONSTACK = 0x08000000
export const SA_RESTART = 0x10000000
export const SA_NODEFER = 0x40000000
export const SA_RESETHAND = 0x80000000 | 0

/** si_code: include/asm-generic/siginfo.h. */
export const SI_USER = 0
export const SI_KERNEL = 0x80
export const SI_QUEUE = -1
export const SI_TIMER = -2
export const SI_TKILL = -6
export const CLD_EXITED = 1
export const CLD_KILLED = 2
export const CLD_DUMPED = 3
export const CLD_STOPPED = 5
export const CLD_CONTINUED = 6

/** A set of signals: bit n - 1 stands for signal n. */
export type sigset_t = bigint

export function sigmask(sig: number): sigset_t {
  return 1n << BigInt(sig - 1)
}

const setOf = (...sigs: number[]): sigset_t => sigs.reduce((set, sig) => set | sigmask(sig), 0n)

/** What the default action of a signal is. */
export const SIG_KERNEL_ONLY = setOf(SIGKILL, SIGSTOP)
export const SIG_KERNEL_STOP = setOf(SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU)
export const SIG_KERNEL_IGNORE = setOf(SIGCONT, SIGCHLD, SIGWINCH, SIGURG)
/** The end, with a core dump where the limit allows one. */
const SIG_KERNEL_COREDUMP = setOf(SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS)
/** Signals that a task brings on itself by what it does; they are delivered before others. */
export const SYNCHRONOUS = setOf(SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGSYS)

/** What is told of one signal. */
export interface siginfo {
  readonly signo: number
  readonly code: number
  /** Of the sender, or of the child. */
  readonly pid: number
  readonly uid: number
  /** Of a child: its exit status or the signal that did it. Else the sender's value. */
  readonly value: bigint
  /** As user space made it up, byte by byte: then it comes out so. */
  readonly raw?: Uint8Array
}

/** What a task wants done about a signal. */
export interface k_sigaction {
  readonly handler: UserPtr
  readonly flags: number
  /** Blocked while the handler runs. */
  readonly mask: sigset_t
}

export const DEFAULT_ACTION: k_sigaction = { handler: SIG_DFL as UserPtr, flags: 0, mask: 0n }
const DEFAULT_ACTIONS: readonly k_sigaction[] = new Array<k_sigaction>(_NSIG + 1).fill(DEFAULT_ACTION)

/** The actions of a process, shared by those who share CLONE_SIGHAND. */
export class sighand_struct {
  count = 1
  /** By signal number; 0 is not used. Never changed in place: copies share it. */
  action: readonly k_sigaction[]

  constructor(action = DEFAULT_ACTIONS) {
    this.action = action
  }

  set(sig: number, action: k_sigaction): void {
    const copy = [...this.action]
    copy[sig] = action
    this.action = copy
  }

  /** That of a child: this one, or a copy. */
  copy(share: boolean): sighand_struct {
    if (!share) return new sighand_struct(this.action)
    this.count++
    return this
  }

  /** execve(2) keeps what is ignored, and sets the rest back. kernel/signal.c:flush_signal_handlers(). */
  flush(): void {
    this.action = this.action.map(({ handler }) =>
      handler === SIG_IGN ? { ...DEFAULT_ACTION, handler } : DEFAULT_ACTION,
    )
  }
}

/** A signal that waits, and whose limit it counts for. */
export interface sigqueue {
  readonly info: siginfo
  readonly user: user_struct
}

/** The list of all that have none. */
const NONE: sigqueue[] = []

/** Signals that have been sent and not taken yet, to one task or to a whole group. */
export class sigpending {
  signal: sigset_t = 0n
  /** What is told of them, in order. */
  list = NONE

  add(q: sigqueue): void {
    if (this.list.length === 0) this.list = [q]
    else this.list.push(q)
  }

  /** Forget those in `set`. */
  flush(set: sigset_t): void {
    if ((this.signal & set) === 0n) return
    this.signal &= ~set
    this.list = this.list.filter((q) => {
      if ((sigmask(q.info.signo) & set) === 0n) return true
      q.user.sigpending--
      return false
    })
  }

  /** Forget what timers of the process have sent, or what says so: they do not outlive an exec. */
  flush_itimer_signals(): void {
    if (!this.list.some(({ info }) => info.code === SI_TIMER)) return
    for (const { info } of this.list) if (info.code === SI_TIMER) this.signal &= ~sigmask(info.signo)
    this.list = this.list.filter(({ info, user }) => {
      if (info.code === SI_TIMER) user.sigpending--
      else this.signal |= sigmask(info.signo)
      return info.code !== SI_TIMER
    })
  }

  /** Take the next one that is not in `blocked`, lowest number first, what the task did itself before all. */
  dequeue(blocked: sigset_t): siginfo | null {
    let ready = this.signal & ~blocked
    if (ready === 0n) return null
    if ((ready & SYNCHRONOUS) !== 0n) ready &= SYNCHRONOUS
    let sig = 1
    while ((ready & sigmask(sig)) === 0n) sig++
    const i = this.list.findIndex((q) => q.info.signo === sig)
    const q = i < 0 ? null : this.list.splice(i, 1)[0]
    if (!this.list.some((other) => other.info.signo === sig)) this.signal &= ~sigmask(sig)
    // There was no room for what was told of it.
    if (q === null) return { signo: sig, code: SI_USER, pid: 0, uid: 0, value: 0n }
    q.user.sigpending--
    return q.info
  }
}

/** Is `t` to end when it comes by the signals, with its process or because another thread execs? */
export function is_dying(t: task_struct): boolean {
  const { exit_code, exec } = t.group
  return exit_code !== null || (exec !== null && exec.task !== t)
}

/** Has `t` something to deal with before it goes on in user space? Sets what signal_pending() asks for. */
export function recalc_sigpending(t: task_struct): void {
  const waiting = (t.pending.signal | t.group.shared_pending.signal) & ~t.blocked
  t.sigpending = waiting !== 0n || t.group.stop !== null || is_dying(t) ? 1 : 0
}

/**
 * Block exactly `set` for `t`; SIGKILL and SIGSTOP cannot be. Where that changes nothing, `t` looks at no signal that it has
 * not been told of, though one may wait for its process. kernel/signal.c:__set_current_blocked().
 */
export function set_blocked(t: task_struct, set: sigset_t): void {
  const blocked = set & ~SIG_KERNEL_ONLY
  if (blocked === t.blocked) return
  if (t.sigpending !== 0) retarget_shared_pending(t, blocked & ~t.blocked)
  t.blocked = blocked
  recalc_sigpending(t)
}

/**
 * `t` will not take those of `which` that wait for its process, as it was chosen to: others are to. kernel/signal.c
 */
export function retarget_shared_pending(t: task_struct, which: sigset_t): void {
  let left = t.group.shared_pending.signal & which
  for (const other of t.group.tasks) {
    if (left === 0n) return
    if (other === t || other.exit_state !== 0 || (left & ~other.blocked) === 0n) continue
    left &= other.blocked
    if (other.sigpending === 0) signal_wake_up(other, false)
  }
}

/** Is `t` of the first process of a namespace? From inside that gets no signal that it has no handler for: SIGNAL_UNKILLABLE. */
export function is_unkillable(t: task_struct): boolean {
  return t.group_leader.thread_pid.numbers.at(-1) === 1 && !t.group.killable
}

/** Would `info` do nothing if it came to `t` now? */
function sig_ignored(t: task_struct, { signo: sig, code }: siginfo): boolean {
  // Blocked ones stay pending: the action may be another when they come through.
  if (((t.blocked | t.real_blocked) & sigmask(sig)) !== 0n) return false
  const { handler } = t.sighand.action[sig]
  if (handler === SIG_DFL && is_unkillable(t) && !(is_kernel_only(sig) && code <= 0 && is_from_ancestor(t))) return true
  return handler === SIG_IGN || (handler === SIG_DFL && (SIG_KERNEL_IGNORE & sigmask(sig)) !== 0n)
}

function is_kernel_only(sig: number): boolean {
  return sig === SIGKILL || sig === SIGSTOP
}

/** Does the current task send to a namespace that it is not in? */
function is_from_ancestor(t: task_struct): boolean {
  return pid_nr_ns(current.thread_pid, t.thread_pid.ns) === 0
}

/** What a stop or a continue does at once, whoever blocks it. kernel/signal.c:prepare_signal(). */
function prepare_signal(t: task_struct, sig: number): void {
  const { group } = t
  const flush = (set: sigset_t): void => {
    group.shared_pending.flush(set)
    for (const thread of group.tasks) thread.pending.flush(set)
  }
  if ((SIG_KERNEL_STOP & sigmask(sig)) !== 0n) flush(sigmask(SIGCONT))
  else if (sig === SIGCONT) {
    flush(SIG_KERNEL_STOP)
    if (group.stop !== null) {
      // One that had not stopped whole yet is told of twice: that it stops, and that it goes on.
      const why = group.stopped ? CLD_CONTINUED : CLD_STOPPED
      group.continued = true
      group.stop = null
      group.stopped = false
      for (const thread of group.tasks) {
        recalc_sigpending(thread)
        void wake_up_state(thread, TASK_STOPPED)
      }
      do_notify_parent_cldstop(t.group_leader, why)
    }
  }
}

/**
 * Send `info.signo` to `t`, or with `group` to whoever of its group takes it: 0. An ignored signal is gone, one
 * of the first 31 that is pending already comes once. Where the receiver's user has as many waiting as he may, what
 * is told of the signal is lost, or for one that queues all of it: -EAGAIN.
 */
export function __send_signal(info: siginfo, t: task_struct, group: boolean): number {
  const sig = info.signo
  prepare_signal(t, sig)
  if (sig_ignored(t, info)) return 0
  const pending = group ? t.group.shared_pending : t.pending
  if (sig < SIGRTMIN && (pending.signal & sigmask(sig)) !== 0n) return 0
  const { trace } = t.kernel
  const { user } = t
  if ((sig < SIGRTMIN && info.code >= 0) || user.sigpending < t.group.rlim.cur[RLIMIT_SIGPENDING]) {
    user.sigpending++
    pending.add({ info, user })
  } else if (sig >= SIGRTMIN && info.code !== SI_USER) return -EAGAIN
  if (trace.signal_generate.enabled) trace.signal_generate.emit(sig, t)
  pending.signal |= sigmask(sig)
  complete_signal(t, sig, group)
  return 0
}

/** The same for the kernel's own signals, which nothing keeps from being sent. */
export function send_signal(info: siginfo, t: task_struct, group: boolean): void {
  void __send_signal(info, t, group)
}

/** Choose the task that takes the signal, and wake it. One that nobody of the group outlives ends it from here on. */
function complete_signal(t: task_struct, sig: number, group: boolean): void {
  const taker = wants_signal(t, sig) ? t : group ? next_taker(t.group, sig) : undefined
  if (taker === undefined) return
  if (!is_fatal(t, sig) || t.group.exit_code !== null || (taker.real_blocked & sigmask(sig)) !== 0n) {
    signal_wake_up(taker, sig === SIGKILL)
    return
  }
  t.group.exit_code = sig
  // Not even a stop outlives that.
  t.group.stop = null
  t.group.stopped = false
  for (const other of t.group.tasks) signal_wake_up(other, true)
}

/** Does `sig` end the process, without a picture of what it was doing? */
function is_fatal(t: task_struct, sig: number): boolean {
  if (sig !== SIGKILL && is_unkillable(t)) return false
  const spared = SIG_KERNEL_IGNORE | SIG_KERNEL_STOP | SIG_KERNEL_COREDUMP
  return t.sighand.action[sig].handler === SIG_DFL && (spared & sigmask(sig)) === 0n
}

/** The threads take turns. */
function next_taker(group: thread_group, sig: number): task_struct | undefined {
  const { tasks, curr_target } = group
  const first = Math.max(0, curr_target === null ? 0 : tasks.indexOf(curr_target))
  for (let i = 0; i < tasks.length; i++) {
    const t = tasks[(first + i) % tasks.length]
    if (!wants_signal(t, sig)) continue
    group.curr_target = t
    return t
  }
  return undefined
}

/** Could `t` take `sig`? One that has to do with signals already, and sleeps on, is no good. */
function wants_signal(t: task_struct, sig: number): boolean {
  if ((t.blocked & sigmask(sig)) !== 0n || t.exit_state !== 0) return false
  return sig === SIGKILL || (t.state !== TASK_STOPPED && (t === current || t.sigpending === 0))
}

/** Will `t` die before it is back in user space? */
export function fatal_signal_pending(t: task_struct): boolean {
  if (t.sigpending === 0) return false
  if (is_dying(t)) return true
  const sent = t.pending.signal | t.group.shared_pending.signal
  return (sent & sigmask(SIGKILL)) !== 0n
}

/** Make `t` look at its signals: with `resume`, for SIGKILL, also where it is stopped or killable. */
export function signal_wake_up(t: task_struct, resume: boolean): void {
  t.sigpending = 1
  void wake_up_state(t, TASK_INTERRUPTIBLE | (resume ? TASK_STOPPED | TASK_WAKEKILL : 0))
}

/** A signal that the kernel itself sends to one task. send_sig() with `priv`. */
export function send_sig(sig: number, t: task_struct): void {
  send_signal({ signo: sig, code: SI_KERNEL, pid: 0, uid: 0, value: 0n }, t, false)
}

/** A signal for what the current task has just done; it shows as its own. send_sig() without `priv`. */
export function send_sig_current(sig: number): void {
  const pid = pid_nr_ns(current.group_leader.thread_pid, current.thread_pid.ns)
  send_signal({ signo: sig, code: SI_USER, pid, uid: current.cred.uid, value: 0n }, current, false)
}

/** Tell the parent that the group of `leader` has stopped or goes on, and wake who waits for that. */
export function do_notify_parent_cldstop(leader: task_struct, why: number): void {
  const parent = leader.real_parent
  if (parent === null) return
  const { flags, handler } = parent.sighand.action[SIGCHLD]
  if (handler !== SIG_IGN && (flags & SA_NOCLDSTOP) === 0) {
    // What would have stopped it is forgotten where it went on before all of it had.
    const status = why === CLD_CONTINUED ? SIGCONT : (leader.group.stop ?? 0)
    send_signal(child_info(leader, SIGCHLD, why, status), parent, true)
  }
  parent.group.wait_chldexit.wake_up()
}

/** What the parent is told of `child`. */
export function child_info(child: task_struct, signo: number, code: number, status: number): siginfo {
  const pid = pid_nr_ns(child.thread_pid, (child.real_parent as task_struct).thread_pid.ns)
  return { signo, code, pid, uid: child.cred.uid, value: BigInt(status) }
}
