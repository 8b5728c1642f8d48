import type { Libc } from './libc.ts'
import type { Run } from './program.ts'
import { TCGETS, TCSETS, TCSETSF, TCSETSW, TIOCGPGRP, TIOCGWINSZ, TIOCSPGRP } from '../kernel/tty/ioctls.ts'
import {
  ECHO,
  ECHONL,
  ICANON,
  ICRNL,
  IEXTEN,
  INLCR,
  IGNCR,
  ISIG,
  ISTRIP,
  IXON,
  OPOST,
  TERMIOS_SIZE,
  VMIN,
  VTIME,
  termios_bytes,
  termios_of,
  type ktermios,
} from '../kernel/tty/termios.ts'

/** termios(3), and what goes with it. All return a negative errno where they fail. */

export type termios = ktermios

/** When tcsetattr() changes the modes: at once; once output is out; and with unread input thrown away. */
export const TCSANOW = 0
export const TCSADRAIN = 1
export const TCSAFLUSH = 2

const REQUESTS = [TCSETS, TCSETSW, TCSETSF]

export interface WindowSize {
  readonly rows: number
  readonly cols: number
}

export function* tcgetattr(sys: Libc, fd: number): Run<termios | number> {
  const at = sys.room(TERMIOS_SIZE)
  const err = yield* sys.ioctl(fd, TCGETS, at)
  return err < 0 ? err : termios_of(sys.load(at, TERMIOS_SIZE))
}

export function* tcsetattr(sys: Libc, fd: number, actions: number, t: termios): Run<number> {
  const at = sys.room(TERMIOS_SIZE)
  sys.store(at, termios_bytes(t))
  return yield* sys.ioctl(fd, REQUESTS[actions] ?? -1, at)
}

export function* isatty(sys: Libc, fd: number): Run<boolean> {
  return typeof (yield* tcgetattr(sys, fd)) === 'object'
}

/** The foreground process group of the terminal. */
export function* tcgetpgrp(sys: Libc, fd: number): Run<number> {
  const at = sys.room(4)
  const err = yield* sys.ioctl(fd, TIOCGPGRP, at)
  return err < 0 ? err : sys.loadInt(at)
}

export function* tcsetpgrp(sys: Libc, fd: number, pgrp: number): Run<number> {
  const at = sys.room(4)
  sys.storeInt(at, pgrp)
  return yield* sys.ioctl(fd, TIOCSPGRP, at)
}

export function* tcgetwinsize(sys: Libc, fd: number): Run<WindowSize | number> {
  const at = sys.room(8)
  const err = yield* sys.ioctl(fd, TIOCGWINSZ, at)
  if (err < 0) return err
  const word = sys.loadInt(at)
  return { rows: word & 0xffff, cols: word >>> 16 }
}

/** The modes in which every key comes at once and as it is, and so does output. */
export function cfmakeraw(t: termios): termios {
  const c_cc = t.c_cc.slice()
  c_cc[VMIN] = 1
  c_cc[VTIME] = 0
  return {
    ...t,
    c_iflag: t.c_iflag & ~(ISTRIP | INLCR | IGNCR | ICRNL | IXON),
    c_oflag: t.c_oflag & ~OPOST,
    c_lflag: t.c_lflag & ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN),
    c_cc,
  }
}
