import type { Kernel } from '../kernel.ts'
import { wait_queue_head } from '../sched/wait.ts'
import { tty_std_termios, type ktermios } from './termios.ts'

/** Bytes that may wait to be read, of which one is kept free. */
export const N_TTY_BUF_SIZE = 4096

export interface winsize {
  readonly ws_row: number
  readonly ws_col: number
  readonly ws_xpixel: number
  readonly ws_ypixel: number
}

export const NO_SIZE: winsize = { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 }

/**
 * What is at the other end of the line: nothing; a stream of bytes that nobody treats; or a terminal with a
 * person at it, behind the line discipline.
 */
export type Line = 'nothing' | 'stream' | 'terminal'

/** A terminal line: include/linux/tty.h, and what drivers/char/n_tty.c keeps of it. */
export class tty_struct {
  readonly kernel: Kernel
  line: Line = 'nothing'
  /** No input will come any more. */
  ended = false
  /** How often the line was hung up: a file that was opened before is dead. */
  hangups = 0

  termios: ktermios = tty_std_termios()
  winsize = NO_SIZE
  /** The session whose controlling terminal it is, and that session's foreground group; 0 for none. */
  session = 0
  pgrp = 0

  /** Output stands still, and by TCOOFF: only TCOON goes on then. */
  stopped = false
  tco_stopped = false

  readonly read_wait = new wait_queue_head('input from the terminal')
  readonly write_wait = new wait_queue_head('the terminal to go on')

  /** Input that has not come through the line discipline yet. */
  pending: number[] = []
  /** Input to be read, around a ring; the three positions only grow. */
  readonly read_buf = new Uint8Array(N_TTY_BUF_SIZE)
  /** 1 where a line ends; the byte there is 0 where nothing but EOF ends it. */
  readonly read_flags = new Uint8Array(N_TTY_BUF_SIZE)
  read_head = 0
  canon_head = 0
  read_tail = 0
  /** The next character is taken as it is. */
  lnext = false
  /** Between the slashes of ECHOPRT. */
  erasing = false

  /** Where the cursor is, and where it was when the line began, as far as is known. */
  column = 0
  canon_column = 0
  /** Echoes to be done: bytes, and orders of n_tty_echo.ts. */
  echoes: number[] = []
  /** Output on its way. */
  out: number[] = []

  constructor(kernel: Kernel) {
    this.kernel = kernel
  }

  i(flag: number): boolean {
    return (this.termios.c_iflag & flag) !== 0
  }

  o(flag: number): boolean {
    return (this.termios.c_oflag & flag) !== 0
  }

  l(flag: number): boolean {
    return (this.termios.c_lflag & flag) !== 0
  }

  /** The byte at a position of the ring. */
  at(pos: number): number {
    return this.read_buf[pos % N_TTY_BUF_SIZE]
  }

  put(c: number): void {
    this.read_buf[this.read_head % N_TTY_BUF_SIZE] = c
    this.read_head++
  }

  /** Forget what is there to be read. n_tty.c:reset_buffer_flags(). */
  reset_buffer(): void {
    this.read_head = this.canon_head = this.read_tail = 0
    this.read_flags.fill(0)
    this.erasing = false
    this.lnext = false
  }

  /** Hand over what is on its way. */
  flush_chars(): void {
    if (this.out.length === 0) return
    const chunk = Uint8Array.from(this.out)
    this.out = []
    this.kernel.consoleOutput(chunk)
  }
}
