import type { file } from '../fs/file.ts'
import type { MaySleep, Sleeps, UserPtr } from '../types.ts'
import { EAGAIN, EFAULT, EIO, ERESTARTSYS } from '../errno.ts'
import { allocMem, memOf } from '../mm/mem.ts'
import { __copy_from_user, __copy_to_user } from '../mm/uaccess.ts'
import { current } from '../sched/current.ts'
import { signal_pending, wait_event_interruptible } from '../sched/wait.ts'
import { NSEC_PER_SEC } from '../time.ts'
import { ICANON, VMIN, VTIME } from './termios.ts'
import { N_TTY_BUF_SIZE, type tty_struct } from './tty.ts'
import { input_available, receive_pending } from './n_tty.ts'
import { process_echoes, process_output } from './n_tty_echo.ts'

/** What a program reads of the line and writes to it: n_tty_read() and n_tty_write() of drivers/char/n_tty.c. */

/** O_NONBLOCK; kernel/fs is above this folder. */
const O_NONBLOCK = 0o4000
/** A unit of VTIME. */
const DECISECOND = NSEC_PER_SEC / 10
/** Bytes of output taken in at a time. */
const CHUNK = 2048

/** The file was opened before the line was hung up. */
export type HungUp = () => boolean

/**
 * Read input: a line or what is there of it where lines are edited, else as VMIN and VTIME say. 0 at the end
 * of the input, -EAGAIN, -ERESTARTSYS, -EFAULT, by which what could not be stored is lost.
 */
export function n_tty_read(tty: tty_struct, file: file, buf: UserPtr, count: number, hungUp: HungUp): MaySleep<number> {
  if (count === 0) return 0
  const canon = tty.l(ICANON)
  const least = canon ? 1 : tty.termios.c_cc[VMIN]
  const done = input_available(tty, false) ? take(tty, buf, count) : -EAGAIN
  if (done !== -EAGAIN && (canon || done < 0 || done === count || done >= least)) return done
  return read_wait(tty, file, buf, count, hungUp, Math.max(0, done))
}

function* read_wait(
  tty: tty_struct,
  file: file,
  buf: UserPtr,
  count: number,
  hungUp: HungUp,
  done: number,
): Sleeps<number> {
  const { clock } = tty.kernel
  const canon = tty.l(ICANON)
  const vtime = canon ? 0 : tty.termios.c_cc[VTIME] * DECISECOND
  const vmin = canon ? 1 : tty.termios.c_cc[VMIN]
  const least = Math.max(1, vmin)
  // Without VMIN the time runs from the start, else from the last byte.
  let until = vmin === 0 || (done > 0 && vtime > 0) ? clock.now + vtime : Infinity
  while (done < count) {
    if (!input_available(tty, false)) {
      if (hungUp() || tty.ended || clock.now >= until) break
      if ((file.f_flags & O_NONBLOCK) !== 0) return done > 0 ? done : -EAGAIN
      if (signal_pending(current)) return done > 0 ? done : -ERESTARTSYS
      const ready = (): boolean => input_available(tty, false) || hungUp() || tty.ended || clock.now >= until
      const disarm = until === Infinity ? null : clock.arm(until, () => tty.read_wait.wake_up())
      try {
        void (yield* wait_event_interruptible(tty.read_wait, ready))
      } finally {
        disarm?.()
      }
      continue
    }
    const canonNow = tty.l(ICANON)
    const n = take(tty, (buf + done) as UserPtr, count - done)
    if (n < 0) return done > 0 ? done : n
    done += n
    if (canonNow || done >= least) break
    if (vtime > 0) until = clock.now + vtime
  }
  return done
}

/** Move out what is there, at most `count` bytes and no more than one line. */
function take(tty: tty_struct, buf: UserPtr, count: number): number {
  const canon = tty.l(ICANON)
  const from = tty.read_tail
  const there = Math.min(count, (canon ? tty.canon_head : tty.read_head) - from)
  let n = there
  let used = n
  if (canon) {
    for (let i = 0; i < there; i++) {
      if (!line_ends(tty, from + i)) continue
      used = i + 1
      n = tty.at(from + i) === 0 ? i : used
      break
    }
    // The end of the file behind a buffer that is full has been told by that.
    if (used === count && !line_ends(tty, from + used - 1) && from + used < tty.canon_head) {
      if (line_ends(tty, from + used) && tty.at(from + used) === 0) used++
    }
  }
  const bytes = Uint8Array.from({ length: n }, (_, i) => tty.at(from + i))
  for (let i = 0; canon && i < used; i++) tty.read_flags[(from + i) % N_TTY_BUF_SIZE] = 0
  tty.read_tail += used
  if (tty.pending.length > 0) receive_pending(tty)
  const left = __copy_to_user(buf, memOf(bytes), 0, n)
  return left > 0 ? (n > left ? n - left : -EFAULT) : n
}

function line_ends(tty: tty_struct, pos: number): boolean {
  return tty.read_flags[pos % N_TTY_BUF_SIZE] === 1
}

/** FIONREAD: bytes that a read would find, the marks of EOF not among them. */
export function n_tty_inq(tty: tty_struct): number {
  if (!tty.l(ICANON)) return tty.read_head - tty.read_tail
  let n = 0
  for (let at = tty.read_tail; at < tty.canon_head; at++) if (!line_ends(tty, at) || tty.at(at) !== 0) n++
  return n
}

/** Write through OPOST, sleeping while output stands still: bytes written, -EAGAIN, -ERESTARTSYS, -EIO, -EFAULT. */
export function n_tty_write(
  tty: tty_struct,
  file: file,
  buf: UserPtr,
  count: number,
  hungUp: HungUp,
): MaySleep<number> {
  process_echoes(tty)
  if (signal_pending(current)) return -ERESTARTSYS
  return tty.stopped ? write_wait(tty, file, buf, count, hungUp) : put(tty, buf, count)
}

function* write_wait(tty: tty_struct, file: file, buf: UserPtr, count: number, hungUp: HungUp): Sleeps<number> {
  if (count === 0) return 0
  if ((file.f_flags & O_NONBLOCK) !== 0) return -EAGAIN
  const err = yield* wait_event_interruptible(tty.write_wait, () => !tty.stopped || hungUp())
  if (err < 0) return err
  if (hungUp()) return -EIO
  process_echoes(tty)
  return put(tty, buf, count)
}

function put(tty: tty_struct, buf: UserPtr, count: number): number {
  const chunk = allocMem(Math.min(count, CHUNK))
  let done = 0
  while (done < count) {
    const n = Math.min(count - done, CHUNK)
    const left = __copy_from_user(chunk, 0, (buf + done) as UserPtr, n)
    // A page that is not there takes the part of the chunk before it along: copy_from_iter() is one call.
    for (let i = 0; i < n - left; i++) process_output(tty, chunk.u8[i])
    tty.flush_chars()
    done += n - left
    if (left > 0) return done > 0 ? done : -EFAULT
  }
  return done
}
