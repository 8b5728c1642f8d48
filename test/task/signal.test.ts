import { describe, expect, test } from 'vitest'
import { boot, onHit, type Libc, type Run, type UserPtr } from '../../index.ts'
import {
  EINTR,
  EPIPE,
  ERESTARTNOHAND,
  ERESTARTNOINTR,
  ERESTARTSYS,
  ERESTART_RESTARTBLOCK,
  ESRCH,
} from '../../kernel/errno.ts'
import {
  SA_NODEFER,
  SA_RESETHAND,
  SA_RESTART,
  SIGCHLD,
  SIGCONT,
  SIGKILL,
  SIGPIPE,
  SIGRTMIN,
  SIGSTOP,
  SIGTERM,
  SIGUSR1,
  SIGUSR2,
  SIG_DFL,
  SIG_IGN,
  sigmask,
} from '../../kernel/task/signal.ts'

const WUNTRACED = 2
const WCONTINUED = 8
const SIG_BLOCK = 0
const SIG_UNBLOCK = 1
const PIPE_SIZE = 65536

/** Run a program on a machine of its own, to its end, with nothing leaked. */
function machine(main: (sys: Libc, said: string[]) => Run<number>) {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  const said: string[] = []
  const calls: string[] = []
  vm.strace(({ text }) => calls.push(text))
  const process = vm.spawn(function* program(sys) {
    return yield* main(sys, said)
  })
  // What stays is what the program's file takes.
  const { active } = vm.kernel.slab
  const outcome = vm.run({ budget: 100_000 })
  expect(outcome).toEqual({ kind: 'exited' })
  expect(vm.kernel.slab.active).toBeLessThan(active)
  expect(vm.kernel.pages.used).toBe(0)
  return { vm, said, calls, status: process.status }
}

function* pipe(sys: Libc): Run<{ rd: number; wr: number }> {
  const ends = yield* sys.pipe()
  if (typeof ends === 'number') throw new Error(`pipe: ${ends}`)
  return ends
}

/** A child that sends `sig` to its parent after a second of sleep. */
function* signalParentLater(sys: Libc, sig: number): Run<number> {
  const me = yield* sys.getpid()
  return yield* sys.fork(function* (child) {
    void (yield* child.nanosleep(1))
    return yield* child.kill(me, sig)
  })
}

describe('a handler', () => {
  test('runs on top of what it interrupts, and learns who sent the signal', () => {
    const { said } = machine(function* (sys, said) {
      const me = yield* sys.getpid()
      void (yield* sys.sigaction(SIGUSR1, function* (h, sig, info) {
        said.push(`signal ${sig} from ${h.loadInt((info + 16) as UserPtr)}, I am ${yield* h.getpid()}`)
      }))
      const kill = yield* sys.kill(me, SIGUSR1)
      said.push(`kill ${kill}`)
      return 0
    })
    expect(said).toEqual(['signal 10 from 2, I am 2', 'kill 0'])
  })

  test('has its own signal blocked while it runs, unless SA_NODEFER', () => {
    for (const flags of [0, SA_NODEFER]) {
      const { said } = machine(function* (sys, said) {
        const me = yield* sys.getpid()
        let depth = 0
        let first = true
        void (yield* sys.sigaction(
          SIGUSR1,
          function* (h) {
            said.push(`in ${++depth}`)
            if (first) {
              first = false
              void (yield* h.kill(me, SIGUSR1))
            }
            said.push(`out ${depth--}`)
          },
          flags,
        ))
        void (yield* sys.kill(me, SIGUSR1))
        return 0
      })
      expect(said).toEqual(flags === 0 ? ['in 1', 'out 1', 'in 1', 'out 1'] : ['in 1', 'in 2', 'out 2', 'out 1'])
    }
  })

  test('is gone after one signal with SA_RESETHAND', () => {
    const { status, said } = machine(function* (sys, said) {
      const me = yield* sys.getpid()
      void (yield* sys.sigaction(
        SIGTERM,
        function* () {
          said.push('once')
        },
        SA_RESETHAND,
      ))
      void (yield* sys.kill(me, SIGTERM))
      void (yield* sys.kill(me, SIGTERM))
      return 0
    })
    expect(said).toEqual(['once'])
    expect(status).toBe(SIGTERM)
  })

  test('runs with the signals of sa_mask blocked, and the old mask is back after it', () => {
    const { said } = machine(function* (sys, said) {
      const me = yield* sys.getpid()
      void (yield* sys.sigaction(SIGUSR2, function* () {
        said.push('usr2')
      }))
      void (yield* sys.sigaction(
        SIGUSR1,
        function* (h) {
          void (yield* h.kill(me, SIGUSR2))
          said.push('usr1 ends')
        },
        0,
        sigmask(SIGUSR2),
      ))
      void (yield* sys.kill(me, SIGUSR1))
      return 0
    })
    expect(said).toEqual(['usr1 ends', 'usr2'])
  })
})

