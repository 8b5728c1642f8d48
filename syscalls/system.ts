import type { MaySleep, UserPtr, Word } from '../kernel/types.ts'
import { EFAULT, EINVAL } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { koff } from '../kernel/mm/slab.ts'
import { copy_from_user, copy_to_user, strncpy_from_user } from '../kernel/mm/uaccess.ts'
import { bytesOf } from '../kernel/utf8.ts'
import { current } from '../kernel/sched/current.ts'
import { after } from '../kernel/sched/may_sleep.ts'
import { __NEW_UTS_LEN, kernelString, new_utsname, utsname } from '../kernel/task/nsproxy.ts'
import { TASK_COMM_LEN, set_task_comm } from '../kernel/task/task.ts'

export const PR_SET_NAME = 15
export const PR_GET_NAME = 16

/** uname(2) */
export function sys_newuname(name: UserPtr): MaySleep<number> {
  const { kernel } = current
  return after(kernel.uts_sem.down_read(), () => {
    const { addr } = utsname()
    const left = copy_to_user(name, kernel.slab.mem(addr), koff(addr), new_utsname.sizeof)
    kernel.uts_sem.up_read()
    return left > 0 ? -EFAULT : 0
  })
}

/** sethostname(2) */
export function sys_sethostname(name: UserPtr, len: number): MaySleep<number> {
  if (len < 0 || len > __NEW_UTS_LEN) return -EINVAL
  const { kernel } = current
  return after(kernel.uts_sem.down_write(), () => {
    const tmp = allocMem(__NEW_UTS_LEN + 1)
    const left = copy_from_user(tmp, 0, name, len)
    const { nodename } = utsname()
    if (left === 0) kernel.slab.mem(nodename).u8.set(tmp.u8, koff(nodename))
    kernel.uts_sem.up_write()
    return left > 0 ? -EFAULT : 0
  })
}

/** prctl(2): the name of the task, cut to 15 bytes when it is set. */
export function sys_prctl(option: number, arg2: UserPtr, _arg3: Word, _arg4: Word, _arg5: Word): number {
  const { comm, kernel } = current
  if (option === PR_SET_NAME) {
    const name = strncpy_from_user(arg2, TASK_COMM_LEN - 1)
    if (typeof name === 'number') return name
    set_task_comm(current, name)
    return 0
  }
  if (option !== PR_GET_NAME) return -EINVAL
  // get_task_comm(): what stands behind the zero is nobody's business, and a restart can put anything there.
  const name = allocMem(TASK_COMM_LEN)
  name.u8.set(bytesOf(kernelString(kernel.slab, comm, TASK_COMM_LEN)))
  return copy_to_user(arg2, name, 0, TASK_COMM_LEN) > 0 ? -EFAULT : 0
}

/** brk(2): the new end of the heap, or the old one where it cannot be had. */
export function sys_brk(end: UserPtr): number {
  return current.mm?.brk(end) ?? 0
}
