import { expect, test } from 'vitest'
import { S_ISREG } from '../kernel/fs/inode.ts'
import { wait_queue_head } from '../kernel/sched/wait.ts'
import { examine, explore, shrink } from '../scripts/explore/explore.ts'
import { Hang, guard } from '../scripts/explore/guard.ts'
import { runMachine, type Sabotage } from '../scripts/explore/machine.ts'
import { formatReplay, parseReplay } from '../scripts/explore/world.ts'

const MANNER = { every: 16 }
/** Shrinking runs hundreds of machines. */
const PATIENCE = { timeout: 60_000 }

test('twenty thousand random calls break nothing, and twice the same seed gives the same trace', PATIENCE, () => {
  const first = explore(1, 20_000, MANNER)
  expect(first.failure).toBeNull()
  expect(first.syscalls).toBeGreaterThanOrEqual(20_000)
  expect(explore(1, 20_000, MANNER).hash).toBe(first.hash)
  expect(explore(2, 20_000, MANNER).hash).not.toBe(first.hash)
})

/** Bugs put in on purpose: what each is called, its kind, how many operations show it, and how it is put in. */
const bugs: readonly (readonly [string, string, number, Sabotage])[] = [
  [
    'a wake-up that gets lost',
    'lost wake-up',
    20,
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
    6,
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
    20,
    (kernel) => {
      const { pid_map } = kernel.pid_ns
      pid_map.delete = () => false
    },
  ],
  [
    'a queue that keeps who was interrupted in it',
    'wait queue',
    30,
    (kernel) => {
      kernel.trace.sys_exit.register((t, _nr, _args, ret) => {
        if (ret !== -512) return
        const wq = new wait_queue_head('what was')
        wq.add(t)
        t.waits_for = wq
      })
    },
  ],
  [
    'a position that does not follow',
    'position',
    8,
    (kernel) => {
      kernel.trace.sys_enter.register((t, nr, args) => {
        const f = nr === 63 ? t.files?.fd[Number(args[0])] : undefined
        if (f && S_ISREG(f.f_inode.i_mode)) f.f_pos++
      })
    },
  ],
  [
    'a lock that stays when its file is closed',
    'lock',
    8,
    (kernel) => {
      const kept = new Map<unknown, () => void>()
      kernel.trace.sys_enter.register((t, nr, args) => {
        const { files } = t
        const ctx = nr === 57 ? files?.fd[Number(args[0])]?.f_inode.i_flctx : undefined
        const locks = files === null ? undefined : ctx?.posix.get(files)
        if (locks !== undefined) kept.set(t, () => ctx?.posix.set(files as never, locks))
      })
      kernel.trace.sys_exit.register((t) => {
        kept.get(t)?.()
        kept.delete(t)
      })
    },
  ],
  [
    'a file system that covers its place when it is gone',
    'mount',
    4,
    (kernel) => {
      let before = [...kernel.mounts]
      kernel.trace.sys_exit.register((_t, nr) => {
        for (const { mnt_root } of before)
          if (nr === 39 && !kernel.mounts.some((m) => m.mnt_root === mnt_root)) kernel.root.d_mounted = mnt_root
        before = [...kernel.mounts]
      })
    },
  ],
  [
    'something that outlives its machine',
    'not the same',
    6,
    (kernel) => {
      const odd = machines++ % 2 === 1
      if (odd) kernel.ctx_count += 1000
    },
  ],
]
let machines = 0

for (const [what, kind, operations, sabotage] of bugs) {
  test(`${what} is found, and shrunk to a replay that fails again`, PATIENCE, () => {
    const { failure } = explore(10, 50_000, { ...MANNER, sabotage })
    if (failure === null) throw new Error('nothing was found')
    expect(failure.violation.kind).toBe(kind)
    const { replay, minimal } = shrink(failure, { ...MANNER, sabotage })
    expect(minimal).toBe(true)
    expect(replay.keep?.size).toBeLessThanOrEqual(operations)
    const again = parseReplay(formatReplay(replay))
    expect(again).toEqual(replay)
    const twice = kind === 'not the same'
    expect(examine(replay, { every: 1, sabotage }, twice).violation?.kind).toBe(kind)
    for (const key of replay.keep ?? []) {
      const without = { ...replay, keep: new Set([...(replay.keep ?? [])].filter((k) => k !== key)) }
      expect(examine(without, { every: 1, sabotage }, twice).violation?.kind, `without ${key}`).not.toBe(kind)
    }
  })
}

test('a kernel that does not come back is a violation that names its machine and its call', () => {
  const { violation } = runMachine(
    { seed: 1, syscalls: 3000, keep: null },
    {
      every: 16,
      guard: () => {
        throw new Hang('60 s')
      },
    },
  )
  expect(violation?.kind).toBe('hang')
  expect(violation?.message).toMatch(/not back after 60 s, at system call \d+, \S+ of task \d+/)
})

test('what does not come back is stopped, and what does is not', () => {
  const endless = (): never => {
    for (;;);
  }
  expect(() => guard(50)(endless)).toThrow(Hang)
  expect(guard(60_000)(() => 7)).toBe(7)
  expect(() =>
    guard(60_000)(() => {
      throw new RangeError('its own')
    }),
  ).toThrow(new RangeError('its own'))
})

test('what is no replay is refused', () => {
  expect(parseReplay('x')).toBeNull()
  expect(parseReplay('1:2:*')).toEqual({ seed: 1, syscalls: 2, keep: null })
})
