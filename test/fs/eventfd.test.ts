import { expect, test } from 'vitest'
import { boot, type Libc, type Run, type UserPtr } from '../../index.ts'
import { EAGAIN, EBADF, EFAULT, EINTR, EINVAL, ESPIPE } from '../../kernel/errno.ts'
import { EFD_CLOEXEC, EFD_NONBLOCK, EFD_SEMAPHORE } from '../../kernel/fs/eventfd.ts'
import { F_GETFL } from '../../kernel/fs/fcntl.ts'
import { O_NONBLOCK, O_RDWR } from '../../kernel/fs/file.ts'
import { POLLIN, POLLOUT } from '../../kernel/fs/poll.ts'
import { CLONE_FILES, CLONE_VM } from '../../kernel/task/fork.ts'
import { SIGCHLD, SIGUSR1 } from '../../kernel/task/signal.ts'
import { signalParentLater, succeeds } from '../support/signals.ts'

/** The last count there can be. */
const FULL = (1n << 64n) - 2n
const BAD = 8 as UserPtr

function* write(sys: Libc, fd: number, value: bigint): Run<number> {
  const word = new Uint8Array(8)
  new DataView(word.buffer).setBigUint64(0, value, true)
  const at = sys.alloc(8)
  sys.store(at, word)
  return yield* sys.write(fd, at, 8)
}

/** What was read, or a negative errno. */
function* read(sys: Libc, fd: number): Run<bigint> {
  const at = sys.alloc(8)
  const ret = yield* sys.read(fd, at, 8)
  return ret < 0 ? BigInt(ret) : new DataView(sys.load(at, 8).buffer).getBigUint64(0, true)
}

test('reading takes the count and leaves 0, which is EAGAIN without blocking', () => {
  succeeds(function* (sys) {
    const fd = yield* sys.eventfd(0xffffffff, EFD_NONBLOCK)
    expect(yield* read(sys, fd)).toBe(0xffffffffn)
    expect(yield* read(sys, fd)).toBe(BigInt(-EAGAIN))
    expect([yield* write(sys, fd, 2n), yield* write(sys, fd, 0n), yield* write(sys, fd, 3n)]).toEqual([8, 8, 8])
    expect(yield* read(sys, fd)).toBe(5n)
    return 0
  })
})

test('a semaphore is read 1 by 1', () => {
  succeeds(function* (sys) {
    const fd = yield* sys.eventfd(2, EFD_NONBLOCK | EFD_SEMAPHORE)
    for (const want of [1n, 1n, BigInt(-EAGAIN)]) expect(yield* read(sys, fd)).toBe(want)
    return 0
  })
})

test('less than 8 bytes, 2^64 - 1 and flags that are none are EINVAL; more than 8 bytes are 8', () => {
  succeeds(function* (sys) {
    const fd = yield* sys.eventfd(1)
    const buf = sys.alloc(16)
    expect([yield* sys.read(fd, buf, 7), yield* sys.write(fd, buf, 7), yield* sys.write(fd, buf, 0)]).toEqual([
      -EINVAL,
      -EINVAL,
      -EINVAL,
    ])
    expect(yield* write(sys, fd, FULL + 1n)).toBe(-EINVAL)
    expect([yield* sys.read(fd, buf, 16), yield* sys.write(fd, buf, 16)]).toEqual([8, 8])
    expect(yield* sys.eventfd(0, 2)).toBe(-EINVAL)
    expect(yield* sys.lseek(fd, 0, 0)).toBe(-ESPIPE)
    return 0
  })
})

/** The segments of a vector, by address and size. */
function vector(sys: Libc, ...segments: (readonly [number, number])[]): UserPtr {
  return sys.words(...segments.flat().map(BigInt))
}

