import type { Chooser, TaskAt } from '../../index.ts'
import type { Random } from './random.ts'
import { signalName } from '../../kernel/task/signame.ts'
import { SIGNALS } from './args.ts'
import { Random as Stream, mix } from './random.ts'
import { step, type World } from './world.ts'

/** What comes from outside: calls that fail, signals in the middle of them, and somebody who chooses. */

const ERRORS = ['EINTR', 'EIO', 'EAGAIN', 'ENOSPC', 'ERESTARTSYS', 'ERESTARTNOINTR'] as const
const CALLS = ['read,write', 'checkpoint', 'restart', 'futex', 'wait4', 'nanosleep,ppoll', 'openat', 'clone'] as const

/** Disturb the machine now and then, as the seed says. Returns what puts an end to it. */
export function disturb(world: World, r: Random): () => void {
  const { vm, replay } = world
  const { vfs_read, vfs_write, kmalloc } = vm.kernel.inject
  const stops: (() => void)[] = []
  const inject = (n: number, spec: string): void => {
    if (!step(world, mix(replay.seed, -200 - n))) return
    if (spec.includes('ERESTART')) world.restartInjected = true
    stops.push(vm.inject(`${spec}:when=${1 + r.below(50)}+${3 + r.below(60)}`))
  }
  const sig = (): string => signalName(r.pick(SIGNALS))
  if (r.oneIn(4)) inject(0, `vfs_read:error=${r.pick(ERRORS)}`)
  if (r.oneIn(4)) inject(1, `vfs_write:error=${r.pick(ERRORS)}`)
  if (r.oneIn(4)) inject(2, 'kmalloc:error=ENOMEM')
  if (r.oneIn(4)) inject(3, `vfs_write:signal=${sig()}`)
  if (r.oneIn(4)) inject(4, `vfs_read:signal=${sig()}`)
  if (r.oneIn(4)) inject(5, `${r.pick(CALLS)}:error=${r.pick(ERRORS)}:signal=${sig()}`)
  if (r.oneIn(4)) inject(6, `${r.pick(CALLS)}:signal=${sig()}`)
  if (r.oneIn(6) && step(world, mix(replay.seed, -210))) {
    for (const point of [vfs_read, vfs_write]) point.arm([{ first: 2, last: Infinity, step: 7, action: { max: 1 } }])
  }
  if (r.oneIn(3) && step(world, mix(replay.seed, -220))) {
    const choosing = vm.choose(choices(world), { inside: r.oneIn(2) })
    stops.push(() => choosing.stop())
  }
  return () => {
    for (const stop of stops) stop()
    for (const point of [vfs_read, vfs_write, kmalloc]) point.arm([])
  }
}

/** Anybody next, and now and then a signal for somebody. */
function choices(world: World): Chooser {
  const { seed } = world.replay
  const r = new Stream(mix(seed, -300))
  let sent = 0
  return ({ runnable, others, inside }) => {
    if (r.oneIn(40)) {
      const all: readonly TaskAt[] = inside === null ? [...runnable, ...others] : [inside.task]
      const key = mix(seed, -1000 - sent++)
      const choice = { signal: r.pick(SIGNALS), to: all.length === 0 ? 0 : r.pick(all).pid }
      if (all.length > 0 && step(world, key)) return choice
    }
    if (inside !== null || runnable.length === 0) return null
    return { run: r.pick(runnable).pid }
  }
}
