import type { MaySleep, Mem, Sleeps } from '../types.ts'
import type { Loff } from '../task/task.ts'
import { EAGAIN, EBADF, EINVAL, ENOMEM, EPIPE, ESPIPE } from '../errno.ts'
import { kvec_iter } from '../mm/iov_iter.ts'
import type { address_space } from './ramfs_pages.ts'
import { allocMem } from '../mm/mem.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { current } from '../sched/current.ts'
import { after, may } from '../sched/may_sleep.ts'
import { wait_event_interruptible } from '../sched/wait.ts'
import { SIGPIPE, send_sig_current } from '../task/signal.ts'
import { file_accessed } from './attr.ts'
import { FMODE_LSEEK, FMODE_READ, FMODE_WRITE, O_APPEND, O_NONBLOCK, type file } from './file.ts'
import { get_pipe_info, pipe_inode_info } from './pipe.ts'
import { with_pipe_locked } from './pipe_lock.ts'
import { no_owner, type pipe_buffer } from './pipe_buffer.ts'
import { rw_verify_area } from './read_write.ts'

/**
 * From file to file without a program in between: fs/splice.c. A pipe gets the pages of a file that has any, not
 * their bytes: it tells what is written there later. What has been read and cannot be written stays where it was.
 */

export const SPLICE_F_NONBLOCK = 2

/** Read `n` bytes of `f` to byte `off` of `mem`. */
function read_page(f: file, mem: Mem, off: number, n: number, pos: Loff): MaySleep<number> {
  const iter = (current.uio = new kvec_iter(mem, off, n))
  return after(f.f_op.read?.(f, iter.address, n, pos) ?? -EINVAL, moved)
}

/** Write them. */
function write_page(f: file, mem: Mem, off: number, n: number, pos: Loff): MaySleep<number> {
  const iter = (current.uio = new kvec_iter(mem, off, n))
  return after(f.f_op.write?.(f, iter.address, n, pos) ?? -EINVAL, moved)
}

function moved(ret: number): number {
  current.uio = null
  if (ret > 0) current.kernel.watchdog.touch()
  return ret
}

/** Bytes up to the end of a page of the file, a page at most. */
function chunkAt(pos: number, n: number): number {
  return Math.min(PAGE_SIZE - (pos % PAGE_SIZE), n)
}

/** From `f_in` at `pos` to `f_out`, which is no pipe, at `opos`. fs/splice.c:do_splice_direct() */
export function* do_splice_direct(f_in: file, pos: Loff, f_out: file, opos: Loff, len: number): Sleeps<number> {
  if ((f_out.f_flags & O_APPEND) !== 0 || (f_in.f_mode & FMODE_LSEEK) === 0) return -EINVAL
  if (len === 0) return 0
  if (f_in.f_op.splice_read !== true || f_out.f_op.splice_write !== true) return -EINVAL
  // The pipe is the call's own, as it is the task's in Linux.
  if (current.kernel.slab.fails()) return -ENOMEM
  const pipe = new pipe_inode_info(f_in.kernel, 'splice_pipe')
  try {
    for (let done = 0; ;) {
      const start = pos.pos
      const got = yield* splice_read(f_in, pipe, pos, len - done)
      const put = got <= 0 ? got : yield* write_out(pipe, f_out, opos, got)
      if (put <= 0) {
        pos.pos = start
        return done > 0 ? done : put
      }
      done += put
      pos.pos = start + put
      if (put < got || done === len) return done
    }
  } finally {
    pipe.free()
  }
}

/** Fill a pipe from `f_in`, as much as there is room for. */
function* splice_read(f_in: file, pipe: pipe_inode_info, pos: Loff, len: number): Sleeps<number> {
  if (f_in.f_inode.i_mapping !== null) return filemap_splice_read(f_in, pipe, pos, len)
  const page = allocMem(PAGE_SIZE)
  let done = 0
  while (done < len && pipe.nrbufs < pipe.max_usage) {
    const got = yield* may(read_page(f_in, page, 0, chunkAt(pos.pos, len - done), pos))
    if (got <= 0) return done > 0 ? done : got
    const put = fill(pipe, page, 0, got)
    if (put < 0) {
      pos.pos -= got
      return done > 0 ? done : put
    }
    pipe.seal()
    done += put
  }
  return done
}

const ZERO_PAGE = allocMem(PAGE_SIZE)

