import type { Kernel } from '../kernel.ts'
import type { MaySleep, Mem, Sleeps, UserPtr } from '../types.ts'
import { EAGAIN, EFAULT, EINVAL, ENFILE, ENOMEM } from '../errno.ts'
import { allocMem } from '../mm/mem.ts'
import { __copy_from_user, __copy_to_user } from '../mm/uaccess.ts'
import { wait_event_interruptible, wait_queue_head } from '../sched/wait.ts'
import { dentry } from './dentry.ts'
import {
  FMODE_READ,
  FMODE_WRITE,
  O_CLOEXEC,
  O_NONBLOCK,
  O_RDWR,
  alloc_file,
  type file,
  type file_operations,
} from './file.ts'
import { inode } from './inode.ts'
import { POLLIN, POLLOUT } from './poll.ts'

/** A count that is written up and read down: fs/eventfd.c of 2.6.31. */

export const EFD_SEMAPHORE = 1
export const EFD_CLOEXEC = O_CLOEXEC
export const EFD_NONBLOCK = O_NONBLOCK

/** One more than the count may be. */
const ULLONG_MAX = 0xffffffffffffffffn

class eventfd_ctx {
  /** 0 to 2^64 - 2. */
  count: bigint
  readonly semaphore: boolean
  readonly readable: wait_queue_head
  readonly writable: wait_queue_head

  constructor(count: bigint, semaphore: boolean, ino: number) {
    this.count = count
    this.semaphore = semaphore
    this.readable = new wait_queue_head(`a count in eventfd:[${ino}]`)
    this.writable = new wait_queue_head(`room in eventfd:[${ino}]`)
  }

  fits(n: bigint): boolean {
    return ULLONG_MAX - this.count > n
  }
}

const eventfd_fops: file_operations = {
  nowait: true,
  write_loops: true,

  /** The count, which then is 0; with EFD_SEMAPHORE 1 of it. */
  read(file, buf, count): MaySleep<number> {
    if (count < 8) return -EINVAL
    const ctx = ctxOf(file)
    if (ctx.count > 0n) return take(ctx, buf)
    return (file.f_flags & O_NONBLOCK) !== 0 ? -EAGAIN : eventfd_wait_read(ctx, buf)
  },

  /** Add to the count. Newer kernels refuse more than 8 bytes, 2.6.31 takes the first 8. */
  write(file, buf, count): MaySleep<number> {
    if (count < 8) return -EINVAL
    const word: Mem = allocMem(8)
    if (__copy_from_user(word, 0, buf, 8) > 0) return -EFAULT
    const n = word.dv.getBigUint64(0, true)
    if (n === ULLONG_MAX) return -EINVAL
    const ctx = ctxOf(file)
    if (ctx.fits(n)) return add(ctx, n)
    return (file.f_flags & O_NONBLOCK) !== 0 ? -EAGAIN : eventfd_wait_write(ctx, n)
  },

  /** eventfd_poll() */
  poll(file, poll_wait): number {
    const ctx = ctxOf(file)
    poll_wait(ctx.readable)
    poll_wait(ctx.writable)
    return (ctx.count > 0n ? POLLIN : 0) | (ctx.fits(1n) ? POLLOUT : 0)
  },
}

function* eventfd_wait_read(ctx: eventfd_ctx, buf: UserPtr): Sleeps<number> {
  const err = yield* wait_event_interruptible(ctx.readable, () => ctx.count > 0n)
  return err < 0 ? err : take(ctx, buf)
}

function* eventfd_wait_write(ctx: eventfd_ctx, n: bigint): Sleeps<number> {
  const err = yield* wait_event_interruptible(ctx.writable, () => ctx.fits(n))
  return err < 0 ? err : add(ctx, n)
}

/** What is taken is gone, whether or not user space could be told. */
function take(ctx: eventfd_ctx, buf: UserPtr): number {
  const taken = ctx.semaphore ? 1n : ctx.count
  ctx.count -= taken
  ctx.writable.wake_up()
  const word = allocMem(8)
  word.dv.setBigUint64(0, taken, true)
  return __copy_to_user(buf, word, 0, 8) > 0 ? -EFAULT : 8
}

function add(ctx: eventfd_ctx, n: bigint): number {
  ctx.count += n
  ctx.readable.wake_up()
  return 8
}

function ctxOf(file: file): eventfd_ctx {
  return file.private_data as eventfd_ctx
}

/** A file that counts from `count` on, or -EINVAL for a flag that is none, -ENOMEM, -ENFILE. */
export function eventfd_file_create(kernel: Kernel, count: number, flags: number): file | number {
  if ((flags & ~(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK)) !== 0) return -EINVAL
  if (kernel.slab.fails()) return -ENOMEM
  const i = new inode(kernel, kernel.nextAnonIno(), 0o600)
  const d = new dentry('anon_inode:[eventfd]', null, i)
  const f = alloc_file(kernel, d, eventfd_fops, FMODE_READ | FMODE_WRITE, O_RDWR | (flags & EFD_NONBLOCK))
  if (f === null) return -ENFILE
  f.private_data = new eventfd_ctx(BigInt(count), (flags & EFD_SEMAPHORE) !== 0, i.i_ino)
  return f
}
