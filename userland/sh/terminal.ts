import type { Run } from '../program.ts'
import type { Shell } from './shell.ts'

const TCGETS = 0x5401
const TIOCSPGRP = 0x5410

/** Is `fd` a terminal? */
export function* isTerminal(sh: Shell, fd: number): Run<boolean> {
  return (yield* sh.os.ioctl(fd, TCGETS)) >= 0
}

/** Give the terminal to process group `group`. */
export function* setForeground(sh: Shell, group: number): Run<void> {
  void (yield* sh.os.ioctl(2, TIOCSPGRP, group))
}
