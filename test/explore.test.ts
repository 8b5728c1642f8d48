import { expect, test } from 'vitest'
import { explore, shrink } from '../scripts/explore/explore.ts'
import { runMachine, type Sabotage } from '../scripts/explore/machine.ts'
import { formatReplay, parseReplay } from '../scripts/explore/world.ts'

const EVERY = 16
/** Shrinking runs hundreds of machines. */
const PATIENCE = { timeout: 60_000 }

test('twenty thousand random calls break nothing, and twice the same seed gives the same trace', PATIENCE, () => {
  const first = explore(1, 20_000, EVERY)
  expect(first.failure).toBeNull()
  expect(first.syscalls).toBeGreaterThanOrEqual(20_000)
  expect(explore(1, 20_000, EVERY).hash).toBe(first.hash)
  expect(explore(2, 20_000, EVERY).hash).not.toBe(first.hash)
})

/** Bugs put in on purpose: what each is called, and how. */
const bugs: readonly (readonly [string, string, Sabotage])[] = [
  [
    'a wake-up that gets lost',
    'lost wake-up',
    (kernel) => {
      let n = 0
      const enqueue = kernel.rq.enqueue.bind(kernel.rq)
      kernel.rq.enqueue = (t) => {
        // As if nobody had looked: the task sleeps on.
        if (t.waits_for !== null && t.sigpending !== 0 && ++n === 1) t.state = 1
        else enqueue(t)
      }
    },
  ],
  [
    'a file that is counted once too often',
    'file count',
    (kernel) => {
      kernel.trace.sys_exit.register((t, nr, _args, ret) => {
        const f = nr === 23 && ret >= 0 ? t.files?.fd[ret] : undefined
        if (f) f.f_count++
      })
    },
  ],
  [
    'an id that is not freed',
    'pid map',
    (kernel) => {
      const { pid_map } = kernel.pid_ns
      pid_map.delete = () => false
    },
  ],
]

for (const [what, kind, sabotage] of bugs) {
  test(`${what} is found, and shrunk to a replay that fails again`, PATIENCE, () => {
    const { failure } = explore(9, 50_000, EVERY, sabotage)
    if (failure === null) throw new Error('nothing was found')
    expect(failure.violation.kind).toBe(kind)
    const { replay } = shrink(failure, sabotage)
    expect(replay.keep?.size).toBeLessThan(20)
    const again = parseReplay(formatReplay(replay))
    expect(again).toEqual(replay)
    expect(runMachine(replay, 1, sabotage).violation?.kind).toBe(kind)
  })
}

test('what is no replay is refused', () => {
  expect(parseReplay('x')).toBeNull()
  expect(parseReplay('1:2:*')).toEqual({ seed: 1, syscalls: 2, keep: null })
})
