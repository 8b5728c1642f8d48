import {
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
  VSUSP,
  VWERASE,
} from '../kernel/tty/termios.ts'
import type { termios } from './termios.ts'

/** What stty(1) calls the bits and characters of a terminal, in the order in which it shows them. */

export type Flags = 'c_cflag' | 'c_iflag' | 'c_oflag' | 'c_lflag'

export interface Mode {
  readonly name: string
  readonly bits: number
  /** The bits that `bits` is one value of; null for a bit that is on or off, which a minus takes away. */
  readonly mask: number | null
  /** What it is when all is as it should be; null where that is anything. */
  readonly sane: boolean | null
}

/** `+` is on and `-` off in a sane terminal, `=` may be either. */
function bits(text: string): Mode[] {
  return text.split(' ').map((word) => {
    const [, name, sane, octal] = /^(\w+)([-+=])(\d+)$/.exec(word) as unknown as readonly string[]
    return { name, bits: parseInt(octal, 8) | 0, mask: null, sane: sane === '=' ? null : sane === '+' }
  })
}

/** Values of one field, of which the first is sane unless `any`. */
function values(mask: number, names: readonly string[], step: number, any = false): Mode[] {
  return names.map((name, i) => ({ name, bits: i * step, mask, sane: any ? null : i === 0 }))
}

export const MODES: readonly (readonly [Flags, readonly Mode[]])[] = [
  [
    'c_cflag',
    [
      ...bits('parenb=400 parodd=1000 cmspar=10000000000'),
      ...values(0o60, ['cs5', 'cs6', 'cs7', 'cs8'], 0o20, true),
      ...bits('hupcl=2000 cstopb=100 cread+200 clocal=4000 crtscts=20000000000'),
    ],
  ],
  [
    'c_iflag',
    bits(
      'ignbrk-1 brkint+2 ignpar=4 parmrk=10 inpck=20 istrip=40 inlcr-100 igncr-200 icrnl+400 ixon=2000 ixoff-10000 iuclc-1000 ixany-4000 imaxbel+20000 iutf8-40000',
    ),
  ],
  [
    'c_oflag',
    [
      ...bits('opost+1 olcuc-2 ocrnl-10 onlcr+4 onocr-20 onlret-40 ofill-100 ofdel-200'),
      ...values(0o400, ['nl0', 'nl1'], 0o400),
      ...values(0o3000, ['cr0', 'cr1', 'cr2', 'cr3'], 0o1000),
      ...values(0o14000, ['tab0', 'tab1', 'tab2', 'tab3'], 0o4000),
      ...values(0o20000, ['bs0', 'bs1'], 0o20000),
      ...values(0o40000, ['vt0', 'vt1'], 0o40000),
      ...values(0o100000, ['ff0', 'ff1'], 0o100000),
    ],
  ],
  [
    'c_lflag',
    bits(
      'isig+1 icanon+2 iexten+100000 echo+10 echoe+20 echok+40 echonl-100 noflsh-200 xcase-4 tostop-400 echoprt-2000 echoctl+1000 echoke+4000 flusho-10000 extproc-200000',
    ),
  ],
]

/** The characters, where they stand and what they are in a sane terminal. */
export const CHARACTERS: readonly (readonly [name: string, index: number, sane: number])[] = [
  ['intr', VINTR, 3],
  ['quit', VQUIT, 0o34],
  ['erase', VERASE, 0o177],
  ['kill', VKILL, 0o25],
  ['eof', VEOF, 4],
  ['eol', VEOL, 0],
  ['eol2', VEOL2, 0],
  ['swtch', 7, 0],
  ['start', VSTART, 0o21],
  ['stop', VSTOP, 0o23],
  ['susp', VSUSP, 0o32],
  ['rprnt', VREPRINT, 0o22],
  ['werase', VWERASE, 0o27],
  ['lnext', VLNEXT, 0o26],
  ['discard', 13, 0o17],
]

/** Words that stand for several. */
export const COMBINATIONS: Readonly<Record<string, string>> = {
  raw: '-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr -icrnl -ixon -ixoff -icanon -opost -isig -iuclc -ixany -imaxbel -xcase min 1 time 0',
  cooked: 'brkint ignpar istrip icrnl ixon opost isig icanon eof ^D eol ^-',
  cbreak: '-icanon',
  nl: '-icrnl -onlcr',
  crt: 'echoe echoctl echoke',
  ek: 'erase ^? kill ^U',
  pass8: '-parenb -istrip cs8',
}

/** And those that a minus makes of some. */
export const UNDONE: Readonly<Record<string, string>> = {
  raw: COMBINATIONS.cooked,
  cooked: COMBINATIONS.raw,
  cbreak: 'icanon',
  nl: 'icrnl -inlcr -igncr onlcr -ocrnl -onlret',
  pass8: 'parenb istrip cs7',
}

/** A mode as it is set in `t`: its name, a minus before it where it is off; null for another value of a field. */
export function shownMode(t: termios, flags: Flags, { name, bits, mask }: Mode): string | null {
  if (mask !== null) return (t[flags] & mask) === bits ? name : null
  return (t[flags] & bits) !== 0 ? name : `-${name}`
}

/** `^C`, `x`, `<undef>` */
export function shownCharacter(c: number): string {
  if (c === 0) return '<undef>'
  if (c >= 0x80) return `M-${c === 0x80 ? '^@' : shownCharacter(c & 0x7f)}`
  return c < 32 ? `^${String.fromCharCode(c + 64)}` : c === 127 ? '^?' : String.fromCharCode(c)
}

/** The other way round; null where it is none. */
export function characterOf(text: string): number | null {
  if (text === '^-' || text === 'undef' || text === '') return 0
  if (text.length === 1) return text.charCodeAt(0)
  if (text === '^?') return 127
  if (/^\^.$/.test(text)) return text.toUpperCase().charCodeAt(1) & 0x1f
  const n = /^0[0-7]*$/.test(text) ? parseInt(text, 8) : /^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : 256
  return n < 256 ? n : null
}
