import { describe, expect, it } from 'vitest'
import type { Sleeps } from '../../kernel/types.ts'
import type { BootOptions, Vm } from '../../index.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { kthread_run } from '../../kernel/init.ts'
import { schedule } from '../../kernel/sched/sched.ts'
import { sleep_interruptible } from '../../kernel/sched/wait.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import { TICK_NSEC } from '../../kernel/time.ts'
import { expectStatus, inVm, is, ok, pipe, waitFor, withVm } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD

/** Every event of a run, a line each. */
function record({ kernel }: Vm): string[] {
  const lines: string[] = []
  const { trace } = kernel
  const say = (what: string, ...rest: unknown[]): void =>
    void lines.push(`${kernel.clock.now} ${what} ${rest.join(' ')}`)
  trace.sys_enter.register((t, nr, args) => say('enter', t.pid, nr, ...args))
  trace.sys_exit.register((t, nr, _args, ret) => say('exit', t.pid, nr, ret))
  trace.sched_switch.register((t, preempt) => say('switch', t.pid, preempt))
  trace.sched_process_fork.register((t, child) => say('fork', t.pid, child.pid))
  trace.sched_process_exit.register((t) => say('end', t.pid))
  trace.kmalloc.register((size, ptr) => say('kmalloc', size, ptr))
  trace.kfree.register((ptr) => say('kfree', ptr))
  trace.vfs_read.register((_f, count, ret) => say('read', count, ret))
  trace.vfs_write.register((_f, count, ret) => say('write', count, ret))
  return lines
}

/** Three children that work, sleep and talk to their parent. */
function* busy(sys: Libc): Run<number> {
  const { rd, wr } = yield* pipe(sys)
  for (let k = 1; k <= 3; k++) {
    ok(
      yield* sys.fork(function* (sys) {
        for (let i = 0; i < 20; i++) {
          ok(yield* sys.print(`${k}`, wr))
          if (i % 7 === k) ok(yield* sys.nanosleep(0, k * 1000))
          ok(yield* sys.getpid())
        }
        return 0
      }),
    )
  }
  ok(yield* sys.close(wr))
  const buf = sys.alloc(16)
  for (let n = 1; n > 0;) {
    n = ok(yield* sys.read(rd, buf, 5))
    ok(yield* sys.print(sys.loadString(buf).slice(0, n)))
  }
  for (let k = 1; k <= 3; k++) is(yield* waitFor(sys, -1), 0)
  return 0
}

function runBusy(options: BootOptions): { lines: string[]; console: string } {
  return withVm(options, (vm) => {
    const lines = record(vm)
    const process = vm.spawn(busy)
    vm.run()
    expectStatus(vm, process, 0)
    return { lines, console: vm.console }
  })
}

describe('a seed', () => {
  it('gives the same events twice, byte for byte', () => {
    for (const seed of [0, 1, -5, 2 ** 32 - 1]) {
      const [a, b] = [runBusy({ seed, slice: 3 }), runBusy({ seed, slice: 3 })]
      expect(a.lines.length).toBeGreaterThan(300)
      expect(b).toEqual(a)
    }
  })

  it('is an interleaving: others give others', () => {
    const seen = new Set([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => runBusy({ seed, slice: 3 }).lines.join('\n')))
    expect(seen.size).toBeGreaterThanOrEqual(7)
  })
})

