import { mulberry32 } from './random.ts'

/** Cases for the line discipline, the same for the machine and for the host's kernel. */

export interface TtyCase {
  readonly iflag: number
  readonly oflag: number
  readonly lflag: number
  readonly vmin: number
  /** Hexadecimal digits. */
  readonly input: string
  readonly sizes: readonly number[]
}

export interface TtyAnswer {
  /** What came out of the other end while the input went in. */
  readonly echo: string
  /** FIONREAD, when all was in. */
  readonly avail: number
  /** What each read found; `again` where it would have had to wait. */
  readonly reads: readonly string[]
}

const IFLAGS = [0o40, 0o100, 0o200, 0o400, 0o2000, 0o4000, 0o40000]
const OFLAGS = [0o1, 0o4, 0o10, 0o20, 0o40, 0o14000]
const LFLAGS = [0o1, 0o2, 0o10, 0o20, 0o40, 0o100, 0o200, 0o1000, 0o2000, 0o4000, 0o100000]
const USUAL = { iflag: 0o42400, oflag: 0o5, lflag: 0o105073 }

/** Plain characters, and each that may be special: control ones, the EOL that was set, UTF-8. */
const KEYS = [
  ...['61', '62', '5f', '20', '2e', '09', '0a', '0a', '0d', '7f', '7f', '15', '17', '16', '12', '04', '03'],
  ...['1c', '1a', '13', '11', '01', '25', 'c3a9', 'e282ac', 'a9', '08', '1b'],
]

/** `n` cases that `seed` draws: a third with the usual modes, a third with some of them changed, the rest with any. */
export function ttyCases(seed: number, n: number): TtyCase[] {
  const random = mulberry32(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const some = (flags: readonly number[]): number => flags.reduce((all, bit) => (below(2) === 0 ? all : all | bit), 0)
  const toggled = (usual: number, flags: readonly number[]): number =>
    flags.reduce((all, bit) => (below(4) === 0 ? all ^ bit : all), usual)
  return Array.from({ length: n }, (_, i) => {
    const mode = i % 3
    const flags = (usual: number, all: readonly number[]): number =>
      mode === 0 ? usual : mode === 1 ? toggled(usual, all) : some(all)
    return {
      iflag: flags(USUAL.iflag, IFLAGS),
      oflag: flags(USUAL.oflag, OFLAGS),
      lflag: flags(USUAL.lflag, LFLAGS),
      vmin: below(3),
      input: Array.from({ length: 1 + below(24) }, () => KEYS[below(KEYS.length)]).join(''),
      sizes: Array.from({ length: 6 }, () => [0, 1, 2, 3, 5, 64][below(6)]),
    }
  })
}

/** In a line. */
export function ttyLine(c: TtyCase): string {
  const flags = [c.iflag, c.oflag, c.lflag].map((word) => word.toString(16))
  return [...flags, c.vmin, c.input, ...c.sizes].join(' ')
}

/** The same as test/tty/tty.c reads it: with how much is hoped for, for each byte and at the end. */
export function ttyRequest(c: TtyCase, echoes: readonly number[], avail: number): string {
  const input = (c.input.match(/../g) ?? []).map((byte, i) => `${byte}:${echoes[i]}`).join(',')
  return `${avail} ${ttyLine({ ...c, input })}`
}
