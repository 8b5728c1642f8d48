import { describe, expect, test } from 'vitest'
import { POLLOUT } from '../../kernel/fs/poll.ts'
import { boot, type Libc, type Run } from '../../index.ts'
import { EAGAIN, EFAULT, EINTR, EINVAL, ENOTTY } from '../../kernel/errno.ts'
import { O_NONBLOCK, O_RDWR } from '../../kernel/fs/file.ts'
import { FIONREAD, TCFLSH, TCXONC, TIOCSTI, TIOCSWINSZ } from '../../kernel/tty/ioctls.ts'
import { SIGINT, SIGTSTP, SIGTTOU, SIGWINCH, SIG_IGN } from '../../kernel/task/signal.ts'
import { TCSANOW, cfmakeraw, isatty, tcgetattr, tcgetwinsize, tcsetattr, tcsetpgrp } from '../../userland/termios.ts'
import { killAll } from '../support/vm.ts'
import { int, readText, stopped, terminal, toItsEnd, type, wait } from '../support/terminal.ts'

describe('keys', () => {
  test('interrupt and stop the foreground group and nobody else', () => {
    const { vm, said, process } = terminal(function* (sys, said) {
      void (yield* sys.sigaction(SIGTTOU, SIG_IGN))
      for (let i = 0; i < 2; i++) {
        const pid = yield* sys.fork(function* (child) {
          void (yield* child.setpgid(0, 0))
          void (yield* tcsetpgrp(child, 0, yield* child.getpid()))
          return yield* child.read(0, child.alloc(8), 8)
        })
        said.push(String(yield* wait(sys, pid)))
        void (yield* sys.kill(pid, 9))
        void (yield* tcsetpgrp(sys, 0, yield* sys.getpid()))
      }
      return 0
    })
    expect(type(vm, 'typed\x03', '\x1a')).toBe('typed^C^Z')
    expect(said).toEqual([String(SIGINT), String(stopped(SIGTSTP))])
    expect(process.status).toBe(0)
  })

  test('that come before a read are there for it, line by line, and ^D ends a line or the file', () => {
    const { vm, said } = terminal(function* (sys, said) {
      void (yield* sys.nanosleep(1))
      for (const size of [9, 3, 9, 9]) said.push(yield* readText(sys, 0, size))
      return 0
    })
    vm.input('one\ntwo\x04\x04')
    expect(type(vm)).toBe('one\r\ntwo')
    expect(said).toEqual(['one\n', 'two', ''])
    vm.hangup()
    killAll(vm)
  })

  test('stop and start the output', () => {
    const { vm, process } = terminal(function* (sys) {
      void (yield* readText(sys))
      return (yield* sys.print('behind\n')) === 7 ? 0 : 1
    })
    expect(type(vm, '\x13\n')).toBe('')
    expect(vm.run().kind).toBe('input')
    expect(type(vm, '\x11')).toBe('\r\nbehind\r\n')
    expect(process.status).toBe(0)
  })

  test('interrupt a read, which then is made again or not as SA_RESTART says', () => {
    const { vm, said } = terminal(function* (sys, said) {
      void (yield* sys.sigaction(SIGINT, function* () {
        said.push('caught')
      }))
      said.push(yield* readText(sys), yield* readText(sys))
      return 0
    })
    type(vm, 'half\x03', 'line\n')
    expect(said).toEqual(['caught', String(-EINTR), 'line\n'])
  })
})

describe('a read in raw mode', () => {
  const raw = (vmin: number, vtime: number, read: (sys: Libc, said: string[]) => Run<number>) =>
    terminal(function* (sys, said) {
      const t = yield* tcgetattr(sys, 0)
      if (typeof t === 'number') return 1
      const r = cfmakeraw(t)
      r.c_cc[6] = vmin
      r.c_cc[5] = vtime
      void (yield* tcsetattr(sys, 0, TCSANOW, r))
      return yield* read(sys, said)
    })
  const twice = function* (sys: Libc, said: string[]): Run<number> {
    for (const size of [8, 2]) said.push(yield* readText(sys, 0, size))
    return 0
  }

  test('gets each key as it is, and waits for VMIN of them or a full buffer', () => {
    const { vm, said } = raw(3, 0, twice)
    expect(type(vm, '\x03', '\r', 'é', 'x', 'y')).toBe('')
    expect(said).toEqual(['\x03\ré', 'xy'])
  })

  test('waits for VTIME at most: from the start without VMIN, else from the last key on', () => {
    const none = raw(0, 5, twice)
    none.vm.run()
    expect([none.said, none.vm.now]).toEqual([['', ''], 1_000_000_000])
    const some = raw(3, 5, twice)
    expect(some.vm.run().kind).toBe('input')
    some.vm.input('a')
    expect(some.vm.run({ until: 400_000_000 })).toEqual({ kind: 'sleeping', until: 500_000_000 })
    some.vm.input('b')
    expect(some.vm.run().kind).toBe('input')
    expect([some.said, some.vm.now]).toEqual([['ab'], 900_000_000])
  })
})

