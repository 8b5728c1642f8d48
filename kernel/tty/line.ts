import type { Kernel } from '../kernel.ts'
import { IUTF8, tty_std_termios } from './termios.ts'
import { tty_receive } from './n_tty.ts'
import { tty_signal_session_leader } from './tty_jobctrl.ts'
import { NO_SIZE, type Line } from './tty.ts'

/** The other end of the console's line, as who holds it uses it. */

/** Plug something in. What is there before is hung up. A terminal speaks UTF-8. */
export function tty_attach(kernel: Kernel, line: Exclude<Line, 'nothing'>): void {
  const tty = kernel.console
  if (tty.line !== 'nothing') tty_hangup(kernel)
  tty.line = line
  tty.ended = false
  tty.termios = tty_std_termios()
  tty.termios.c_iflag |= IUTF8
  tty.winsize = NO_SIZE
}

/** There is input, which nobody takes where nothing is plugged in, or where it has ended. */
export function tty_input(kernel: Kernel, bytes: Uint8Array): void {
  const { console } = kernel
  if (console.line !== 'nothing' && !console.ended) tty_receive(console, bytes)
}

/** There will be no more input: who has read the rest meets the end of the file. */
export function tty_end(kernel: Kernel): void {
  kernel.console.ended = true
  kernel.console.read_wait.wake_up()
}

/**
 * Unplug. Files that are open on the terminal are dead from now on, and the leader of its session gets SIGHUP
 * and SIGCONT. drivers/tty/tty_io.c:__tty_hangup().
 */
export function tty_hangup(kernel: Kernel): void {
  const tty = kernel.console
  tty.line = 'nothing'
  tty.hangups++
  tty.reset_buffer()
  tty.pending = []
  tty.echoes = []
  tty.stopped = tty.tco_stopped = false
  tty_signal_session_leader(tty)
  tty.read_wait.wake_up()
  tty.write_wait.wake_up()
}
