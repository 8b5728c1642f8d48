import type { file } from '../fs/file.ts'
import type { UserPtr } from '../types.ts'
import { EFAULT, EINVAL, ENOTTY, EPERM } from '../errno.ts'
import { allocMem, memOf } from '../mm/mem.ts'
import { copy_from_user, copy_to_user, put_user_int } from '../mm/uaccess.ts'
import { current } from '../sched/current.ts'
import { kill_pgrp } from '../task/pgrp.ts'
import { SIGWINCH } from '../task/signal.ts'
import {
  FIONREAD,
  TCFLSH,
  TCGETS,
  TCIFLUSH,
  TCIOFF,
  TCIOFLUSH,
  TCION,
  TCOFLUSH,
  TCOOFF,
  TCOON,
  TCSBRK,
  TCSETS,
  TCSETSF,
  TCSETSW,
  TCXONC,
  TIOCGETD,
  TIOCGPGRP,
  TIOCGSID,
  TIOCGWINSZ,
  TIOCNOTTY,
  TIOCOUTQ,
  TIOCSCTTY,
  TIOCSPGRP,
  TIOCSTI,
  TIOCSWINSZ,
} from './ioctls.ts'
import { ICANON, IXON, TERMIOS_SIZE, VSTART, VSTOP, termios_bytes, termios_of } from './termios.ts'
import { tty_receive } from './n_tty.ts'
import { n_tty_inq } from './n_tty_rw.ts'
import { process_echoes, start_tty, stop_tty } from './n_tty_echo.ts'
import { N_TTY_BUF_SIZE, type tty_struct, type winsize } from './tty.ts'
import { tiocgpgrp, tiocgsid, tiocnotty, tiocsctty, tiocspgrp, tty_check_change } from './tty_jobctrl.ts'

/** ioctl(2) on a terminal: drivers/tty/tty_io.c, tty_ioctl.c. */

const WINSIZE_SIZE = 8

type Handler = (tty: tty_struct, arg: UserPtr, file: file) => number

const HANDLERS: Readonly<Record<number, Handler>> = {
  [TCGETS]: (tty, arg) => (copy_to_user(arg, memOf(termios_bytes(tty.termios)), 0, TERMIOS_SIZE) > 0 ? -EFAULT : 0),
  [TCSETS]: (tty, arg) => set_termios(tty, arg, false),
  // Output never lags behind.
  [TCSETSW]: (tty, arg) => set_termios(tty, arg, false),
  [TCSETSF]: (tty, arg) => set_termios(tty, arg, true),
  [TCSBRK]: tty_check_change,
  [TCXONC]: (tty, arg) => andAllowed(tty, arg, flow),
  [TCFLSH]: (tty, arg) => andAllowed(tty, arg, flush),
  [TIOCSCTTY]: (tty, arg, file) => tiocsctty(tty, file, arg),
  [TIOCNOTTY]: tiocnotty,
  [TIOCGPGRP]: tiocgpgrp,
  [TIOCSPGRP]: tiocspgrp,
  [TIOCGSID]: tiocgsid,
  [TIOCOUTQ]: (_tty, arg) => put_user_int(0, arg),
  [FIONREAD]: (tty, arg) => put_user_int(n_tty_inq(tty), arg),
  [TIOCSTI]: tiocsti,
  [TIOCGWINSZ]: tiocgwinsz,
  [TIOCSWINSZ]: tiocswinsz,
  [TIOCGETD]: (_tty, arg) => put_user_int(0, arg),
}

export function tty_ioctl(tty: tty_struct, file: file, cmd: number, arg: UserPtr): number {
  return HANDLERS[cmd]?.(tty, arg, file) ?? -ENOTTY
}

function andAllowed(tty: tty_struct, arg: number, change: (tty: tty_struct, arg: number) => number): number {
  const err = tty_check_change(tty)
  return err < 0 ? err : change(tty, arg)
}

