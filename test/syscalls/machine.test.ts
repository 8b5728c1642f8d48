import { describe, expect, it } from 'vitest'
import { boot, type Libc, type Run, type UserPtr } from '../../index.ts'
import { EINTR } from '../../kernel/errno.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const PERSONALITY = 92
const ASK = 0xffffffff
const STICKY_TIMEOUTS = 0x4000000
const ADDR_NO_RANDOMIZE = 0x40000
const SIGALRM = 14

describe('sysinfo', () => {
  it('tells the time up, of which a second that has begun counts, memory in bytes, and all tasks', () => {
    inVm(
      function* (sys) {
        const at = sys.alloc(120)
        const info = function* (): Run<{ up: bigint; total: bigint; free: bigint; shared: bigint; procs: number }> {
          sys.store(at, new Uint8Array(120).fill(0xee))
          ok(yield* sys.syscall(179, at))
          const bytes = sys.load(at, 120)
          is([...bytes.subarray(112)], [...new Uint8Array(8).fill(0xee)])
          const dv = new DataView(bytes.buffer)
          is([dv.getUint32(104, true), dv.getBigUint64(64, true)], [1, 0n])
          const long = (i: number): bigint => dv.getBigUint64(8 * i, true)
          return { up: long(0), total: long(4), free: long(5), shared: long(6), procs: dv.getUint16(80, true) }
        }
        const first = yield* info()
        is([first.up, first.total, first.procs], [0n, 3n << 20n, 1])
        const child = ok(yield* sys.fork((child) => child.nanosleep(5)))
        const fd = ok(yield* sys.open('/tmp/f', 0o102, 0o600))
        is(yield* sys.write(fd, at, 100), 100)
        ok(yield* sys.nanosleep(3, 1))
        const second = yield* info()
        is([second.up, second.procs, second.shared - first.shared], [4n, 2, 4096n])
        is(second.free < first.free, true)
        is(yield* waitFor(sys, child), 0)
        return 0
      },
      { mem: 1 << 20 },
    )
  })
})

describe('getcpu', () => {
  it('tells the one CPU and the one node there are, where somebody wants to know', () => {
    inVm(function* (sys) {
      const at = sys.alloc(8)
      sys.store(at, new Uint8Array(8).fill(9))
      is([yield* sys.syscall(168, 0, 0, 8), yield* sys.syscall(168, at, 0, 0)], [0, 0])
      is([sys.loadInt(at), sys.loadInt((at + 4) as UserPtr)], [0, 0x09090909])
      is([yield* sys.syscall(168, 0, at + 4, 0), sys.loadInt((at + 4) as UserPtr)], [0, 0])
      return 0
    })
  })
})

describe('personality', () => {
  const set = (sys: Libc, to: number): Run<number> => sys.syscall(PERSONALITY, to)

  it('is kept, told, and handed on to children', () => {
    inVm(function* (sys) {
      is(
        [yield* set(sys, ADDR_NO_RANDOMIZE), yield* set(sys, ASK), yield* set(sys, ASK)],
        [0, ADDR_NO_RANDOMIZE, ADDR_NO_RANDOMIZE],
      )
      is(
        yield* waitFor(
          sys,
          ok(
            yield* sys.fork(function* (child) {
              is(yield* set(child, 0xfeffffff | 0), ADDR_NO_RANDOMIZE)
              return (yield* set(child, 0)) === 0xfeffffff ? 0 : 1
            }),
          ),
        ),
        0,
      )
      is(yield* set(sys, ASK), ADDR_NO_RANDOMIZE)
      return 0
    })
  })

  it('another program keeps it but for its kind, and one that lends rights also what makes attacks easier', () => {
    const vm = boot({ cmdline: 'ckpt_debug=0' })
    vm.spawn(function* main(sys) {
      const exec = function* (to: number, mode: number): Run<void> {
        ok(yield* sys.chmod('/bin/cat', mode))
        const child = ok(
          yield* sys.fork(function* (child) {
            ok(yield* set(child, to))
            return yield* child.execve('/bin/cat', ['cat', '/proc/self/personality'])
          }),
        )
        is(yield* waitFor(sys, child), 0)
      }
      yield* exec(STICKY_TIMEOUTS | ADDR_NO_RANDOMIZE | 5, 0o755)
      yield* exec(STICKY_TIMEOUTS | ADDR_NO_RANDOMIZE | 8, 0o755)
      yield* exec(STICKY_TIMEOUTS | ADDR_NO_RANDOMIZE, 0o4755)
      yield* exec(STICKY_TIMEOUTS | ADDR_NO_RANDOMIZE, 0o2755)
      yield* exec(STICKY_TIMEOUTS | ADDR_NO_RANDOMIZE, 0o2745)
      return 0
    })
    vm.run()
    expect(vm.console).toBe('04040000\n04040008\n04000000\n04000000\n04040000\n')
  })

  it('with STICKY_TIMEOUTS ppoll leaves its time alone, and a signal ends it for good', () => {
    inVm(function* (sys) {
      const rest = (time: UserPtr): number => sys.loadInt(time)
      ok(yield* sys.sigaction(SIGALRM, function* () {}))
      for (const [kind, left] of [
        [0, 0],
        [STICKY_TIMEOUTS, 2],
      ]) {
        ok(yield* set(sys, kind))
        const time = sys.words(2n, 0n)
        is([yield* sys.syscall(73, 0, 0, time, 0, 8), rest(time)], [0, left])
        const long = sys.alloc(16)
        sys.store(long, Uint8Array.of(50, ...new Uint8Array(15)))
        ok(yield* sys.syscall(103, 0, sys.words(0n, 0n, 10n, 0n), 0))
        fails(yield* sys.syscall(73, 0, 0, long, 0, 8), EINTR)
        is(rest(long), kind === 0 ? 40 : 50)
      }
      return 0
    })
  })
})
