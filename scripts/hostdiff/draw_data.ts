import type { Draw, Kind } from './draw.ts'
import type { Random } from './random.ts'
import { fcntl, flock } from './draw_fcntl.ts'
import { fd, fileFd } from './draw_path.ts'

/** The calls that move what is in files. */

const SIZES = [0, 1, 5, 10, 10, 26, 100, 4096, 5000, 70000]

/** A buffer of `@` room or `$` letters, and its size. */
export function buffer(r: Random, k: Kind, kind: '@' | '$', sizes: readonly number[] = SIZES): string[] {
  const size = r.pick(sizes)
  // Memory that ends behind the first bytes is where most can go wrong.
  if (k.nasty > 0 && size > 1 && r.percent(8)) return [token(r, kind, size, `:${1 + r.below(size - 1)}`), String(size)]
  if (r.percent(k.nasty)) {
    const there = r.below(Math.max(size, 2))
    return [r.pick(['8', '-4096', '0', token(r, kind, Math.max(size, there), `:${there}`)]), String(size)]
  }
  return [token(r, kind, Math.max(size, 0), ''), String(size)]
}

function token(r: Random, kind: '@' | '$', size: number, suffix: string): string {
  return kind === '@' ? `@${size}${suffix}` : `$${size}.${r.below(26)}${suffix}`
}

function vector(r: Random, k: Kind, kind: '@' | '$'): (string | number)[] {
  const n = r.pick([1, 2, 3])
  const parts = Array.from({ length: n }, () => buffer(r, { ...k, nasty: 0 }, kind, [0, 1, 3, 7, 100, 4096]))
  const bad = r.percent(k.nasty)
  if (bad) parts[r.below(n)][0] = r.pick(['8', '-4096', `${kind}10${kind === '$' ? '.3' : ''}:4`])
  const count = r.percent(k.nasty) ? r.pick([0, -1, 1025]) : n
  return [r.percent(k.nasty) ? r.pick([8, -4096]) : `{${parts.flat().join(',')}}`, count]
}

function offset(r: Random, k: Kind): number {
  // Where holes begin and end.
  if (k.theme === 'data' && r.percent(30)) return 4096 * r.below(5) + r.pick([0, 0, -1, 1]) + 1
  return r.pick([0, 0, 0, 1, 3, 10, 26, 100, 4095, 4096, 5000, 100000])
}

/** An offset that is bad now and then. */
export function anyOffset(r: Random, k: Kind): number {
  return r.percent(k.nasty) ? r.pick([-1, -5, -100000]) : offset(r, k)
}

/** Of a file, in bytes: now and then of more than there is room for, or of none. */
export function length(r: Random, k: Kind): number {
  return r.percent(k.nasty)
    ? r.pick([-1, -5000, 5 << 20])
    : r.percent(50)
      ? offset(r, k)
      : r.pick([0, 1, 10, 5000, 9000])
}

/** Bytes to move from file to file. */
function many(r: Random, k: Kind): number {
  return r.percent(k.nasty)
    ? r.pick([-1, 2 ** 31, 2 ** 31 - 1, -5000])
    : r.pick([0, 1, 3, 10, 10, 100, 4096, 5000, 9000])
}

/** A place for an offset that is read and written back: its own, or none. */
function place(r: Random, k: Kind): string {
  if (r.percent(45)) return '0'
  return r.percent(k.nasty) ? r.pick(['8', '-4096', '[-1]']) : `[${offset(r, k)}]`
}

/** The end of a pipe that is read or written, where one is known. */
function end(r: Random, k: Kind, which: 0 | 1): number {
  return k.ends.length > 0 && r.percent(75) ? k.ends[(k.ends.length > 2 && r.percent(40) ? 2 : 0) + which] : fd(r, k)
}

const RWF = [1, 2, 4, 16, 32, 256]

/** Flags of preadv2 and pwritev2. */
function rwf(r: Random, k: Kind): number {
  return r.percent(k.nasty) ? r.pick([8, 64, 128, 512, -1, 48, 9]) : r.percent(60) ? r.bits(RWF, 20) : 0
}

