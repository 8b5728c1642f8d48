import { describe, expect, test } from 'vitest'
import type { Libc, Run, UserPtr } from '../../index.ts'
import { EBADF, EINVAL } from '../../kernel/errno.ts'
import { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT } from '../../kernel/fs/poll.ts'
import { SIGUSR1, sigmask } from '../../kernel/task/signal.ts'
import { machine, pipe } from '../support/signals.ts'

const BOTH = POLLIN | POLLOUT

/** ppoll(2) on `fds`, with a timeout in seconds: what it returns, and what it finds of each. */
function* poll(sys: Libc, fds: readonly number[], sec?: number): Run<string> {
  const [at, ts] = [sys.alloc(8 * fds.length), sys.alloc(16)]
  for (const [i, fd] of fds.entries()) {
    sys.storeInt((at + 8 * i) as UserPtr, fd)
    sys.storeInt((at + 8 * i + 4) as UserPtr, BOTH)
  }
  if (sec !== undefined) sys.storeInt(ts, sec)
  const ret = yield* sys.ppoll(at, fds.length, sec === undefined ? 0 : ts)
  return [ret, ...fds.map((_, i) => sys.loadInt((at + 8 * i + 4) as UserPtr) >>> 16)].join(' ')
}

describe('ppoll', () => {
  test('tells of bytes, room, ends that are gone, files that never wait, and descriptors that are none', () => {
    const { said } = machine(function* (sys, said) {
      const { rd, wr } = yield* pipe(sys)
      const file = yield* sys.creat('/tmp/file', 0o600)
      said.push(yield* poll(sys, [rd, wr, file, -1, 99], 0))
      void (yield* sys.write(wr, sys.alloc(65536), 65536))
      said.push(yield* poll(sys, [rd, wr], 0))
      void (yield* sys.close(rd))
      said.push(yield* poll(sys, [wr], 0))
      const other = yield* pipe(sys)
      void (yield* sys.close(other.wr))
      said.push(yield* poll(sys, [other.rd]))
      return 0
    })
    expect(said).toEqual([`3 0 ${POLLOUT} ${BOTH} 0 ${POLLNVAL}`, `1 ${POLLIN} 0`, `1 ${POLLERR}`, `1 ${POLLHUP}`])
  })

  test('tells of descriptor 0 as of any other', () => {
    const { said } = machine(function* (sys, said) {
      const { rd, wr } = yield* pipe(sys)
      void (yield* sys.dup3(rd, 0, 0))
      said.push(yield* poll(sys, [0], 0))
      void (yield* sys.print('x', wr))
      said.push(yield* poll(sys, [0], 0))
      void (yield* sys.close(0))
      said.push(yield* poll(sys, [0], 0))
      return 0
    })
    expect(said).toEqual(['0 0', `1 ${POLLIN}`, `1 ${POLLNVAL}`])
  })

  test('waits for the first of several pipes, or for its time', () => {
    const { said, vm } = machine(function* (sys, said) {
      const [a, b] = [yield* pipe(sys), yield* pipe(sys)]
      void (yield* sys.fork(function* (c) {
        void (yield* c.nanosleep(3))
        return (yield* c.print('x', b.wr)) === 1 ? 0 : 1
      }))
      said.push(yield* poll(sys, [a.rd, b.rd], 2), yield* poll(sys, [a.rd, b.rd], 100))
      return (yield* sys.wait4(-1, 0, 0)) > 0 ? 0 : 1
    })
    expect(said).toEqual(['0 0 0', `1 0 ${POLLIN}`])
    expect(Math.floor(vm.kernel.clock.now / 1e9)).toBe(3)
  })

  test('has its mask for the time of the call, and the handler runs before the old one is back', () => {
    const { said } = machine(function* (sys, said) {
      void (yield* sys.sigprocmask(0, sigmask(SIGUSR1)))
      void (yield* sys.sigaction(SIGUSR1, function* () {
        said.push('taken')
      }))
      void (yield* sys.kill(yield* sys.getpid(), SIGUSR1))
      said.push(String(yield* sys.ppoll(0 as UserPtr, 0, 0, 0n)))
      void (yield* sys.kill(yield* sys.getpid(), SIGUSR1))
      said.push('still blocked')
      return 0
    })
    expect(said).toEqual(['taken', '-4', 'still blocked'])
  })
})

describe('pselect6', () => {
  test('leaves in its sets what is ready, and counts each', () => {
    const { said } = machine(function* (sys, said) {
      const { rd, wr } = yield* pipe(sys)
      const [inp, outp] = [sys.alloc(8), sys.alloc(8)]
      const both = (1 << rd) | (1 << wr)
      for (const bytes of [0, 1]) {
        void (yield* sys.print('x'.repeat(bytes), wr))
        sys.storeInt(inp, 1 << rd)
        sys.storeInt(outp, both)
        const ret = yield* sys.pselect6(wr + 1, inp, outp, 0)
        said.push(`${ret} ${sys.loadInt(inp) >> rd} ${sys.loadInt(outp) >> rd}`)
      }
      sys.storeInt(inp, 1 << 20)
      said.push(String(yield* sys.pselect6(21, inp, 0, 0)), String(yield* sys.pselect6(-1, 0, 0, 0)))
      return 0
    })
    expect(said).toEqual(['1 0 2', '2 1 2', String(-EBADF), String(-EINVAL)])
  })
})

test('an eventfd can be read while it counts something, and written while there is room for one more', () => {
  const { said } = machine(function* (sys, said) {
    const fd = yield* sys.eventfd(0)
    said.push(yield* poll(sys, [fd], 0))
    const eight = sys.alloc(8)
    sys.store(eight, Uint8Array.from([0xfe, 255, 255, 255, 255, 255, 255, 255]))
    void (yield* sys.write(fd, eight, 8))
    said.push(yield* poll(sys, [fd], 0))
    void (yield* sys.fork(function* (c) {
      void (yield* c.nanosleep(1))
      return (yield* c.read(fd, c.alloc(8), 8)) === 8 ? 0 : 1
    }))
    void (yield* sys.wait4(-1, 0, 0))
    said.push(yield* poll(sys, [fd]))
    return 0
  })
  expect(said).toEqual([`1 ${POLLOUT}`, `1 ${POLLIN}`, `1 ${POLLOUT}`])
})

test('pselect6 looks at no descriptor that the table has no room for: 64 at first, then 128 and more', () => {
  const { said } = machine(function* (sys, said) {
    const [set, now] = [sys.alloc(128), sys.alloc(16)]
    const select = function* (fd: number): Run<void> {
      const bits = new Uint8Array(128)
      bits[fd >> 3] = 1 << (fd & 7)
      sys.store(set, bits)
      said.push(String(yield* sys.pselect6(1024, set, 0, 0, now)))
    }
    for (const fd of [63, 64]) yield* select(fd)
    void (yield* sys.dup3(1, 64, 0))
    for (const fd of [127, 128]) yield* select(fd)
    void (yield* sys.dup3(1, 300, 0))
    for (const fd of [511, 512]) yield* select(fd)
    void (yield* sys.close(300))
    // A child has room for what is open.
    void (yield* sys.fork(function* (sys) {
      for (const fd of [127, 128]) {
        const bits = new Uint8Array(128)
        bits[fd >> 3] = 1 << (fd & 7)
        sys.store(set, bits)
        said.push(String(yield* sys.pselect6(1024, set, 0, 0, now)))
      }
      return 0
    }))
    return yield* sys.wait4(-1, 0, 0)
  })
  expect(said).toEqual([-EBADF, 0, -EBADF, 0, -EBADF, 0, -EBADF, 0].map(String))
})
