import type { file, file_operations } from '../fs/file.ts'
import type { MaySleep, Mem, Sleeps, UserPtr } from '../types.ts'
import type { wait_queue_head } from '../sched/wait.ts'
import type { tty_struct } from './tty.ts'
import { EAGAIN, EFAULT, EIO, ENOTTY, ENXIO } from '../errno.ts'
import { allocMem, memOf } from '../mm/mem.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { __copy_from_user, __copy_to_user } from '../mm/uaccess.ts'
import { current } from '../sched/current.ts'
import { wait_event_interruptible } from '../sched/wait.ts'
import { FMODE_LSEEK, FMODE_READ, O_NOCTTY, O_NONBLOCK } from '../fs/file.ts'
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../fs/poll.ts'
import { input_available } from './n_tty.ts'
import { n_tty_read, n_tty_write } from './n_tty_rw.ts'
import { TOSTOP } from './termios.ts'
import { tty_ioctl } from './tty_ioctl.ts'
import { job_control, tty_check_change, tty_open_proc_set_tty } from './tty_jobctrl.ts'

/** Terminals as files: drivers/tty/tty_io.c. */

/** What an open terminal keeps. */
interface tty_file_private {
  readonly tty: tty_struct
  /** The tty's count of hang-ups when it was opened. */
  readonly hangups: number
}

const READABLE = POLLIN | POLLRDNORM
const WRITABLE = POLLOUT | POLLWRNORM

/** A line: `/dev/ttyS0`. */
export const tty_fops: file_operations = {
  splice_read: true,
  splice_write: true,

  open(_inode, file): number {
    return tty_open(file, file.kernel.console)
  },

  read(file, buf, count): MaySleep<number> {
    const { tty } = privateOf(file)
    if (hung_up(file)) return 0
    const err = job_control(tty)
    return err < 0 ? err : n_tty_read(tty, file, buf, count, () => hung_up(file))
  },

  write(file, buf, count): MaySleep<number> {
    const { tty } = privateOf(file)
    if (hung_up(file)) return -EIO
    const err = tty.l(TOSTOP) ? tty_check_change(tty) : 0
    return err < 0 ? err : n_tty_write(tty, file, buf, count, () => hung_up(file))
  },

  poll(file, poll_wait): number {
    if (hung_up(file)) return READABLE | WRITABLE | POLLERR | POLLHUP
    return n_tty_poll(privateOf(file).tty, poll_wait)
  },

  ioctl(file, cmd, arg): number {
    return hung_up(file) ? -EIO : tty_ioctl(privateOf(file).tty, file, cmd, arg)
  },
}

/** `/dev/tty`: the controlling terminal of whoever opens it. */
export const current_tty_fops: file_operations = {
  ...tty_fops,
  open(_inode, file): number {
    const { tty } = current.group
    return tty === null ? -ENXIO : tty_open(file, tty)
  },
}

/**
 * `/dev/console`: whatever there is to speak to. It never becomes a controlling terminal by being opened, nobody
 * is kept from it by job control, and it outlives a hang-up.
 */
export const console_fops: file_operations = {
  splice_read: true,
  splice_write: true,

  open(_inode, file): number {
    file.f_mode &= ~FMODE_LSEEK
    return 0
  },

  read(file, buf, count): MaySleep<number> {
    const tty = file.kernel.console
    if (tty.line === 'terminal') return n_tty_read(tty, file, buf, count, () => tty.line !== 'terminal')
    if (tty.line === 'nothing' || count === 0) return 0
    if (tty.pending.length > 0 || tty.ended) return stream_take(tty, buf, count)
    return (file.f_flags & O_NONBLOCK) !== 0 ? -EAGAIN : stream_wait(tty, buf, count)
  },

  write(file, buf, count): MaySleep<number> {
    const tty = file.kernel.console
    if (tty.line === 'terminal') return n_tty_write(tty, file, buf, count, () => tty.line !== 'terminal')
    return plain_write(file, buf, count)
  },

  poll(file, poll_wait): number {
    const tty = file.kernel.console
    if (tty.line === 'terminal') return n_tty_poll(tty, poll_wait)
    if (tty.line === 'nothing') return READABLE | WRITABLE
    poll_wait(tty.read_wait)
    return WRITABLE | (tty.pending.length > 0 || tty.ended ? READABLE : 0)
  },

  ioctl(file, cmd, arg): number {
    const tty = file.kernel.console
    return tty.line === 'terminal' ? tty_ioctl(tty, file, cmd, arg) : -ENOTTY
  },
}

/** -EIO where nobody is at the other end, as of a line without hardware. */
function tty_open(file: file, tty: tty_struct): number {
  if (tty.line !== 'terminal') return -EIO
  file.f_mode &= ~FMODE_LSEEK
  file.private_data = { tty, hangups: tty.hangups } satisfies tty_file_private
  if ((file.f_flags & O_NOCTTY) === 0) tty_open_proc_set_tty(tty, (file.f_mode & FMODE_READ) !== 0)
  return 0
}

/** n_tty_poll() */
function n_tty_poll(tty: tty_struct, poll_wait: (wq: wait_queue_head) => void): number {
  poll_wait(tty.write_wait)
  poll_wait(tty.read_wait)
  return (tty.ended ? READABLE | POLLHUP : input_available(tty, true) ? READABLE : 0) | (tty.stopped ? 0 : WRITABLE)
}

function privateOf(file: file): tty_file_private {
  return file.private_data as tty_file_private
}

function hung_up(file: file): boolean {
  const { tty, hangups } = privateOf(file)
  return tty.hangups !== hangups
}

function* stream_wait(tty: tty_struct, buf: UserPtr, count: number): Sleeps<number> {
  const err = yield* wait_event_interruptible(
    tty.read_wait,
    () => tty.pending.length > 0 || tty.ended || tty.line !== 'stream',
  )
  return err < 0 ? err : stream_take(tty, buf, count)
}

function stream_take(tty: tty_struct, buf: UserPtr, count: number): number {
  const bytes = Uint8Array.from(tty.pending.slice(0, count))
  const n = bytes.length - __copy_to_user(buf, memOf(bytes), 0, bytes.length)
  tty.pending = tty.pending.slice(n)
  return n === 0 && bytes.length > 0 ? -EFAULT : n
}

function plain_write(file: file, buf: UserPtr, count: number): number {
  const chunk: Mem = allocMem(Math.min(count, PAGE_SIZE))
  let done = 0
  while (done < count) {
    const n = Math.min(count - done, PAGE_SIZE)
    const left = __copy_from_user(chunk, 0, (buf + done) as typeof buf, n)
    if (n > left) file.kernel.consoleOutput(chunk.u8.slice(0, n - left))
    done += n - left
    if (left > 0) return done > 0 ? done : -EFAULT
  }
  return done
}