test('the window has a size, of whose change the foreground is told', () => {
  const { vm, said } = terminal(function* (sys, said) {
    void (yield* sys.sigaction(SIGWINCH, function* (sys) {
      said.push(JSON.stringify(yield* tcgetwinsize(sys, 0)))
    }))
    said.push(yield* readText(sys))
    const ws = sys.words(0x0000_0000_0005_0004n)
    void (yield* sys.ioctl(0, TIOCSWINSZ, ws))
    return 0
  })
  vm.run()
  vm.resize(24, 80)
  vm.resize(50, 132)
  vm.run()
  expect(said).toEqual(['{"rows":50,"cols":132}', String(-EINTR), '{"rows":4,"cols":5}'])
})

test('requests that are refused say why', () => {
  const said = toItsEnd(function* (sys, said) {
    const calls: [number, number, number][] = [
      [0, 0x1234, 0],
      [0, TCFLSH, 3],
      [0, TCXONC, 9],
      [0, FIONREAD, 8],
      [0, TIOCSTI, 8],
      [0, TIOCSWINSZ, 8],
      [99, FIONREAD, 8],
    ]
    for (const [fd, request, arg] of calls) said.push(String(yield* sys.ioctl(fd, request, arg)))
    return 0
  })
  expect(said).toEqual([-ENOTTY, -EINVAL, -EINVAL, -EFAULT, -EFAULT, -EFAULT, -9].map(String))
})

describe('the console with nothing plugged in', () => {
  test('is no terminal, reads as empty, and prints bytes as they are', () => {
    const vm = boot()
    const process = vm.spawn(function* main(sys) {
      if (yield* isatty(sys, 0)) return 1
      void (yield* sys.print('a\nb\n'))
      return yield* sys.read(0, sys.alloc(8), 8)
    })
    expect(vm.run()).toEqual({ kind: 'exited' })
    expect([process.status, vm.console]).toEqual([0, 'a\nb\n'])
  })

  test('takes a stream of bytes in place of a terminal, which is waited for, and can end', () => {
    const vm = boot()
    const said: string[] = []
    vm.input('some')
    vm.spawn(function* main(sys) {
      for (;;) {
        const text = yield* readText(sys, 0, 3)
        said.push(text)
        if (text === '') return (yield* isatty(sys, 0)) ? 1 : 0
      }
    })
    expect(vm.run()).toMatchObject({ kind: 'input', waiting: [{ syscall: 'read' }] })
    vm.input('\x03\n')
    expect(vm.run().kind).toBe('input')
    vm.endInput()
    expect(vm.run()).toEqual({ kind: 'exited' })
    expect(said).toEqual(['som', 'e', '\x03\n', ''])
    expect(vm.console).toBe('')
  })
})

test('without waiting, a read says EAGAIN, and so does a write while output stands still', () => {
  const said = toItsEnd(function* (sys, said) {
    const fd = yield* sys.open('/dev/tty', O_RDWR | O_NONBLOCK)
    said.push(yield* readText(sys, fd))
    void (yield* sys.ioctl(fd, TCXONC, 0))
    said.push(String(yield* sys.print('x', fd)))
    void (yield* sys.ioctl(fd, TCXONC, 1))
    said.push(String(yield* sys.print('x', fd)))
    return 0
  })
  expect(said).toEqual([-EAGAIN, -EAGAIN, 1].map(String))
})

test('poll says that a terminal can be written to, unless output stands still', () => {
  const said = toItsEnd(function* (sys, said) {
    const fds = sys.load(sys.words((BigInt(POLLOUT) << 32n) | 1n), 8)
    const place = sys.alloc(8)
    sys.store(place, fds)
    const now = sys.alloc(16)
    for (const action of [1, 0]) {
      void (yield* sys.ioctl(0, TCXONC, action))
      said.push(String(yield* sys.ppoll(place, 1, now)))
    }
    return 0
  })
  expect(said).toEqual(['1', '0'])
})

test('a pipe tells how much there is to read', () => {
  const vm = boot()
  const said: number[] = []
  vm.spawn(function* main(sys) {
    const pipe = yield* sys.pipe()
    if (typeof pipe === 'number') return 1
    const block = sys.alloc(4096)
    for (const size of [4096, 3000, 10]) void (yield* sys.write(pipe.wr, block, size))
    said.push(yield* int(sys, pipe.rd, FIONREAD))
    return 0
  })
  vm.run()
  expect(said).toEqual([7106])
})