/** Where they are told to be: -1 is the file's own place. */
function position(r: Random, k: Kind): number {
  return r.percent(30) ? -1 : anyOffset(r, k)
}

/** From a file to a pipe, from a pipe to a file, or from pipe to pipe. */
function splice(r: Random, k: Kind): (string | number)[] {
  const flags = r.percent(k.nasty) ? r.pick([18, 255, 0, 3]) : 2
  if (r.percent(k.nasty)) return [fd(r, k), place(r, k), fd(r, k), place(r, k), many(r, k), flags]
  const way = r.below(5)
  const pipeOffset = r.percent(k.nasty) ? '[0]' : '0'
  if (way === 0) return [end(r, k, 0), pipeOffset, end(r, k, 1), pipeOffset, many(r, k), flags]
  if (way < 3) return [fileFd(r, k), place(r, k), end(r, k, 1), pipeOffset, many(r, k), flags]
  return [end(r, k, 0), pipeOffset, fileFd(r, k), place(r, k), many(r, k), flags]
}

export const draws: Readonly<Record<string, Draw>> = {
  read: (r, k) => [fd(r, k), ...buffer(r, k, '@')],
  write: (r, k) => [fd(r, k), ...buffer(r, k, '$')],
  readv: (r, k) => [fd(r, k), ...vector(r, k, '@')],
  writev: (r, k) => [fd(r, k), ...vector(r, k, '$')],
  pread64: (r, k) => [fileFd(r, k), ...buffer(r, k, '@'), anyOffset(r, k)],
  pwrite64: (r, k) => [fileFd(r, k), ...buffer(r, k, '$'), anyOffset(r, k)],
  preadv: (r, k) => [fileFd(r, k), ...vector(r, k, '@'), anyOffset(r, k), 0],
  pwritev: (r, k) => [fileFd(r, k), ...vector(r, k, '$'), anyOffset(r, k), 0],
  preadv2: (r, k) => [fileFd(r, k), ...vector(r, k, '@'), position(r, k), 0, rwf(r, k)],
  pwritev2: (r, k) => [fileFd(r, k), ...vector(r, k, '$'), position(r, k), 0, rwf(r, k)],
  lseek: (r, k) => {
    // Where is it?
    if (r.percent(15)) return [fileFd(r, k), 0, 1]
    return [
      fileFd(r, k),
      r.percent(20) ? -r.below(20) : anyOffset(r, k),
      r.percent(k.nasty) ? r.pick([5, -1]) : r.below(5),
    ]
  },
  ftruncate: (r, k) => [fileFd(r, k), length(r, k)],
  fallocate: (r, k) => [
    fileFd(r, k),
    r.percent(k.nasty) ? r.pick([2, 0x10, 0x11, 8, 0x20, 0x40, 0x41, 0x100, -1]) : r.pick([0, 0, 1, 3, 3]),
    anyOffset(r, k),
    r.percent(k.nasty) ? r.pick([-1, 0, 5 << 20, 3 << 20]) : r.pick([1, 100, 4096, 9000]),
  ],
  sendfile: (r, k) => [
    k.ends.length > 0 && r.percent(30) ? end(r, k, 1) : fileFd(r, k),
    fileFd(r, k),
    place(r, k),
    many(r, k),
  ],
  copy_file_range: (r, k) => [
    fileFd(r, k),
    place(r, k),
    fileFd(r, k),
    place(r, k),
    many(r, k),
    r.percent(k.nasty) ? 1 : 0,
  ],
  splice,
  tee: (r, k) => {
    const flags = r.percent(k.nasty) ? r.pick([18, 0, 255]) : 2
    return r.percent(k.nasty)
      ? [fd(r, k), fd(r, k), many(r, k), flags]
      : [end(r, k, 0), end(r, k, 1), many(r, k), flags]
  },
  fcntl,
  flock,
}
