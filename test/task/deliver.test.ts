import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EINTR, EINVAL, EPERM } from '../../kernel/errno.ts'
import { WCONTINUED, WNOHANG, WUNTRACED } from '../../kernel/task/exit.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SS_AUTODISARM, SS_ONSTACK } from '../../kernel/task/sigaltstack.ts'
import {
  SA_NODEFER,
  SA_ONSTACK,
  SA_RESETHAND,
  SA_RESTART,
  SIGCHLD,
  SIGCONT,
  SIGHUP,
  SIGKILL,
  SIGSEGV,
  SIGSTOP,
  SIGTERM,
  SIGURG,
  SIGUSR1,
  SIGUSR2,
  SIGWINCH,
  SIG_DFL,
  SIG_IGN,
  sigmask,
} from '../../kernel/task/signal.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
const [SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK] = [0, 1, 2]
const word = (n: number): UserPtr => n as UserPtr

function* none(): Run<void> {}

/** What is blocked now. */
function* blocked(sys: Libc): Run<bigint> {
  const old = sys.alloc(8)
  ok(yield* sys.syscall(135, SIG_BLOCK, 0, old, 8))
  return new DataView(sys.load(old, 8).buffer).getBigUint64(0, true)
}

const setOf = (...sigs: number[]): bigint => sigs.reduce((set, sig) => set | sigmask(sig), 0n)

/** Flags of the signal stack. */
function* stackFlags(sys: Libc): Run<number> {
  const at = sys.alloc(24)
  ok(yield* sys.sigaltstack(0, at))
  return sys.loadInt(word(at + 8))
}

function setStack(sys: Libc, sp: number, size: number, flags = 0): Run<number> {
  return sys.sigaltstack(sys.words(BigInt(sp), BigInt(flags >>> 0), BigInt(size)))
}

describe('a handler', () => {
  it('runs with the signal, those that it names and those that were blocked before all blocked', () => {
    inVm(function* (sys) {
      const during: bigint[] = []
      const look = function* (sys: Libc): Run<void> {
        during.push(yield* blocked(sys))
      }
      ok(yield* sys.sigprocmask(SIG_SETMASK, sigmask(SIGTERM)))
      ok(yield* sys.sigaction(SIGUSR1, look, 0, sigmask(SIGHUP)))
      ok(yield* sys.sigaction(SIGUSR2, look, SA_NODEFER))
      const me = yield* sys.getpid()
      for (const sig of [SIGUSR1, SIGUSR2]) ok(yield* sys.kill(me, sig))
      is(during, [setOf(SIGUSR1, SIGHUP, SIGTERM), setOf(SIGTERM)])
      is(yield* blocked(sys), sigmask(SIGTERM))
      return 0
    })
  })

  it('of a signal to the thread runs behind that of one to the process, where both waited', () => {
    inVm(function* (sys) {
      const order: number[] = []
      for (const sig of [SIGUSR1, SIGUSR2]) {
        ok(
          yield* sys.sigaction(sig, function* (_sys, sig) {
            order.push(sig)
          }),
        )
      }
      const [me, both] = [yield* sys.getpid(), setOf(SIGUSR1, SIGUSR2)]
      ok(yield* sys.sigprocmask(SIG_BLOCK, both))
      ok(yield* sys.kill(me, SIGUSR1))
      ok(yield* sys.tgkill(me, me, SIGUSR2))
      ok(yield* sys.sigprocmask(SIG_UNBLOCK, both))
      is(order, [SIGUSR1, SIGUSR2])
      return 0
    })
  })

  it('blocks neither SIGKILL nor SIGSTOP, whose actions can be looked at and not be set', () => {
    inVm(function* (sys) {
      const old = sys.alloc(24)
      ok(yield* sys.sigaction(SIGUSR1, none, 0, setOf(SIGHUP, SIGKILL, SIGSTOP)))
      ok(yield* sys.syscall(134, SIGUSR1, 0, old, 8))
      is(sys.loadInt(word(old + 16)), Number(sigmask(SIGHUP)))
      for (const sig of [SIGKILL, SIGSTOP]) {
        ok(yield* sys.syscall(134, sig, 0, old, 8))
        is(sys.loadInt(old), SIG_DFL)
        fails(yield* sys.sigaction(sig, SIG_DFL), EINVAL)
      }
      return 0
    })
  })

  it('that was to run once leaves its flags and its mask behind', () => {
    inVm(function* (sys) {
      const old = sys.alloc(24)
      ok(yield* sys.sigaction(SIGUSR1, none, SA_RESETHAND | SA_RESTART, sigmask(SIGHUP)))
      ok(yield* sys.kill(yield* sys.getpid(), SIGUSR1))
      ok(yield* sys.syscall(134, SIGUSR1, 0, old, 8))
      is(
        [0, 8, 16].map((at) => sys.loadInt(word(old + at))),
        [SIG_DFL, SA_RESETHAND | SA_RESTART, Number(sigmask(SIGHUP))],
      )
      return 0
    })
  })
})

