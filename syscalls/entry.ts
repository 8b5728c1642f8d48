import type { Sleeps, Word } from '../kernel/types.ts'
import type { Abi } from '../kernel/kernel.ts'
import type { SyscallArgs } from '../kernel/trace.ts'
import type { task_struct } from '../kernel/task/task.ts'
import { ENOSYS } from '../kernel/errno.ts'
import { TICK_NSEC } from '../kernel/time.ts'
import { sys_call_table, syscallName } from './table.ts'

/**
 * From a trap to the system call and back: what entry.S and the syscall exit path do in Linux.
 *
 * A program of the host's realm calls enter() itself, so a call that need not sleep is a plain function
 * call; every other kind of context traps, and comes through `abi.trap`.
 */

/** What enter() returns when the result comes later: the task is off the CPU. No system call returns it. */
export const TRAPPED = -0x80000000

/** Make system call `nr` for `t`, the task that runs. Its result, or TRAPPED. */
export function enter(t: task_struct, nr: number, a0: Word, a1: Word, a2: Word, a3: Word, a4: Word, a5: Word): number {
  const { kernel } = t
  kernel.slice_left--
  if (kernel.slow_syscalls) return enter_slow(t, nr, [a0, a1, a2, a3, a4, a5])
  const call = sys_call_table[nr]
  const ret = call === undefined ? -ENOSYS : call(a0, a1, a2, a3, a4, a5)
  return typeof ret === 'number' ? leave(t, ret) : sleep(t, nr, ret)
}

/** The same when somebody watches or interferes. */
function enter_slow(t: task_struct, nr: number, args: SyscallArgs): number {
  const { trace, inject } = t.kernel
  if (trace.sys_enter.enabled) trace.sys_enter.emit(t, nr, args)
  const action = inject.syscalls.get(nr)?.hit() ?? null
  if (action !== null && 'retval' in action) {
    if (trace.sys_exit.enabled) trace.sys_exit.emit(t, nr, args, action.retval, true)
    return leave(t, action.retval)
  }
  const call = sys_call_table[nr]
  const ret = call === undefined ? -ENOSYS : call(...args)
  if (typeof ret !== 'number') return sleep(t, nr, tracedSleep(t, nr, args, ret))
  if (trace.sys_exit.enabled) trace.sys_exit.emit(t, nr, args, ret, false)
  return leave(t, ret)
}

function* tracedSleep(t: task_struct, nr: number, args: SyscallArgs, call: Sleeps<number>): Sleeps<number> {
  const ret = yield* call
  if (t.kernel.trace.sys_exit.enabled) t.kernel.trace.sys_exit.emit(t, nr, args, ret, false)
  return ret
}

/** Start a call that may sleep. If it does, `t` keeps it and goes on when it is scheduled again. */
function sleep(t: task_struct, nr: number, call: Sleeps<number>): number {
  const r = call.next()
  if (r.done === true) return leave(t, r.value)
  t.kstack = call
  t.syscall_nr = nr
  return TRAPPED
}

/** The way out of a call: straight back to user space, unless the slice is over or a signal waits. */
function leave(t: task_struct, ret: number): number {
  if (t.kernel.slice_left > 0 && t.sigpending === 0) return ret
  return leave_slow(t, ret)
}

function leave_slow(t: task_struct, ret: number): number {
  const { kernel } = t
  if (kernel.slice_left <= 0) {
    kernel.clock.advance(TICK_NSEC)
    kernel.begin_slice()
  }
  if (t.sigpending === 0 && kernel.rq.length === 0 && kernel.budget > 0) return ret
  t.context?.setResult(ret)
  kernel.rq.enqueue(t)
  return TRAPPED
}

/** The system calls, for start_kernel(). */
export const abi: Abi = {
  trap(t, context) {
    const [a0, a1, a2, a3, a4, a5] = context.args
    const ret = enter(t, context.nr, a0, a1, a2, a3, a4, a5)
    if (ret !== TRAPPED) context.setResult(ret)
  },
  name: syscallName,
}