describe('a signal', () => {
  test('that nobody handles ends the process with its number as status', () => {
    for (const sig of [SIGTERM, SIGKILL, SIGUSR1]) {
      const { status } = machine(function* (sys) {
        void (yield* sys.kill(yield* sys.getpid(), sig))
        return 0
      })
      expect(status).toBe(sig)
    }
  })

  test('that is ignored does nothing', () => {
    const { status } = machine(function* (sys) {
      void (yield* sys.sigaction(SIGTERM, SIG_IGN))
      void (yield* sys.kill(yield* sys.getpid(), SIGTERM))
      void (yield* sys.kill(yield* sys.getpid(), SIGCHLD))
      return 7
    })
    expect(status).toBe(7 << 8)
  })

  test('below SIGRTMIN is pending once, one from SIGRTMIN on as often as it was sent', () => {
    for (const [sig, times] of [
      [SIGUSR1, 1],
      [SIGRTMIN, 3],
    ]) {
      const { said } = machine(function* (sys, said) {
        const me = yield* sys.getpid()
        void (yield* sys.sigaction(sig, function* () {
          said.push('taken')
        }))
        void (yield* sys.sigprocmask(SIG_BLOCK, sigmask(sig)))
        for (let i = 0; i < 3; i++) void (yield* sys.kill(me, sig))
        void (yield* sys.sigprocmask(SIG_UNBLOCK, sigmask(sig)))
        return 0
      })
      expect(said).toHaveLength(times)
    }
  })

  test('cannot be a handler or a mask for SIGKILL and SIGSTOP', () => {
    const { said, status } = machine(function* (sys, said) {
      said.push(String(yield* sys.sigaction(SIGKILL, SIG_IGN)), String(yield* sys.sigaction(SIGSTOP, SIG_DFL)))
      void (yield* sys.sigprocmask(SIG_BLOCK, (1n << 64n) - 1n))
      void (yield* sys.kill(yield* sys.getpid(), SIGKILL))
      return 0
    })
    expect(said).toEqual(['-22', '-22'])
    expect(status).toBe(SIGKILL)
  })

  test('to nobody is ESRCH', () => {
    const { said } = machine(function* (sys, said) {
      said.push(String(yield* sys.kill(12345, 0)), String(yield* sys.kill(-12345, SIGTERM)))
      return 0
    })
    expect(said).toEqual([String(-ESRCH), String(-ESRCH)])
  })

  test('ends all threads of a process', () => {
    const { status } = machine(function* (sys) {
      const CLONE_THREAD = 0x10f00
      void (yield* sys.clone(CLONE_THREAD, function* (thread) {
        return yield* thread.nanosleep(1000)
      }))
      void (yield* sys.kill(yield* sys.getpid(), SIGTERM))
      return 0
    })
    expect(status).toBe(SIGTERM)
  })

  test('SIGPIPE comes with EPIPE', () => {
    const { said, status } = machine(function* (sys, said) {
      const { rd, wr } = yield* pipe(sys)
      void (yield* sys.close(rd))
      void (yield* sys.sigaction(SIGPIPE, SIG_IGN))
      said.push(String(yield* sys.print('x', wr)))
      void (yield* sys.sigaction(SIGPIPE, SIG_DFL))
      void (yield* sys.print('x', wr))
      return 0
    })
    expect(said).toEqual([String(-EPIPE)])
    expect(status).toBe(SIGPIPE)
  })
})