describe('a signal that was blocked when it came', () => {
  it('does nothing once it is not, where it is ignored, by the program or by itself', () => {
    inVm(function* (sys) {
      const me = yield* sys.getpid()
      ok(yield* sys.sigaction(SIGUSR1, SIG_IGN))
      const set = setOf(SIGUSR1, SIGCHLD, SIGURG, SIGWINCH, SIGCONT)
      ok(yield* sys.sigprocmask(SIG_BLOCK, set))
      for (const sig of [SIGUSR1, SIGCHLD, SIGURG, SIGWINCH, SIGCONT]) ok(yield* sys.kill(me, sig))
      const pending = sys.alloc(8)
      ok(yield* sys.syscall(136, pending, 8))
      is(sys.loadInt(pending), Number(set))
      ok(yield* sys.sigprocmask(SIG_UNBLOCK, set))
      ok(yield* sys.syscall(136, pending, 8))
      is(sys.loadInt(pending), 0)
      return 0
    })
  })
})

describe('rt_sigsuspend', () => {
  it('that a stop came between waits with its own mask again; behind the handler the old one is back', () => {
    inVm(function* (sys) {
      const during: bigint[] = []
      const look = function* (sys: Libc): Run<void> {
        during.push(yield* blocked(sys))
      }
      const me = yield* sys.getpid()
      ok(yield* sys.sigaction(SIGUSR1, look, 0, sigmask(SIGHUP)))
      const before = setOf(SIGUSR1, SIGTERM)
      ok(yield* sys.sigprocmask(SIG_SETMASK, before))
      const child = yield* sys.fork(function* (sys) {
        for (const sig of [SIGSTOP, SIGCONT, SIGTERM, SIGUSR1]) {
          ok(yield* sys.nanosleep(1))
          if (sig !== SIGTERM) ok(yield* sys.kill(me, sig))
        }
        return 0
      })
      fails(yield* sys.sigsuspend(sigmask(SIGUSR2)), EINTR)
      is(during, [setOf(SIGUSR1, SIGUSR2, SIGHUP)])
      is(yield* blocked(sys), before)
      is(yield* waitFor(sys, ok(child)), 0)
      // Nothing of it is left for the next handler.
      ok(yield* sys.sigprocmask(SIG_SETMASK, sigmask(SIGTERM)))
      ok(yield* sys.kill(me, SIGUSR1))
      is(yield* blocked(sys), sigmask(SIGTERM))
      return 0
    })
  })
})

describe('ppoll', () => {
  it('that a stop came between leaves no mask behind for the next handler', () => {
    inVm(function* (sys) {
      const me = yield* sys.getpid()
      ok(yield* sys.sigaction(SIGUSR1, none))
      const child = yield* sys.fork(function* (sys) {
        for (const sig of [SIGSTOP, SIGCONT]) {
          ok(yield* sys.nanosleep(1))
          ok(yield* sys.kill(me, sig))
        }
        return 0
      })
      is(yield* sys.ppoll(word(0), 0, sys.words(5n, 0n), sigmask(SIGUSR2)), 0)
      is(yield* blocked(sys), 0n)
      ok(yield* sys.sigprocmask(SIG_SETMASK, sigmask(SIGTERM)))
      ok(yield* sys.kill(me, SIGUSR1))
      is(yield* blocked(sys), sigmask(SIGTERM))
      is(yield* waitFor(sys, ok(child)), 0)
      return 0
    })
  })
})

