import { describe, expect, test } from 'vitest'
import { boot, type Libc, type Run } from '../../index.ts'
import { EFAULT, EINVAL, EIO, ENOTTY, ENXIO, EPERM, ESRCH } from '../../kernel/errno.ts'
import { O_NOCTTY, O_RDWR } from '../../kernel/fs/file.ts'
import { TIOCGPGRP, TIOCGSID, TIOCNOTTY, TIOCSCTTY, TIOCSPGRP } from '../../kernel/tty/ioctls.ts'
import { TOSTOP } from '../../kernel/tty/termios.ts'
import { SIGCONT, SIGHUP, SIGTTIN, SIGTTOU, SIGTSTP, SIG_IGN } from '../../kernel/task/signal.ts'
import { TCSANOW, isatty, tcgetattr, tcgetpgrp, tcsetattr, tcsetpgrp } from '../../userland/termios.ts'
import { int, job, readText, stopped, terminal, toItsEnd, type, wait } from '../support/terminal.ts'

describe('a background job', () => {
  test('that reads is stopped, or gets EIO where it ignores or blocks SIGTTIN', () => {
    const said = toItsEnd(function* (sys, said) {
      const { pid, status } = yield* job(sys, function* (child) {
        return (yield* child.read(0, child.alloc(8), 8)) < 0 ? 1 : 0
      })
      said.push(String(status))
      void (yield* sys.kill(pid, 9))
      const ignoring = yield* job(sys, function* (child) {
        void (yield* child.sigaction(SIGTTIN, SIG_IGN))
        return -(yield* child.read(0, child.alloc(8), 8))
      })
      said.push(String(ignoring.status >> 8))
      return 0
    })
    expect(said).toEqual([String(stopped(SIGTTIN)), String(EIO)])
  })

  test('writes as it likes, unless TOSTOP is set', () => {
    const said = toItsEnd(function* (sys, said) {
      const print = (child: Libc): Run<number> => child.print('x')
      said.push(String((yield* job(sys, print)).status >> 8))
      const t = yield* tcgetattr(sys, 0)
      if (typeof t === 'number') return 1
      void (yield* tcsetattr(sys, 0, TCSANOW, { ...t, c_lflag: t.c_lflag | TOSTOP }))
      const { pid, status } = yield* job(sys, print)
      said.push(String(status))
      void (yield* sys.kill(pid, 9))
      return 0
    })
    expect(said).toEqual(['1', String(stopped(SIGTTOU))])
  })

  test('may not change the terminal, nor take the foreground, unless it ignores SIGTTOU', () => {
    const said = toItsEnd(function* (sys, said) {
      const grab = function* (child: Libc): Run<number> {
        return -(yield* tcsetpgrp(child, 0, yield* child.getpid()))
      }
      const { pid, status } = yield* job(sys, grab)
      said.push(String(status))
      void (yield* sys.kill(pid, 9))
      const ignoring = yield* job(sys, function* (child) {
        void (yield* child.sigaction(SIGTTOU, SIG_IGN))
        return yield* grab(child)
      })
      said.push(String(ignoring.status))
      void (yield* sys.sigaction(SIGTTOU, SIG_IGN))
      said.push(String(yield* tcsetpgrp(sys, 0, yield* sys.getpid())))
      return 0
    })
    expect(said).toEqual([String(stopped(SIGTTOU)), '0', '0'])
  })

  test('of a group that is orphaned gets EIO in place of a stop', () => {
    const said = toItsEnd(function* (sys, said) {
      const pipe = yield* sys.pipe()
      if (typeof pipe === 'number') return 1
      void (yield* job(sys, function* (middle) {
        void (yield* middle.fork(function* (orphan) {
          void (yield* orphan.nanosleep(1))
          const ret = yield* orphan.read(0, orphan.alloc(8), 8)
          const grab = yield* tcsetpgrp(orphan, 0, yield* orphan.getpid())
          void (yield* orphan.print(`${ret} ${grab}`, pipe.wr))
          return 0
        }))
        return 0
      }))
      said.push(yield* readText(sys, pipe.rd))
      return 0
    })
    expect(said).toEqual([`${-EIO} ${-ENOTTY}`])
  })
})

