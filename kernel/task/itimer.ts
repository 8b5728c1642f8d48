import type { task_struct } from './task.ts'
import type { usage } from './rusage.ts'
import { NSEC_PER_SEC, TICK_NSEC } from '../time.ts'
import { RLIMIT_CPU, raise_rlimit } from './rlimit.ts'
import { RUSAGE_SELF, k_getrusage } from './rusage.ts'
import { SIGALRM, SIGKILL, SIGPROF, SIGVTALRM, SIGXCPU, SI_KERNEL, send_signal } from './signal.ts'

export const ITIMER_REAL = 0
export const ITIMER_VIRTUAL = 1
export const ITIMER_PROF = 2

/** The alarm clock of a process, ITIMER_REAL: kernel/itimer.c. */
export interface itimer {
  /** Nanoseconds since boot. */
  readonly expires: number
  /** Nanoseconds; 0 for once. */
  readonly interval: number
  readonly disarm: () => void
}

/** Of an alarm that is over, and is set again once it has been taken: there is nothing to stop. */
function expired(): void {}

/** What is left until the alarm, 0 where it waits to be taken, and how often it repeats, both in nanoseconds. */
export function itimer_left(t: task_struct): { left: number; interval: number } {
  const timer = t.group.real_timer
  if (timer === null) return { left: 0, interval: 0 }
  const left = timer.expires - t.kernel.clock.now
  // One that is due is not over: it is not told as if there were none.
  return { left: timer.disarm === expired ? 0 : left > 0 ? left : 1000, interval: timer.interval }
}

/** Send SIGALRM in `first` nanoseconds, and then each `interval`; 0 for not at all. */
export function set_itimer(t: task_struct, first: number, interval: number): void {
  const { group } = t
  group.real_timer?.disarm()
  group.real_timer = null
  if (first > 0) arm(t.group_leader, t.kernel.clock.now + first, interval)
}

/**
 * The alarm has been taken: now it is set again. An alarm that nobody takes costs nothing that way.
 * kernel/signal.c:dequeue_signal().
 */
export function itimer_rearm(t: task_struct): void {
  const timer = t.group.real_timer
  const { now } = t.kernel.clock
  if (timer === null || timer.interval === 0 || timer.expires > now) return
  const periods = Math.floor((now - timer.expires) / timer.interval) + 1
  arm(t.group_leader, timer.expires + periods * timer.interval, timer.interval)
}

function arm(leader: task_struct, expires: number, interval: number): void {
  const { group, kernel } = leader
  const disarm = kernel.clock.arm(expires, () => {
    group.real_timer = interval > 0 ? { expires, interval, disarm: expired } : null
    from_kernel(SIGALRM, group.leader)
  })
  group.real_timer = { expires, interval, disarm }
}

function from_kernel(signo: number, t: task_struct): void {
  send_signal({ signo, code: SI_KERNEL, pid: 0, uid: 0, value: 0n }, t, true)
}

/** A timer that counts what a process uses of the CPU: include/linux/sched.h. Nanoseconds. */
interface cpu_itimer {
  /** Of CPU time; 0 while it is not set. */
  readonly expires: number
  /** 0 for once. */
  readonly incr: number
}

/** Those of a process: in user space alone, and in the kernel too. */
export interface cpu_itimers {
  readonly [ITIMER_VIRTUAL]: cpu_itimer
  readonly [ITIMER_PROF]: cpu_itimer
}

export type CpuTimer = keyof cpu_itimers

const NOT_SET: cpu_itimer = { expires: 0, incr: 0 }
const NONE_SET: cpu_itimers = { [ITIMER_VIRTUAL]: NOT_SET, [ITIMER_PROF]: NOT_SET }

function sample({ utime, stime }: usage, which: CpuTimer): number {
  return (which === ITIMER_VIRTUAL ? utime : utime + stime) * TICK_NSEC
}

/** What is left of a timer, and how often it repeats. kernel/time/itimer.c:get_cpu_itimer() */
export function get_cpu_itimer(t: task_struct, which: CpuTimer): { left: number; interval: number } {
  const { expires, incr } = (t.group.cpu_timers ?? NONE_SET)[which]
  const left = expires === 0 ? 0 : expires - sample(k_getrusage(t, RUSAGE_SELF), which)
  return { left: expires > 0 && left <= 0 ? TICK_NSEC : left, interval: incr }
}

/**
 * Send SIGVTALRM or SIGPROF once `first` nanoseconds have been used, and a tick more: some of the one that runs is
 * over. kernel/time/itimer.c:set_cpu_itimer()
 */
export function set_cpu_itimer(t: task_struct, which: CpuTimer, first: number, interval: number): void {
  const { group } = t
  const expires = first === 0 ? 0 : sample(k_getrusage(t, RUSAGE_SELF), which) + first + TICK_NSEC
  const timers = { ...(group.cpu_timers ?? NONE_SET), [which]: { expires, incr: interval } }
  const set = timers[ITIMER_VIRTUAL].expires + timers[ITIMER_PROF].expires > 0
  group.cpu_timers = set || interval > 0 ? timers : null
}

/** A tick of the CPU went to `t`, in user space or in the kernel. kernel/time/timer.c:update_process_times() */
export function account_tick(t: task_struct, user: boolean): void {
  if (user) t.utime++
  else t.stime++
  const { group } = t
  if (group.cpu_timers !== null || group.rlim.cur[RLIMIT_CPU] !== Infinity) check_process_timers(t)
}

/** kernel/time/posix-cpu-timers.c */
function check_process_timers(t: task_struct): void {
  const { group } = t
  const used = k_getrusage(t, RUSAGE_SELF)
  if (group.cpu_timers !== null) {
    group.cpu_timers = {
      [ITIMER_VIRTUAL]: check_cpu_itimer(t, group.cpu_timers[ITIMER_VIRTUAL], sample(used, ITIMER_VIRTUAL), SIGVTALRM),
      [ITIMER_PROF]: check_cpu_itimer(t, group.cpu_timers[ITIMER_PROF], sample(used, ITIMER_PROF), SIGPROF),
    }
  }
  const soft = group.rlim.cur[RLIMIT_CPU]
  if (soft === Infinity) return
  const seconds = sample(used, ITIMER_PROF) / NSEC_PER_SEC
  if (seconds >= Number(group.rlim.pairs[RLIMIT_CPU].rlim_max)) from_kernel(SIGKILL, t)
  else if (seconds >= soft) {
    from_kernel(SIGXCPU, t)
    raise_rlimit(group, RLIMIT_CPU, soft + 1)
  }
}

function check_cpu_itimer(t: task_struct, it: cpu_itimer, used: number, signo: number): cpu_itimer {
  const { expires, incr } = it
  if (expires === 0 || used < expires) return it
  from_kernel(signo, t)
  return { expires: incr > 0 ? expires + incr : 0, incr }
}