describe('a handler that there is no room for', () => {
  /** A process whose signal stack is nowhere. */
  function* withBadStack(sys: Libc, main: (sys: Libc) => Run<number>): Run<number> {
    const child = yield* sys.fork(function* (sys) {
      ok(yield* setStack(sys, 4096, 65536))
      return yield* main(sys)
    })
    return yield* waitFor(sys, ok(child))
  }

  it('brings SIGSEGV, whose handler may have room: nothing of the other signal is blocked in that', () => {
    inVm(function* (sys) {
      const status = yield* withBadStack(sys, function* (sys) {
        const during: bigint[] = []
        ok(
          yield* sys.sigaction(SIGSEGV, function* (sys) {
            during.push(yield* blocked(sys))
          }),
        )
        ok(yield* sys.sigaction(SIGUSR1, none, SA_ONSTACK, sigmask(SIGHUP)))
        ok(yield* sys.kill(yield* sys.getpid(), SIGUSR1))
        is([during, yield* blocked(sys)], [[sigmask(SIGSEGV)], 0n])
        return 3
      })
      is(status, 3 << 8)
      return 0
    })
  })

  it('ends the process where it is that of SIGSEGV', () => {
    inVm(function* (sys) {
      const status = yield* withBadStack(sys, function* (sys) {
        ok(yield* sys.sigaction(SIGSEGV, none, SA_ONSTACK))
        ok(yield* sys.kill(yield* sys.getpid(), SIGSEGV))
        return 3
      })
      is(status, SIGSEGV)
      return 0
    })
  })

  it('is one that would go over the end of the signal stack, whatever memory is below', () => {
    inVm(function* (sys) {
      const child = yield* sys.fork(function* (sys) {
        const start = yield* sys.brk(0)
        ok(yield* sys.brk(start + 65536))
        ok(yield* setStack(sys, start + 32768, 4096))
        const me = yield* sys.getpid()
        let depth = 0
        ok(
          yield* sys.sigaction(
            SIGUSR1,
            function* (sys) {
              if (++depth < 100) ok(yield* sys.kill(me, SIGUSR1))
            },
            SA_ONSTACK | SA_NODEFER,
          ),
        )
        ok(yield* sys.kill(me, SIGUSR1))
        return 3
      })
      is(yield* waitFor(sys, ok(child)), SIGSEGV)
      return 0
    })
  })
})

describe('SA_ONSTACK', () => {
  it('means nothing where there is no signal stack', () => {
    inVm(function* (sys) {
      const seen: number[] = []
      ok(
        yield* sys.sigaction(
          SIGUSR1,
          function* (_sys, sig) {
            seen.push(sig)
          },
          SA_ONSTACK,
        ),
      )
      ok(yield* sys.kill(yield* sys.getpid(), SIGUSR1))
      is(seen, [SIGUSR1])
      return 0
    })
  })
})

describe('who is on the signal stack', () => {
  it('cannot have another one, whatever he asks for, unless it is one that disarms itself', () => {
    inVm(function* (sys) {
      const around = yield* sys.brk(0)
      const here = sys.alloc(16) - 65536
      is(around < here, true)
      ok(yield* setStack(sys, here, 131072, SS_AUTODISARM))
      is(yield* stackFlags(sys), SS_AUTODISARM)
      ok(yield* setStack(sys, here, 131072))
      is(yield* stackFlags(sys), SS_ONSTACK)
      for (const flags of [0, 77]) fails(yield* setStack(sys, here, 131072, flags), EPERM)
      return 0
    })
  })
})

describe('a process whose leader has left', () => {
  it('stops and goes on by its other threads, and its parent is told', () => {
    inVm(function* (sys) {
      const status = sys.alloc(4)
      const child = yield* sys.fork(function* (sys) {
        ok(
          yield* sys.clone(THREAD, function* (sys) {
            while ((yield* sys.nanosleep(10)) < 0);
            return yield* sys.exit_group(4)
          }),
        )
        return yield* sys.exit(0)
      })
      for (const [sig, told] of [
        [SIGSTOP, (SIGSTOP << 8) | 0x7f],
        [SIGCONT, 0xffff],
      ] as const) {
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.kill(ok(child), sig))
        ok(yield* sys.nanosleep(1))
        is(yield* sys.wait4(child, status, WNOHANG | WUNTRACED | WCONTINUED), child)
        is(sys.loadInt(status), told)
      }
      is(yield* waitFor(sys, child), 4 << 8)
      return 0
    })
  })
})
