import type { MaySleep, Sleeps } from '../types.ts'
import { MAX_ERRNO } from '../errno.ts'

/**
 * How code goes on behind a call that may or may not sleep: with a function, and what to hand to it. On
 * the way that does not sleep all of these are plain calls: no generator is built, and since the
 * arguments come apart from the function, no closure either. A chain of generators, one a function,
 * takes twice as long.
 */

/**
 * Go on with `next(...args)` unless `r` is an errno, which then is the result. What C writes as
 *
 *     if (ret < 0)
 *         goto out;
 *     ret = next(args);
 */
export function andThen<A extends Args, R extends number>(
  r: MaySleep<number>,
  next: (...args: A) => MaySleep<R>,
  ...args: A
): MaySleep<number>
export function andThen(r: MaySleep<number>, next: Next, a?: Arg, b?: Arg, c?: Arg, d?: Arg, e?: Arg) {
  return r === 0 ? next(a, b, c, d, e) : andThenOther(r, next, a, b, c, d, e)
}

function andThenOther(r: MaySleep<number>, next: Next, a: Arg, b: Arg, c: Arg, d: Arg, e: Arg) {
  if (typeof r !== 'number') return andThenLater(r, next, a, b, c, d, e)
  return isErrno(r) ? r : next(a, b, c, d, e)
}

function* andThenLater(r: Sleeps<number>, next: Next, a: Arg, b: Arg, c: Arg, d: Arg, e: Arg): Sleeps<number> {
  const ret = yield* r
  return isErrno(ret) ? ret : yield* may(next(a, b, c, d, e))
}

/** Go on with `next(r, ...args)` whatever `r` is. */
export function after<T extends number, A extends Args, R extends number>(
  r: MaySleep<T>,
  next: (ret: T, ...args: A) => MaySleep<R>,
  ...args: A
): MaySleep<R>
export function after(r: MaySleep<number>, next: Next, a?: Arg, b?: Arg, c?: Arg, d?: Arg, e?: Arg) {
  return typeof r === 'number' ? next(r, a, b, c, d, e) : afterLater(r, next, a, b, c, d, e)
}

function* afterLater(r: Sleeps<number>, next: Next, a: Arg, b: Arg, c: Arg, d: Arg, e: Arg): Sleeps<number> {
  return yield* may(next(yield* r, a, b, c, d, e))
}

/** Give back what was taken, by `giveBack(...args)`; `r` stays the result. What C writes behind `out:`. */
export function lastly<T extends number, A extends Args>(
  r: MaySleep<T>,
  giveBack: (...args: A) => void,
  ...args: A
): MaySleep<T>
export function lastly(r: MaySleep<number>, giveBack: Next<void>, a?: Arg, b?: Arg, c?: Arg, d?: Arg, e?: Arg) {
  if (typeof r !== 'number') return lastlyLater(r, giveBack, a, b, c, d, e)
  giveBack(a, b, c, d, e)
  return r
}

function* lastlyLater(r: Sleeps<number>, giveBack: Next<void>, a: Arg, b: Arg, c: Arg, d: Arg, e: Arg): Sleeps<number> {
  const ret = yield* r
  giveBack(a, b, c, d, e)
  return ret
}

// Written out, five at most: any number of them would be an array built on each call.
type Args = [a?: Arg, b?: Arg, c?: Arg, d?: Arg, e?: Arg]
type Arg = unknown
type Next<R = MaySleep<number>> = (...args: Arg[]) => R

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
