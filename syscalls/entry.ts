import type { MaySleep, Sleeps, Word } from '../kernel/types.ts'
import type { Abi } from '../kernel/kernel.ts'
import type { SyscallArgs } from '../kernel/trace.ts'
import type { task_struct } from '../kernel/task/task.ts'
import { ENOSYS, ERESTARTNOINTR } from '../kernel/errno.ts'
import { may } from '../kernel/sched/may_sleep.ts'
import { account_tick } from '../kernel/task/itimer.ts'
import { syscall_exit } from '../kernel/task/cpu.ts'
import { __NR_rt_sigreturn } from '../kernel/task/deliver.ts'
import { TICK_NSEC } from '../kernel/time.ts'
import { showEnd, showSignal, shownCall } from './strace.ts'
import { plain_call_table, rows, sys_call_table, syscallName } from './table.ts'

/**
 * From a trap to the system call and back: what entry.S and the syscall exit path do in Linux.
 *
 * A program of the host's realm calls enter() itself, so a call that need not sleep is a plain function
 * call; every other kind of context traps, and comes through `abi.trap`.
 */

/** What enter() returns when the result comes later: the task is off the CPU. */
export const TRAPPED = null

/** Make system call `nr` for `t`, the task that runs. Its result, or TRAPPED. */
export function enter(
  t: task_struct,
  nr: number,
  a0: Word,
  a1: Word,
  a2: Word,
  a3: Word,
  a4: Word,
  a5: Word,
): number | null {
  const { kernel } = t
  kernel.slice_left--
  if (kernel.watched) return enter_slow(t, nr, [a0, a1, a2, a3, a4, a5])
  let ret: MaySleep<number>
  if (isPlain(a0) && isPlain(a1) && isPlain(a2) && isPlain(a3) && isPlain(a4) && isPlain(a5)) {
    const call = plain_call_table[nr]
    ret = call === undefined ? -ENOSYS : call(a0, a1, a2, a3, a4, a5)
  } else {
    const call = sys_call_table[nr]
    ret = call === undefined ? -ENOSYS : call(a0, a1, a2, a3, a4, a5)
  }
  if (typeof ret === 'number') {
    if (kernel.slice_left > 0 && t.sigpending === 0) return ret
    if (kernel.given_up >= 0) return leave(t, nr, ret)
  }
  const args = t.syscall_args
  args[0] = a0
  args[1] = a1
  args[2] = a2
  args[3] = a3
  args[4] = a4
  args[5] = a5
  return leave(t, nr, ret)
}

/** Is it an int that is not negative, and so its own conversion to whatever C type a parameter has? */
function isPlain(word: Word): boolean {
  return typeof word === 'number' && (word & 0x7fff_ffff) === word
}

/** The same when somebody watches or interferes. */
function enter_slow(t: task_struct, nr: number, args: SyscallArgs): number | null {
  for (let i = 0; i < args.length; i++) t.syscall_args[i] = args[i]
  // A handler's end is no call of the program's.
  const inTurn = t.kernel.chooser !== null && nr !== __NR_rt_sigreturn
  return leave(t, nr, inTurn ? call_in_turn(t, nr, args) : call_slow(t, nr, args))
}

/** Make the call when the task is chosen next. */
function* call_in_turn(t: task_struct, nr: number, args: SyscallArgs): Sleeps<number> {
  // Made behind the handlers of the signals that came before it.
  if (!(yield* t.kernel.choices.entry(t))) return -ERESTARTNOINTR
  return yield* may(call_slow(t, nr, args))
}

function call_slow(t: task_struct, nr: number, args: SyscallArgs): MaySleep<number> {
  const { trace, inject } = t.kernel
  if (trace.sys_enter.enabled) trace.sys_enter.emit(t, nr, args)
  const fault = inject.syscall(nr)
  // Killed on its way in: the call is not made, and nobody sees it return.
  if (fault?.injected === false) return fault.retval
  const call = sys_call_table[nr]
  const ret = fault?.retval ?? (call === undefined ? -ENOSYS : call(...args))
  if (typeof ret !== 'number') return tracedSleep(t, nr, args, ret)
  if (trace.sys_exit.enabled) trace.sys_exit.emit(t, nr, args, ret, fault !== null)
  return ret
}

function* tracedSleep(t: task_struct, nr: number, args: SyscallArgs, call: Sleeps<number>): Sleeps<number> {
  const ret = yield* call
  if (t.kernel.trace.sys_exit.enabled) t.kernel.trace.sys_exit.emit(t, nr, args, ret, false)
  return ret
}

/**
 * The way out of a call: back to user space where nothing is in the way, else through the scheduler. A
 * call that sleeps is started; `t` keeps it and goes on with it when it is scheduled again.
 */
function leave(t: task_struct, nr: number, call: MaySleep<number>): number | null {
  t.syscall_nr = nr
  let ret = call
  if (typeof ret !== 'number') {
    const r = ret.next()
    if (r.done !== true) {
      t.kstack = ret
      return TRAPPED
    }
    ret = r.value
  }
  const { kernel } = t
  if (kernel.given_up >= 0) {
    kernel.slice_left = kernel.given_up
    kernel.given_up = -1
    return off_cpu(t, ret)
  }
  const sliceOver = kernel.slice_left <= 0
  if (sliceOver) {
    kernel.clock.advance(TICK_NSEC)
    account_tick(t, true)
    void kernel.begin_slice()
  }
  if (t.sigpending === 0 && !(sliceOver && (kernel.rq.length > 0 || kernel.budget <= 0))) {
    t.syscall_nr = -1
    return ret
  }
  return off_cpu(t, ret)
}

/** The call is over, and `t` sees its result when it has its turn again. */
function off_cpu(t: task_struct, ret: number): null {
  syscall_exit(t, ret)
  t.syscall_nr = -1
  t.kernel.rq.enqueue(t)
  return TRAPPED
}

/** The system calls, for start_kernel(). */
export const abi: Abi = {
  trap(t, context) {
    const [a0, a1, a2, a3, a4, a5] = context.args
    const ret = enter(t, context.nr, a0, a1, a2, a3, a4, a5)
    if (ret === TRAPPED) return false
    context.setResult(ret)
    return true
  },
  name: syscallName,
  calls: () => rows.map(({ nr, name }) => [nr, name] as const),
  shown: shownCall,
  siginfo: showSignal,
  end: showEnd,
}
