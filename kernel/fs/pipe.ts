import type { Kernel } from '../kernel.ts'
import type { MaySleep, Sleeps, UserPtr } from '../types.ts'
import { EAGAIN, EFAULT, ENFILE, EPIPE, ERESTARTSYS } from '../errno.ts'
import { BUG_ON } from '../bug.ts'
import { allocMem } from '../mm/mem.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { __copy_from_user, __copy_to_user } from '../mm/uaccess.ts'
import { wait_event_interruptible, wait_queue_head } from '../sched/wait.ts'
import { current } from '../sched/current.ts'
import { SIGPIPE, send_sig } from '../task/signal.ts'
import { dentry } from './dentry.ts'
import {
  FMODE_READ,
  FMODE_WRITE,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
  alloc_file,
  fput,
  type file,
  type file_operations,
} from './file.ts'
import { S_IFIFO, inode } from './inode.ts'

/**
 * A pipe: a ring of bytes between those who write and those who read. fs/pipe.c.
 *
 * A reader finds bytes, or waits while there are writers, or meets the end of the file. A writer finds
 * room, or waits while there are readers, or gets -EPIPE. A write of at most PIPE_BUF bytes goes in
 * whole or not at all, so that several writers' lines do not mix.
 */

/** Bytes that a write puts in unbroken. */
export const PIPE_BUF = 4096
/** Bytes a pipe holds: 16 pages. */
export const PIPE_SIZE = 16 * PAGE_SIZE

export class pipe_inode_info {
  readers = 0
  writers = 0
  /** Bytes in it. */
  length = 0
  readonly #ring = allocMem(PIPE_SIZE)
  #head = 0
  readonly rd_wait: wait_queue_head
  readonly wr_wait: wait_queue_head

  constructor(ino: number) {
    this.rd_wait = new wait_queue_head(`bytes in pipe:[${ino}]`)
    this.wr_wait = new wait_queue_head(`room in pipe:[${ino}]`)
  }

  get room(): number {
    return PIPE_SIZE - this.length
  }

  /** Move up to `n` bytes in from user space. Returns how many, or -EFAULT when none could be. */
  fill(buf: UserPtr, n: number): number {
    let done = 0
    while (done < n && this.room > 0) {
      const tail = (this.#head + this.length) % PIPE_SIZE
      const chunk = Math.min(n - done, this.room, PIPE_SIZE - tail)
      const left = __copy_from_user(this.#ring, tail, (buf + done) as UserPtr, chunk)
      this.length += chunk - left
      done += chunk - left
      if (left > 0) return done > 0 ? done : -EFAULT
    }
    return done
  }

  /** Move up to `n` bytes out to user space. Returns how many, or -EFAULT when none could be. */
  drain(buf: UserPtr, n: number): number {
    let done = 0
    while (done < n && this.length > 0) {
      const chunk = Math.min(n - done, this.length, PIPE_SIZE - this.#head)
      const left = __copy_to_user((buf + done) as UserPtr, this.#ring, this.#head, chunk)
      this.#head = (this.#head + chunk - left) % PIPE_SIZE
      this.length -= chunk - left
      done += chunk - left
      if (left > 0) return done > 0 ? done : -EFAULT
    }
    return done
  }
}

const pipe_file_operations: file_operations = {
  /** pipe_read(): whatever is there; sleeps only while nothing is. */
  read(file, buf, count): MaySleep<number> {
    if (count === 0) return 0
    const pipe = pipeOf(file)
    if (pipe.length > 0) {
      const ret = pipe.drain(buf, count)
      pipe.wr_wait.wake_up()
      return ret
    }
    if (pipe.writers === 0) return 0
    if ((file.f_flags & O_NONBLOCK) !== 0) return -EAGAIN
    return pipe_wait_read(pipe, buf, count)
  },

  /** pipe_write(): all of it, sleeping for room as often as it takes. */
  write(file, buf, count): MaySleep<number> {
    if (count === 0) return 0
    const pipe = pipeOf(file)
    if (pipe.readers === 0) return broken(0)
    const ret = tryWrite(pipe, buf, count, count <= PIPE_BUF)
    if (ret === count || ret < 0) return ret
    if ((file.f_flags & O_NONBLOCK) !== 0) return ret > 0 ? ret : -EAGAIN
    return pipe_wait_write(pipe, buf, count, ret)
  },

  release(file): void {
    const pipe = pipeOf(file)
    if ((file.f_mode & FMODE_READ) !== 0) pipe.readers--
    if ((file.f_mode & FMODE_WRITE) !== 0) pipe.writers--
    BUG_ON(pipe.readers < 0 || pipe.writers < 0, 'a pipe end was released twice')
    // Whoever waits for the other side has now waited long enough.
    pipe.rd_wait.wake_up()
    pipe.wr_wait.wake_up()
  },
}

function* pipe_wait_read(pipe: pipe_inode_info, buf: UserPtr, count: number): Sleeps<number> {
  const err = yield* wait_event_interruptible(pipe.rd_wait, () => pipe.length > 0 || pipe.writers === 0)
  if (err < 0) return err
  const ret = pipe.drain(buf, count)
  pipe.wr_wait.wake_up()
  return ret
}

function* pipe_wait_write(pipe: pipe_inode_info, buf: UserPtr, count: number, done: number): Sleeps<number> {
  while (done < count) {
    const rest = count - done
    const enough = count <= PIPE_BUF ? count : 1
    const err = yield* wait_event_interruptible(pipe.wr_wait, () => pipe.room >= enough || pipe.readers === 0)
    if (pipe.readers === 0) return broken(done)
    if (err < 0) return done > 0 ? done : -ERESTARTSYS
    const ret = tryWrite(pipe, (buf + done) as UserPtr, rest, count <= PIPE_BUF)
    if (ret < 0) return done > 0 ? done : ret
    done += ret
  }
  return done
}

/** Nobody will ever read the rest: what was written before, or -EPIPE; and the writer is told by a signal too. */
function broken(done: number): number {
  send_sig(SIGPIPE, current)
  return done > 0 ? done : -EPIPE
}

/** What goes in now, with `whole` all of it or nothing: bytes moved, 0 for none, -EFAULT. */
function tryWrite(pipe: pipe_inode_info, buf: UserPtr, count: number, whole: boolean): number {
  if (whole && pipe.room < count) return 0
  const ret = pipe.fill(buf, count)
  if (ret > 0) pipe.rd_wait.wake_up()
  return ret
}

function pipeOf(file: file): pipe_inode_info {
  return file.private_data as pipe_inode_info
}

/** Both ends of a new pipe, or a negative errno. do_pipe_flags() without the descriptors. */
export function create_pipe_files(kernel: Kernel, flags: number): [file, file] | number {
  const i = new inode(kernel, kernel.nextAnonIno(), S_IFIFO | 0o600)
  const pipe = new pipe_inode_info(i.i_ino)
  const d = new dentry(`pipe:[${i.i_ino}]`, null, i)
  const rd = alloc_file(kernel, d, pipe_file_operations, FMODE_READ, O_RDONLY | (flags & O_NONBLOCK))
  if (rd === null) return -ENFILE
  rd.private_data = pipe
  pipe.readers++
  const wr = alloc_file(kernel, d, pipe_file_operations, FMODE_WRITE, O_WRONLY | (flags & O_NONBLOCK))
  if (wr === null) {
    fput(rd)
    return -ENFILE
  }
  wr.private_data = pipe
  pipe.writers++
  return [rd, wr]
}
