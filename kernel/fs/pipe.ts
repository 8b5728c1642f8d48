import type { Kernel } from '../kernel.ts'
import type { ByteString, Mem, MaySleep, UserPtr } from '../types.ts'
import { EAGAIN, EFAULT, ENFILE, ENOMEM, ENOTTY, EPIPE } from '../errno.ts'
import { BUG_ON } from '../bug.ts'
import { allocMem } from '../mm/mem.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { __copy_from_user, __copy_to_user, put_user_int } from '../mm/uaccess.ts'
import { FIONREAD } from '../tty/ioctls.ts'
import { wait_queue_head } from '../sched/wait.ts'
import { current } from '../sched/current.ts'
import { SIGPIPE, send_sig_current } from '../task/signal.ts'
import { file_accessed, file_update_time } from './attr.ts'
import { dentry } from './dentry.ts'
import {
  FMODE_READ,
  FMODE_STREAM,
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
import { no_owner, type page_owner, type pipe_buffer } from './pipe_buffer.ts'
import { when_unlocked } from './pipe_lock.ts'
import { EIOCBRETRY, task_kiocb, type kiocb_operations } from './kiocb.ts'
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from './poll.ts'

/**
 * A pipe: pages of bytes between those who write and those who read. fs/pipe.c.
 *
 * A reader finds bytes, or waits while there are writers, or meets the end of the file. A writer finds
 * room, or waits while there are readers, or gets -EPIPE. Room is a whole page, or enough of the last one:
 * so a write of at most PIPE_BUF bytes goes in whole or not at all, and so a pipe can be full of fewer bytes
 * than PIPE_SIZE.
 */

/** Bytes that a write puts in unbroken. */
export const PIPE_BUF = 4096
/** Pages that a pipe has, unless F_SETPIPE_SZ gives it others. */
export const PIPE_BUFFERS = 16
/** Most bytes that a pipe holds. */
export const PIPE_SIZE = PIPE_BUFFERS * PAGE_SIZE

/** In the place of a buffer that another pipe has taken over. */
const GONE: pipe_buffer = { page: allocMem(0), offset: 0, len: 0, merge: false, owner: no_owner }

export class pipe_inode_info {
  readers = 0
  writers = 0
  /** Writers that sleep for room. */
  waiting_writers = 0
  /** Pages that may hold something: a power of two. */
  max_usage = PIPE_BUFFERS
  /** Pages that hold something, from #curbuf on around the ring. */
  nrbufs = 0
  #curbuf = 0
  /** Made when first used, and kept, whether or not the machine's page behind them is. */
  #bufs: pipe_buffer[] = []
  /** The machine's pages that the pipe has: those that hold something, and one for the next write. */
  #pages = 0
  readonly #kernel: Kernel
  readonly named: boolean // Then it keeps times, which others do not since Linux 6.15.
  readonly rd_wait: wait_queue_head
  readonly wr_wait: wait_queue_head
  /** How often an end was opened, and who waits for that: a named pipe's. */
  r_counter = 0
  w_counter = 0
  readonly r_partner: wait_queue_head
  readonly w_partner: wait_queue_head

  constructor(kernel: Kernel, name: ByteString, named = false) {
    this.#kernel = kernel
    this.named = named
    this.rd_wait = new wait_queue_head(`bytes in ${name}`)
    this.wr_wait = new wait_queue_head(`room in ${name}`)
    this.r_partner = new wait_queue_head(`a reader of ${name}`)
    this.w_partner = new wait_queue_head(`a writer of ${name}`)
  }

  /** Move up to `n` bytes out to user space, page by page: how many, or -EFAULT where the first cannot be. */
  drain(buf: UserPtr, n: number): number {
    let done = 0
    let released = false
    while (done < n && this.nrbufs > 0) {
      const b = this.#bufs[this.#curbuf]
      const chars = Math.min(b.len, n - done)
      if (__copy_to_user((buf + done) as UserPtr, b.page, b.offset, chars) > 0) break
      done += chars
      b.offset += chars
      b.len -= chars
      if (b.len > 0) continue
      this.#release(b)
      released = true
    }
    if (released) this.wr_wait.wake_up()
    return done === 0 && n > 0 && this.nrbufs > 0 ? -EFAULT : done
  }

  /** Put the odd end of a write of `n` bytes behind what the last page holds: how many, or -EFAULT. */
  merge(buf: UserPtr, n: number): number {
    const chars = n & (PAGE_SIZE - 1)
    if (chars === 0 || this.nrbufs === 0) return 0
    const last = this.#bufs[(this.#curbuf + this.nrbufs - 1) & (this.max_usage - 1)]
    if (!last.merge || last.offset + last.len + chars > PAGE_SIZE) return 0
    if (__copy_from_user(last.page, last.offset + last.len, buf, chars) > 0) return -EFAULT
    // Nobody waits to read what has something in it.
    last.len += chars
    return chars
  }

  /** Move up to `n` bytes in to new pages: how many, or -EFAULT or -ENOMEM where that holds for the first. */
  fill(buf: UserPtr, n: number): number {
    let done = 0
    let error = 0
    while (done < n && this.nrbufs < this.max_usage) {
      const b = this.#newbuf()
      const chars = Math.min(PAGE_SIZE, n - done)
      if (b === null) error = -ENOMEM
      else if (__copy_from_user(b.page, 0, (buf + done) as UserPtr, chars) > 0) error = -EFAULT
      if (b === null || error < 0) break
      b.offset = 0
      b.len = chars
      b.merge = true
      this.nrbufs++
      done += chars
    }
    if (done > 0) this.rd_wait.wake_up()
    return done > 0 ? done : error
  }

  /** Put a page that is not the pipe's behind the rest, without copying it: 0 or -ENOMEM. There must be room. */
  push(page: Mem, offset: number, len: number, owner: page_owner): number {
    if (!this.#pay()) return -ENOMEM
    owner.get_page(page)
    this.#append({ page, offset, len, merge: false, owner })
    return 0
  }

  /** Take the first buffer of `from` over, as it is: 0 or -ENOMEM. There must be room. */
  adopt(from: pipe_inode_info): number {
    if (!this.#pay()) return -ENOMEM
    this.#append(from.#bufs[from.#curbuf])
    from.#bufs[from.#curbuf] = GONE
    from.#release(GONE)
    from.wr_wait.wake_up()
    return 0
  }

  /** No write goes on in the page of the last buffer. */
  seal(): void {
    this.#bufs[(this.#curbuf + this.nrbufs - 1) & (this.max_usage - 1)].merge = false
  }

  #append(b: pipe_buffer): void {
    this.#bufs[(this.#curbuf + this.nrbufs) & (this.max_usage - 1)] = b
    this.nrbufs++
    this.rd_wait.wake_up()
  }

  /** Have room for so many pages, at least for those that hold something. */
  resize(slots: number): void {
    const { nrbufs, max_usage } = this
    this.#bufs = Array.from({ length: nrbufs }, (_, i) => this.#bufs[(this.#curbuf + i) & (max_usage - 1)])
    this.#curbuf = 0
    this.max_usage = slots
    if (slots > max_usage) this.wr_wait.wake_up()
  }

  /** What is read after `i` others, or null. */
  buffer(i: number): pipe_buffer | null {
    return i < this.nrbufs ? this.#bufs[(this.#curbuf + i) & (this.max_usage - 1)] : null
  }

  /** `n` bytes of the first buffer have been read. */
  consume(n: number): void {
    const b = this.#bufs[this.#curbuf]
    b.offset += n
    b.len -= n
    if (b.len > 0) return
    this.#release(b)
    this.wr_wait.wake_up()
  }

  /** Bytes to be read. */
  get bytes(): number {
    let n = 0
    for (let i = 0; i < this.nrbufs; i++) n += this.#bufs[(this.#curbuf + i) & (this.max_usage - 1)].len
    return n
  }

  /** The machine's pages that it has. */
  get pages(): number {
    return this.#pages
  }

  /** Give all pages back: nobody has an end any more. */
  free(): void {
    while (this.nrbufs > 0) this.#release(this.#bufs[this.#curbuf])
    for (; this.#pages > 0; this.#pages--) this.#kernel.pages.give()
  }

  /** The buffer behind the last, its page paid for; null when there is no page. */
  #newbuf(): pipe_buffer | null {
    if (!this.#pay()) return null
    const at = (this.#curbuf + this.nrbufs) & (this.max_usage - 1)
    const b = this.#bufs[at] as pipe_buffer | undefined
    if (b?.owner === null) return b
    return (this.#bufs[at] = { page: allocMem(PAGE_SIZE), offset: 0, len: 0, merge: true, owner: null })
  }

  /** A page of the machine's for one buffer more; false when there is none. */
  #pay(): boolean {
    if (this.#pages > this.nrbufs) return true
    if (!this.#kernel.pages.take()) return false
    this.#pages++
    return true
  }

  /** The oldest page is read empty. */
  #release(b: pipe_buffer): void {
    if (b.owner !== null) b.owner.put_page(b.page)
    this.#curbuf = (this.#curbuf + 1) & (this.max_usage - 1)
    this.nrbufs--
    if (this.#pages === this.nrbufs + 1) return
    this.#kernel.pages.give()
    this.#pages--
  }
}

export const pipe_file_operations: file_operations = {
  /** pipe_read(): whatever is there, and what writers that sleep for room have yet to put in. */
  read(file, buf, count): MaySleep<number> {
    if (count === 0) return 0
    const pipe = pipeOf(file)
    const ret = pipe.nrbufs === 0 ? 0 : pipe.drain(buf, count)
    return readResult(file, ret, count) ?? task_kiocb(current).sleepOn(pipe.rd_wait, pipe_reader, file, buf, count, ret)
  },

  /** pipe_write(): all of it, sleeping for room as often as it takes. */
  write(file, buf, count): MaySleep<number> {
    if (count === 0) return 0
    const pipe = pipeOf(file)
    if (pipe.readers === 0) return broken(0)
    let ret = pipe.merge(buf, count)
    if (ret >= 0 && ret < count) {
      const more = pipe.fill((buf + ret) as UserPtr, count - ret)
      ret = more < 0 && ret > 0 ? ret : ret + more
    }
    const result = writeResult(file, ret, count)
    if (result !== null) return result
    pipe.waiting_writers++
    return task_kiocb(current).sleepOn(pipe.wr_wait, pipe_writer, file, buf, count, ret)
  },

  /** pipe_poll(): there is room while a page is free. */
  poll(file, poll_wait): number {
    const pipe = pipeOf(file)
    poll_wait(pipe.rd_wait)
    poll_wait(pipe.wr_wait)
    let mask = 0
    if ((file.f_mode & FMODE_READ) !== 0) {
      if (pipe.nrbufs > 0) mask |= POLLIN | POLLRDNORM
      if (pipe.writers === 0) mask |= POLLHUP
    }
    if ((file.f_mode & FMODE_WRITE) !== 0) {
      if (pipe.nrbufs < pipe.max_usage) mask |= POLLOUT | POLLWRNORM
      if (pipe.readers === 0) mask |= POLLERR
    }
    return mask
  },

  /** pipe_ioctl(): FIONREAD, the bytes that are there. */
  ioctl(file, cmd, arg): MaySleep<number> {
    const pipe = pipeOf(file)
    return cmd === FIONREAD ? when_unlocked(pipe, () => put_user_int(pipe.bytes, arg)) : -ENOTTY
  },

  release(file): void {
    void pipe_release(file)
  },
}

/** Take away the ends that `file` has. Returns the pipe. */
export function pipe_release(file: file): pipe_inode_info {
  const pipe = pipeOf(file)
  if ((file.f_mode & FMODE_READ) !== 0) pipe.readers--
  if ((file.f_mode & FMODE_WRITE) !== 0) pipe.writers--
  BUG_ON(pipe.readers < 0 || pipe.writers < 0, 'a pipe end was released twice')
  if (pipe.readers + pipe.writers === 0) pipe.free()
  // Whoever waits for the other side has now waited long enough.
  pipe.rd_wait.wake_up()
  pipe.wr_wait.wake_up()
  return pipe
}

/** The result of a read that has moved `ret` bytes so far, or null where it has to wait for more. */
function readResult(file: file, ret: number, count: number): number | null {
  const pipe = pipeOf(file)
  if (ret > 0 && pipe.named) file_accessed(file)
  // Bytes are left where the buffer is full or faulted.
  if (ret < 0 || ret === count || pipe.nrbufs > 0 || pipe.writers === 0) return ret
  // What a writer is about to put in is waited for, even with O_NONBLOCK: it is on its way.
  if (pipe.waiting_writers > 0) return null
  if (ret > 0) return ret
  return (file.f_flags & O_NONBLOCK) !== 0 ? -EAGAIN : null
}

const pipe_reader: kiocb_operations = {
  retry(iocb) {
    const file = iocb.ki_filp as file
    const done = iocb.ki_done
    const more = pipeOf(file).drain((iocb.ki_buf + done) as UserPtr, iocb.ki_nbytes - done)
    const ret = more < 0 && done > 0 ? done : done + more
    iocb.ki_done = ret
    return readResult(file, ret, iocb.ki_nbytes) ?? -EIOCBRETRY
  },
}

/** Nobody will ever read the rest: what was written before, or -EPIPE; and the writer is told by a signal too. */
function broken(done: number): number {
  if (current.uio?.nosignal !== true) send_sig_current(SIGPIPE)
  return done > 0 ? done : -EPIPE
}

/** The result of a write that has moved `ret` bytes so far, or null where it has to wait for room. */
function writeResult(file: file, ret: number, count: number): number | null {
  const pipe = pipeOf(file)
  if (ret > 0 && pipe.named) file_update_time(file)
  // Room is left where the rest cannot be had.
  if (ret < 0 || ret === count || pipe.nrbufs < pipe.max_usage) return ret
  if ((file.f_flags & O_NONBLOCK) !== 0) return ret > 0 ? ret : -EAGAIN
  return null
}

const pipe_writer: kiocb_operations = {
  retry(iocb) {
    const file = iocb.ki_filp as file
    const pipe = pipeOf(file)
    const ret = iocb.ki_done
    if (pipe.readers === 0) return broken(ret)
    if (pipe.nrbufs === pipe.max_usage) return -EIOCBRETRY
    const more = pipe.fill((iocb.ki_buf + ret) as UserPtr, iocb.ki_nbytes - ret)
    iocb.ki_done = more < 0 && ret > 0 ? ret : ret + more
    return writeResult(file, iocb.ki_done, iocb.ki_nbytes) ?? -EIOCBRETRY
  },

  dtor({ ki_filp }) {
    pipeOf(ki_filp as file).waiting_writers--
  },
}

/** The pipe that `f` is an end of, or null: fs/splice.c. */
export function get_pipe_info(f: file): pipe_inode_info | null {
  return f.private_data instanceof pipe_inode_info ? f.private_data : null
}

function pipeOf(file: file): pipe_inode_info {
  return file.private_data as pipe_inode_info
}

/**
 * Both ends of a new pipe, or a negative errno. do_pipe_flags() without the descriptors. With `fops` it is opened
 * again by who finds it in /proc: as a named pipe is.
 */
export function create_pipe_files(kernel: Kernel, flags: number, fops: file_operations): [file, file] | number {
  const i = new inode(kernel, kernel.nextAnonIno(), S_IFIFO | 0o600)
  i.i_uid = current.cred.fsuid
  i.i_gid = current.cred.fsgid
  const pipe = new pipe_inode_info(kernel, `pipe:[${i.i_ino}]`)
  i.i_fop = fops
  i.i_pipe = pipe
  const d = new dentry(`pipe:[${i.i_ino}]`, null, i)
  const rd = alloc_file(kernel, d, pipe_file_operations, FMODE_READ | FMODE_STREAM, O_RDONLY | (flags & O_NONBLOCK))
  if (rd === null) return -ENFILE
  rd.private_data = pipe
  pipe.readers++
  const wr = alloc_file(kernel, d, pipe_file_operations, FMODE_WRITE | FMODE_STREAM, O_WRONLY | (flags & O_NONBLOCK))
  if (wr === null) {
    fput(rd)
    return -ENFILE
  }
  wr.private_data = pipe
  pipe.writers++
  return [rd, wr]
}