test('writev adds each segment as if it had come alone, up to one that is too small', () => {
  succeeds(function* (sys) {
    const fd = yield* sys.eventfd(0, EFD_NONBLOCK)
    const words = sys.alloc(32)
    sys.store(words, new Uint8Array(new BigUint64Array([3n, 4n, FULL, FULL]).buffer))
    const writev = (...segments: (readonly [number, number])[]): Run<number> =>
      sys.syscall(66, fd, vector(sys, ...segments), segments.length)
    expect(yield* writev([words, 8], [BAD, 0], [words + 8, 8])).toBe(16)
    expect(yield* read(sys, fd)).toBe(7n)
    expect(yield* writev([words, 4], [words + 4, 4])).toBe(-EINVAL)
    expect(yield* writev([words, 8], [words + 8, 4])).toBe(8)
    expect(yield* read(sys, fd)).toBe(3n)
    expect([yield* writev([words, 16], [words, 8]), yield* read(sys, fd)]).toEqual([8, 3n])
    // What does not fit any more is not waited for once something has been added.
    expect([yield* writev([words, 8], [words + 16, 8]), yield* writev([words + 16, 8])]).toEqual([8, -EAGAIN])
    expect(yield* read(sys, fd)).toBe(3n)
    expect(yield* writev([BAD, 8])).toBe(-EFAULT)
    return 0
  })
})

test('writev waits for room in the middle', () => {
  succeeds(function* (sys) {
    const fd = yield* sys.eventfd(0)
    const words = sys.alloc(16)
    sys.store(words, new Uint8Array(new BigUint64Array([FULL, 5n]).buffer))
    void (yield* sys.fork(function* (child) {
      void (yield* child.nanosleep(1))
      return (yield* read(child, fd)) === FULL ? 0 : 1
    }))
    expect(yield* sys.syscall(66, fd, vector(sys, [words, 8], [words + 8, 8]), 2)).toBe(16)
    expect(yield* read(sys, fd)).toBe(5n)
    return (yield* sys.wait4(-1, 0, 0)) > 0 ? 0 : 1
  })
})

test('readv takes the count once, over all segments; there is no position to read or write at', () => {
  succeeds(function* (sys) {
    const fd = yield* sys.eventfd(9, EFD_NONBLOCK)
    const at = sys.alloc(16)
    expect(yield* sys.syscall(65, fd, vector(sys, [at, 4], [at + 8, 4]), 2)).toBe(8)
    expect([sys.loadInt(at), sys.loadInt((at + 8) as UserPtr)]).toEqual([9, 0])
    expect(yield* sys.syscall(65, fd, vector(sys, [at, 4], [at + 8, 3]), 2)).toBe(-EINVAL)
    const one = yield* sys.eventfd(2, EFD_NONBLOCK | EFD_SEMAPHORE)
    expect(yield* sys.syscall(65, one, vector(sys, [at, 8], [at + 8, 8]), 2)).toBe(8)
    expect(yield* read(sys, one)).toBe(1n)
    for (const nr of [67, 68]) expect(yield* sys.syscall(nr, fd, at, 8, 0)).toBe(-ESPIPE)
    for (const nr of [69, 70]) expect(yield* sys.syscall(nr, fd, vector(sys, [at, 8]), 1, 0)).toBe(-ESPIPE)
    return 0
  })
})

test('a bad address is EFAULT, and a read has taken the count all the same', () => {
  succeeds(function* (sys) {
    const fd = yield* sys.eventfd(1, EFD_NONBLOCK)
    expect([yield* sys.write(fd, BAD, 8), yield* sys.read(fd, BAD, 8)]).toEqual([-EFAULT, -EFAULT])
    expect(yield* read(sys, fd)).toBe(BigInt(-EAGAIN))
    return 0
  })
})

test('a reader sleeps at 0 until somebody writes', () => {
  const { calls } = succeeds(function* (sys) {
    const fd = yield* sys.eventfd(0)
    void (yield* sys.fork(function* (child) {
      void (yield* child.nanosleep(1))
      return (yield* write(child, fd, 7n)) === 8 ? 0 : 1
    }))
    expect(yield* read(sys, fd)).toBe(7n)
    return (yield* sys.wait4(-1, 0, 0)) > 0 ? 0 : 1
  })
  expect(calls.findIndex((c) => c.startsWith('write('))).toBeLessThan(calls.findIndex((c) => c.startsWith('read(')))
})

test('a writer sleeps where the count would pass 2^64 - 2 until somebody reads', () => {
  succeeds(function* (sys) {
    const fd = yield* sys.eventfd(0)
    expect(yield* write(sys, fd, FULL - 1n)).toBe(8)
    expect(yield* write(sys, fd, 1n)).toBe(8)
    const nonblocking = yield* sys.eventfd(1, EFD_NONBLOCK)
    expect(yield* write(sys, nonblocking, FULL)).toBe(-EAGAIN)
    const reader = yield* sys.fork(function* (child) {
      void (yield* child.nanosleep(1))
      return (yield* read(child, fd)) === FULL ? 0 : 1
    })
    expect(yield* write(sys, fd, 3n)).toBe(8)
    expect(yield* read(sys, fd)).toBe(3n)
    const status = sys.alloc(4)
    expect(yield* sys.wait4(reader, status, 0)).toBe(reader)
    expect(sys.loadInt(status)).toBe(0)
    return 0
  })
})

