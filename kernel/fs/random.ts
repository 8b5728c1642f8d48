import type { Mem, UserPtr } from '../types.ts'
import type { file_operations } from './file.ts'
import { EFAULT } from '../errno.ts'
import { allocMem } from '../mm/mem.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { __copy_from_user, access_ok, copy_to_user } from '../mm/uaccess.ts'
import { current } from '../sched/current.ts'

/** Random bytes for programs: drivers/char/random.c. There is always enough: nobody waits. */

/** Most that one call gives. */
const INT_MAX = 0x7fffffff

/** `count` random bytes to `buf`: how many, or -EFAULT where not one could be put there. */
export function get_random_bytes_user(buf: UserPtr, count: number): number {
  const { random } = current.kernel
  const want = Math.min(count, INT_MAX)
  const chunk: Mem = allocMem(Math.min(want, PAGE_SIZE))
  for (let done = 0; done < want;) {
    const n = Math.min(want - done, PAGE_SIZE)
    random.fill(chunk, n)
    const left = copy_to_user((buf + done) as UserPtr, chunk, 0, n)
    done += n - left
    if (left > 0) return done > 0 ? done : -EFAULT
  }
  return want
}

/**
 * /dev/random and /dev/urandom. NON-SEED: what is written is read and forgotten, where Linux stirs it in: the
 * machine's randomness is its seed's alone.
 */
export const random_fops: file_operations = {
  nowait: true,
  llseek: (file) => file.f_pos,
  splice_read: true,
  splice_write: true,
  read: (_file, buf, count) => get_random_bytes_user(buf, count),
  write(_file, buf, count) {
    const chunk = allocMem(Math.min(count, PAGE_SIZE))
    for (let done = 0; done < count;) {
      const n = Math.min(count - done, PAGE_SIZE)
      const from = (buf + done) as UserPtr
      if (!access_ok(from, n)) return done > 0 ? done : -EFAULT
      const left = __copy_from_user(chunk, 0, from, n)
      done += n - left
      if (left > 0) return done > 0 ? done : -EFAULT
    }
    return count
  },
}
