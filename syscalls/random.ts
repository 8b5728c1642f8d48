import type { UserPtr } from '../kernel/types.ts'
import { EINVAL } from '../kernel/errno.ts'
import { get_random_bytes_user } from '../kernel/fs/random.ts'

export const GRND_NONBLOCK = 1
export const GRND_RANDOM = 2
export const GRND_INSECURE = 4

/** getrandom(2) */
export function sys_getrandom(buf: UserPtr, count: number, flags: number): number {
  if ((flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)) !== 0) return -EINVAL
  if ((flags & (GRND_RANDOM | GRND_INSECURE)) === (GRND_RANDOM | GRND_INSECURE)) return -EINVAL
  return get_random_bytes_user(buf, count)
}
