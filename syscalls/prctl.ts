import type { UserPtr, Word } from '../kernel/types.ts'
import { EFAULT, EINVAL, EPERM } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_to_user, put_user_int, strncpy_from_user } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import {
  CAP_FULL_SET,
  CAP_SETPCAP,
  SECBIT_KEEP_CAPS,
  SECBIT_KEEP_CAPS_LOCKED,
  capable,
  may_set_securebits,
} from '../kernel/task/cred.ts'
import { kernelString } from '../kernel/task/nsproxy.ts'
import { set_child_subreaper } from '../kernel/task/reparent.ts'
import { commit_creds } from '../kernel/task/setid.ts'
import { _NSIG } from '../kernel/task/signal.ts'
import { TASK_COMM_LEN, set_task_comm } from '../kernel/task/task.ts'
import { bytesOf } from '../kernel/utf8.ts'

export const PR_SET_PDEATHSIG = 1
export const PR_GET_PDEATHSIG = 2
export const PR_GET_DUMPABLE = 3
export const PR_SET_DUMPABLE = 4
export const PR_GET_KEEPCAPS = 7
export const PR_SET_KEEPCAPS = 8
export const PR_GET_TIMING = 13
export const PR_SET_TIMING = 14
export const PR_SET_NAME = 15
export const PR_GET_NAME = 16
export const PR_CAPBSET_READ = 23
export const PR_CAPBSET_DROP = 24
export const PR_GET_SECUREBITS = 27
export const PR_SET_SECUREBITS = 28
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
    case PR_GET_DUMPABLE:
      return t.mm?.dumpable === true ? 1 : 0
    case PR_SET_DUMPABLE:
      return set_dumpable(arg2)
    case PR_GET_TIMING:
      return 0
    case PR_SET_TIMING:
      // Time is counted in ticks, never measured.
      return arg2 === 0 ? 0 : -EINVAL
    case PR_GET_KEEPCAPS:
    case PR_SET_KEEPCAPS:
    case PR_GET_SECUREBITS:
    case PR_SET_SECUREBITS:
    case PR_CAPBSET_READ:
    case PR_CAPBSET_DROP:
      return cap_task_prctl(option, arg2)
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

function set_dumpable(arg2: number): number {
  if (arg2 !== 0 && arg2 !== 1) return -EINVAL
  if (current.mm !== null) current.mm.dumpable = arg2 === 1
  return 0
}

/** The options that are about capabilities. security/commoncap.c:cap_task_prctl() */
function cap_task_prctl(option: number, arg2: number): number {
  const { cred } = current
  const bits = cred.securebits
  switch (option) {
    case PR_GET_SECUREBITS:
      return bits
    case PR_SET_SECUREBITS:
      return may_set_securebits(cred, arg2) ? set_securebits(arg2) : -EPERM
    case PR_GET_KEEPCAPS:
      return (bits & SECBIT_KEEP_CAPS) === 0 ? 0 : 1
    case PR_SET_KEEPCAPS:
      if (arg2 < 0 || arg2 > 1) return -EINVAL
      if ((bits & SECBIT_KEEP_CAPS_LOCKED) !== 0) return -EPERM
      return set_securebits(arg2 === 0 ? bits & ~SECBIT_KEEP_CAPS : bits | SECBIT_KEEP_CAPS)
    case PR_CAPBSET_DROP:
      if (!capable(cred, CAP_SETPCAP)) return -EPERM
      if (!cap_valid(arg2)) return -EINVAL
      commit_creds(current, { ...cred, cap_bset: cred.cap_bset & ~(1n << BigInt(arg2)) })
      return 0
    default:
      return cap_valid(arg2) ? Number((cred.cap_bset >> BigInt(arg2)) & 1n) : -EINVAL
  }
}

function cap_valid(cap: number): boolean {
  return cap >= 0 && CAP_FULL_SET >> BigInt(cap) !== 0n
}

function set_securebits(securebits: number): number {
  commit_creds(current, { ...current.cred, securebits })
  return 0
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