/** The same with the file's own pages. mm/shmem.c:shmem_file_splice_read() */
function filemap_splice_read(f_in: file, pipe: pipe_inode_info, pos: Loff, len: number): number {
  const i = f_in.f_inode
  const mapping = i.i_mapping as address_space
  let done = 0
  while (done < len && pos.pos < i.i_size && pipe.nrbufs < pipe.max_usage) {
    const page = mapping.find_data(Math.floor(pos.pos / PAGE_SIZE))
    const n = chunkAt(pos.pos, Math.min(len - done, i.i_size - pos.pos))
    const err = pipe.push(page ?? ZERO_PAGE, pos.pos % PAGE_SIZE, n, page === null ? no_owner : mapping.store)
    if (err < 0) return done > 0 ? done : err
    pos.pos += n
    done += n
  }
  file_accessed(f_in)
  return done
}

/** From `f_in` at `pos` to a pipe, as much as there is room for. fs/splice.c:splice_file_to_pipe() */
function* splice_file_to_pipe(
  f_in: file,
  pipe: pipe_inode_info,
  pos: Loff,
  len: number,
  flags: number,
): Sleeps<number> {
  const err = yield* opipe_prep(pipe, flags)
  if (err < 0 || len === 0) return err
  return f_in.f_op.splice_read === true ? yield* splice_read(f_in, pipe, pos, len) : -EINVAL
}

/** From a pipe to `f_out` at `opos`, as much as is there. fs/splice.c:splice_from_pipe() */
function* splice_from_pipe(pipe: pipe_inode_info, f_out: file, opos: Loff, len: number, flags: number): Sleeps<number> {
  if (f_out.f_op.splice_write !== true) return -EINVAL
  const err = yield* ipipe_prep(pipe, flags)
  return err < 0 ? err : yield* write_out(pipe, f_out, opos, len)
}

/** What is in a pipe. fs/splice.c:iter_file_splice_write() */
function* write_out(pipe: pipe_inode_info, f_out: file, opos: Loff, len: number): Sleeps<number> {
  let done = 0
  for (let b = pipe.buffer(0); b !== null && done < len; b = pipe.buffer(0)) {
    const n = Math.min(b.len, len - done)
    const put = yield* with_pipe_locked(pipe, write_page(f_out, b.page, b.offset, n, opos))
    if (put <= 0) return done > 0 ? done : put
    pipe.consume(put)
    done += put
  }
  return done
}

/** Wait until there is something in a pipe, or nobody who could write: 0, -EAGAIN, -ERESTARTSYS. */
function* ipipe_prep(pipe: pipe_inode_info, flags: number): Sleeps<number> {
  if (pipe.nrbufs > 0 || pipe.writers === 0) return 0
  if ((flags & SPLICE_F_NONBLOCK) !== 0) return -EAGAIN
  return yield* wait_event_interruptible(pipe.rd_wait, () => pipe.nrbufs > 0 || pipe.writers === 0)
}

/** Wait until there is room in a pipe: 0, -EAGAIN, -ERESTARTSYS, or -EPIPE and SIGPIPE where nobody reads. */
function* opipe_prep(pipe: pipe_inode_info, flags: number): Sleeps<number> {
  if (pipe.readers > 0 && pipe.nrbufs === pipe.max_usage) {
    if ((flags & SPLICE_F_NONBLOCK) !== 0) return -EAGAIN
    const room = () => pipe.nrbufs < pipe.max_usage || pipe.readers === 0
    const err = yield* wait_event_interruptible(pipe.wr_wait, room)
    if (err < 0) return err
  }
  if (pipe.readers > 0) return 0
  send_sig_current(SIGPIPE)
  return -EPIPE
}

function fill(pipe: pipe_inode_info, mem: Mem, off: number, n: number): number {
  current.uio = new kvec_iter(mem, off, n)
  return moved(pipe.fill(current.uio.address, n))
}

/** The first `n` bytes of a buffer for another pipe too: 0 or -ENOMEM. */
function link(to: pipe_inode_info, b: pipe_buffer, n: number): number {
  if (b.owner !== null) return to.push(b.page, b.offset, n, b.owner)
  const put = fill(to, b.page, b.offset, n)
  if (put < 0) return put
  to.seal()
  return 0
}

