import type { Kind } from './draw.ts'
import type { Random } from './random.ts'
import { fd, fileFd } from './draw_path.ts'

/** fcntl, and locks of files. */

const MOST = '9223372036854775807'
const LEAST = '-9223372036854775808'

/** A struct flock: small ranges that meet, overlap and lie within each other. */
function range(r: Random, k: Kind): string {
  if (r.percent(k.nasty))
    return r.pick(['8', '0', '-4096', `[65536,${MOST},1,0]`, `[1,${MOST},2,0]`, `[0,${LEAST},0,0]`])
  // Ranges of a grid meet at their ends.
  if (r.percent(50)) return `[${r.below(3)},${5 * r.below(4)},${r.pick([5, 5, 10, 0])},0]`
  const type = r.percent(k.nasty) ? r.pick([3, 4, -1, 0x8000]) : r.below(3)
  const whence = r.percent(k.nasty) ? r.pick([3, 9]) : r.percent(75) ? 0 : 1 + r.below(2)
  const start = r.percent(k.nasty) ? r.pick([-1, -20, MOST]) : r.below(r.pick([4, 20]))
  const len = r.percent(k.nasty) ? r.pick([-1, -3, MOST, LEAST, -30]) : r.below(r.pick([3, 6, 15]))
  return `[${type + 65536 * whence},${start},${len},${r.percent(k.nasty) ? 1 : 0}]`
}

/** F_GETLK asks who is in the way: more of them are asked where locks are what it is about. */
export function fcntl(r: Random, k: Kind): (string | number)[] {
  const f = fd(r, k)
  const locks = k.theme === 'locks' ? 6 : 1
  const limits = k.theme === 'limits' ? 3 : 1
  // Who waits for a lock of the parent that waits for it, or of a file of its own, would wait for ever.
  const wait = k.depth === 0 && !k.pipes ? locks : 0
  return r.weighted<() => (string | number)[]>([
    [6 * limits, () => [f, 0, r.pick([0, 3, 5, 7, 10, 1022, 1023, 1024, 4096, 4097, -1])]],
    [3 * limits, () => [f, 1030, r.pick([0, 3, 7, 20, 1024])]],
    [4, () => [f, 1]],
    [4, () => [f, 2, r.below(4)]],
    [6, () => [f, 3]],
    // With pipes nobody may wait: O_NONBLOCK stays.
    [4, () => [f, 4, (k.pipes ? 0o4000 : r.pick([0, 0o4000])) | r.pick([0, 0o2000, 0o1000000, 0o100, 0o10003])]],
    [5 * locks, () => [fileFd(r, k), 5, range(r, k)]],
    [6 * locks, () => [fileFd(r, k), 6, range(r, k)]],
    [wait, () => [fileFd(r, k), 7, range(r, k)]],
    // One's own process is in the way of one's open file.
    [6 * locks, () => [fileFd(r, k), 36, range(r, k)]],
    [k.pipes ? 2 * locks : 0, () => [fileFd(r, k), 37, range(r, k)]],
    [2, () => [end(r, k), 1032]],
    [
      3,
      () => [
        end(r, k),
        1031,
        r.pick([0, 1, 4096, 4097, 5000, 8192, 65536, 1 << 20, (1 << 20) + 1, 2 ** 31, 2 ** 31 + 1, -1]),
      ],
    ],
    [1, () => [f, r.pick([99, -1, 7777])]],
  ])()
}

function end(r: Random, k: Kind): number {
  return k.ends.length > 0 && r.percent(70) ? r.pick(k.ends) : fd(r, k)
}

/** Without LOCK_NB only what need not wait: to drop it. */
export function flock(r: Random, k: Kind): number[] {
  return [fileFd(r, k), r.percent(k.nasty) ? r.pick([4, 0, 37, 7, 16, -1]) : r.pick([5, 5, 6, 8])]
}