describe('without a seed', () => {
  it('tasks take turns', () => {
    const vm = inVm(function* turns(sys) {
      for (const name of ['a', 'b', 'c']) {
        ok(
          yield* sys.clone(THREAD, function* (sys) {
            for (let i = 0; i < 3; i++) {
              ok(yield* sys.print(name))
              ok(yield* sys.sched_yield())
            }
            return 0
          }),
        )
      }
      ok(yield* sys.nanosleep(1))
      return 0
    })
    expect(vm.console).toBe('abcabcabc')
  })

  it('a busy program does not keep others from running: its slice ends', () => {
    const vm = inVm(
      function* main(sys) {
        ok(
          yield* sys.fork(function* (sys) {
            for (let i = 0; i < 20; i++) ok(yield* sys.getpid())
            return ok(yield* sys.print('busy ')) > 0 ? 0 : 1
          }),
        )
        ok(
          yield* sys.fork(function* (sys) {
            return ok(yield* sys.print('quick ')) > 0 ? 0 : 1
          }),
        )
        is([yield* waitFor(sys, -1), yield* waitFor(sys, -1)], [0, 0])
        return 0
      },
      { slice: 10 },
    )
    expect(vm.console).toBe('quick busy ')
  })
})

describe('time', () => {
  it('passes when slices end, and when all sleep, and at no other time', () => {
    withVm({ slice: 100 }, (vm) => {
      const { clock } = vm.kernel
      const process = vm.spawn(function* main(sys) {
        for (let i = 0; i < 50; i++) ok(yield* sys.getpid())
        is(clock.now, 0)
        for (let i = 0; i < 100; i++) ok(yield* sys.getpid())
        is(clock.now, TICK_NSEC)
        ok(yield* sys.nanosleep(3, 500))
        is(clock.now, TICK_NSEC + 3_000_000_500)
        ok(yield* sys.nanosleep(0))
        return 0
      })
      vm.run()
      expectStatus(vm, process, 0)
    })
  })

  it('wakes a sleeper while others only keep yielding', () => {
    for (const seed of [undefined, 5]) {
      withVm({ slice: 10, ...(seed === undefined ? {} : { seed }) }, (vm) => {
        const process = vm.spawn(function* main(sys) {
          const flag = sys.alloc(8)
          sys.storeInt(flag, 0)
          for (let i = 0; i < 2; i++) {
            ok(
              yield* sys.clone(THREAD, function* (sys) {
                while (sys.loadInt(flag) === 0) {
                  if (i === 0) ok(yield* sys.sched_yield())
                  // By itself, without a call.
                  else yield
                }
                return 0
              }),
            )
          }
          ok(yield* sys.nanosleep(0, 5 * TICK_NSEC))
          sys.storeInt(flag, 1)
          return yield* sys.exit(0)
        })
        expect(vm.run({ budget: 100_000 })).toEqual({ kind: 'exited' })
        expectStatus(vm, process, 0)
      })
    }
  })

  it('sleepers wake in the order of their times, whatever order they went to sleep in', () => {
    const vm = inVm(function* main(sys) {
      for (const n of [3, 1, 4, 1, 5, 9, 2, 6]) {
        ok(
          yield* sys.fork(function* (sys) {
            ok(yield* sys.nanosleep(0, n))
            return ok(yield* sys.print(String(n))) > 0 ? 0 : 1
          }),
        )
      }
      for (let i = 0; i < 8; i++) is(yield* waitFor(sys, -1), 0)
      return 0
    })
    expect(vm.console).toBe('11234569')
  })
})

