import type { tty_struct } from './tty.ts'
import { ECHOCTL, ECHOPRT, IUTF8, OCRNL, ONLCR, ONLRET, ONOCR, OPOST, TABDLY, XTABS } from './termios.ts'

/** Output through the line discipline, and echoes: the output half of drivers/char/n_tty.c. */

/** Orders among the echoes, above any byte. */
const ECHO_CONTROL = 0x100
const ECHO_SET_CANON_COL = 0x200
const ECHO_ERASE_TAB = 0x400
const ECHO_MOVE_BACK_COL = 0x800
/** Of ECHO_ERASE_TAB: the columns are counted from a tab, not from where the line began. */
const AFTER_TAB = 0x80

const NL = 0x0a
const CR = 0x0d
const TAB = 0x09
const BS = 0x08
const SPACE = 0x20
const CARET = 0x5e

/** iscntrl() of the kernel's lib/ctype.c. */
export function iscntrl(c: number): boolean {
  return c < 0x20 || c === 0x7f
}

/** Is `c` inside of a UTF-8 sequence? */
export function is_continuation(tty: tty_struct, c: number): boolean {
  return tty.i(IUTF8) && (c & 0xc0) === 0x80
}

/** One byte of output through OPOST. n_tty.c:do_output_char(). */
function do_output_char(tty: tty_struct, c: number): void {
  switch (c) {
    case NL:
      if (tty.o(ONLRET | ONLCR)) tty.column = 0
      if (tty.o(ONLCR)) tty.out.push(CR)
      tty.canon_column = tty.column
      break
    case CR:
      if (tty.o(ONOCR) && tty.column === 0) return
      if (tty.o(OCRNL)) c = NL
      if (!tty.o(OCRNL) || tty.o(ONLRET)) tty.canon_column = tty.column = 0
      break
    case TAB: {
      const spaces = 8 - (tty.column & 7)
      tty.column += spaces
      if ((tty.termios.c_oflag & TABDLY) === XTABS) {
        for (let i = 0; i < spaces; i++) tty.out.push(SPACE)
        return
      }
      break
    }
    case BS:
      if (tty.column > 0) tty.column--
      break
    default:
      if (!iscntrl(c) && !is_continuation(tty, c)) tty.column++
  }
  tty.out.push(c)
}

/** One byte of output. n_tty.c:process_output(). */
export function process_output(tty: tty_struct, c: number): void {
  if (tty.o(OPOST)) do_output_char(tty, c)
  else tty.out.push(c)
}

/** Do the echoes that wait, unless output stands still. n_tty.c:process_echoes(). */
export function process_echoes(tty: tty_struct): void {
  if (tty.stopped || tty.echoes.length === 0) return
  const { echoes } = tty
  tty.echoes = []
  for (const e of echoes) process_echo(tty, e)
  tty.flush_chars()
}

function process_echo(tty: tty_struct, e: number): void {
  if (e < ECHO_CONTROL) process_output(tty, e)
  else if ((e & ECHO_CONTROL) !== 0) {
    tty.out.push(CARET, (e & 0xff) ^ 0o100)
    tty.column += 2
  } else if ((e & ECHO_SET_CANON_COL) !== 0) tty.canon_column = tty.column
  else if ((e & ECHO_MOVE_BACK_COL) !== 0) tty.column = Math.max(0, tty.column - 1)
  else {
    const columns = (e & 0x7f) + ((e & AFTER_TAB) !== 0 ? 0 : tty.canon_column)
    for (let n = 8 - (columns & 7); n > 0; n--) {
      tty.out.push(BS)
      if (tty.column > 0) tty.column--
    }
  }
}

export function echo_char_raw(tty: tty_struct, ...bytes: number[]): void {
  tty.echoes.push(...bytes)
}

/** A character, with ECHOCTL as `^X` where it is a control character. */
export function echo_char(tty: tty_struct, c: number): void {
  tty.echoes.push(tty.l(ECHOCTL) && iscntrl(c) && c !== TAB ? ECHO_CONTROL | c : c)
}

export function echo_set_canon_col(tty: tty_struct): void {
  tty.echoes.push(ECHO_SET_CANON_COL)
}

export function echo_move_back_col(tty: tty_struct): void {
  tty.echoes.push(ECHO_MOVE_BACK_COL)
}

/** Take a tab back that came behind `columns` columns, of the line or of the tab before. */
export function echo_erase_tab(tty: tty_struct, columns: number, after_tab: boolean): void {
  tty.echoes.push(ECHO_ERASE_TAB | (columns & 7) | (after_tab ? AFTER_TAB : 0))
}

export function echo_erase_column(tty: tty_struct): void {
  echo_char_raw(tty, BS, SPACE, BS)
}

/** The closing slash of ECHOPRT. */
export function finish_erasing(tty: tty_struct): void {
  if (!tty.erasing) return
  if (tty.l(ECHOPRT)) echo_char_raw(tty, 0x2f)
  tty.erasing = false
}

export function stop_tty(tty: tty_struct): void {
  tty.stopped = true
}

/** Let output go on, unless TCOOFF stopped it. */
export function start_tty(tty: tty_struct): void {
  if (!tty.stopped || tty.tco_stopped) return
  tty.stopped = false
  tty.write_wait.wake_up()
}