/** From pipe to pipe; `keep` leaves the first as it is. fs/splice.c:splice_pipe_to_pipe(), link_pipe() */
function* pipe_to_pipe(
  from: pipe_inode_info,
  to: pipe_inode_info,
  len: number,
  flags: number,
  keep: boolean,
): Sleeps<number> {
  for (;;) {
    const err = (yield* ipipe_prep(from, flags)) || (yield* opipe_prep(to, flags))
    if (err < 0) return err
    let done = 0
    for (let i = 0; done < len && to.nrbufs < to.max_usage; i++) {
      const b = from.buffer(keep ? i : 0)
      if (b === null) break
      const n = Math.min(b.len, len - done)
      const whole = !keep && n === b.len
      const ret = whole ? to.adopt(from) : link(to, b, n)
      if (ret < 0) return done > 0 ? done : ret
      if (!keep && !whole) from.consume(n)
      done += n
    }
    // Somebody was faster while there was no room: 0 would be the end of the file, which it is not.
    if (done > 0 || keep || len === 0 || (from.nrbufs === 0 && from.writers === 0)) return done
    if ((flags & SPLICE_F_NONBLOCK) !== 0) return -EAGAIN
  }
}

/** sendfile(2): `pos` is the place in `f_in`, null for its own, which then moves. fs/read_write.c:do_sendfile() */
export function* do_sendfile(f_out: file | null, f_in: file | null, pos: Loff | null, count: number): Sleeps<number> {
  if (f_in === null || (f_in.f_mode & FMODE_READ) === 0) return -EBADF
  if (pos !== null && (f_in.f_mode & FMODE_LSEEK) === 0) return -ESPIPE
  const ipos = pos ?? { pos: f_in.f_pos }
  const n = rw_verify_area(ipos.pos, count)
  if (n < 0) return n
  if (f_out === null || (f_out.f_mode & FMODE_WRITE) === 0) return -EBADF
  const pipe = get_pipe_info(f_out)
  const opos = { pos: f_out.f_pos }
  const ret =
    pipe === null
      ? yield* do_splice_direct(f_in, ipos, f_out, opos, n)
      : yield* splice_file_to_pipe(f_in, pipe, ipos, n, nonblock(f_out))
  if (ret <= 0) return ret
  if (pos === null) f_in.f_pos = ipos.pos
  if (pipe === null) f_out.f_pos = opos.pos
  return ret
}

function nonblock(f: file): number {
  return (f.f_flags & O_NONBLOCK) !== 0 ? SPLICE_F_NONBLOCK : 0
}

/** splice(2): null for a position that is the file's own. fs/splice.c:do_splice() */
export function* do_splice(
  f_in: file,
  off_in: Loff | null,
  f_out: file,
  off_out: Loff | null,
  len: number,
  flags: number,
): Sleeps<number> {
  if ((f_in.f_mode & FMODE_READ) === 0 || (f_out.f_mode & FMODE_WRITE) === 0) return -EBADF
  const [ipipe, opipe] = [get_pipe_info(f_in), get_pipe_info(f_out)]
  if (ipipe !== null && opipe !== null) {
    if (ipipe === opipe) return -EINVAL
    return yield* pipe_to_pipe(ipipe, opipe, unsigned(len), flags | nonblock(f_in) | nonblock(f_out), false)
  }
  if (ipipe === null && opipe === null) return -EINVAL
  const f = ipipe === null ? f_in : f_out
  const off = ipipe === null ? off_in : off_out
  if (off !== null && (f.f_mode & FMODE_LSEEK) === 0) return -EINVAL
  if (f === f_out && (f.f_flags & O_APPEND) !== 0) return -EINVAL
  const pos = off ?? { pos: f.f_pos }
  const n = rw_verify_area(pos.pos, len)
  if (n < 0) return n
  const ret =
    ipipe !== null
      ? yield* splice_from_pipe(ipipe, f_out, pos, n, flags | nonblock(f_in))
      : yield* splice_file_to_pipe(f_in, opipe as pipe_inode_info, pos, n, flags | nonblock(f_out))
  if (ret > 0 && off === null) f.f_pos = pos.pos
  return ret
}

/** tee(2). fs/splice.c:do_tee() */
export function* do_tee(f_in: file, f_out: file, len: number, flags: number): Sleeps<number> {
  if ((f_in.f_mode & FMODE_READ) === 0 || (f_out.f_mode & FMODE_WRITE) === 0) return -EBADF
  const [ipipe, opipe] = [get_pipe_info(f_in), get_pipe_info(f_out)]
  if (ipipe === null || opipe === null || ipipe === opipe) return -EINVAL
  return yield* pipe_to_pipe(ipipe, opipe, unsigned(len), flags | nonblock(f_in) | nonblock(f_out), true)
}

/** A size_t that looks negative is more than any pipe holds. */
function unsigned(len: number): number {
  return len < 0 ? Infinity : len
}
