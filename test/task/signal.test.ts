import { describe, expect, test } from 'vitest'
import type { Run, UserPtr } from '../../index.ts'
import { EPIPE, ESRCH } from '../../kernel/errno.ts'
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
import { machine, pipe } from '../support/signals.ts'

const WUNTRACED = 2
const WCONTINUED = 8
const SIG_BLOCK = 0
const SIG_UNBLOCK = 1

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
