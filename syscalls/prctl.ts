import type { UserPtr, Word } from '../kernel/types.ts'
import { EFAULT, EINVAL } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_to_user, put_user_int, strncpy_from_user } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import { kernelString } from '../kernel/task/nsproxy.ts'
import { set_child_subreaper } from '../kernel/task/reparent.ts'
import { commit_creds } from '../kernel/task/setid.ts'
import { _NSIG } from '../kernel/task/signal.ts'
import { TASK_COMM_LEN, set_task_comm } from '../kernel/task/task.ts'
import { bytesOf } from '../kernel/utf8.ts'

export const PR_SET_PDEATHSIG = 1
export const PR_GET_PDEATHSIG = 2
export const PR_GET_KEEPCAPS = 7
export const PR_SET_KEEPCAPS = 8
export const PR_SET_NAME = 15
export const PR_GET_NAME = 16
export const PR_SET_CHILD_SUBREAPER = 36
export const PR_GET_CHILD_SUBREAPER = 37

/** prctl(2) */
export function sys_prctl(option: number, arg2: UserPtr, _arg3: Word, _arg4: Word, _arg5: Word): number {
  const t = current
  switch (option) {
    case PR_SET_PDEATHSIG:
      if (arg2 < 0 || arg2 > _NSIG) return -EINVAL
      t.pdeath_signal = arg2
      return 0
    case PR_GET_PDEATHSIG:
      return put_user_int(t.pdeath_signal, arg2)
    case PR_GET_KEEPCAPS:
      return t.cred.keep_caps ? 1 : 0
    case PR_SET_KEEPCAPS:
      if (arg2 < 0 || arg2 > 1) return -EINVAL
      commit_creds(t, { ...t.cred, keep_caps: arg2 !== 0 })
      return 0
    case PR_SET_NAME:
      return set_name(arg2)
    case PR_GET_NAME:
      return get_name(arg2)
    case PR_SET_CHILD_SUBREAPER:
      return set_child_subreaper(t.group, arg2 !== 0)
    case PR_GET_CHILD_SUBREAPER:
      return put_user_int(t.group.is_child_subreaper ? 1 : 0, arg2)
    default:
      return -EINVAL
  }
}

/** Name the task, cut to 15 bytes. */
function set_name(from: UserPtr): number {
  const name = strncpy_from_user(from, TASK_COMM_LEN - 1)
  if (typeof name === 'number') return name
  set_task_comm(current, name)
  return 0
}

/** What stands behind the zero of a name is nobody's business, and a restart can put anything there. get_task_comm(). */
function get_name(to: UserPtr): number {
  const name = allocMem(TASK_COMM_LEN)
  name.u8.set(bytesOf(kernelString(current.kernel.slab, current.comm, TASK_COMM_LEN)))
  return copy_to_user(to, name, 0, TASK_COMM_LEN) > 0 ? -EFAULT : 0
}
