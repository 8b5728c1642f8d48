import type { Sleeps, UserPtr } from '../kernel/types.ts'
import { EFAULT, EINVAL } from '../kernel/errno.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_from_user } from '../kernel/mm/uaccess.ts'
import { sleep_interruptible } from '../kernel/sched/wait.ts'
import { NSEC_PER_SEC } from '../kernel/time.ts'

/** nanosleep(2). No signal has a handler yet, so nothing is left over to report in `_rem`. */
export function* sys_nanosleep(req: UserPtr, _rem: UserPtr): Sleeps<number> {
  const ts = allocMem(16)
  if (copy_from_user(ts, 0, req, 16) > 0) return -EFAULT
  const sec = Number(ts.dv.getBigInt64(0, true))
  const nsec = Number(ts.dv.getBigInt64(8, true))
  if (sec < 0 || nsec < 0 || nsec >= NSEC_PER_SEC) return -EINVAL
  return yield* sleep_interruptible(sec * NSEC_PER_SEC + nsec)
}
