import { expect, test } from 'vitest'
import { boot, type Libc, type Run } from '../../index.ts'
import {
  EACCES,
  EBADF,
  EBUSY,
  EEXIST,
  EINTR,
  EINVAL,
  ENOENT,
  ENOTDIR,
  ENXIO,
  EPERM,
  EPIPE,
  ESPIPE,
} from '../../kernel/errno.ts'
import { O_CREAT, O_EXCL, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } from '../../kernel/fs/file.ts'
import { CLONE_FILES, CLONE_FS, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { SA_RESTART, SIGPIPE, SIGUSR1, SIG_IGN } from '../../kernel/task/signal.ts'
import { signalParentLater, succeeds } from '../support/signals.ts'

const THREAD = CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD
const FIFO = '/tmp/f'

/** A child that opens the pipe a second later, does something, and ends. */
function* later(sys: Libc, flags: number, what: (sys: Libc, fd: number) => Run<unknown>): Run<number> {
  return yield* sys.fork(function* (child) {
    void (yield* child.nanosleep(1))
    const fd = yield* child.open(FIFO, flags)
    yield* what(child, fd)
    return fd >= 0 ? 0 : 1
  })
}

function* text(sys: Libc, fd: number): Run<string> {
  const buf = sys.alloc(64)
  const n = yield* sys.read(fd, buf, 64)
  return n < 0 ? String(n) : String.fromCharCode(...sys.load(buf, n))
}

function* reap(sys: Libc): Run<void> {
  while ((yield* sys.wait4(-1, 0, 0)) > 0);
}

test('mknod makes pipes and regular files, and refuses the rest as Linux does', () => {
  const { calls } = succeeds(function* (sys) {
    const mknod = (path: string, mode: number) => sys.mknodat(-100, path, mode)
    expect(yield* mknod(FIFO, 0o010666)).toBe(0)
    expect(yield* mknod('/tmp/r', 0o644)).toBe(0)
    expect(yield* mknod('/tmp/r1', 0o100000)).toBe(0)
    const fd = yield* sys.open('/tmp/r', O_WRONLY)
    expect(yield* sys.print('x', fd)).toBe(1)
    for (const path of [FIFO, '/tmp/r', `${FIFO}/`, '/', '/tmp/..', '.'])
      expect(yield* mknod(path, 0o010666)).toBe(-EEXIST)
    for (const path of ['/no/x', '', '/tmp/g/']) expect(yield* mknod(path, 0o010666)).toBe(-ENOENT)
    expect(yield* mknod('/tmp/r/x', 0o010666)).toBe(-ENOTDIR)
    expect(yield* sys.mknodat(77, 'x', 0o010666)).toBe(-EBADF)
    for (const path of ['/tmp/d', '/no/x', '']) expect(yield* mknod(path, 0o040000)).toBe(-EPERM)
    for (const type of [0o120000, 0o150000]) expect(yield* mknod('/no/x', type)).toBe(-EINVAL)
    expect(yield* sys.mknodat(-100, '/tmp/d', 0o020600, 0x103)).toBe(0)
    return 0
  })
  expect(calls.slice(0, 3)).toEqual([
    'mknodat(AT_FDCWD, "/tmp/f", S_IFIFO|0666) = 0',
    'mknodat(AT_FDCWD, "/tmp/r", 0644) = 0',
    'mknodat(AT_FDCWD, "/tmp/r1", S_IFREG|000) = 0',
  ])
  expect(calls.at(-3)).toBe('mknodat(AT_FDCWD, "/tmp/d", S_IFCHR|0600, makedev(0x1, 0x3)) = 0')
})

test('a reader waits for a writer, and gets what that writes and then the end', () => {
  const { calls } = succeeds(function* (sys) {
    void (yield* sys.mkfifo(FIFO, 0o600))
    void (yield* later(sys, O_WRONLY, (child, fd) => child.print('hello', fd)))
    const fd = yield* sys.open(FIFO, O_RDONLY)
    expect(fd).toBe(3)
    expect(yield* text(sys, fd)).toBe('hello')
    expect(yield* text(sys, fd)).toBe('')
    expect(yield* sys.lseek(fd, 0, 0)).toBe(-ESPIPE)
    yield* reap(sys)
    return 0
  })
  expect(calls.findIndex((c) => c.startsWith('nanosleep'))).toBeLessThan(calls.findIndex((c) => c.includes('O_RDONLY')))
})

test('a writer waits for a reader, even for one that is gone again', () => {
  succeeds(function* (sys) {
    void (yield* sys.sigaction(SIGPIPE, SIG_IGN))
    void (yield* sys.mkfifo(FIFO, 0o600))
    void (yield* later(sys, O_RDONLY | O_NONBLOCK, (child, fd) => child.close(fd)))
    const fd = yield* sys.open(FIFO, O_WRONLY)
    expect(fd).toBe(3)
    expect(yield* sys.print('x', fd)).toBe(-EPIPE)
    yield* reap(sys)
    return 0
  })
})

test('O_NONBLOCK reads at once and writes not without a reader, and O_RDWR is both', () => {
  succeeds(function* (sys) {
    void (yield* sys.mkfifo(FIFO, 0o600))
    expect(yield* sys.open(FIFO, O_WRONLY | O_NONBLOCK)).toBe(-ENXIO)
    const rd = yield* sys.open(FIFO, O_RDONLY | O_NONBLOCK)
    expect([rd, yield* text(sys, rd)]).toEqual([3, ''])
    const wr = yield* sys.open(FIFO, O_WRONLY | O_NONBLOCK)
    expect(yield* sys.print('abc', wr)).toBe(3)
    expect(yield* text(sys, rd)).toBe('abc')
    for (const fd of [rd, wr]) void (yield* sys.close(fd))
    const both = yield* sys.open(FIFO, O_RDWR)
    expect([both, yield* sys.print('de', both), yield* text(sys, both)]).toEqual([3, 2, 'de'])
    expect(yield* sys.open(FIFO, 3 | O_NONBLOCK)).toBe(-EINVAL)
    expect(yield* sys.open(FIFO, O_CREAT | O_EXCL | O_RDWR)).toBe(-EEXIST)
    return 0
  })
})

test('what nobody has open any more is empty', () => {
  succeeds(function* (sys) {
    void (yield* sys.mkfifo(FIFO, 0o600))
    const first = yield* sys.open(FIFO, O_RDWR)
    expect(yield* sys.print('lost', first)).toBe(4)
    void (yield* sys.close(first))
    const rd = yield* sys.open(FIFO, O_RDONLY | O_NONBLOCK)
    expect(yield* text(sys, rd)).toBe('')
    return 0
  })
})

test('an open that a signal interrupts is EINTR, gives its descriptor back, and starts anew under SA_RESTART', () => {
  const { calls } = succeeds(function* (sys) {
    void (yield* sys.mkfifo(FIFO, 0o600))
    void (yield* sys.sigaction(SIGUSR1, function* () {}))
    for (const flags of [O_RDONLY, O_WRONLY]) {
      void (yield* signalParentLater(sys, SIGUSR1))
      expect(yield* sys.open(FIFO, flags)).toBe(-EINTR)
    }
    // Neither end is there any more.
    expect(yield* sys.open(FIFO, O_WRONLY | O_NONBLOCK)).toBe(-ENXIO)
    void (yield* sys.sigaction(SIGUSR1, function* () {}, SA_RESTART))
    void (yield* signalParentLater(sys, SIGUSR1))
    void (yield* sys.fork(function* (child) {
      void (yield* child.nanosleep(2))
      return (yield* child.open(FIFO, O_WRONLY)) === 3 ? 0 : 1
    }))
    expect(yield* sys.open(FIFO, O_RDONLY)).toBe(3)
    yield* reap(sys)
    return 0
  })
  expect(calls.filter((c) => c.includes('ERESTARTSYS') && c.startsWith('openat'))).toHaveLength(3)
})

test('the descriptor of an open that sleeps is nobody else’s', () => {
  succeeds(function* (sys) {
    void (yield* sys.mkfifo(FIFO, 0o600))
    const low = yield* sys.open('/dev/null', O_RDONLY)
    let opened = 0
    void (yield* sys.clone(THREAD, function* (thread) {
      opened = yield* thread.open(FIFO, O_RDONLY)
      return 0
    }))
    void (yield* sys.sched_yield())
    expect(yield* sys.close(low)).toBe(0)
    expect(yield* sys.dup(0)).toBe(low)
    expect(yield* sys.dup(0)).toBe(low + 2)
    expect(yield* sys.dup3(0, low + 1, 0)).toBe(-EBUSY)
    expect(yield* sys.close(low + 1)).toBe(-EBADF)
    const child = yield* sys.fork(function* (child) {
      return yield* child.dup(0)
    })
    const status = sys.alloc(4)
    void (yield* sys.wait4(child, status, 0))
    expect(sys.loadInt(status) >> 8).toBe(low + 1)
    expect(yield* sys.open(FIFO, O_WRONLY)).toBe(low + 3)
    void (yield* sys.sched_yield())
    expect(opened).toBe(low + 1)
    return 0
  })
})

test('a deadlock report says which end is waited for', () => {
  const vm = boot()
  vm.spawn(function* program(sys) {
    void (yield* sys.mkfifo(FIFO, 0o600))
    return yield* sys.open(FIFO, O_WRONLY)
  })
  expect(vm.run()).toMatchObject({ waiting: [{ syscall: 'openat', waits_for: 'a reader of /tmp/f' }] })
})

test('who embeds the machine is refused a pipe, and exec too', () => {
  const vm = boot()
  let ret = 0
  vm.spawn(function* program(sys) {
    void (yield* sys.mkfifo(FIFO, 0o777))
    ret = yield* sys.execve(FIFO, [FIFO])
    return 0
  })
  vm.run()
  const files = vm.kernel.slab.active
  expect(ret).toBe(-EACCES)
  expect(() => vm.readFile(FIFO)).toThrow('EINVAL')
  expect(() => vm.writeFile(FIFO, 'x')).toThrow('EINVAL')
  expect(() => vm.spawn(FIFO)).toThrow('EACCES')
  expect(vm.kernel.slab.active).toBe(files)
})
