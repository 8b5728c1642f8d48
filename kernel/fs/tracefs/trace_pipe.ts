import type { ByteString, MaySleep, Sleeps, UserPtr } from '../../types.ts'
import { EAGAIN, EFAULT } from '../../errno.ts'
import { memOf } from '../../mm/mem.ts'
import { PAGE_SIZE } from '../../mm/mm.ts'
import { __copy_to_user } from '../../mm/uaccess.ts'
import { wait_event_interruptible } from '../../sched/wait.ts'
import { bytesOf } from '../../utf8.ts'
import { O_NONBLOCK, type file, type file_operations } from '../file.ts'
import { POLLIN, POLLRDNORM } from '../poll.ts'
import { node_of } from './inode.ts'

/** trace_pipe: events, each read once, and waited for. kernel/trace/trace.c:tracing_read_pipe(). */

/** What an open file keeps. */
interface trace_iterator {
  /** Of a line that was read in part. */
  rest: ByteString
  /** It has given somebody something: the end of tracing is the end of the file then. */
  pos: boolean
}

export const trace_pipe_fops: file_operations = {
  open(_i, file) {
    file.private_data = { rest: '', pos: false } satisfies trace_iterator
    return 0
  },

  read(file, buf, count): MaySleep<number> {
    if (has_something(file)) return take(file, buf, count)
    if (at_end(file)) return 0
    return (file.f_flags & O_NONBLOCK) !== 0 ? -EAGAIN : wait(file, buf, count)
  },

  poll(file, poll_wait) {
    poll_wait(node_of(file.f_inode).tr.wq)
    return has_something(file) || at_end(file) ? POLLIN | POLLRDNORM : 0
  },
}

function has_something(file: file): boolean {
  return iteratorOf(file).rest !== '' || !node_of(file.f_inode).tr.buffer.empty
}

function at_end(file: file): boolean {
  return iteratorOf(file).pos && !node_of(file.f_inode).tr.tracing_on
}

function iteratorOf(file: file): trace_iterator {
  return file.private_data as trace_iterator
}

/** Whole lines, as many as fit into a page; only of one that is too long, a part. */
function take(file: file, buf: UserPtr, count: number): number {
  const { buffer } = node_of(file.f_inode).tr
  const iter = iteratorOf(file)
  const room = Math.min(count, PAGE_SIZE)
  let text = iter.rest
  while (text.length < room) {
    const lost = buffer.lost()
    if (lost > 0) text += `CPU:0 [LOST ${lost} EVENTS]\n`
    const line = buffer.oldest
    if (line === null || (text !== '' && text.length + line.length > room)) break
    text += line
    void buffer.take()
  }
  const n = Math.min(text.length, room)
  iter.rest = text.slice(n)
  if (__copy_to_user(buf, memOf(bytesOf(text)), 0, n) > 0) return -EFAULT
  iter.pos = true
  return n
}

/** As since Linux 6.9: interrupted, it may be made again. Before that it was -EINTR in any case. */
function* wait(file: file, buf: UserPtr, count: number): Sleeps<number> {
  const { wq } = node_of(file.f_inode).tr
  const err = yield* wait_event_interruptible(wq, () => has_something(file) || at_end(file))
  if (err < 0) return err
  return has_something(file) ? take(file, buf, count) : 0
}
