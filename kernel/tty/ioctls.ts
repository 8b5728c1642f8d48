/** Numbers of ioctl(2)'s requests: asm-generic/ioctls.h. */

export const TCGETS = 0x5401
export const TCSETS = 0x5402
export const TCSETSW = 0x5403
export const TCSETSF = 0x5404
export const TCSBRK = 0x5409
export const TCXONC = 0x540a
export const TCFLSH = 0x540b
export const TIOCSCTTY = 0x540e
export const TIOCGPGRP = 0x540f
export const TIOCSPGRP = 0x5410
export const TIOCOUTQ = 0x5411
export const TIOCSTI = 0x5412
export const TIOCGWINSZ = 0x5413
export const TIOCSWINSZ = 0x5414
export const FIONREAD = 0x541b
export const FIONBIO = 0x5421
export const TIOCNOTTY = 0x5422
export const TIOCGETD = 0x5424
export const TIOCGSID = 0x5429
export const FIONCLEX = 0x5450
export const FIOCLEX = 0x5451
export const FIOASYNC = 0x5452

/** What TCFLSH throws away. */
export const TCIFLUSH = 0
export const TCOFLUSH = 1
export const TCIOFLUSH = 2

/** What TCXONC does. */
export const TCOOFF = 0
export const TCOON = 1
export const TCIOFF = 2
export const TCION = 3

/** Of files: include/uapi/linux/fs.h. */
export const FS_IOC_GETFLAGS = 0x80086601
export const FS_IOC_SETFLAGS = 0x40086602