describe('SIGSTOP and SIGCONT', () => {
  test('stop and continue a process, which wait4 reports once each', () => {
    const { said, calls } = machine(function* (sys, said) {
      const child = yield* sys.fork((c) => c.nanosleep(10))
      const status = sys.alloc(4)
      const wait = function* (options: number): Run<string> {
        const pid = yield* sys.wait4(child, status, options)
        return pid <= 0 ? String(pid) : sys.loadInt(status).toString(16)
      }
      void (yield* sys.nanosleep(1))
      void (yield* sys.kill(child, SIGSTOP))
      said.push(yield* wait(WUNTRACED), yield* wait(WUNTRACED | 1))
      void (yield* sys.kill(child, SIGCONT))
      said.push(yield* wait(WCONTINUED), yield* wait(WCONTINUED | 1), yield* wait(0))
      return 0
    })
    expect(said).toEqual(['137f', '0', 'ffff', '0', '0'])
    // The sleep goes on with what was left of it.
    expect(calls).toContain('restart_syscall() = 0')
  })

  test('a stopped process can be killed', () => {
    const { said } = machine(function* (sys, said) {
      const child = yield* sys.fork((c) => c.nanosleep(10))
      const status = sys.alloc(4)
      void (yield* sys.nanosleep(1))
      void (yield* sys.kill(child, SIGSTOP))
      void (yield* sys.wait4(child, status, WUNTRACED))
      void (yield* sys.kill(child, SIGTERM))
      said.push(String(yield* sys.wait4(child, status, 1)))
      void (yield* sys.kill(child, SIGKILL))
      void (yield* sys.wait4(child, status, 0))
      said.push(String(sys.loadInt(status)))
      return 0
    })
    expect(said).toEqual(['0', '9'])
  })
})

describe('SIGCHLD', () => {
  test('that is ignored leaves no zombie: wait4 sleeps until the last child is gone, then gives ECHILD', () => {
    const { said } = machine(function* (sys, said) {
      void (yield* sys.sigaction(SIGCHLD, SIG_IGN))
      void (yield* sys.fork((c) => c.nanosleep(1)))
      said.push(String(yield* sys.wait4(-1, 0, 0)))
      return 0
    })
    expect(said).toEqual(['-10'])
  })

  test('comes with the status of the child', () => {
    const { calls } = machine(function* (sys) {
      void (yield* sys.sigaction(SIGCHLD, function* () {}, SA_RESTART))
      void (yield* sys.fork(function* () {
        return 5
      }))
      return (yield* sys.wait4(-1, 0, 0)) > 0 ? 0 : 1
    })
    expect(calls).toContain('--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=3, si_uid=0, si_status=5} ---')
  })
})