test('both sleeps are interrupted by a signal', () => {
  succeeds(function* (sys) {
    void (yield* sys.sigaction(SIGUSR1, function* () {}))
    const fd = yield* sys.eventfd(0)
    void (yield* signalParentLater(sys, SIGUSR1))
    expect(yield* read(sys, fd)).toBe(BigInt(-EINTR))
    expect(yield* write(sys, fd, FULL)).toBe(8)
    void (yield* signalParentLater(sys, SIGUSR1))
    expect(yield* write(sys, fd, 1n)).toBe(-EINTR)
    while ((yield* sys.wait4(-1, 0, 0)) > 0);
    return 0
  })
})

test('EFD_CLOEXEC closes it at exec', () => {
  const found: number[] = []
  const calls: string[] = []
  const vm = boot({
    programs: {
      *probe(sys) {
        for (const fd of [3, 4]) found.push(yield* write(sys, fd, 1n))
        return 0
      },
    },
  })
  vm.strace(({ text }) => calls.push(text))
  vm.spawn(function* program(sys) {
    void (yield* sys.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE))
    void (yield* sys.eventfd(4))
    return yield* sys.execve('/bin/probe', ['probe'])
  })
  vm.run()
  expect(found).toEqual([-EBADF, 8])
  expect(calls.slice(0, 2)).toEqual(['eventfd2(0, EFD_SEMAPHORE|EFD_CLOEXEC|EFD_NONBLOCK) = 3', 'eventfd2(4, 0) = 4'])
})

test('who polls is woken by a write and by a read that makes room, and 1 is enough to read', () => {
  succeeds(function* (sys) {
    const poll = function* (fd: number, events: number): Run<number[]> {
      const at = sys.alloc(8)
      sys.storeInt(at, fd)
      sys.storeInt((at + 4) as UserPtr, events)
      return [yield* sys.ppoll(at, 1), sys.loadInt((at + 4) as UserPtr) >>> 16]
    }
    const later = (main: (sys: Libc) => Run<number | bigint>): Run<number> =>
      sys.fork(function* (child) {
        void (yield* child.nanosleep(1))
        void (yield* main(child))
        return 0
      })
    const fd = yield* sys.eventfd(0)
    void (yield* later((child) => write(child, fd, 1n)))
    expect(yield* poll(fd, POLLIN)).toEqual([1, POLLIN])
    expect(yield* read(sys, fd)).toBe(1n)
    expect(yield* write(sys, fd, FULL)).toBe(8)
    void (yield* later((child) => read(child, fd)))
    expect(yield* poll(fd, POLLOUT)).toEqual([1, POLLOUT])
    while ((yield* sys.wait4(-1, 0, 0)) > 0);
    return 0
  })
})

test('a writer sleeps until there is room for all of what it adds, be there something left to read or not', () => {
  succeeds(function* (sys) {
    const fd = yield* sys.eventfd(0, EFD_SEMAPHORE)
    expect(yield* write(sys, fd, FULL)).toBe(8)
    const wrote: number[] = []
    void (yield* sys.clone(CLONE_VM | CLONE_FILES | SIGCHLD, function* (child) {
      wrote.push(yield* write(child, fd, 2n))
      return 0
    }))
    for (const done of [[], [], [8]]) {
      void (yield* sys.nanosleep(1))
      expect(wrote).toEqual(done)
      if (done.length === 0) expect(yield* read(sys, fd)).toBe(1n)
    }
    return 0
  })
})

test('it is a file of mode 600 and no kind, open to read and write', () => {
  succeeds(function* (sys) {
    const fd = yield* sys.eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK)
    expect(yield* sys.fcntl(fd, F_GETFL)).toBe(O_RDWR | O_NONBLOCK)
    const stat = sys.alloc(128)
    expect(yield* sys.fstat(fd, stat)).toBe(0)
    expect(sys.loadInt((stat + 16) as UserPtr)).toBe(0o600)
    return 0
  })
})
