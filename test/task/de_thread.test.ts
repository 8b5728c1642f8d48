import { describe, expect, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { ECHILD, ENOENT, ENOEXEC, ETXTBSY } from '../../kernel/errno.ts'
import { WUNTRACED } from '../../kernel/task/exit.ts'
import { O_CLOEXEC } from '../../kernel/fs/file.ts'
import {
  CLONE_CHILD_CLEARTID,
  CLONE_FILES,
  CLONE_SIGHAND,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
} from '../../kernel/task/fork.ts'
import { SIGCHLD, SIGKILL, SIGSTOP, SIGUSR1, sigmask } from '../../kernel/task/signal.ts'
import { fails, inVm, is, ok, waitFor, withVm } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FILES

/** Say which process and which thread one is, and what children one has. */
function* id(sys: Libc): Run<number> {
  const [pid, tid, ppid] = [yield* sys.getpid(), yield* sys.gettid(), yield* sys.getppid()]
  ok(yield* sys.print(`${pid} ${tid} ${ppid} ${yield* sys.wait4(-1, 0, 0)}\n`))
  return 3
}

function* sleeps(sys: Libc): Run<number> {
  void (yield* sys.nanosleep(1e6))
  return 0
}

const becomes = (path: string) =>
  function* (sys: Libc): Run<number> {
    return yield* sys.execve(path, [path])
  }

/** Run `main` as a child of the machine's first program; what is printed, with PID for the child's id and PARENT for the first's. */
function said(main: (sys: Libc) => Run<number>, seed?: number): string {
  return withVm(seed === undefined ? { programs: { id } } : { programs: { id }, seed }, (vm) => {
    let child = 0
    vm.spawn(function* first(sys) {
      child = ok(yield* sys.fork(main))
      is(yield* waitFor(sys, child), 3 << 8)
      return 0
    })
    expect(vm.run()).toEqual({ kind: 'exited' })
    return vm.console.replace(/\d+/g, (n) => (Number(n) === child ? 'PID' : Number(n) === 2 ? 'PARENT' : n))
  })
}

describe('execve from a process of several threads', () => {
  it('ends the others, whoever calls it, and the process keeps its id', () => {
    for (const seed of [undefined, 1, 2, 3, 4, 5]) {
      const byLeader = said(function* (sys) {
        for (let i = 0; i < 5; i++) ok(yield* sys.clone(THREAD, sleeps))
        return yield* becomes('/bin/id')(sys)
      }, seed)
      expect(byLeader).toBe(`PID PID PARENT -${ECHILD}\n`)
      const byThread = said(function* (sys) {
        for (let i = 0; i < 3; i++) ok(yield* sys.clone(THREAD, sleeps))
        ok(yield* sys.clone(THREAD, becomes('/bin/id')))
        return yield* sleeps(sys)
      }, seed)
      expect(byThread).toBe(`PID PID PARENT -${ECHILD}\n`)
    }
  })

  it('does so where the leader has gone before', () => {
    const out = said(function* (sys) {
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.nanosleep(1))
          return yield* becomes('/bin/id')(sys)
        }),
      )
      ok(yield* sys.clone(THREAD, sleeps))
      return yield* sys.exit(5)
    })
    expect(out).toBe(`PID PID PARENT -${ECHILD}\n`)
  })

  it('keeps the children of all threads', () => {
    const out = said(function* (sys) {
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.fork((sys) => sys.nanosleep(5)))
          return yield* sleeps(sys)
        }),
      )
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.nanosleep(1))
          return yield* becomes('/bin/id')(sys)
        }),
      )
      return yield* sleeps(sys)
    })
    expect(out).toMatch(/^PID PID PARENT [1-9]\d*\n$/)
  })

  it('leaves the process where it was among its brothers', () => {
    inVm(function* (sys) {
      const first = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.clone(THREAD, becomes('/bin/true')))
          return yield* sleeps(sys)
        }),
      )
      const second = ok(yield* sys.fork((sys) => sys.nanosleep(0)))
      ok(yield* sys.nanosleep(1))
      is([yield* sys.wait4(-1, 0, 0), yield* sys.wait4(-1, 0, 0)], [first, second])
      return 0
    })
  })

  it('leaves it its brothers, and its parent whoever that has become: a subreaper too', () => {
    const becomesTrue = function* (sys: Libc): Run<number> {
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.nanosleep(5))
          return yield* becomes('/bin/true')(sys)
        }),
      )
      return yield* sleeps(sys)
    }
    inVm(function* (sys) {
      const elder = ok(yield* sys.fork((sys) => sys.nanosleep(20)))
      const child = ok(yield* sys.fork(becomesTrue))
      const younger = ok(yield* sys.fork((sys) => sys.nanosleep(30)))
      for (const pid of [child, elder, younger]) is(yield* sys.wait4(-1, 0, 0), pid)
      ok(yield* sys.prctl(36, 1 as never))
      const middle = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.fork(becomesTrue))
          return yield* sys.nanosleep(1)
        }),
      )
      is(yield* waitFor(sys, middle), 0)
      is(yield* waitFor(sys, -1), 0)
      return 0
    })
  })

  it('leaves the new program free to have threads of its own', () => {
    const seen: string[] = []
    const threads = function* threads(sys: Libc): Run<number> {
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.sigprocmask(0, sigmask(SIGUSR1)))
          ok(yield* sys.nanosleep(1))
          seen.push('thread')
          return 0
        }),
      )
      ok(yield* sys.nanosleep(2))
      seen.push('leader')
      return 0
    }
    withVm({ programs: { threads } }, (vm) => {
      vm.spawn(function* main(sys) {
        ok(yield* sys.clone(THREAD, sleeps))
        return yield* becomes('/bin/threads')(sys)
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      expect(seen).toEqual(['thread', 'leader'])
    })
  })

  it('that fails leaves them all alone', () => {
    inVm(function* (sys) {
      const alive = sys.alloc(4)
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.nanosleep(1))
          sys.storeInt(alive, 1)
          return 0
        }),
      )
      fails(yield* sys.execve('/bin/none', ['none']), ENOENT)
      const fd = ok(yield* sys.creat('/tmp/odd', 0o755))
      ok(yield* sys.print('no program', fd))
      fails(yield* sys.execve('/tmp/odd', ['odd']), ETXTBSY)
      ok(yield* sys.close(fd))
      fails(yield* sys.execve('/tmp/odd', ['odd']), ENOEXEC)
      ok(yield* sys.nanosleep(2))
      is(sys.loadInt(alive), 1)
      return 0
    })
  })

  it('of two at once one wins', () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const out = said(function* (sys) {
        ok(yield* sys.clone(THREAD, becomes('/bin/id')))
        ok(yield* sys.clone(THREAD, becomes('/bin/id')))
        return yield* becomes('/bin/id')(sys)
      }, seed)
      expect(out).toBe(`PID PID PARENT -${ECHILD}\n`)
    }
  })

  it('an exit of another thread meanwhile ends that thread or them all', () => {
    for (let seed = 1; seed < 12; seed++) {
      withVm({ programs: { id }, seed, slice: 1 }, (vm) => {
        const process = vm.spawn(function* main(sys) {
          ok(yield* sys.clone(THREAD, becomes('/bin/id')))
          ok(yield* sys.clone(THREAD, (sys) => sys.exit_group(7)))
          return yield* sleeps(sys)
        })
        expect(vm.run()).toEqual({ kind: 'exited' })
        expect([3 << 8, 7 << 8]).toContain(process.status)
        expect(vm.console === '').toBe(process.status === 7 << 8)
      })
    }
  })

  it('wakes threads wherever they sleep or stop', () => {
    const out = said(function* (sys) {
      const word = sys.alloc(4)
      const p = yield* sys.pipe()
      if (typeof p === 'number') return 1
      ok(yield* sys.clone(THREAD, (sys) => sys.futex_wait(word, 0)))
      ok(yield* sys.clone(THREAD, (sys) => sys.read(p.rd, word, 1)))
      ok(yield* sys.clone(THREAD, (sys) => sys.vfork(sleeps)))
      ok(yield* sys.nanosleep(1))
      return yield* becomes('/bin/id')(sys)
    })
    // The child of vfork stays, and is waited for.
    expect(out).toMatch(/^PID PID PARENT [1-9]\d*\n$/)
  })

  it('an alarm that was set goes off in the new program', () => {
    withVm({ programs: { sleeps } }, (vm) => {
      const process = vm.spawn(function* main(sys) {
        ok(yield* sys.syscall(103, 0, sys.words(0n, 0n, 5n, 0n), 0))
        ok(yield* sys.clone(THREAD, becomes('/bin/sleeps')))
        return yield* sleeps(sys)
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      expect(process.status).toBe(14)
      expect(process.pid).toBe(2)
    })
  })

  it('can be killed, before and after', () => {
    for (let seed = 1; seed < 10; seed++) {
      withVm({ programs: { sleeps }, seed, slice: 1 }, (vm) => {
        vm.spawn(function* main(sys) {
          const child = ok(
            yield* sys.fork(function* (sys) {
              ok(yield* sys.clone(THREAD, sleeps))
              ok(yield* sys.clone(THREAD, becomes('/bin/sleeps')))
              return yield* sleeps(sys)
            }),
          )
          for (let i = 0; i < seed; i++) ok(yield* sys.sched_yield())
          ok(yield* sys.kill(child, seed % 2 === 0 ? SIGKILL : SIGSTOP))
          if (seed % 2 === 1) {
            const status = sys.alloc(4)
            is([yield* sys.wait4(child, status, WUNTRACED), sys.loadInt(status)], [child, (SIGSTOP << 8) | 0x7f])
          }
          ok(yield* sys.nanosleep(1))
          ok(yield* sys.kill(child, SIGKILL))
          is(yield* waitFor(sys, child), SIGKILL)
          return 0
        })
        expect(vm.run()).toEqual({ kind: 'exited' })
      })
    }
  })
})

