import { describe, expect, it } from 'vitest'
import { boot, type Libc, type Program, type Run, type UserPtr, type Vm } from '../../index.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGPROF, SIGVTALRM, SIGXCPU } from '../../kernel/task/signal.ts'
import { fails, inVm, is, ok, pipe, waitFor } from '../support/vm.ts'
import { EINVAL } from '../../kernel/errno.ts'

const [VIRTUAL, PROF] = [1, 2]
/** Calls in a slice, which takes a tick of 4 ms. */
const options = { slice: 10, cmdline: 'ckpt_debug=0' }
const TICK = 4000n
const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD

/** In microseconds. */
function set(sys: Libc, which: number, first: bigint, interval = 0n, old = 0): Run<number> {
  const [sec, usec] = [first / 1_000_000n, first % 1_000_000n]
  return sys.syscall(103, which, sys.words(interval / 1_000_000n, interval % 1_000_000n, sec, usec), old)
}

function* left(sys: Libc, which: number): Run<{ left: bigint; interval: bigint }> {
  const at = sys.alloc(32)
  ok(yield* sys.syscall(102, which, at))
  const dv = new DataView(sys.load(at, 32).buffer)
  const time = (i: number): bigint => dv.getBigInt64(i, true) * 1_000_000n + dv.getBigInt64(i + 8, true)
  return { left: time(16), interval: time(0) }
}

/** Use up so many slices. */
function* spin(sys: Libc, slices: number): Run<void> {
  for (let i = 0; i < 10 * slices; i++) ok(yield* sys.getpid())
}

/** User ticks of the process so far. */
function* ticks(sys: Libc): Run<number> {
  const at = sys.alloc(144)
  ok(yield* sys.getrusage(0, at))
  const dv = new DataView(sys.load(at, 144).buffer)
  return (Number(dv.getBigInt64(0, true)) * 1e6 + Number(dv.getBigInt64(8, true))) / 4000
}

