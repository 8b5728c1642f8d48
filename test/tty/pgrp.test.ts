import { describe, expect, test } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc, Run } from '../../index.ts'
import { WNOWAIT, WEXITED } from '../../kernel/task/exit.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import {
  SIGCHLD,
  SIGCONT,
  SIGHUP,
  SIGINT,
  SIGSTOP,
  SIGTSTP,
  SIGTTOU,
  SIG_IGN,
  SI_KERNEL,
  sigmask,
} from '../../kernel/task/signal.ts'
import { tcgetpgrp, tcsetpgrp } from '../../userland/termios.ts'
import { inVm, is, ok, pipe, waitFor } from '../support/vm.ts'
import { job, readText, terminal, toItsEnd, type } from '../support/terminal.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
const P_PID = 1
const word = (n: number): UserPtr => n as UserPtr

/** Raise SIGTSTP: what that returns says that it did nothing. */
function* unstoppable(sys: Libc): Run<number> {
  return yield* sys.kill(yield* sys.getpid(), SIGTSTP)
}

describe('a key that sends a signal', () => {
  test('sends it in the kernel’s own name', () => {
    const { vm, said } = terminal(function* (sys, said) {
      ok(
        yield* sys.sigaction(SIGINT, function* (sys, _sig, info) {
          said.push([0, 8, 16, 20].map((at) => sys.loadInt(word(info + at))).join(' '))
        }),
      )
      void (yield* readText(sys))
      return 0
    })
    type(vm, '\x03')
    expect(said).toEqual([`${SIGINT} ${SI_KERNEL} 0 0`])
  })

  test('reaches a process by a thread where its leader blocks the signal, or has left', () => {
    for (const leader of ['blocks', 'left']) {
      const { vm, said } = terminal(function* (sys, said) {
        ok(
          yield* sys.sigaction(SIGINT, function* (sys) {
            said.push((yield* sys.gettid()) === (yield* sys.getpid()) ? 'leader' : 'thread')
          }),
        )
        ok(
          yield* sys.clone(THREAD, function* (sys) {
            ok(yield* sys.sigprocmask(1, sigmask(SIGINT)))
            void (yield* readText(sys))
            return yield* sys.exit_group(0)
          }),
        )
        ok(yield* sys.sigprocmask(0, sigmask(SIGINT)))
        return leader === 'left' ? yield* sys.exit(0) : yield* sys.nanosleep(1000)
      })
      expect(vm.run({ until: 1 }).kind).not.toBe('exited')
      vm.input('\x03')
      vm.run({ until: 2 })
      expect(said, leader).toEqual(['thread'])
      vm.hangup()
    }
  })
})

describe('the foreground', () => {
  test('may be a group whose leader is gone, and one that a process of the session could make', () => {
    const said = toItsEnd(function* (sys, said) {
      const { rd, wr } = yield* pipe(sys)
      const { pid: gone } = yield* job(sys, function* (leader) {
        return Math.min(0, yield* leader.fork((child) => child.read(rd, child.alloc(1), 1)))
      })
      said.push(String(yield* tcsetpgrp(sys, 0, gone)), String((yield* tcgetpgrp(sys, 0)) === gone))
      void (yield* sys.sigaction(SIGTTOU, SIG_IGN))
      const child = yield* sys.fork((child) => child.nanosleep(1))
      said.push(String(yield* tcsetpgrp(sys, 0, child)), String((yield* tcgetpgrp(sys, 0)) === child))
      void (yield* tcsetpgrp(sys, 0, yield* sys.getpid()))
      void (yield* sys.print('x', wr))
      return 0
    })
    expect(said).toEqual(['0', 'true', '0', 'true'])
  })
})

describe('SIGTSTP does nothing to a process group', () => {
  test('whose members have their parents in it or in another session', () => {
    inVm(function* (sys) {
      const leader = yield* sys.fork(function* (leader) {
        ok(yield* leader.setsid())
        is(yield* waitFor(leader, ok(yield* leader.fork(unstoppable))), 0)
        return yield* unstoppable(leader)
      })
      is(yield* waitFor(sys, ok(leader)), 0)
      return 0
    })
  })

  test('where the only one whose parent could continue it has ended, and is not waited for yet', () => {
    inVm(function* (sys) {
      const session = yield* sys.fork(function* (sys) {
        ok(yield* sys.setsid())
        const { rd, wr } = yield* pipe(sys)
        const leader = ok(
          yield* sys.fork(function* (leader) {
            ok(yield* leader.setpgid(0, 0))
            ok(
              yield* leader.fork(function* (child) {
                ok(yield* child.nanosleep(1))
                const said = yield* unstoppable(child)
                return yield* child.print(said === 0 ? 'on' : 'no', wr)
              }),
            )
            return 0
          }),
        )
        ok(yield* sys.waitid(P_PID, leader, 0, WEXITED | WNOWAIT))
        is(yield* readText(sys, rd), 'on')
        return (yield* waitFor(sys, leader)) >> 8
      })
      is(yield* waitFor(sys, ok(session)), 0)
      return 0
    })
  })

  test('of several threads whose parent is gone: what a thread remembers of that one does not count', () => {
    inVm(function* (sys) {
      const session = yield* sys.fork(function* (sys) {
        ok(yield* sys.setsid())
        const { rd, wr } = yield* pipe(sys)
        const middle = yield* sys.fork(function* (middle) {
          ok(
            yield* middle.fork(function* (child) {
              ok(yield* child.setpgid(0, 0))
              ok(yield* child.clone(THREAD, (sys) => sys.nanosleep(5)))
              ok(yield* child.nanosleep(2))
              void (yield* unstoppable(child))
              ok(yield* child.print('on', wr))
              return yield* child.exit_group(0)
            }),
          )
          return yield* middle.nanosleep(1)
        })
        is(yield* waitFor(sys, ok(middle)), 0)
        is(yield* readText(sys, rd), 'on')
        return 0
      })
      is(yield* waitFor(sys, ok(session)), 0)
      return 0
    })
  })
})

test('a stopped process of a group that was orphaned before stays so when others of it end, its leader too', () => {
  inVm(function* (sys) {
    const { rd, wr } = yield* pipe(sys)
    const pid = sys.alloc(4)
    const leader = yield* sys.clone(CLONE_VM | SIGCHLD, function* (leader) {
      ok(yield* leader.setsid())
      const stopped = yield* leader.fork(function* (child) {
        ok(
          yield* child.sigaction(SIGHUP, function* (child) {
            void (yield* child.print('hung up', wr))
          }),
        )
        void (yield* child.nanosleep(50))
        return yield* child.print('on', wr)
      })
      leader.storeInt(pid, ok(stopped))
      ok(yield* leader.nanosleep(1))
      ok(yield* leader.kill(stopped, SIGSTOP))
      return yield* waitFor(leader, ok(yield* leader.fork((child) => child.nanosleep(1))))
    })
    is(yield* waitFor(sys, ok(leader)), 0)
    ok(yield* sys.nanosleep(5))
    ok(yield* sys.kill(sys.loadInt(pid), SIGCONT))
    is(yield* readText(sys, rd), 'on')
    return 0
  })
})
