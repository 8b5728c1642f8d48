import { describe, expect, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { ECHILD, EFAULT, EINVAL } from '../../kernel/errno.ts'
import { WNOHANG, WUNTRACED, __WALL, __WCLONE } from '../../kernel/task/exit.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { boot } from '../../index.ts'
import { BAD_POINTERS, fails, inVm, is, ok, waitFor, withVm } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD

/** A child that sleeps `sec` seconds and ends with `status`. */
function sleeper(sec: number, status = 0) {
  return function* (sys: Libc): Run<number> {
    ok(yield* sys.nanosleep(sec))
    return status
  }
}

describe('wait4', () => {
  it('tells the status of one child, of any, and of none twice', () => {
    inVm(function* (sys) {
      const [a, b] = [ok(yield* sys.fork(sleeper(2, 1))), ok(yield* sys.fork(sleeper(1, 0x1ff)))]
      const status = sys.alloc(4)
      is([yield* sys.wait4(-1, status, 0), sys.loadInt(status)], [b, 0xff00])
      is([yield* sys.wait4(a, status, 0), sys.loadInt(status)], [a, 0x100])
      for (const pid of [-1, 0, a, b]) fails(yield* sys.wait4(pid, status, 0), ECHILD)
      is(sys.loadInt(status), 0x100)
      return 0
    })
  })

  it('WNOHANG does not wait, and 0 says that there is one to wait for', () => {
    inVm(function* (sys) {
      fails(yield* sys.wait4(-1, 0, WNOHANG), ECHILD)
      const child = ok(yield* sys.fork(sleeper(1)))
      const status = sys.alloc(4)
      sys.storeInt(status, -7)
      is([yield* sys.wait4(-1, status, WNOHANG), yield* sys.wait4(child, status, WNOHANG | WUNTRACED)], [0, 0])
      is(sys.loadInt(status), -7)
      ok(yield* sys.nanosleep(2))
      is([yield* sys.wait4(-1, status, WNOHANG), sys.loadInt(status)], [child, 0])
      return 0
    })
  })

  it('no child of that id, and no such process group, is ECHILD', () => {
    inVm(function* (sys) {
      const me = ok(yield* sys.getpid())
      const child = ok(yield* sys.fork(sleeper(1)))
      for (const pid of [me, child + 1, 77777, -child, -2]) fails(yield* sys.wait4(pid, 0, 0), ECHILD)
      // A grandchild is not a child.
      const mark = sys.alloc(4)
      const middle = ok(
        yield* sys.clone(CLONE_VM | 17, function* (sys) {
          const inner = ok(yield* sys.fork(sleeper(1)))
          sys.storeInt(mark, inner)
          return (yield* waitFor(sys, inner)) >> 8
        }),
      )
      ok(yield* sys.nanosleep(0, 1))
      fails(yield* sys.wait4(sys.loadInt(mark), 0, 0), ECHILD)
      is([yield* waitFor(sys, child), yield* waitFor(sys, middle)], [0, 0])
      return 0
    })
  })

  it('options that are none are EINVAL, children or not', () => {
    inVm(function* (sys) {
      for (const options of [4, 0x40, 0x10000, -1]) fails(yield* sys.wait4(-1, 0, options), EINVAL)
      return 0
    })
  })

  it('a child that sends no SIGCHLD is waited for with __WCLONE or __WALL only', () => {
    inVm(function* (sys) {
      const clone = ok(yield* sys.clone(0, sleeper(0)))
      ok(yield* sys.nanosleep(1))
      fails(yield* sys.wait4(-1, 0, 0), ECHILD)
      fails(yield* sys.wait4(clone, 0, WNOHANG), ECHILD)
      is(yield* sys.wait4(-1, 0, __WCLONE), clone)
      const child = ok(yield* sys.fork(sleeper(0)))
      fails(yield* sys.wait4(-1, 0, __WCLONE), ECHILD)
      is(yield* sys.wait4(child, 0, __WALL | __WCLONE), child)
      return 0
    })
  })

  it('a status that cannot be stored is EFAULT, and the child is gone all the same', () => {
    inVm(function* (sys) {
      for (const at of BAD_POINTERS) {
        for (const [status, rusage] of [
          [at, 0],
          [0, at],
        ]) {
          const child = ok(yield* sys.fork(sleeper(0)))
          fails(yield* sys.syscall(260, child, status, 0, rusage), EFAULT)
          fails(yield* sys.wait4(child, 0, 0), ECHILD)
        }
      }
      fails(yield* sys.wait4(-1, -1, 0), ECHILD)
      return 0
    })
  })

  it('resource usage goes where it is asked for, 144 bytes', () => {
    inVm(function* (sys) {
      const rusage = sys.alloc(160)
      sys.store(rusage, new Uint8Array(160).fill(1))
      const child = ok(yield* sys.fork(sleeper(0)))
      is(yield* sys.syscall(260, child, 0, 0, rusage), child)
      is([...sys.load(rusage, 160)].slice(0, 32), [...new Uint8Array(32)])
      is([...sys.load(rusage, 160)].slice(144), [...new Uint8Array(16).fill(1)])
      return 0
    })
  })

  it('a thread waits for the children of another, and for those that come while it sleeps', () => {
    inVm(function* (sys) {
      const first = ok(yield* sys.fork(sleeper(9)))
      const seen = sys.alloc(4)
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          sys.storeInt(seen, ok(yield* sys.wait4(-1, 0, 0)))
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      const second = ok(yield* sys.fork(sleeper(1)))
      ok(yield* sys.nanosleep(2))
      is(sys.loadInt(seen), second)
      is(yield* waitFor(sys, first), 0)
      return 0
    })
  })

  it('two threads wait for one child: one gets it, the other ECHILD', () => {
    inVm(function* (sys) {
      const child = ok(yield* sys.fork(sleeper(1)))
      const seen = sys.alloc(8)
      for (const at of [seen, (seen + 4) as UserPtr]) {
        ok(
          yield* sys.clone(THREAD, function* (sys) {
            sys.storeInt(at, yield* sys.wait4(-1, 0, 0))
            return 0
          }),
        )
      }
      ok(yield* sys.nanosleep(2))
      is(
        [sys.loadInt(seen), sys.loadInt((seen + 4) as UserPtr)].sort((a, b) => a - b),
        [-ECHILD, child],
      )
      return 0
    })
  })

  it('a thread is nobody’s child', () => {
    inVm(function* (sys) {
      const mark = sys.alloc(4)
      const child = ok(
        yield* sys.clone(CLONE_VM | 17, function* (sys) {
          sys.storeInt(mark, ok(yield* sys.clone(THREAD, sleeper(5))))
          ok(yield* sys.nanosleep(1))
          return yield* sys.exit_group(0)
        }),
      )
      ok(yield* sys.nanosleep(0, 1))
      fails(yield* sys.wait4(sys.loadInt(mark), 0, __WALL), ECHILD)
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })
})

describe('exit', () => {
  it('ends one thread; the process ends with the last, and with its status', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(
            yield* sys.clone(THREAD, function* (sys) {
              ok(yield* sys.nanosleep(1))
              return 9
            }),
          )
          return yield* sys.exit(3)
        }),
      )
      const status = sys.alloc(4)
      ok(yield* sys.nanosleep(0, 1000))
      is(yield* sys.wait4(child, status, WNOHANG), 0)
      is([yield* sys.wait4(child, status, 0), sys.loadInt(status)], [child, 9 << 8])
      return 0
    })
  })

  it('exit_group ends all threads, sleeping ones too, and its status is the process’s', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          for (let i = 0; i < 3; i++) ok(yield* sys.clone(THREAD, sleeper(1e6, 1)))
          ok(
            yield* sys.clone(THREAD, function* (sys) {
              ok(yield* sys.nanosleep(1))
              return yield* sys.exit_group(7)
            }),
          )
          return yield* sys.exit(3)
        }),
      )
      is(yield* waitFor(sys, child), 7 << 8)
      return 0
    })
  })

  it('children stay while a thread of their process lives, whichever thread that is', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          const me = ok(yield* sys.getpid())
          const grandchild = ok(
            yield* sys.fork(function* (sys) {
              ok(yield* sys.nanosleep(1))
              is(yield* sys.getppid(), me)
              return 5
            }),
          )
          ok(
            yield* sys.clone(THREAD, function* (sys) {
              is([yield* waitFor(sys, grandchild), yield* sys.getpid()], [5 << 8, me])
              return yield* sys.exit_group(6)
            }),
          )
          return yield* sys.exit(0)
        }),
      )
      is(yield* waitFor(sys, child), 6 << 8)
      return 0
    })
  })

  it('an orphan goes to the idle task, and needs nobody to wait for it', () => {
    withVm({}, (vm) => {
      vm.spawn(function* main(sys) {
        const me = ok(yield* sys.getpid())
        ok(yield* sys.fork(sleeper(0, 1)))
        ok(
          yield* sys.fork(function* (sys) {
            is(yield* sys.getppid(), me)
            ok(yield* sys.nanosleep(5))
            is(yield* sys.getppid(), 0)
            return 0
          }),
        )
        ok(yield* sys.nanosleep(1))
        return 0
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      expect(vm.kernel.tasks.size).toBe(0)
    })
  })

  it('a zombie keeps its id and its status, and nothing else', () => {
    withVm({}, (vm) => {
      const { kernel } = vm
      vm.spawn(function* main(sys) {
        const { pages, caches } = kernel
        const before = [pages.used, caches.mm_struct.active_objs, caches.files_struct.active_objs]
        const child = ok(yield* sys.fork(sleeper(0, 1)))
        ok(yield* sys.nanosleep(1))
        is([pages.used, caches.mm_struct.active_objs, caches.files_struct.active_objs], before)
        is(kernel.pid_ns.pid_map.has(child), true)
        is(yield* waitFor(sys, child), 0x100)
        is(kernel.pid_ns.pid_map.has(child), false)
        return 0
      })
      vm.run()
    })
  })

  it('the status that a spawner sees comes with the last thread', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* main(sys) {
        ok(
          yield* sys.clone(THREAD, function* (sys) {
            for (let i = 0; i < 100; i++) ok(yield* sys.getpid())
            return yield* sys.exit_group(4)
          }),
        )
        return yield* sys.exit(3)
      })
      expect(vm.run({ budget: 20 })).toEqual({ kind: 'budget' })
      expect(process.status).toBe(null)
      expect(vm.run()).toEqual({ kind: 'exited' })
      expect(process.status).toBe(4 << 8)
    })
  })
})

