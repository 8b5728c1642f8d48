/** How a terminal treats what goes through it: asm-generic/termbits.h and termios.h. */

/** c_iflag */
export const ISTRIP = 0o40
export const INLCR = 0o100
export const IGNCR = 0o200
export const ICRNL = 0o400
export const IXON = 0o2000
export const IXANY = 0o4000
export const IMAXBEL = 0o20000
export const IUTF8 = 0o40000

/** c_oflag */
export const OPOST = 0o1
export const ONLCR = 0o4
export const OCRNL = 0o10
export const ONOCR = 0o20
export const ONLRET = 0o40
export const TABDLY = 0o14000
export const XTABS = 0o14000

/** c_cflag */
export const B38400 = 0o17
export const CS8 = 0o60
export const CREAD = 0o200
export const HUPCL = 0o2000

/** c_lflag */
export const ISIG = 0o1
export const ICANON = 0o2
export const ECHO = 0o10
export const ECHOE = 0o20
export const ECHOK = 0o40
export const ECHONL = 0o100
export const NOFLSH = 0o200
export const TOSTOP = 0o400
export const ECHOCTL = 0o1000
export const ECHOPRT = 0o2000
export const ECHOKE = 0o4000
export const IEXTEN = 0o100000

/** Where each special character stands in c_cc. */
export const VINTR = 0
export const VQUIT = 1
export const VERASE = 2
export const VKILL = 3
export const VEOF = 4
export const VTIME = 5
export const VMIN = 6
export const VSTART = 8
export const VSTOP = 9
export const VSUSP = 10
export const VEOL = 11
export const VREPRINT = 12
export const VWERASE = 14
export const VLNEXT = 15
export const VEOL2 = 16
export const NCCS = 19

/** sizeof(struct termios) as the kernel has it: four flag words, c_line, c_cc. */
export const TERMIOS_SIZE = 36
const C_LINE = 16
const C_CC = 17

export interface ktermios {
  c_iflag: number
  c_oflag: number
  c_cflag: number
  c_lflag: number
  c_line: number
  c_cc: Uint8Array
}

/** A terminal that nobody has set up yet: tty_std_termios, INIT_C_CC. */
export function tty_std_termios(): ktermios {
  return {
    c_iflag: ICRNL | IXON,
    c_oflag: OPOST | ONLCR,
    c_cflag: B38400 | CS8 | CREAD | HUPCL,
    c_lflag: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
    c_line: 0,
    c_cc: Uint8Array.of(3, 0o34, 0o177, 0o25, 4, 0, 1, 0, 0o21, 0o23, 0o32, 0, 0o22, 0o17, 0o27, 0o26, 0, 0, 0),
  }
}

/** kernel_termios_to_user_termios(): its bytes as user space has them. */
export function termios_bytes(t: ktermios): Uint8Array {
  const u8 = new Uint8Array(TERMIOS_SIZE)
  const dv = new DataView(u8.buffer)
  const words = [t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag]
  words.forEach((word, i) => dv.setUint32(4 * i, word, true))
  u8[C_LINE] = t.c_line
  u8.set(t.c_cc, C_CC)
  return u8
}

/** user_termios_to_kernel_termios() */
export function termios_of(u8: Uint8Array): ktermios {
  const dv = new DataView(u8.buffer, u8.byteOffset, TERMIOS_SIZE)
  return {
    c_iflag: dv.getUint32(0, true),
    c_oflag: dv.getUint32(4, true),
    c_cflag: dv.getUint32(8, true),
    c_lflag: dv.getUint32(12, true),
    c_line: u8[C_LINE],
    c_cc: u8.slice(C_CC, C_CC + NCCS),
  }
}