describe('an interrupted system call', () => {
  /** A read from an empty pipe, interrupted; what it returns, and how often it was made. */
  function interruptedRead(flags: number, handler: boolean) {
    const { said, calls } = machine(function* (sys, said) {
      const { rd, wr } = yield* pipe(sys)
      if (handler) void (yield* sys.sigaction(SIGUSR1, function* () {}, flags))
      else void (yield* sys.sigaction(SIGUSR1, SIG_IGN))
      void (yield* signalParentLater(sys, SIGUSR1))
      void (yield* sys.fork(function* (c) {
        void (yield* c.nanosleep(2))
        return (yield* c.print('x', wr)) === 1 ? 0 : 1
      }))
      said.push(String(yield* sys.read(rd, sys.alloc(1), 1)))
      while ((yield* sys.wait4(-1, 0, 0)) > 0);
      return 0
    })
    return { ret: Number(said[0]), made: calls.filter((c) => c.startsWith('read(')).length }
  }

  test('read is EINTR with a handler, goes on with SA_RESTART, and does not notice an ignored signal', () => {
    expect(interruptedRead(0, true)).toEqual({ ret: -EINTR, made: 1 })
    expect(interruptedRead(SA_RESTART, true)).toEqual({ ret: 1, made: 2 })
    expect(interruptedRead(0, false)).toEqual({ ret: 1, made: 1 })
  })

  test('nanosleep is EINTR with a handler even under SA_RESTART, and says how long it had still to sleep', () => {
    for (const flags of [0, SA_RESTART]) {
      const { said } = machine(function* (sys, said) {
        void (yield* sys.sigaction(SIGUSR1, function* () {}, flags))
        void (yield* signalParentLater(sys, SIGUSR1))
        const rem = sys.alloc(16)
        said.push(String(yield* sys.nanosleep(10, 0, rem)), String(sys.loadInt(rem)))
        return (yield* sys.wait4(-1, 0, 0)) > 0 ? 0 : 1
      })
      expect(said).toEqual([String(-EINTR), '9'])
    }
  })

  test('rt_sigsuspend is always EINTR, and has the old mask back', () => {
    const { said } = machine(function* (sys, said) {
      void (yield* sys.sigprocmask(SIG_BLOCK, sigmask(SIGUSR1)))
      void (yield* sys.sigaction(
        SIGUSR1,
        function* () {
          said.push('taken')
        },
        SA_RESTART,
      ))
      void (yield* sys.kill(yield* sys.getpid(), SIGUSR1))
      said.push(String(yield* sys.sigsuspend(0n)))
      void (yield* sys.kill(yield* sys.getpid(), SIGUSR1))
      said.push('still blocked')
      return 0
    })
    expect(said).toEqual(['taken', String(-EINTR), 'still blocked'])
  })

  test('a signal during restart gives EINTR even under SA_RESTART', () => {
    for (const flags of [0, SA_RESTART]) {
      const { said, calls } = machine(function* (sys, said) {
        const { rd } = yield* pipe(sys)
        void (yield* sys.sigaction(SIGUSR1, function* () {}, flags))
        void (yield* signalParentLater(sys, SIGUSR1))
        said.push(String(yield* sys.restart(0, rd, 0)))
        return (yield* sys.wait4(-1, 0, 0)) > 0 ? 0 : 1
      })
      expect(said).toEqual([String(-EINTR)])
      expect(calls.filter((c) => c.startsWith('restart('))).toHaveLength(1)
    }
  })

  test("a checkpoint that a handler with SA_RESTART interrupts starts anew, behind the first one's bytes", () => {
    const received: number[] = []
    const ROOM = 100
    const { said, calls } = machine(function* (sys, said) {
      const { rd, wr } = yield* pipe(sys)
      void (yield* sys.sigaction(SIGUSR1, function* () {}, SA_RESTART))
      void (yield* sys.write(wr, sys.alloc(PIPE_SIZE - ROOM), PIPE_SIZE - ROOM))
      void (yield* signalParentLater(sys, SIGUSR1))
      void (yield* sys.fork(function* (c) {
        void (yield* c.close(wr))
        void (yield* c.nanosleep(2))
        const buf = c.alloc(PIPE_SIZE)
        for (let n = 1; n > 0;) {
          n = yield* c.read(rd, buf, PIPE_SIZE)
          received.push(...c.load(buf, Math.max(0, n)))
        }
        return 0
      }))
      said.push(String(yield* sys.checkpoint(0, wr, 0)))
      void (yield* sys.close(wr))
      while ((yield* sys.wait4(-1, 0, 0)) > 0);
      return 0
    })
    expect(said).toEqual(['1'])
    expect(calls.filter((c) => c.startsWith('checkpoint('))).toHaveLength(2)
    const bytes = received.slice(PIPE_SIZE - ROOM)
    // The header, and the 8 bytes before the first string, which did not fit; then a whole image.
    expect(bytes).toHaveLength(56 + 8 + 355)
    expect(bytes.slice(64, 120)).toEqual(bytes.slice(0, 56).map((b, i) => (i >= 40 && i < 48 ? bytes[64 + i] : b)))
    expect(bytes.slice(64, 72)).toEqual([1, 0, 0, 0, 56, 0, 0, 0])
  })

  test('with no signal pending the program sees the code as it is', () => {
    for (const code of [ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK]) {
      const vm = boot({ cmdline: 'ckpt_debug=0' })
      let ret = 0
      vm.spawn(function* program(sys) {
        const fd = yield* sys.creat('/tmp/x', 0o600)
        vm.kernel.inject.vfs_write.arm([onHit(3, { retval: -code })])
        ret = yield* sys.checkpoint(0, fd, 0)
        return 0
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      expect(ret).toBe(-code)
    }
  })
})

test('SIGKILL ends a task in an interruptible sleep, but not in the spin of the patch, as the watchdog says', () => {
  const { said } = machine(function* (sys, said) {
    const { rd } = yield* pipe(sys)
    const child = yield* sys.fork((c) => c.read(rd, c.alloc(1), 1))
    void (yield* sys.nanosleep(1))
    void (yield* sys.kill(child, SIGKILL))
    const status = sys.alloc(4)
    void (yield* sys.wait4(child, status, 0))
    said.push(String(sys.loadInt(status)))
    return 0
  })
  expect(said).toEqual(['9'])

  const vm = boot({ cmdline: 'ckpt_debug=0' })
  vm.spawn(function* spinning(sys) {
    const ends = yield* sys.pipe(0o4000)
    if (typeof ends === 'number') return 1
    const child = yield* sys.fork((c) => c.restart(0, ends.rd, 0))
    void (yield* sys.sched_yield())
    void (yield* sys.kill(child, SIGKILL))
    return (yield* sys.wait4(child, 0, 0)) > 0 ? 0 : 1
  })
  expect(vm.run()).toEqual({ kind: 'soft lockup', pid: 3, comm: 'spinning', where: '_ckpt_kread' })
})