describe('setitimer by CPU time', () => {
  it('comes when so much was used and a tick more, once, and not while the process sleeps', () => {
    for (const [which, sig] of [
      [VIRTUAL, SIGVTALRM],
      [PROF, SIGPROF],
    ] as const) {
      inVm(function* (sys) {
        const came: number[] = []
        ok(
          yield* sys.sigaction(sig, function* (sys) {
            came.push(yield* ticks(sys))
          }),
        )
        const start = yield* ticks(sys)
        ok(yield* set(sys, which, 2n * TICK))
        is(yield* left(sys, which), { left: 3n * TICK, interval: 0n })
        ok(yield* sys.nanosleep(100))
        is((yield* left(sys, which)).left >= 2n * TICK, true)
        yield* spin(sys, 20)
        is(came, [start + 3])
        is(yield* left(sys, which), { left: 0n, interval: 0n })
        return 0
      }, options)
    }
  })

  it('comes again with each interval, until it is set to nothing', () => {
    inVm(function* (sys) {
      let came = 0
      ok(
        yield* sys.sigaction(SIGVTALRM, function* () {
          came++
        }),
      )
      ok(yield* set(sys, VIRTUAL, 1n, 5n * TICK))
      is(yield* left(sys, VIRTUAL), { left: TICK + 1n, interval: 5n * TICK })
      yield* spin(sys, 23)
      is(came, 5)
      const old = sys.alloc(32)
      ok(yield* set(sys, VIRTUAL, 0n, 0n, old))
      is(sys.loadInt((old + 8) as UserPtr), 20_000)
      yield* spin(sys, 10)
      is([came, (yield* left(sys, VIRTUAL)).left], [5, 0n])
      return 0
    }, options)
  })

  it('an interval alone is kept, and nothing comes', () => {
    inVm(function* (sys) {
      ok(yield* set(sys, PROF, 0n, 10_000n))
      is(yield* left(sys, PROF), { left: 0n, interval: 10_000n })
      yield* spin(sys, 10)
      fails(yield* set(sys, 3, 1n), EINVAL)
      return 0
    }, options)
  })

  it('counts what all threads of the process use, and no child has it', () => {
    inVm(function* (sys) {
      let came = 0
      ok(
        yield* sys.sigaction(SIGPROF, function* () {
          came++
        }),
      )
      ok(yield* set(sys, PROF, 4n * TICK))
      const child = ok(
        yield* sys.fork(function* (sys) {
          is(yield* left(sys, PROF), { left: 0n, interval: 0n })
          yield* spin(sys, 20)
          return 0
        }),
      )
      is([yield* waitFor(sys, child), came], [0, 0])
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          yield* spin(sys, 8)
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      is(came, 1)
      return 0
    }, options)
  })

  it('SIGPROF counts the kernel’s time too, SIGVTALRM does not', () => {
    const end = (which: number): unknown[] => {
      const vm = boot(options)
      const process = vm.spawn(function* main(sys) {
        // A checkpoint into a pipe that is full and must not be waited for spins in the kernel.
        const { wr } = yield* pipe(sys, 0o4000)
        const buf = sys.alloc(4096)
        while ((yield* sys.write(wr, buf, 4096)) > 0);
        ok(yield* set(sys, which, 10n * TICK))
        yield* sys.checkpoint(0, wr, 0)
        return 0
      })
      const outcome = vm.run({ budget: 10_000 })
      return [
        outcome.kind,
        process.task.stime,
        (process.task.pending.signal | process.task.group.shared_pending.signal) > 0n,
      ]
    }
    expect(end(PROF)[2]).toBe(true)
    expect(end(VIRTUAL)).toEqual(['soft lockup', 15_000, false])
  })

  it('ends a process that nobody told what to do then, at the same call each time', () => {
    const trace = (): unknown[] => {
      const vm = boot(options)
      let calls = 0
      const process = vm.spawn(function* main(sys) {
        ok(yield* set(sys, VIRTUAL, 10n * TICK))
        for (; ; calls++) ok(yield* sys.getpid())
      })
      vm.run()
      return [process.status, calls, vm.now]
    }
    expect(trace()).toEqual([SIGVTALRM, trace()[1], trace()[2]])
  })

  it('a shell that goes in circles and keeps yielding uses its time up, too', () => {
    const vm = boot({ cmdline: 'ckpt_debug=0' })
    const process = vm.spawn(function* main(sys) {
      ok(yield* set(sys, VIRTUAL, 5n * TICK))
      return yield* sys.execve('/bin/sh', ['sh', '-c', 'while :; do :; done'])
    })
    expect(vm.run({ budget: 100_000 })).toEqual({ kind: 'exited' })
    expect(process.status).toBe(SIGVTALRM)
  })
})

describe('limits that are counted', () => {
  const ended = (main: Program): { vm: Vm; status: number | null } => {
    const vm = boot(options)
    const process = vm.spawn(main)
    vm.run({ budget: 100_000 })
    return { vm, status: process.status }
  }
  const limit = (sys: Libc, resource: number, soft: bigint, hard: bigint): Run<number> =>
    sys.syscall(164, resource, sys.words(soft, hard))

  it('RLIMIT_CPU sends SIGXCPU each second from its soft limit on, and ends the process at its hard one', () => {
    const came: number[] = []
    const { status } = ended(function* main(sys) {
      ok(
        yield* sys.sigaction(SIGXCPU, function* (sys) {
          came.push(yield* ticks(sys))
        }),
      )
      ok(yield* limit(sys, 0, 2n, 5n))
      for (;;) ok(yield* sys.getpid())
    })
    expect(came).toEqual([500, 750, 1000])
    expect(status).toBe(9)
    expect(
      ended(function* main(sys) {
        ok(yield* limit(sys, 0, 1n, 1000n))
        for (;;) ok(yield* sys.getpid())
      }).status,
    ).toBe(SIGXCPU)
  })

  it('RLIMIT_DATA keeps the heap from growing further, to the byte', () => {
    inVm(function* (sys) {
      const start = ok(yield* sys.brk(0))
      ok(yield* limit(sys, 2, 10_000n, 20_000n))
      is(yield* sys.brk(start + 10_001), start)
      is(yield* sys.brk(start + 10_000), start + 10_000)
      is(yield* sys.brk(start + 20_000), start + 10_000)
      ok(yield* limit(sys, 2, 5000n, 20_000n))
      // What is there stays, and even less of it has to be little enough.
      is([yield* sys.brk(start + 6000), yield* sys.brk(start + 5000)], [start + 10_000, start + 5000])
      return 0
    })
  })
})
