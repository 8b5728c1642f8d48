import type { ByteString, MaySleep, Sleeps, UserPtr } from '../types.ts'
import { EAGAIN, EFAULT, EINVAL, EPIPE, ESPIPE } from '../errno.ts'
import { allocMem, memOf } from '../mm/mem.ts'
import { __copy_from_user, __copy_to_user } from '../mm/uaccess.ts'
import type { LogLine } from '../printk.ts'
import { wait_event_interruptible, type wait_queue_head } from '../sched/wait.ts'
import { byteString, bytesOf } from '../utf8.ts'
import { FMODE_READ, O_NONBLOCK, type file, type file_operations } from './file.ts'
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from './poll.ts'
import { SEEK_DATA, SEEK_END, SEEK_SET } from './read_write.ts'

/** /dev/kmsg: the kernel's log, a record a read, and a way to say something in it. kernel/printk/printk.c. */

/** Most bytes of a line that is written, and of a record with what stands before the line. */
const PRINTK_MESSAGE_MAX = 1024

/** What an open file keeps: the number of the record that comes next. */
interface devkmsg_user {
  seq: number
}

export const kmsg_fops: file_operations = {
  open(_inode, file) {
    if ((file.f_mode & FMODE_READ) !== 0) file.private_data = { seq: file.kernel.log.dropped } satisfies devkmsg_user
    return 0
  },

  /** One record; -EPIPE once where some have been lost, -EINVAL where it does not fit, -EAGAIN. */
  read(file, buf, count): MaySleep<number> {
    const { log } = file.kernel
    const user = file.private_data as devkmsg_user
    if (user.seq < log.dropped) {
      user.seq = log.dropped
      return -EPIPE
    }
    if (log.line(user.seq) !== null) return take(file, buf, count)
    return (file.f_flags & O_NONBLOCK) !== 0 ? -EAGAIN : wait(file, buf, count)
  },

  /** A line of a program's, `<4>` before it or not. NON-SEED: of the number only the level is kept, not the facility. */
  write(file, buf, count) {
    if (count > PRINTK_MESSAGE_MAX) return -EINVAL
    const chunk = allocMem(count)
    if (__copy_from_user(chunk, 0, buf, count) > 0) return -EFAULT
    const [, prio, text] = /^(?:<(\d{1,10})>)?([^]*?)\n?$/.exec(byteString(chunk.u8)) ?? []
    file.kernel.printk(`<${prio === undefined ? 4 : Number(prio) & 7}>${text}\n`)
    return count
  },

  /** To the first record, the first since the log was cleared, or behind the last. */
  llseek(file, offset, whence) {
    const user = file.private_data as devkmsg_user | null
    if (user === null) return -EINVAL
    if (offset !== 0) return -ESPIPE
    const { log } = file.kernel
    if (whence === SEEK_SET) user.seq = log.dropped
    else if (whence === SEEK_DATA) user.seq = Math.max(log.dropped, file.kernel.syslog.clear_seq)
    else if (whence === SEEK_END) user.seq = log.end
    else return -EINVAL
    return 0
  },

  poll(file, poll_wait) {
    const user = file.private_data as devkmsg_user | null
    poll_wait(file.kernel.log_wait)
    const more = user !== null && user.seq < file.kernel.log.end
    return (more ? POLLIN | POLLRDNORM : 0) | POLLOUT | POLLWRNORM
  },
}

function take(file: file, buf: UserPtr, count: number): number {
  const user = file.private_data as devkmsg_user
  const text = record(user.seq, file.kernel.log.line(user.seq) as LogLine)
  if (text.length > count) return -EINVAL
  user.seq++
  return __copy_to_user(buf, memOf(bytesOf(text)), 0, text.length) > 0 ? -EFAULT : text.length
}

function* wait(file: file, buf: UserPtr, count: number): Sleeps<number> {
  const { log, log_wait } = file.kernel as { log: typeof file.kernel.log; log_wait: wait_queue_head }
  const user = file.private_data as devkmsg_user
  const err = yield* wait_event_interruptible(log_wait, () => user.seq < log.end)
  return err < 0 ? err : take(file, buf, count)
}

/** `5,0,0,-;text`: level, number, microseconds since boot, flags. */
function record(seq: number, { level, time, text }: LogLine): ByteString {
  const escaped = text.replace(/[\x00-\x1f\x7f-\xff\\]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `${level},${seq},${Math.floor(time / 1000)},-;${escaped}\n`
}