describe('the controlling terminal', () => {
  test('is the one that a session leader opens or asks for, and /dev/tty leads to it', () => {
    const said = toItsEnd(function* (sys, said) {
      const child = yield* sys.fork(function* (sys) {
        void (yield* sys.setsid())
        said.push(String(yield* sys.open('/dev/tty', O_RDWR)))
        said.push(String(yield* int(sys, 0, TIOCGSID)))
        const fd = yield* sys.open('/dev/ttyS0', O_RDWR)
        said.push(String(yield* sys.open('/dev/tty', O_RDWR)), String(yield* sys.ioctl(fd, TIOCSCTTY, 0)))
        return 0
      })
      void (yield* wait(sys, child))
      said.push(String((yield* int(sys, 0, TIOCGSID)) === (yield* sys.getpid())))
      const fd = yield* sys.open('/dev/tty', O_RDWR)
      said.push(String(yield* sys.print('x', fd)))
      return 0
    })
    expect(said).toEqual([-ENXIO, -ENOTTY, -ENXIO, -EPERM, true, 1].map(String))
  })

  test('can be given up, which the foreground is told, and taken again', () => {
    const said = toItsEnd(function* (sys, said) {
      for (const sig of [SIGHUP, SIGCONT]) {
        void (yield* sys.sigaction(sig, function* () {
          said.push(`signal ${sig}`)
        }))
      }
      said.push(String(yield* sys.ioctl(0, TIOCNOTTY)), String(yield* sys.ioctl(0, TIOCNOTTY)))
      said.push(String(yield* tcgetpgrp(sys, 0)))
      void (yield* sys.open('/dev/ttyS0', O_RDWR | O_NOCTTY))
      said.push(String(yield* tcgetpgrp(sys, 0)))
      void (yield* sys.open('/dev/ttyS0', O_RDWR))
      said.push(String((yield* tcgetpgrp(sys, 0)) === (yield* sys.getpid())))
      return 0
    })
    expect(said.filter((s) => s.startsWith('signal')).sort()).toEqual(['signal 1', 'signal 18'])
    expect(said.filter((s) => !s.startsWith('signal'))).toEqual([0, -ENOTTY, -ENOTTY, -ENOTTY, true].map(String))
  })

  test('has a foreground group only of its session', () => {
    const said = toItsEnd(function* (sys, said) {
      for (const pgrp of [-1, 9999, 1]) said.push(String(yield* tcsetpgrp(sys, 0, pgrp)))
      const other = yield* sys.fork(function* (child) {
        void (yield* child.setsid())
        return yield* child.nanosleep(9)
      })
      void (yield* sys.nanosleep(1))
      said.push(String(yield* tcsetpgrp(sys, 0, other)))
      said.push(String(yield* sys.ioctl(0, TIOCSPGRP, 8)), String(yield* sys.ioctl(0, TIOCGPGRP, 8)))
      void (yield* wait(sys, other))
      return 0
    })
    expect(said).toEqual([-EINVAL, -ESRCH, -ESRCH, -EPERM, -EFAULT, -EFAULT].map(String))
  })

  test('sends SIGHUP to the foreground when its leader ends', () => {
    const { vm, said } = terminal(function* (sys, said) {
      void (yield* sys.sigaction(SIGTTOU, SIG_IGN))
      void (yield* sys.fork(function* (child) {
        void (yield* child.setpgid(0, 0))
        void (yield* tcsetpgrp(child, 0, yield* child.getpid()))
        void (yield* child.sigaction(SIGHUP, function* () {
          said.push('hung up')
        }))
        void (yield* child.nanosleep(5))
        return 0
      }))
      void (yield* sys.nanosleep(1))
      return 0
    })
    expect(vm.run()).toEqual({ kind: 'exited' })
    expect(said).toEqual(['hung up'])
    expect(vm.now).toBe(1_000_000_000)
    expect(vm.kernel.console.session).toBe(0)
  })
})

