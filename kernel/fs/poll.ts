import type { Fd, Sleeps } from '../types.ts'
import type { file } from './file.ts'
import { EINTR } from '../errno.ts'
import { current } from '../sched/current.ts'
import { signal_pending, wait_any_interruptible, wait_queue_head } from '../sched/wait.ts'
import { fget } from './fdtable.ts'
import { fput } from './file.ts'

/** Waiting for one of several files: fs/select.c. */

export const POLLIN = 0x1
export const POLLPRI = 0x2
export const POLLOUT = 0x4
export const POLLERR = 0x8
export const POLLHUP = 0x10
export const POLLNVAL = 0x20
export const POLLRDNORM = 0x40
export const POLLRDBAND = 0x80
export const POLLWRNORM = 0x100
export const POLLWRBAND = 0x200

/** Of a file that never makes anybody wait. */
const DEFAULT_POLLMASK = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM

/** One file to look at, and what has been found of what was asked. */
export interface pollfd {
  readonly fd: Fd
  readonly events: number
  revents: number
}

/**
 * Wait until there is something to tell of one of `fds`, or until `expires` (nanoseconds since boot; null for
 * ever). How many have something; 0 when time is up, -EINTR.
 */
export function* do_poll(fds: readonly pollfd[], expires: number | null): Sleeps<number> {
  const t = current
  const { clock } = t.kernel
  const files = fds.map(({ fd }) => (fd < 0 ? null : fget(fd)))
  const timer = new wait_queue_head('one of several files')
  const disarm = expires === null ? null : clock.arm(expires, () => timer.wake_up())
  const late = (): boolean => expires !== null && clock.now >= expires
  try {
    const queues = new Set<wait_queue_head>()
    let count = look(fds, files, queues)
    if (count === 0 && !late()) {
      const again = (): boolean => (count = look(fds, files, null)) > 0 || late()
      void (yield* wait_any_interruptible([...queues, timer], again))
    }
    return count === 0 && signal_pending(t) ? -EINTR : count
  } finally {
    disarm?.()
    for (const f of files) if (f !== null) fput(f)
  }
}

/** Ask each file once; `queues` gets where it would tell of news. */
function look(fds: readonly pollfd[], files: readonly (file | null)[], queues: Set<wait_queue_head> | null): number {
  let count = 0
  for (const [i, p] of fds.entries()) {
    const f = files[i]
    if (f === null) p.revents = p.fd < 0 ? 0 : POLLNVAL
    else {
      const mask = f.f_op.poll?.(f, (wq) => queues?.add(wq)) ?? DEFAULT_POLLMASK
      p.revents = mask & (p.events | POLLERR | POLLHUP)
    }
    if (p.revents !== 0) count++
  }
  return count
}