describe('execve by one of two processes that share', () => {
  it('handlers: the other keeps his', () => {
    inVm(function* (sys) {
      const got: number[] = []
      ok(
        yield* sys.sigaction(SIGUSR1, function* (_sys, sig) {
          got.push(sig)
          yield* []
        }),
      )
      const child = ok(yield* sys.clone(CLONE_VM | CLONE_SIGHAND | SIGCHLD, becomes('/bin/true')))
      is(yield* waitFor(sys, child), 0)
      ok(yield* sys.kill(yield* sys.getpid(), SIGUSR1))
      is(got, [SIGUSR1])
      return 0
    })
  })

  it('descriptors: close-on-exec closes only one’s own', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/tmp', O_CLOEXEC))
      const child = ok(yield* sys.clone(CLONE_FILES | SIGCHLD, becomes('/bin/true')))
      is(yield* waitFor(sys, child), 0)
      ok(yield* sys.close(fd))
      return 0
    })
  })

  it('memory: a zero is left where clear_child_tid says', () => {
    inVm(function* (sys) {
      const tid = sys.alloc(4)
      sys.storeInt(tid, 7)
      const flags = CLONE_VM | CLONE_VFORK | CLONE_CHILD_CLEARTID | SIGCHLD
      const child = ok(yield* sys.clone(flags, becomes('/bin/true'), 0, tid))
      is(sys.loadInt(tid), 0)
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })

  it('whatever it was to send its parent, afterwards it is SIGCHLD', () => {
    inVm(function* (sys) {
      const child = ok(yield* sys.clone(0, becomes('/bin/true')))
      ok(yield* sys.nanosleep(1))
      is(yield* sys.wait4(-1, 0, 0), child)
      return 0
    })
  })
})

describe('a task that is killed', () => {
  it('leaves a zero where clear_child_tid says, whatever killed it', () => {
    inVm(function* (sys) {
      for (const sig of [9, 15, 3, 11, 6]) {
        const tid = sys.alloc(4)
        sys.storeInt(tid, 7)
        const child = ok(yield* sys.clone(CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD, sleeps, 0, tid))
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.kill(child, sig))
        is([yield* waitFor(sys, child), sys.loadInt(tid)], [sig, 0])
      }
      return 0
    })
  })
})
