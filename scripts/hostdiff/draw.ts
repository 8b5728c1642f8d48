import type { Random } from './random.ts'
import { buffer, draws as data, length } from './draw_data.ts'
import { dirfd, fd, path } from './draw_path.ts'
import { draws as rest } from './draw_rest.ts'

/** Calls that belong together come together: a difference often takes several of a family. */
export type Theme = 'names' | 'data' | 'locks' | 'limits' | 'people'

/** What kind of program is drawn. */
export interface Kind {
  /** It has pipes: whoever opens a file must not wait for its other end. */
  readonly pipes: boolean
  /** How often in a hundred times an argument is a bad one. */
  readonly nasty: number
  /** How many processes wait for the one that calls. */
  readonly depth: number
  /** What it is mostly about. */
  readonly theme: Theme
  /** Descriptors that its scene has made: of regular files, of directories, and the ends of a pipe. */
  readonly files: readonly number[]
  readonly dirs: readonly number[]
  readonly ends: readonly number[]
  /** Its paths are long. */
  readonly deep: boolean
}

export type Draw = (r: Random, k: Kind) => (string | number)[]

/** The arguments of a call. */
export function args(r: Random, kind: Kind, name: string): string[] {
  const draw = draws[name] ?? data[name] ?? rest[name]
  return draw === undefined ? [] : draw(r, kind).map(String)
}

const O_NONBLOCK = 0o4000
/** O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC, O_PATH, O_NOATIME */
const OPEN_FLAGS = [0o100, 0o200, 0o1000, 0o2000, 0o200000, 0o400000, 0o2000000]
const MODES = [0o644, 0o600, 0o755, 0o777, 0, 0o400, 0o200, 0o111, 0o1777, 0o4755, 0o2775, 0o6711]

function openFlags(r: Random, k: Kind): number {
  const access = r.weighted([
    [4, 0],
    [4, 1],
    [6, 2],
    [1, 3],
  ])
  const wait = k.pipes || r.percent(5) ? O_NONBLOCK : 0
  if (r.percent(45)) return access | 0o100 | wait | r.bits([0o200, 0o1000, 0o2000, 0o2000000], 12)
  if (r.percent(20)) return 0o200000 | wait
  if (r.percent(8)) return 0o10000000 | r.bits(OPEN_FLAGS, 15)
  return access | wait | r.bits(OPEN_FLAGS, 12) | (r.percent(3) ? 0o1000000 : 0)
}

function mode(r: Random): number {
  return r.percent(5) ? r.below(0o200000) : r.pick(MODES)
}

/** AT_ flags, of which the call knows some. */
function atFlags(r: Random, known: readonly number[]): number {
  return r.percent(3) ? r.pick([0x100, 0x200, 0x400, 0x800, 0x1000, 0x10, -1]) : r.bits(known, 30)
}

const S_IF = [0o100000, 0o10000, 0o10000, 0, 0o40000, 0o140000, 0o20000, 0o60000, 0o120000, 0o170000]

function nodeType(r: Random, k: Kind): number {
  return r.percent(70) ? (k.pipes ? 0o10000 : 0o100000) : r.pick(k.pipes ? S_IF : S_IF.filter((t) => t !== 0o10000))
}

/** A user or group: one that the file has, or may get, or -1 for no change. */
function owner(r: Random): number {
  return r.pick([-1, -1, 0, 1000, 1000, 2000, 1001])
}

function times(r: Random, k: Kind): string {
  if (r.percent(15)) return '0'
  if (r.percent(k.nasty)) return r.pick(['8', '-4096', '[1,1000000000,2,0]', '[1,-1,2,0]'])
  const time = (): string =>
    r.pick(['5,6', '1000000000,7', '77,999999999', '0,1073741823', '0,1073741822', '9,1073741822', '3,0', '-5,1'])
  return `[${time()},${time()}]`
}

const at = (k: Kind, r: Random): string[] => [String(dirfd(r, k)), path(r, k)]

/** A folder and one that may be in it, in either order. */
function nested(r: Random): string[] {
  const [outer, inner] = r.pick([
    ['"a"', '"a/b"'],
    ['"d"', '"d/e/a"'],
    ['"d/e"', '"d/e/a"'],
    ['"b"', '"b/c/a"'],
  ])
  return r.percent(50) ? ['-100', outer, '-100', inner] : ['-100', inner, '-100', outer]
}

/** The calls that take paths. */
export const draws: Readonly<Record<string, Draw>> = {
  openat: (r, k) => [...at(k, r), openFlags(r, k), mode(r)],
  mkdirat: (r, k) => [...at(k, r), mode(r)],
  mknodat: (r, k) => [...at(k, r), nodeType(r, k) | mode(r), r.pick([0, 0, 259, 261, 0x801])],
  unlinkat: (r, k) => [...at(k, r), r.percent(40) ? 0x200 : r.percent(k.nasty) ? r.pick([1, 0x100, 0x600]) : 0],
  renameat2: (r, k) => [
    ...(r.percent(15) ? nested(r) : [...at(k, r), ...at(k, r)]),
    r.weighted([
      [6, 0],
      [2, 1],
      [3, 2],
      [1, r.pick([3, 8, -1])],
    ]),
  ],
  linkat: (r, k) => [...at(k, r), ...at(k, r), atFlags(r, [0x400])],
  symlinkat: (r, k) => [path(r, k), ...at(k, r)],
  readlinkat: (r, k) => [...at(k, r), ...buffer(r, k, '@', [100, 100, 1, 2, 0, -1])],
  newfstatat: (r, k) => [...at(k, r), room(r, k, 144), atFlags(r, [0x100])],
  statx: (r, k) => [...at(k, r), atFlags(r, [0x100, 0x2000]), r.pick([0x7ff, 0xfff, 0, 1]), room(r, k, 256)],
  faccessat: (r, k) => [...at(k, r), r.percent(k.nasty) ? r.pick([8, -1]) : r.below(8)],
  faccessat2: (r, k) => [...at(k, r), r.below(8), atFlags(r, [0x100, 0x200])],
  fchmodat: (r, k) => [...at(k, r), mode(r)],
  fchmodat2: (r, k) => [...at(k, r), mode(r), atFlags(r, [0x100])],
  fchownat: (r, k) => [...at(k, r), owner(r), owner(r), atFlags(r, [0x100])],
  utimensat: (r, k) =>
    r.percent(15) ? [fd(r, k), 0, times(r, k), atFlags(r, [])] : [...at(k, r), times(r, k), atFlags(r, [0x100])],
  truncate: (r, k) => [path(r, k), length(r, k)],
  chdir: (r, k) => [path(r, k)],
  chroot: (r, k) => [path(r, k)],
  statfs: (r, k) => [path(r, k), room(r, k, 120)],
}

/** `size` bytes for a struct, or too few of them, or a bad address. */
export function room(r: Random, k: Kind, size: number): string {
  if (!r.percent(k.nasty)) return `@${size}`
  return r.pick(['8', '-4096', '0', `@${size}:${r.below(Math.min(size, 112))}`])
}
