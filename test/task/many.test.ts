import { describe, expect, it } from 'vitest'
import type { Libc, Run } from '../../index.ts'
import { O_WRONLY } from '../../kernel/fs/file.ts'
import { PID_MAX_LIMIT } from '../../kernel/task/pid.ts'
import { SIGCHLD, SIGCONT, SIGKILL, SIGSTOP } from '../../kernel/task/signal.ts'
import { inVm, is, ok, waitFor, withVm } from '../support/vm.ts'

const TASKS = 20_000

/** As many ids as Linux can have. */
function* raisePidMax(sys: Libc): Run<void> {
  const fd = ok(yield* sys.open('/proc/sys/kernel/pid_max', O_WRONLY))
  ok(yield* sys.print(String(PID_MAX_LIMIT), fd))
  ok(yield* sys.close(fd))
}

describe('very many processes', () => {
  it(
    'are runnable at once, have their turns in order, round after round, and are waited for',
    { timeout: 60_000 },
    () => {
      withVm({}, (vm) => {
        const order: number[] = []
        let over = false
        const process = vm.spawn(function* main(sys) {
          const pages = vm.kernel.pages.used
          yield* raisePidMax(sys)
          for (let i = 0; i < TASKS; i++) {
            ok(
              yield* sys.fork(function* (sys) {
                while (!over) {
                  order.push(i)
                  if ((yield* sys.sched_yield()) !== 0) return 99
                }
                return i % 251
              }),
            )
          }
          ok(yield* sys.sched_yield())
          is([vm.kernel.tasks.size, vm.kernel.rq.length], [TASKS + 1, TASKS])
          is(vm.kernel.pages.used - pages < 4, true)
          let first = -1
          for (let round = 0; round < 3; round++) {
            order.length = 0
            ok(yield* sys.sched_yield())
            if (round === 0) first = order[0]
            is(
              order.every((i, turn) => i === (first + turn) % TASKS),
              true,
            )
            is(order.length, TASKS)
          }
          over = true
          const statuses = new Map<number, number>()
          for (let i = 0; i < TASKS; i++) {
            const status = yield* waitFor(sys, -1)
            statuses.set(status, (statuses.get(status) ?? 0) + 1)
          }
          is(
            [...statuses.keys()].sort((a, b) => a - b),
            Array.from({ length: 251 }, (_, i) => i << 8),
          )
          is(Math.max(...statuses.values()) - Math.min(...statuses.values()), 1)
          is([vm.kernel.tasks.size, vm.kernel.pid_ns.pid_map.size], [1, 1])
          return 0
        })
        expect(vm.run()).toEqual({ kind: 'exited' })
        expect(process.status).toBe(0)
      })
    },
  )

  it('take turns in the order in which they were woken', { timeout: 60_000 }, () => {
    inVm(function* main(sys) {
      const order: number[] = []
      const pids: number[] = []
      for (let i = 0; i < 3000; i++) {
        pids.push(
          ok(
            yield* sys.clone(SIGCHLD, function* (sys) {
              ok(yield* sys.kill(yield* sys.getpid(), SIGSTOP))
              for (;;) {
                order.push(yield* sys.getpid())
                ok(yield* sys.sched_yield())
              }
            }),
          ),
        )
      }
      ok(yield* sys.sched_yield())
      is(order, [])
      // 1009 is prime: each of them comes up once.
      const shuffled = pids.map((_, i) => pids[(i * 1009) % pids.length])
      for (const pid of shuffled) ok(yield* sys.kill(pid, SIGCONT))
      order.length = 0
      for (let round = 0; round < 3; round++) {
        ok(yield* sys.sched_yield())
        is(
          [...order].sort((a, b) => a - b),
          pids,
        )
        // Those that had a turn while the others were woken are behind them.
        const first = shuffled.indexOf(order[0])
        is(order, [...shuffled.slice(first), ...shuffled.slice(0, first)])
        order.length = 0
      }
      ok(yield* sys.kill(-1, SIGKILL))
      for (const pid of pids) is(yield* waitFor(sys, pid), SIGKILL)
      return 0
    })
  })
})

describe('a fork', () => {
  it('copies no page until somebody looks, though the id of the child is in its memory', () => {
    withVm({}, (vm) => {
      const { pages } = vm.kernel
      const process = vm.spawn(function* main(sys) {
        const here = sys.alloc(16)
        sys.storeInt(here, 7)
        const tid = sys.room(4)
        const used = pages.used
        const pid = ok(
          yield* sys.fork(function* (sys) {
            is(pages.used, used)
            // The child of a child that has not looked sees what that would have seen.
            const grandchild = ok(
              yield* sys.fork(function* (sys) {
                is(sys.loadInt(tid), yield* sys.getppid())
                is(pages.used, used + 1)
                return 0
              }),
            )
            is(yield* sys.wait4(grandchild, 0, 0), grandchild)
            is(pages.used, used)
            is([sys.loadInt(tid), sys.loadInt(here)], [yield* sys.getpid(), 7])
            is(pages.used, used + 1)
            return 0
          }),
        )
        is(yield* sys.wait4(pid, 0, 0), pid)
        is([sys.loadInt(here), pages.used], [7, used])
        return 0
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      expect(process.status).toBe(0)
    })
  })

  it('leaves the stack pointer where it was, however often', () => {
    inVm(function* main(sys) {
      const before = sys.room(16)
      for (let i = 0; i < 10; i++) ok(yield* sys.wait4(ok(yield* sys.fork(leave)), 0, 0))
      is(sys.room(16), before)
      return 0
    })
  })

  it('a handler that forks while a fork is under way does not take its child away', () => {
    inVm(function* main(sys) {
      const from: string[] = []
      ok(
        yield* sys.sigaction(SIGCHLD, function* (sys) {
          if (from.includes('handler')) return
          ok(
            yield* sys.fork(function* () {
              from.push('handler')
              return 0
            }),
          )
        }),
      )
      for (let i = 0; i < 3; i++) {
        ok(
          yield* sys.fork(function* () {
            from.push('main')
            return 0
          }),
        )
        ok(yield* sys.sched_yield())
      }
      while ((yield* sys.wait4(-1, 0, 0)) > 0);
      is(from.filter((name) => name === 'main').length, 3)
      return 0
    })
  })
})

function* leave(sys: Libc): Run<number> {
  return yield* sys.exit_group(0)
}