test('a hang-up ends who leads the session, and what is open on the terminal is dead', () => {
  const { vm, said, process } = terminal(function* (sys, said) {
    void (yield* sys.sigaction(SIGHUP, function* () {
      said.push('SIGHUP')
    }))
    said.push(yield* readText(sys), yield* readText(sys), String(yield* sys.print('x')))
    said.push(String(yield* isatty(sys, 0)), String(yield* sys.open('/dev/tty', O_RDWR)))
    said.push(String(yield* sys.open('/dev/ttyS0', O_RDWR)))
    return 0
  })
  expect(vm.run().kind).toBe('input')
  vm.hangup()
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(said).toEqual(['SIGHUP', '', '', String(-EIO), 'false', String(-ENXIO), String(-EIO)])
  expect(process.status).toBe(0)
})

test('a hang-up reaches the foreground job too, once the leader of the session is gone', () => {
  const { vm, said } = terminal(function* (sys, said) {
    void (yield* sys.sigaction(SIGTTOU, SIG_IGN))
    void (yield* sys.fork(function* (child) {
      for (const sig of [SIGHUP, SIGCONT]) {
        void (yield* child.sigaction(sig, function* () {
          said.push(String(sig))
        }))
      }
      void (yield* child.setpgid(0, 0))
      void (yield* tcsetpgrp(child, 0, yield* child.getpid()))
      void (yield* child.nanosleep(9))
      said.push('told')
      return 0
    }))
    return yield* sys.nanosleep(99)
  })
  expect(vm.run({ until: 1 }).kind).toBe('sleeping')
  vm.hangup()
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(said.sort()).toEqual([String(SIGHUP), String(SIGCONT), 'told'].sort())
})

test('a stopped job that nobody could continue any more is hung up and goes on', () => {
  const said = toItsEnd(function* (sys, said) {
    const pid = yield* sys.fork(function* (middle) {
      const { status } = yield* job(middle, function* (child) {
        for (const sig of [SIGHUP, SIGCONT]) {
          void (yield* child.sigaction(sig, function* () {
            said.push(String(sig))
          }))
        }
        return yield* child.kill(yield* child.getpid(), SIGTSTP)
      })
      said.push(String(status))
      return 0
    })
    void (yield* wait(sys, pid))
    return 0
  })
  expect(said.sort()).toEqual([String(SIGHUP), String(SIGCONT), String(stopped(SIGTSTP))].sort())
})

test('a stop by a key passes a group by that nobody could continue', () => {
  const { vm, said } = terminal(function* (sys, said) {
    said.push(yield* readText(sys))
    return 0
  })
  expect(type(vm, '\x1a', 'on\n')).toBe('^Zon\r\n')
  expect(said).toEqual(['on\n'])
})

test('a stopped process whose group loses its way out by the end of a member is hung up too', () => {
  const said = toItsEnd(function* (sys, said) {
    const { status } = yield* job(sys, function* (leader) {
      const child = yield* leader.fork(function* (child) {
        void (yield* child.sigaction(SIGHUP, function* () {
          said.push('hung up')
        }))
        return yield* child.kill(yield* child.getpid(), SIGTSTP)
      })
      return (yield* wait(leader, child)) >> 8
    })
    said.push(String(status >> 8))
    void (yield* sys.nanosleep(1))
    return 0
  })
  expect(said.sort()).toEqual([String(SIGTSTP), 'hung up'].sort())
})

test('a group whose only way out is the idle task is orphaned: nobody there would continue it', () => {
  const vm = boot()
  const process = vm.spawn(function* main(sys) {
    void (yield* sys.setpgid(0, 0))
    return yield* sys.kill(yield* sys.getpid(), SIGTSTP)
  })
  expect(vm.run()).toEqual({ kind: 'exited' })
  expect(process.status).toBe(0)
})
