import type { Run } from '../program.ts'
import { TCSADRAIN, isatty, tcgetattr, tcsetattr, tcsetpgrp, type termios } from '../termios.ts'
import type { Shell } from './shell.ts'

/** How the terminal treats what goes through it. */
export type Modes = termios

/** The descriptor of the terminal that the shell works on. */
const TERMINAL = 2

/** Is `fd` a terminal? */
export function isTerminal(sh: Shell, fd: number): Run<boolean> {
  return isatty(sh.os.sys, fd)
}

/** Give the terminal to process group `group`. */
export function* setForeground(sh: Shell, group: number): Run<void> {
  void (yield* tcsetpgrp(sh.os.sys, TERMINAL, group))
}

/** The terminal's modes, null where there is no terminal. */
export function* readModes(sh: Shell): Run<Modes | null> {
  const modes = yield* tcgetattr(sh.os.sys, TERMINAL)
  return typeof modes === 'number' ? null : modes
}

export function* writeModes(sh: Shell, modes: Modes): Run<void> {
  void (yield* tcsetattr(sh.os.sys, TERMINAL, TCSADRAIN, modes))
}
