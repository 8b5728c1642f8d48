import type { MaySleep, Sleeps } from '../types.ts'
import { MAX_ERRNO } from '../errno.ts'

/**
 * How code goes on behind a call that may or may not sleep. On the way that does not sleep all of these
 * are plain calls: no generator is built, nothing is resumed. A chain of generators, one a function,
 * reads still better and makes a checkpoint take twice as long.
 */

/**
 * Go on with `next` unless `r` is an errno, which then is the result. What C writes as
 *
 *     ret = r;
 *     if (ret < 0)            or:  if (IS_ERR(ret))
 *         return ret;
 *     return next(ret);
 */
export function andThen<T extends number, R extends number>(
  r: MaySleep<T>,
  next: (ret: T) => MaySleep<R>,
): MaySleep<R | T> {
  if (typeof r !== 'number') return andThenLater(r, next)
  return isErrno(r) ? r : next(r)
}

/** Go on with `next` whatever `r` is. */
export function after<T extends number, R extends number>(r: MaySleep<T>, next: (ret: T) => MaySleep<R>): MaySleep<R> {
  return typeof r === 'number' ? next(r) : afterLater(r, next)
}

/** Give back what was taken, whatever `r` is; `r` stays the result. What C writes behind `out:`. */
export function lastly<T extends number>(r: MaySleep<T>, giveBack: () => void): MaySleep<T> {
  if (typeof r !== 'number') return lastlyLater(r, giveBack)
  giveBack()
  return r
}

function* andThenLater<T extends number, R extends number>(r: Sleeps<T>, next: (ret: T) => MaySleep<R>): Sleeps<R | T> {
  const ret = yield* r
  return isErrno(ret) ? ret : yield* may(next(ret))
}

function* afterLater<T extends number, R extends number>(r: Sleeps<T>, next: (ret: T) => MaySleep<R>): Sleeps<R> {
  return yield* may(next(yield* r))
}

function* lastlyLater<T extends number>(r: Sleeps<T>, giveBack: () => void): Sleeps<T> {
  const ret = yield* r
  giveBack()
  return ret
}

/** A kernel pointer is negative too, but never in the range of errnos. */
function isErrno(ret: number): boolean {
  return ret < 0 && ret >= -MAX_ERRNO
}

/**
 * In a generator: the result of what may or may not sleep. A number is handed out at once, at the cost of
 * no generator.
 *
 *     const ret = yield* may(vfs_write(file, buf, count, pos))
 */
export function may<T extends number>(r: MaySleep<T>): Sleeps<T> {
  if (typeof r !== 'number') return r
  finished.value = r
  return FINISHED as Sleeps<T>
}

// One for all: `yield*` takes the value out before anything else can run.
const finished: IteratorReturnResult<number> = { done: true, value: 0 }
const FINISHED = {
  next: () => finished,
  [Symbol.iterator]() {
    return this
  },
} as unknown as Sleeps<number>
