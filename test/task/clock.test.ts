import { expect, test } from 'vitest'
import { boot, type Libc, type Run } from '../../index.ts'
import { ETIMEDOUT } from '../../kernel/errno.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const BOOT = 1_000_000_000
const SECOND = 1_000_000_000n
const [REALTIME, MONOTONIC] = [0, 1]

function* now(sys: Libc, clock = REALTIME): Run<bigint> {
  const at = sys.alloc(16)
  ok(yield* sys.syscall(113, clock, at))
  const dv = new DataView(sys.load(at, 16).buffer)
  return dv.getBigInt64(0, true) * SECOND + dv.getBigInt64(8, true)
}

function* day(sys: Libc): Run<bigint> {
  const at = sys.alloc(16)
  ok(yield* sys.syscall(169, at, 0))
  const dv = new DataView(sys.load(at, 16).buffer)
  return dv.getBigInt64(0, true) * 1_000_000n + dv.getBigInt64(8, true)
}

function settime(sys: Libc, sec: bigint, nsec = 0n): Run<number> {
  return sys.syscall(112, REALTIME, sys.words(sec, nsec))
}

test('the clock on the wall can be set to the nanosecond, years away, and goes on from there', () => {
  inVm(
    function* (sys) {
      ok(yield* sys.nanosleep(7, 999_999_999))
      const up = yield* now(sys, MONOTONIC)
      for (const [sec, nsec] of [
        [4_000_000_000n, 123_456_789n],
        [10n, 0n],
        [1_000_000_000n, 999_999_999n],
      ] as const) {
        ok(yield* settime(sys, sec, nsec))
        is(yield* now(sys), sec * SECOND + nsec)
        is(yield* day(sys), sec * 1_000_000n + nsec / 1000n)
      }
      is(yield* now(sys, MONOTONIC), up)
      ok(yield* sys.nanosleep(1, 5))
      is(yield* now(sys), 1_000_000_000n * SECOND + 999_999_999n + SECOND + 5n)
      is((yield* now(sys, MONOTONIC)) - up, SECOND + 5n)
      return 0
    },
    { time: BOOT },
  )
})

test('files are as old as they were when the clock is set, and new ones have the new time', () => {
  const vm = boot({ time: BOOT })
  vm.spawn('/bin/sh', [
    '-c',
    'cd /tmp; echo >old; date -u -s @1500000000.5 +%F; echo >new; stat -c %Y old new; grep btime /proc/stat; date +%s.%N',
  ])
  vm.run()
  expect(vm.console).toBe('2017-07-14\n1000000000\n1500000000\nbtime 1500000000\n1500000000.500000000\n')
})

test('a file that is read after the clock was set was read then', () => {
  const vm = boot({ time: BOOT })
  vm.spawn('/bin/sh', ['-c', 'cd /tmp; echo x >a; date -s @1500000000 >/dev/null; cat a; stat -c "%X %Y" a'])
  vm.run()
  expect(vm.console).toBe('x\n1500000000 1000000000\n')
})

test('the instant of the boot is told in whole seconds, and of one that has begun its beginning', () => {
  const vm = boot({ time: BOOT })
  vm.spawn('/bin/sh', ['-c', 'sleep 7.25; date -s @1500000000.1 >/dev/null; grep btime /proc/stat'])
  vm.run()
  expect(vm.console).toBe('btime 1499999992\n')
})

test('only root sets the date', () => {
  const vm = boot({ time: BOOT })
  vm.spawn(function* main(sys) {
    ok(yield* sys.setresuid(1000, 1000, 1000))
    return yield* sys.execve('/bin/date', ['date', '-s', '@5'])
  })
  vm.run()
  expect(vm.console).toBe('date: cannot set date: Operation not permitted\nThu Jan  1 00:00:05 UTC 1970\n')
})

test('who sleeps until the clock tells a time wakes when it is set to that, and later when it is set back', () => {
  const vm = boot({ time: BOOT })
  const said: string[] = []
  vm.spawn(function* main(sys) {
    const until = function* (clock: number, sec: bigint): Run<number> {
      return ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.syscall(115, clock, 1, sys.words(sec, 0n), 0))
          said.push(`${clock === REALTIME ? 'wall' : 'up'} ${sec} at ${(yield* now(sys, MONOTONIC)) / SECOND}`)
          return 0
        }),
      )
    }
    const children = [yield* until(REALTIME, BigInt(BOOT) + 100n), yield* until(MONOTONIC, 50n)]
    children.push(yield* until(REALTIME, BigInt(BOOT) + 20n))
    ok(yield* sys.nanosleep(10))
    // Ten seconds back, and then far on.
    ok(yield* settime(sys, BigInt(BOOT)))
    ok(yield* sys.nanosleep(21))
    ok(yield* settime(sys, BigInt(BOOT) + 1000n))
    for (const pid of children) is(yield* waitFor(sys, pid), 0)
    return 0
  })
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(said).toEqual(['wall 1000000020 at 30', 'wall 1000000100 at 31', 'up 50 at 50'])
})

test('a futex whose time is one of the clock on the wall goes by that', () => {
  inVm(
    function* (sys) {
      const [FUTEX_WAIT_BITSET, REAL] = [9, 256]
      const word = sys.alloc(4)
      const sets = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.nanosleep(5))
          return yield* settime(sys, BigInt(BOOT) + 500n)
        }),
      )
      fails(
        yield* sys.syscall(98, word, FUTEX_WAIT_BITSET | REAL, 0, sys.words(BigInt(BOOT) + 400n, 0n), 0, -1),
        ETIMEDOUT,
      )
      is([(yield* now(sys, MONOTONIC)) / SECOND, yield* waitFor(sys, sets)], [5n, 0])
      return 0
    },
    { time: BOOT },
  )
})

test('a time zone is kept, and the first one says by how much a clock is off that shows local time', () => {
  inVm(
    function* (sys) {
      const zone = sys.alloc(8)
      const zones: number[][] = []
      const look = function* (): Run<void> {
        ok(yield* sys.syscall(169, 0, zone))
        zones.push([...new Int32Array(sys.load(zone, 8).slice().buffer)])
      }
      yield* look()
      ok(yield* sys.syscall(170, 0, sys.words((3n << 32n) | 0xffff_ffc4n)))
      yield* look()
      is((yield* now(sys)) / SECOND, BigInt(BOOT) - 3600n)
      ok(yield* sys.syscall(170, 0, sys.words(120n)))
      yield* look()
      is((yield* now(sys)) / SECOND, BigInt(BOOT) - 3600n)
      is(zones, [
        [0, 0],
        [-60, 3],
        [120, 0],
      ])
      return 0
    },
    { time: BOOT },
  )
})