describe('a program that breaks', () => {
  it('by touching what is not mapped ends with SIGSEGV, and the log says where', () => {
    for (const [at, shown] of [
      [0, '0'],
      [0xdead0, 'dead0'],
      [2 ** 38, '4000000000'],
      [-8, '-8'],
    ] as const) {
      withVm({}, (vm) => {
        const process = vm.spawn(function* broken(sys) {
          ok(yield* sys.getpid())
          sys.load(at as UserPtr, 1)
          return 0
        })
        expect(vm.run()).toEqual({ kind: 'exited' })
        expect(process.status).toBe(11)
        expect(vm.dmesg().at(-1)).toBe(`[    0.000000] broken[2]: segfault at ${shown}`)
      })
    }
  })

  it('by throwing ends with SIGILL, and the log has what it threw, whatever script that is in', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* broken() {
        throw new TypeError('“nichts” is no função')
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      expect(process.status).toBe(4)
      expect(vm.dmesg().at(-1)).toMatch(/ broken\[2\]: uncaught TypeError: “nichts” is no função at .*wait\.test\.ts/)
    })
  })

  it('takes its threads along, and its parent is told', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.clone(THREAD, sleeper(1e6)))
          ok(
            yield* sys.clone(THREAD, function* (sys) {
              sys.storeInt(100 as UserPtr, 1)
              return 0
            }),
          )
          return yield* sleeper(1e6)(sys)
        }),
      )
      is(yield* waitFor(sys, child), 11)
      return 0
    })
  })

  it('is not blamed for what goes wrong inside the kernel', () => {
    const vm = boot()
    const stop = vm.kernel.trace.sys_enter.register(() => {
      stop()
      throw new Error('a probe that fails')
    })
    vm.spawn(function* main(sys) {
      try {
        return yield* sys.getpid()
      } finally {
        sys.alloc(0)
      }
    })
    expect(() => vm.run()).toThrow('a probe that fails')
  })
})