describe('run() returns', () => {
  it('when the last task has ended, and can be called again', () => {
    withVm({}, (vm) => {
      expect(vm.run()).toEqual({ kind: 'exited' })
      for (let i = 0; i < 2; i++) {
        const process = vm.spawn(busy)
        expect(process.status).toBe(null)
        expect(vm.run()).toEqual({ kind: 'exited' })
        expectStatus(vm, process, 0)
      }
    })
  })

  it('when the budget is used up, and goes on where it was', () => {
    const whole = runBusy({ slice: 7 })
    withVm({ slice: 7 }, (vm) => {
      const process = vm.spawn(busy)
      let rounds = 0
      while (vm.run({ budget: 10 }).kind === 'budget') expect(++rounds).toBeLessThan(100)
      expect(rounds).toBeGreaterThan(10)
      expectStatus(vm, process, 0)
      // Other slices, other turns: but all of it is done.
      expect([...vm.console].sort()).toEqual([...whole.console].sort())
    })
  })

  it('after about as many calls as the budget allows, whether a program calls or only yields', () => {
    for (const budget of [0, 1, 5, 1000, 2500]) {
      for (const calls of [true, false]) {
        withVm({}, (vm) => {
          let turns = 0
          vm.spawn(function* main(sys) {
            for (;;) {
              turns++
              if (calls) ok(yield* sys.getpid())
              else yield
            }
          })
          expect(vm.run({ budget })).toEqual({ kind: 'budget' })
          expect(Math.abs(turns - budget)).toBeLessThanOrEqual(1 + budget / 100)
        })
      }
    }
  })

  it('when all sleep for good, and says who waits for what', () => {
    withVm({}, (vm) => {
      vm.spawn(function* main(sys) {
        const [a, b] = [yield* pipe(sys), yield* pipe(sys)]
        // Each holds the other's write end and reads from its own.
        const reader = (rd: number, wr: number) =>
          function* (sys: Libc): Run<number> {
            for (const { rd: r, wr: w } of [a, b])
              for (const fd of [r, w]) if (fd !== rd && fd !== wr) ok(yield* sys.close(fd))
            return yield* sys.read(rd, sys.alloc(1), 1)
          }
        ok(yield* sys.fork(reader(a.rd, b.wr)))
        ok(yield* sys.fork(reader(b.rd, a.wr)))
        for (const fd of [a.rd, a.wr, b.rd, b.wr]) ok(yield* sys.close(fd))
        return (yield* waitFor(sys, -1)) + (yield* waitFor(sys, -1))
      })
      const outcome = vm.run()
      expect(outcome).toEqual({
        kind: 'deadlock',
        waiting: [
          { pid: 2, comm: 'main', syscall: 'wait4', waits_for: 'a child to exit' },
          { pid: 3, comm: 'main', syscall: 'read', waits_for: 'bytes in pipe:[1]' },
          { pid: 4, comm: 'main', syscall: 'read', waits_for: 'bytes in pipe:[2]' },
        ],
      })
      expect(vm.run()).toEqual(outcome)
    })
  })
})

describe('a kernel thread', () => {
  it('runs beside programs, sleeps, and ends with what it returns', () => {
    withVm({}, (vm) => {
      const order: string[] = []
      const t = kthread_run(vm.kernel, 'worker', function* (): Sleeps<number> {
        order.push('worker')
        yield* schedule()
        order.push('worker again')
        order.push(`slept ${yield* sleep_interruptible(1e9)}`)
        return 42
      }) as task_struct
      const process = vm.spawn(function* main(sys) {
        order.push('program')
        ok(yield* sys.nanosleep(2))
        order.push('program again')
        return 0
      })
      expect([t.commString(), t.mm]).toEqual(['worker', null])
      expect(vm.run()).toEqual({ kind: 'exited' })
      expectStatus(vm, process, 0)
      expect(t.exit_code).toBe(42)
      expect(order).toEqual(['worker', 'program', 'worker again', 'slept 0', 'program again'])
    })
  })

  it('that sleeps for good is named in the outcome', () => {
    withVm({}, (vm) => {
      const { uts_sem } = vm.kernel
      kthread_run(vm.kernel, 'holder', function* (): Sleeps<number> {
        ok(uts_sem.down_write() as number)
        return 0
      })
      kthread_run(vm.kernel, 'waiter', function* (): Sleeps<number> {
        const r = uts_sem.down_read()
        if (typeof r !== 'number') yield* r
        uts_sem.up_read()
        return 0
      })
      expect(vm.run()).toEqual({
        kind: 'deadlock',
        waiting: [{ pid: 3, comm: 'waiter', syscall: 'kernel thread', waits_for: 'uts_sem' }],
      })
      uts_sem.up_write()
      expect(vm.run()).toEqual({ kind: 'exited' })
    })
  })
})
