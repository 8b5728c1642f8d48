import {
  ECHO,
  ECHOE,
  ECHOK,
  ECHOKE,
  ECHONL,
  ECHOCTL,
  ECHOPRT,
  ICANON,
  ICRNL,
  IEXTEN,
  IGNCR,
  INLCR,
  ISIG,
  ISTRIP,
  IXANY,
  IXON,
  NOFLSH,
  VEOF,
  VEOL,
  VEOL2,
  VERASE,
  VINTR,
  VKILL,
  VLNEXT,
  VQUIT,
  VREPRINT,
  VSTART,
  VSTOP,
  VMIN,
  VSUSP,
  VTIME,
  VWERASE,
} from './termios.ts'
import { SIGINT, SIGQUIT, SIGTSTP } from '../task/signal.ts'
import { kill_pgrp } from '../task/pgrp.ts'
import { N_TTY_BUF_SIZE, type tty_struct } from './tty.ts'
import {
  echo_char,
  echo_char_raw,
  echo_erase_column,
  echo_erase_tab,
  echo_move_back_col,
  echo_set_canon_col,
  finish_erasing,
  is_continuation,
  iscntrl,
  process_echoes,
  start_tty,
  stop_tty,
} from './n_tty_echo.ts'

/** Input through the line discipline: the receiving half of drivers/char/n_tty.c. */

const NL = 0x0a
const CR = 0x0d
const TAB = 0x09
const BS = 0x08
const CARET = 0x5e
/** A character of c_cc that is none, and what stands in the ring where EOF ends a line. */
const DISABLED = 0

/** `bytes` have come in over the line. */
export function tty_receive(tty: tty_struct, bytes: Uint8Array): void {
  for (const c of bytes) tty.pending.push(c)
  if (tty.line === 'terminal') receive_pending(tty)
  if (tty.line === 'stream' || input_available(tty, false)) tty.read_wait.wake_up()
}

/**
 * Take in what there is room for. A line that has filled the ring before it ended goes on to be looked at:
 * its end, an erase or a signal still counts, and any other character is lost.
 */
export function receive_pending(tty: tty_struct): void {
  let n = 0
  while (n < tty.pending.length) {
    const room = N_TTY_BUF_SIZE - (tty.read_head - tty.read_tail) - 1
    if (room <= 0) {
      if (!tty.l(ICANON) || tty.canon_head !== tty.read_tail) break
      if (room < 0) tty.read_head--
    }
    receive_char(tty, tty.pending[n++])
  }
  tty.pending.splice(0, n)
  process_echoes(tty)
}

/** Is there something to read? For poll(2) that is as much as a read would wait for. */
export function input_available(tty: tty_struct, poll: boolean): boolean {
  if (tty.l(ICANON)) return tty.canon_head !== tty.read_tail
  const { c_cc } = tty.termios
  const least = poll && c_cc[VTIME] === 0 && c_cc[VMIN] > 0 ? c_cc[VMIN] : 1
  return tty.read_head - tty.read_tail >= least
}

/** Is `c` the special character at `index`? */
function isCc(tty: tty_struct, index: number, c: number): boolean {
  return c !== DISABLED && tty.termios.c_cc[index] === c
}

function receive_char(tty: tty_struct, c: number): void {
  if (tty.i(ISTRIP)) c &= 0x7f
  if (tty.lnext) {
    tty.lnext = false
    return receive_plain(tty, c, false)
  }
  if (tty.i(IXON) && receive_flow(tty, c)) return
  if (tty.l(ISIG) && receive_signal(tty, c)) return
  if (tty.stopped && tty.i(IXON) && tty.i(IXANY)) start_tty(tty)
  const was = c
  if (c === CR) {
    if (tty.i(IGNCR)) return
    if (tty.i(ICRNL)) c = NL
  } else if (c === NL && tty.i(INLCR)) c = CR
  if (tty.l(ICANON) && receive_canon(tty, c)) return
  receive_plain(tty, c, was === CR)
}

/** A character like any other. A newline is echoed as one where it was a carriage return, and else as `^J`. */
function receive_plain(tty: tty_struct, c: number, wasReturn: boolean): void {
  if (tty.l(ECHO)) {
    finish_erasing(tty)
    if (c === NL && wasReturn) echo_char_raw(tty, NL)
    else {
      if (tty.canon_head === tty.read_head) echo_set_canon_col(tty)
      echo_char(tty, c)
    }
  }
  tty.put(c)
}

function receive_flow(tty: tty_struct, c: number): boolean {
  if (isCc(tty, VSTART, c)) {
    start_tty(tty)
    return true
  }
  if (!isCc(tty, VSTOP, c)) return false
  // What was typed before is shown before.
  process_echoes(tty)
  stop_tty(tty)
  return true
}

const SIGNALS = [
  [VINTR, SIGINT],
  [VQUIT, SIGQUIT],
  [VSUSP, SIGTSTP],
] as const

/** A character that is a signal to the foreground group. n_tty.c:n_tty_receive_signal_char(). */
function receive_signal(tty: tty_struct, c: number): boolean {
  const found = SIGNALS.find(([index]) => isCc(tty, index, c))
  if (found === undefined) return false
  if (tty.pgrp !== 0) kill_pgrp(tty.kernel, tty.pgrp, found[1])
  if (!tty.l(NOFLSH)) {
    process_echoes(tty)
    tty.echoes = []
    tty.reset_buffer()
  }
  if (tty.i(IXON)) start_tty(tty)
  if (tty.l(ECHO)) echo_char(tty, c)
  process_echoes(tty)
  return true
}

