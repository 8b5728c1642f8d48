import type { Sleeps } from '../types.ts'
import type { pid } from '../task/pid.ts'
import { EAGAIN, EDEADLK, ENOMEM } from '../errno.ts'
import { current } from '../sched/current.ts'
import { wait_event_interruptible, wait_queue_head } from '../sched/wait.ts'
import type { file } from './file.ts'
import type { files_struct } from './fdtable.ts'
import type { inode } from './inode.ts'

/**
 * Advisory locks: fs/locks.c. Those of fcntl(2) are of ranges of bytes, and belong to a process, which loses them
 * with any descriptor of the file that it closes; or to an open file. Those of flock(2) are of whole files, and
 * belong to an open file. The two kinds do not see each other. An open file loses its locks with its last reference.
 */

export const F_RDLCK = 0
export const F_WRLCK = 1
export const F_UNLCK = 2
/** Where a range ends that has no end. */
export const OFFSET_MAX = 2n ** 63n - 1n

/** A range that an owner has, or wants. */
export interface file_lock {
  /** A table of descriptors stands for the process; or an open file. */
  readonly owner: files_struct | file
  /** Of the process that took it; null where an open file owns it. */
  readonly pid: pid | null
  readonly type: number
  readonly start: bigint
  /** The last byte. */
  readonly end: bigint
}

/** A process that waits for a lock, and for whom. */
export interface blocked_lock {
  readonly ctx: file_lock_context
  readonly lock: file_lock
  readonly blocker: file_lock['owner']
}

/** The locks of one file. */
export class file_lock_context {
  /** By owner, those who came first before the others; an owner's by their place. */
  readonly posix = new Map<file_lock['owner'], file_lock[]>()
  readonly flock = new Map<file, number>()
  readonly wait: wait_queue_head

  constructor(i: inode) {
    this.wait = new wait_queue_head(`a lock on inode ${i.i_ino}`)
  }

  /** Something may have become free: who waits looks again, and waits for nobody until then. */
  wake_up(): void {
    const { blocked_locks } = current.kernel
    for (const b of blocked_locks) if (b.ctx === this) blocked_locks.delete(b)
    this.wait.wake_up()
  }
}

function context(i: inode): file_lock_context {
  return (i.i_flctx ??= new file_lock_context(i))
}

/** A lock that keeps `want` from being taken, or null. F_UNLCK asks for one's own. fs/locks.c:posix_test_lock() */
export function posix_test_lock(i: inode, want: file_lock): file_lock | null {
  for (const [owner, locks] of i.i_flctx?.posix ?? []) {
    if ((owner === want.owner) !== (want.type === F_UNLCK)) continue
    for (const fl of locks) {
      const shared = want.type === F_RDLCK && fl.type === F_RDLCK
      if (overlap(fl, want) && !shared) return fl
    }
  }
  return null
}

/** Take or drop a range: 0 or -EAGAIN. fs/locks.c:posix_lock_inode() */
export function posix_lock_file(i: inode, want: file_lock): number {
  if (want.type !== F_UNLCK && posix_test_lock(i, want) !== null) return -EAGAIN
  const ctx = context(i)
  const mine: file_lock[] = []
  let fl: file_lock | null = want.type === F_UNLCK ? null : want
  for (const old of ctx.posix.get(want.owner) ?? []) {
    const touches = old.start <= want.end + 1n && want.start <= old.end + 1n
    if (fl !== null && old.type === want.type && touches) {
      fl = { ...fl, start: min(fl.start, old.start), end: max(fl.end, old.end) }
      continue
    }
    if (!overlap(old, want)) mine.push(old)
    else {
      if (old.start < want.start) mine.push({ ...old, end: want.start - 1n })
      if (old.end > want.end) mine.push({ ...old, start: want.end + 1n })
    }
  }
  if (fl !== null) mine.push(fl)
  mine.sort((a, b) => (a.start < b.start ? -1 : 1))
  if (mine.length > 0) ctx.posix.set(want.owner, mine)
  else ctx.posix.delete(want.owner)
  ctx.wake_up()
  return 0
}

/** The same, waiting for it: 0, -EDEADLK where that would never end, -ERESTARTSYS. fs/locks.c:do_lock_file_wait() */
export function* posix_lock_file_wait(i: inode, want: file_lock): Sleeps<number> {
  const ctx = context(i)
  const { blocked_locks } = current.kernel
  for (;;) {
    const blocker = posix_test_lock(i, want)
    if (blocker === null) return posix_lock_file(i, want)
    if (posix_locks_deadlock(want, blocker)) return -EDEADLK
    const mine: blocked_lock = { ctx, lock: want, blocker: blocker.owner }
    blocked_locks.add(mine)
    try {
      const err = yield* wait_event_interruptible(ctx.wait, () => !blocked_locks.has(mine))
      if (err < 0) return err
    } finally {
      blocked_locks.delete(mine)
    }
  }
}

/** Chains longer than this are taken for none. */
const MAX_DEADLK_ITERATIONS = 10

/** Does `blocker`'s owner wait, through others maybe, for the one of `want`? fs/locks.c */
function posix_locks_deadlock(want: file_lock, blocker: file_lock): boolean {
  // An open file is nobody who could wait for another.
  if (want.pid === null) return false
  let { owner } = blocker
  for (let n = 0; n <= MAX_DEADLK_ITERATIONS; n++) {
    const waits = [...current.kernel.blocked_locks].find((b) => b.lock.pid !== null && b.lock.owner === owner)
    if (waits === undefined) return false
    owner = waits.blocker
    if (owner === want.owner) return true
  }
  return false
}

/** flock(2): take, change or drop the lock of `f`; -EAGAIN where others have it, -ENOMEM. fs/locks.c:flock_lock_inode() */
export function flock_lock_file(f: file, type: number): number {
  const ctx = context(f.f_inode)
  const had = ctx.flock.get(f)
  if (had === type) return 0
  if (had !== undefined) {
    // A lock of another kind is given up before the new one is taken.
    ctx.flock.delete(f)
    ctx.wake_up()
  }
  if (type === F_UNLCK) return 0
  if (current.kernel.slab.fails()) return -ENOMEM
  if (!flock_is_free(ctx, f, type)) return -EAGAIN
  ctx.flock.set(f, type)
  return 0
}

/** The same, waiting for it: 0, -ERESTARTSYS, -ENOMEM. */
export function* flock_lock_file_wait(f: file, type: number): Sleeps<number> {
  const ctx = context(f.f_inode)
  let ret: number
  while ((ret = flock_lock_file(f, type)) === -EAGAIN) {
    const err = yield* wait_event_interruptible(ctx.wait, () => flock_is_free(ctx, f, type))
    if (err < 0) return err
  }
  return ret
}

function flock_is_free(ctx: file_lock_context, f: file, type: number): boolean {
  for (const [other, held] of ctx.flock) if (other !== f && (type === F_WRLCK || held === F_WRLCK)) return false
  return true
}

/** A descriptor of `f` in `files` is closed: the process has no locks on the file any more. */
export function locks_remove_posix(f: file, files: files_struct): void {
  const ctx = f.f_inode.i_flctx
  if (ctx?.posix.delete(files) === true) ctx.wake_up()
}

/** `f` is closed for good. */
export function locks_remove_file(f: file): void {
  const ctx = f.f_inode.i_flctx
  if (ctx === null) return
  const had = ctx.posix.delete(f)
  if (ctx.flock.delete(f) || had) ctx.wake_up()
}

function overlap(a: file_lock, b: file_lock): boolean {
  return a.start <= b.end && b.start <= a.end
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