function set_termios(tty: tty_struct, arg: UserPtr, flushing: boolean): number {
  const err = tty_check_change(tty)
  if (err < 0) return err
  const mem = allocMem(TERMIOS_SIZE)
  if (copy_from_user(mem, 0, arg, TERMIOS_SIZE) > 0) return -EFAULT
  if (flushing) void flush(tty, TCIFLUSH)
  const old = tty.termios
  tty.termios = termios_of(mem.u8)
  // N_TTY is the only line discipline.
  tty.termios.c_line = old.c_line
  n_tty_set_termios(tty, old.c_lflag, old.c_iflag)
  return 0
}

/** What changes with the modes. What was typed of a line can be read once lines are no longer edited, and else ends one. */
function n_tty_set_termios(tty: tty_struct, old_lflag: number, old_iflag: number): void {
  if (((old_lflag ^ tty.termios.c_lflag) & ICANON) !== 0) {
    tty.read_flags.fill(0)
    if (!tty.l(ICANON) || tty.read_head === tty.read_tail) tty.canon_head = tty.read_tail
    else {
      tty.read_flags[(tty.read_head - 1) % N_TTY_BUF_SIZE] = 1
      tty.canon_head = tty.read_head
    }
    tty.erasing = false
    tty.lnext = false
  }
  if (!tty.i(IXON) && (old_iflag & IXON) !== 0) {
    start_tty(tty)
    process_echoes(tty)
  }
  tty.write_wait.wake_up()
  tty.read_wait.wake_up()
}

/** __tty_perform_flush(). Output never waits to be sent. */
function flush(tty: tty_struct, queue: number): number {
  if (queue !== TCIFLUSH && queue !== TCOFLUSH && queue !== TCIOFLUSH) return -EINVAL
  if (queue !== TCOFLUSH) {
    tty.reset_buffer()
    tty.pending = []
  }
  return 0
}

function flow(tty: tty_struct, action: number): number {
  const { c_cc } = tty.termios
  switch (action) {
    case TCOOFF:
      tty.tco_stopped = true
      stop_tty(tty)
      return 0
    case TCOON:
      tty.tco_stopped = false
      start_tty(tty)
      process_echoes(tty)
      return 0
    case TCIOFF:
    case TCION: {
      const c = c_cc[action === TCIOFF ? VSTOP : VSTART]
      if (c !== 0) tty.out.push(c)
      tty.flush_chars()
      return 0
    }
    default:
      return -EINVAL
  }
}

/** A byte as if it were typed. */
function tiocsti(tty: tty_struct, arg: UserPtr): number {
  if (current.group.tty !== tty && current.cred.euid !== 0) return -EPERM
  const mem = allocMem(1)
  if (copy_from_user(mem, 0, arg, 1) > 0) return -EFAULT
  tty_receive(tty, mem.u8)
  return 0
}

function tiocgwinsz(tty: tty_struct, arg: UserPtr): number {
  const mem = allocMem(WINSIZE_SIZE)
  const { ws_row, ws_col, ws_xpixel, ws_ypixel } = tty.winsize
  ;[ws_row, ws_col, ws_xpixel, ws_ypixel].forEach((n, i) => mem.dv.setUint16(2 * i, n, true))
  return copy_to_user(arg, mem, 0, WINSIZE_SIZE) > 0 ? -EFAULT : 0
}

function tiocswinsz(tty: tty_struct, arg: UserPtr): number {
  const mem = allocMem(WINSIZE_SIZE)
  if (copy_from_user(mem, 0, arg, WINSIZE_SIZE) > 0) return -EFAULT
  const [ws_row, ws_col, ws_xpixel, ws_ypixel] = [0, 2, 4, 6].map((at) => mem.dv.getUint16(at, true))
  tty_do_resize(tty, { ws_row, ws_col, ws_xpixel, ws_ypixel })
  return 0
}

/** The window has another size, and the foreground group is told. */
export function tty_do_resize(tty: tty_struct, ws: winsize): void {
  const old = tty.winsize
  if (
    old.ws_row === ws.ws_row &&
    old.ws_col === ws.ws_col &&
    old.ws_xpixel === ws.ws_xpixel &&
    old.ws_ypixel === ws.ws_ypixel
  )
    return
  tty.winsize = ws
  if (tty.pgrp !== 0) kill_pgrp(tty.kernel, tty.pgrp, SIGWINCH)
}
