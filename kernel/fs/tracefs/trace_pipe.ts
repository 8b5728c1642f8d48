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
import type { ring_buffer } from './ring_buffer.ts'

/** trace_pipe: events, each read once, and waited for. kernel/trace/trace.c:tracing_read_pipe(). */

/** What an open file keeps. */
interface trace_iterator {
  /** Of lines that were taken, what nobody has read yet. */
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
    return (file.f_flags & O_NONBLOCK) !== 0 ? -EAGAIN : wait(file, buf, count)
  },

  poll(file, poll_wait) {
    const { wq, buffer } = node_of(file.f_inode).tr
    poll_wait(wq)
    return buffer.empty ? 0 : POLLIN | POLLRDNORM
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

/** What is left of the lines taken last, or else what comes next. */
function take(file: file, buf: UserPtr, count: number): number {
  const iter = iteratorOf(file)
  if (iter.rest === '') iter.rest = next_lines(node_of(file.f_inode).tr.buffer, count)
  const n = Math.min(iter.rest.length, count)
  if (__copy_to_user(buf, memOf(bytesOf(iter.rest)), 0, n) > 0) return -EFAULT
  iter.rest = iter.rest.slice(n)
  iter.pos = true
  return n
}

/** Lines that make `count` bytes or more, as far as they fit into a page; at least one. */
function next_lines(buffer: ring_buffer, count: number): ByteString {
  let text = ''
  do {
    const lost = buffer.lost()
    if (lost > 0) text += `CPU:0 [LOST ${lost} EVENTS]\n`
    const line = buffer.oldest
    if (line === null || (text !== '' && text.length + line.length > PAGE_SIZE)) break
    text += line
    void buffer.take()
  } while (text.length < count)
  return text
}

/** As since Linux 6.9: interrupted, it may be made again. Before that it was -EINTR in any case. */
function* wait(file: file, buf: UserPtr, count: number): Sleeps<number> {
  const { wq } = node_of(file.f_inode).tr
  const err = yield* wait_event_interruptible(wq, () => has_something(file) || at_end(file))
  if (err < 0) return err
  return has_something(file) ? take(file, buf, count) : 0
}
