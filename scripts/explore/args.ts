import type { Libc, Run, UserPtr } from '../../index.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'
import type { sigset_t } from '../../kernel/task/signal.ts'
import { encodeUtf8 } from '../../kernel/utf8.ts'

/** Arguments, drawn: most are good, some are not. */

/** One process or thread as its calls see it. */
export interface Life {
  readonly world: World
  readonly sys: Libc
  /** 16 KiB of memory of its own. */
  readonly buf: UserPtr
}

export const BUF_SIZE = 16 << 10

/** Words for futexes are at the start of the heap. */
export const HEAP_START = 0x10_0000
export const SIGNALS = [1, 10, 12, 13, 14, 17, 18, 19, 20, 23, 11, 32, 33, 40, 64] as const
export const SLEEPS = [0, 1, 1000, 4_000_000, 999_999_999] as const

const NAMES = ['/tmp/a', '/tmp/b', '/tmp/c', '/tmp/d', '/tmp/d/e', '/tmp/f', '/tmp/f', '/tmp/d/f', 'a', '../b', '/tmp']
const OTHERS = [
  '/mnt/host/f',
  '/mnt/host/d',
  '/mnt/host/l',
  '/mnt/host/bad',
  '/mnt/host',
  '/dev/null',
  '/dev/zero',
  '/absent/x',
  '',
  '/',
  '/bin/again',
  '.',
  '..',
]

export type Draw = readonly [weight: number, make: (life: Life, r: Random, key: number) => Run<number>]

export function word64(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true)
  return bytes
}

export function fd(r: Random): number {
  return r.oneIn(12) ? r.pick([-1, 1023, 1024, 70]) : r.oneIn(8) ? r.below(3) : 3 + r.below(8)
}

export function size(r: Random): number {
  return r.pick([0, 1, 1, 7, 8, 64, 355, 400, 4096, 4097, 16_000, 70_000])
}

export function pid(r: Random): number {
  return r.oneIn(20) ? r.pick([0, -1, 40_000]) : 2 + r.below(12)
}

export function who(r: Random): number {
  return r.oneIn(30) ? -1 : r.oneIn(4) ? 0 : r.oneIn(4) ? -pid(r) : pid(r)
}

export function signal(r: Random): number {
  return r.oneIn(40) ? r.pick([9, 9, 0, 65, 15]) : r.oneIn(4) ? 18 : r.pick(SIGNALS)
}

export function set(r: Random): sigset_t {
  let all = 0n
  for (const sig of SIGNALS) if (r.oneIn(3)) all |= 1n << BigInt(sig - 1)
  return all
}

export function address(buf: UserPtr, r: Random): UserPtr {
  return r.oneIn(25)
    ? r.pick([0, 8, HEAP_START, 2 ** 37, -4096, -1] as UserPtr[])
    : ((buf + 8 * r.below(100)) as UserPtr)
}

export function word(r: Random): UserPtr {
  return (HEAP_START + 4 * r.below(3) + (r.oneIn(20) ? 1 : 0)) as UserPtr
}

export function waitOptions(r: Random): number {
  return (r.oneIn(2) ? 1 : 0) | (r.oneIn(2) ? 2 : 0) | (r.oneIn(2) ? 8 : 0)
}

/** A name in memory: `slot` tells one from the other. */
export function path({ sys, buf }: Life, r: Random, slot: number): UserPtr {
  if (r.oneIn(60)) return r.pick([0, -1, 2 ** 37] as UserPtr[])
  const at = (buf + 12_288 + 64 * slot) as UserPtr
  sys.store(at, encodeUtf8(`${r.oneIn(10) ? r.pick(OTHERS) : r.pick(NAMES)}\0`))
  return at
}