/** What is special where lines are edited. n_tty.c:n_tty_receive_char_canon(). */
function receive_canon(tty: tty_struct, c: number): boolean {
  const extended = tty.l(IEXTEN)
  if (isCc(tty, VERASE, c) || isCc(tty, VKILL, c) || (extended && isCc(tty, VWERASE, c))) {
    eraser(tty, c)
    return true
  }
  if (extended && isCc(tty, VLNEXT, c)) {
    tty.lnext = true
    if (tty.l(ECHO)) {
      finish_erasing(tty)
      if (tty.l(ECHOCTL)) echo_char_raw(tty, CARET, BS)
    }
    return true
  }
  if (extended && tty.l(ECHO) && isCc(tty, VREPRINT, c)) {
    finish_erasing(tty)
    echo_char(tty, c)
    echo_char_raw(tty, NL)
    for (let at = tty.canon_head; at < tty.read_head; at++) echo_char(tty, tty.at(at))
    return true
  }
  if (c === NL) {
    if (tty.l(ECHO | ECHONL)) echo_char_raw(tty, NL)
    end_line(tty, NL)
  } else if (isCc(tty, VEOF, c)) end_line(tty, DISABLED)
  else if (isCc(tty, VEOL, c) || (extended && isCc(tty, VEOL2, c))) {
    if (tty.l(ECHO)) {
      if (tty.canon_head === tty.read_head) echo_set_canon_col(tty)
      echo_char(tty, c)
    }
    end_line(tty, c)
  } else return false
  return true
}

/** The line ends with `c`, and can be read. */
function end_line(tty: tty_struct, c: number): void {
  tty.read_flags[tty.read_head % N_TTY_BUF_SIZE] = 1
  tty.put(c)
  tty.canon_head = tty.read_head
}

/** Take a character, a word or the line back. n_tty.c:eraser(). */
function eraser(tty: tty_struct, key: number): void {
  if (tty.read_head === tty.canon_head) return
  const erase = isCc(tty, VERASE, key)
  const word = !erase && isCc(tty, VWERASE, key)
  const echo = tty.l(ECHO)
  if (!erase && !word && (!echo || !tty.l(ECHOK) || !tty.l(ECHOKE) || !tty.l(ECHOE))) {
    tty.read_head = tty.canon_head
    if (!echo) return
    finish_erasing(tty)
    echo_char(tty, tty.termios.c_cc[VKILL])
    if (tty.l(ECHOK)) echo_char_raw(tty, NL)
    return
  }
  let seen_alnums = false
  while (tty.read_head > tty.canon_head) {
    let head = tty.read_head
    let c: number
    do c = tty.at(--head)
    while (is_continuation(tty, c) && head > tty.canon_head)
    // What begins in the middle of a character is left alone.
    if (is_continuation(tty, c)) break
    if (word) {
      if (isalnum(c)) seen_alnums = true
      else if (seen_alnums) break
    }
    const gone = Array.from({ length: tty.read_head - head }, (_, i) => tty.at(head + i))
    tty.read_head = head
    if (echo) echo_erased(tty, gone, erase)
    if (erase) break
  }
  if (tty.read_head === tty.canon_head && echo) finish_erasing(tty)
}

/** Show that the character of these bytes is gone. */
function echo_erased(tty: tty_struct, gone: readonly number[], erase: boolean): void {
  const [c, ...rest] = gone
  if (tty.l(ECHOPRT)) {
    if (!tty.erasing) echo_char_raw(tty, 0x5c)
    tty.erasing = true
    echo_char(tty, c)
    for (const byte of rest) {
      echo_char_raw(tty, byte)
      echo_move_back_col(tty)
    }
  } else if (erase && !tty.l(ECHOE)) echo_char(tty, tty.termios.c_cc[VERASE])
  else if (c === TAB) erase_tab(tty)
  else {
    if (iscntrl(c) && tty.l(ECHOCTL)) echo_erase_column(tty)
    if (!iscntrl(c) || tty.l(ECHOCTL)) echo_erase_column(tty)
  }
}

/** How far a tab went is known from what stands before it, back to another tab or to where the line began. */
function erase_tab(tty: tty_struct): void {
  let columns = 0
  for (let tail = tty.read_head; tail > tty.canon_head;) {
    const c = tty.at(--tail)
    if (c === TAB) return echo_erase_tab(tty, columns, true)
    if (iscntrl(c)) columns += tty.l(ECHOCTL) ? 2 : 0
    else if (!is_continuation(tty, c)) columns++
  }
  echo_erase_tab(tty, columns, false)
}

/** A part of a word: isalnum() of the kernel's lib/ctype.c, whose letters go up to Latin-1's, or `_`. */
function isalnum(c: number): boolean {
  const letter = (c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a && c < 0x80
  return letter || (c >= 0x30 && c <= 0x39) || c === 0x5f || (c >= 0xc0 && c !== 0xd7 && c !== 0xf7)
}
