import type { Kind } from './draw.ts'
import type { Random } from './random.ts'

/** Descriptors and paths: few of each, so that a program meets again what it has made. */

const AT_FDCWD = -100

const NAMES = ['a', 'b', 'c', 'd', 'e']
const ODD = ['.', '..', '.', '..', '%r255.6e', '%r256.6e', '%ff%80', 'a%0ab']

export function fd(r: Random, k: Kind): number {
  if (r.percent(k.nasty)) return r.pick([-1, 9, 99, 1023, 1024, AT_FDCWD, 2 ** 31 - 1])
  return r.below(r.pick([2, 4, 7]))
}

/** A regular file's, where one is known. */
export function fileFd(r: Random, k: Kind): number {
  return k.files.length > 0 && r.percent(70) ? r.pick(k.files) : fd(r, k)
}

/** A directory's, where one is known. */
export function dirFd(r: Random, k: Kind): number {
  return k.dirs.length > 0 && r.percent(60) ? r.pick(k.dirs) : fd(r, k)
}

export function dirfd(r: Random, k: Kind): number {
  if (k.dirs.length > 0 && r.percent(25)) return r.pick(k.dirs)
  return r.percent(75) ? AT_FDCWD : fd(r, k)
}

export function path(r: Random, k: Kind): string {
  if (r.percent(k.nasty)) return nasty(r)
  const most = k.deep ? 6 : 3
  const parts: string[] = []
  for (let n = 1 + r.below(r.pick([1, 2, most])); n > 0; n--) parts.push(r.percent(9) ? r.pick(ODD) : r.pick(NAMES))
  const text = parts.join(r.percent(3) ? '//' : '/')
  return `"${r.percent(12) ? '/' : ''}${text}${r.percent(7) ? '/' : ''}"`
}

function nasty(r: Random): string {
  return r.pick([
    '8',
    '0',
    '-4096',
    '""',
    '"/"',
    '"//"',
    '"abc":2',
    '"a/b":3',
    `"${'%r255.6e/'.repeat(15)}%r255.6e"`,
    `"%r4095.2f"`,
    `"%r4096.2f"`,
    `"a/%r4093.2f"`,
    `"a/%r4094.2f"`,
    '"a/.."',
    '"a/."',
    '"../../a"',
  ])
}
