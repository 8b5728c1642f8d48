import type { task_struct } from '../task/task.ts'

/**
 * The task whose code runs, on the machine that runs. The one binding of the kernel that changes and
 * is not reached through a Kernel: include/asm-generic/current.h.
 */
export let current: task_struct = undefined as unknown as task_struct

/** Only the scheduler, and who acts in a task's place, calls this. Returns the task it replaces. */
export function set_current(t: task_struct): task_struct {
  const prev = current
  current = t
  return prev
}

/** Do something of the kernel's outside of any task's time, as `t` would. */
export function actingFor<T>(t: task_struct, fn: () => T): T {
  const prev = set_current(t)
  try {
    return fn()
  } finally {
    void set_current(prev)
  }
}
