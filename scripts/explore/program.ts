import type { Libc, Run, UserPtr } from '../../index.ts'
import type { World } from './world.ts'
import { SegmentationFault } from '../../userland/context.ts'
import { draw } from './calls.ts'
import { Random, mix } from './random.ts'
import { Violation } from './world.ts'

/** A program that draws its next call from the seed. Each call has a key, so one can be left out without changing the others. */

/** One process or thread as its calls see it. */
export interface Life {
  readonly world: World
  readonly sys: Libc
  /** 16 KiB of memory of its own. */
  readonly buf: UserPtr
}

export const BUF_SIZE = 16 << 10

/** Live until `calls` are made. */
export function* live(world: World, sys: Libc, key: number, calls: number): Run<number> {
  try {
    const life: Life = { world, sys, buf: sys.alloc(BUF_SIZE) }
    for (let n = 0; n < calls; n++) yield* call(life, mix(key, n))
    return key & 0x3f
  } catch (error) {
    // Memory that is gone ends a program, as it should; nothing else may.
    if (!(error instanceof SegmentationFault)) world.seen ??= new Violation('thrown', String((error as Error).stack))
    throw error
  }
}

/** Make the call that `key` draws. */
export function* call(life: Life, key: number): Run<void> {
  const { world } = life
  if (world.replay.keep?.has(key) === false) return
  world.made.push(key)
  const ret = yield* draw(life, new Random(key), key)
  if (ret <= -512 && ret >= -516 && !world.restartInjected)
    world.seen ??= new Violation('restart code seen', `a program got ${ret} from the call of key ${key.toString(36)}`)
}
