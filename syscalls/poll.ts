import type { Fd, Sleeps, UserPtr } from '../kernel/types.ts'
import { EBADF, EFAULT, EINTR, EINVAL, ENOMEM, ERESTARTNOHAND } from '../kernel/errno.ts'
import type { files_struct } from '../kernel/fs/fdtable.ts'
import { RLIMIT_NOFILE, rlimit } from '../kernel/task/rlimit.ts'
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDBAND,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
  do_poll,
  type pollfd,
} from '../kernel/fs/poll.ts'
import { allocMem } from '../kernel/mm/mem.ts'
import { copy_from_user, copy_to_user } from '../kernel/mm/uaccess.ts'
import { current } from '../kernel/sched/current.ts'
import { set_blocked, type sigset_t } from '../kernel/task/signal.ts'
import { NSEC_PER_SEC } from '../kernel/time.ts'
import { SIGSET_SIZE, sigset_from_user } from './signal.ts'
import { STICKY_TIMEOUTS } from '../kernel/task/personality.ts'
import { pair_to_user, timespec_from_user } from './time.ts'

const POLLFD_SIZE = 8
/** More structs pollfd than these, and more bytes of a set, take memory. include/linux/poll.h */
const N_STACK_PPS = 30
const FDS_BYTES_ON_STACK = 42

/** What select(2) asks in each of its three sets, and what poll(2) finds then. */
const SELECT = [
  POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR,
  POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR,
  POLLPRI,
]

/** ppoll(2) */
export function* sys_ppoll(
  ufds: UserPtr,
  nfds: number,
  tsp: UserPtr,
  sigmask: UserPtr,
  sigsetsize: number,
): Sleeps<number> {
  const nsec = tsp === 0 ? null : timespec_from_user(tsp)
  if (nsec !== null && nsec < 0) return nsec
  const set = mask_from_user(sigmask, sigsetsize)
  if (typeof set === 'number') return set
  return yield* interruptible(tsp, nsec, set, (expires) => poll(ufds, nfds, expires))
}

/** pselect6(2): the sixth argument points to the signal mask and its size. */
export function* sys_pselect6(
  n: number,
  inp: UserPtr,
  outp: UserPtr,
  exp: UserPtr,
  tsp: UserPtr,
  sig: UserPtr,
): Sleeps<number> {
  const nsec = tsp === 0 ? null : timespec_from_user(tsp)
  const pair = allocMem(16)
  if (sig !== 0 && copy_from_user(pair, 0, sig, 16) > 0) return -EFAULT
  if (nsec !== null && nsec < 0) return nsec
  const size = Number(pair.dv.getBigUint64(8, true))
  const set = mask_from_user(Number(pair.dv.getBigUint64(0, true)) as UserPtr, size)
  if (typeof set === 'number') return set
  return yield* interruptible(tsp, nsec, set, (expires) => select(n, [inp, outp, exp], expires))
}

/** A mask to use meanwhile, null for none, a negative errno. */
function mask_from_user(sigmask: UserPtr, size: number): sigset_t | null | number {
  if (sigmask === 0) return null
  if (size !== SIGSET_SIZE) return -EINVAL
  return sigset_from_user(sigmask) ?? -EFAULT
}

/**
 * Wait with `set` for a signal mask. Interrupted, the old mask comes back only once the handler has run; what
 * is left of the time is put at `tsp`, so that the call can be made again.
 */
function* interruptible(
  tsp: UserPtr,
  nsec: number | null,
  set: sigset_t | null,
  wait: (expires: number | null) => Sleeps<number>,
): Sleeps<number> {
  const t = current
  const { clock } = t.kernel
  const expires = nsec === null ? null : clock.now + nsec
  const old = t.blocked
  if (set !== null) set_blocked(t, set)
  const ret = yield* wait(expires)
  const interrupted = ret === -EINTR
  if (set !== null && interrupted) t.saved_sigmask = old
  else if (set !== null) set_blocked(t, old)
  let told = 0
  const sticky = expires !== null && (t.personality & STICKY_TIMEOUTS) !== 0
  if (expires !== null && nsec !== 0 && !sticky) {
    const rest = Math.max(0, expires - clock.now)
    told = pair_to_user(tsp, Math.floor(rest / NSEC_PER_SEC), rest % NSEC_PER_SEC)
  }
  // Where the rest cannot be told, a second try would wait too long.
  return interrupted && told === 0 && !sticky ? -ERESTARTNOHAND : ret
}

/** fs/select.c:do_sys_poll() */
function* poll(ufds: UserPtr, nfds: number, expires: number | null): Sleeps<number> {
  if (nfds < 0 || nfds > rlimit(RLIMIT_NOFILE)) return -EINVAL
  if (nfds > N_STACK_PPS && current.kernel.slab.fails()) return -ENOMEM
  const mem = allocMem(Math.max(nfds, 1) * POLLFD_SIZE)
  if (nfds > 0 && copy_from_user(mem, 0, ufds, nfds * POLLFD_SIZE) > 0) return -EFAULT
  const fds = Array.from({ length: nfds }, (_, i): pollfd => {
    const at = i * POLLFD_SIZE
    return { fd: mem.dv.getInt32(at, true) as Fd, events: mem.dv.getUint16(at + 4, true), revents: 0 }
  })
  const ret = yield* do_poll(fds, expires)
  for (const [i, { revents }] of fds.entries()) {
    const at = i * POLLFD_SIZE + 6
    mem.dv.setUint16(at, revents, true)
    if (copy_to_user((ufds + at) as UserPtr, mem, at, 2) > 0) return -EFAULT
  }
  return ret
}

/** fs/select.c:core_sys_select() */
function* select(n: number, sets: readonly UserPtr[], expires: number | null): Sleeps<number> {
  if (n < 0) return -EINVAL
  // What the table has no room for is not looked at.
  const count = Math.min(n, (current.files as files_struct).room)
  const size = Math.ceil(count / 64) * 8
  if (size > FDS_BYTES_ON_STACK && current.kernel.slab.fails()) return -ENOMEM
  const mems = sets.map(() => allocMem(Math.max(size, 8)))
  for (const [i, set] of sets.entries()) {
    if (set !== 0 && size > 0 && copy_from_user(mems[i], 0, set, size) > 0) return -EFAULT
  }
  const fds: pollfd[] = []
  for (let fd = 0; fd < count; fd++) {
    const asked = SELECT.filter((_, i) => (mems[i].u8[fd >> 3] & (1 << (fd & 7))) !== 0)
    const events = asked.reduce((all, one) => all | one, 0)
    if (events === 0) continue
    if ((current.files?.fd[fd] ?? null) === null) return -EBADF
    fds.push({ fd: fd as Fd, events, revents: 0 })
  }
  let ret = yield* do_poll(fds, expires)
  if (ret < 0) return ret
  ret = 0
  const found = mems.map((mem, i) => {
    const out = allocMem(Math.max(size, 8))
    for (const { fd, revents } of fds) {
      const bit = mem.u8[fd >> 3] & (1 << (fd & 7))
      if (bit === 0 || (revents & SELECT[i]) === 0) continue
      out.u8[fd >> 3] |= bit
      ret++
    }
    return out
  })
  for (const [i, set] of sets.entries()) {
    if (set !== 0 && size > 0 && copy_to_user(set, found[i], 0, size) > 0) return -EFAULT
  }
  return ret
}
