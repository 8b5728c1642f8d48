import { describe, expect, test } from 'vitest'
import { boot, onHit, type Libc, type Run } from '../../index.ts'
import { EINTR, EIO, ENOMEM, ENOSPC } from '../../kernel/errno.ts'
import { SA_RESTART, SIGUSR1 } from '../../kernel/task/signal.ts'

const GETPPID = 173

/** What a program finds while `specs` are on, and its trace. */
function under(specs: readonly string[], main: (sys: Libc, found: number[]) => Run<number>) {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  const found: number[] = []
  const calls: string[] = []
  vm.strace(({ text }) => calls.push(text))
  for (const spec of specs) vm.inject(spec)
  const process = vm.spawn(function* program(sys) {
    return yield* main(sys, found)
  })
  expect(vm.run({ budget: 10_000 })).toEqual({ kind: 'exited' })
  expect(vm.kernel.pages.used).toBe(0)
  return { vm, found, calls, status: process.status }
}

/** Ten times getppid(2): at which of them it failed. */
function* failing(sys: Libc, found: number[]): Run<number> {
  for (let n = 1; n <= 10; n++) if ((yield* sys.getppid()) !== 0) found.push(n)
  return 0
}

describe('an injected call', () => {
  test.each([
    ['', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [':when=3', [3]],
    [':when=8+', [8, 9, 10]],
    [':when=2+3', [2, 5, 8]],
    [':when=4..6', [4, 5, 6]],
    [':when=1..8+3', [1, 4, 7]],
  ])('fails at the invocations that %s says', (when, hits) => {
    expect(under([`getppid:error=EIO${when}`], failing).found).toEqual(hits)
  })

  test('is not made, and the trace says (INJECTED) as strace does', () => {
    const { found, calls } = under(
      ['openat:error=ENOSPC:when=1', 'getppid:retval=77', 'close:error=4000', 'uname:error=ERESTARTSYS'],
      function* (sys, found) {
        found.push(yield* sys.creat('/tmp/x', 0o644), yield* sys.open('/tmp/x', 0))
        found.push(yield* sys.getppid(), yield* sys.close(2), yield* sys.uname(sys.alloc(390)))
        return 0
      },
    )
    expect(found).toEqual([-ENOSPC, -2, 77, -4000, -512])
    expect(calls.map((text) => text.replace(/0x\w+/, 'ADDR'))).toEqual([
      'openat(AT_FDCWD, "/tmp/x", O_WRONLY|O_CREAT|O_TRUNC, 0644) = -1 ENOSPC (No space left on device) (INJECTED)',
      'openat(AT_FDCWD, "/tmp/x", O_RDONLY) = -1 ENOENT (No such file or directory)',
      'getppid() = 77 (INJECTED)',
      'close(2) = -1 (errno 4000) (INJECTED)',
      'uname(ADDR) = ? ERESTARTSYS (To be restarted if SA_RESTART is set) (INJECTED)',
      'exit_group(0) = ?',
      '+++ exited with 0 +++',
    ])
  })

  test('is counted for each call of the set and for each task apart', () => {
    const { found } = under(['getppid,getpid:error=EIO:when=2'], function* (sys, found) {
      const pid = yield* sys.getpid()
      found.push(yield* sys.getppid(), yield* sys.getpid())
      void (yield* sys.fork(function* (child) {
        found.push((yield* child.getppid()) - pid, yield* child.getppid())
        return 0
      }))
      void (yield* sys.wait4(-1, 0, 0))
      found.push(yield* sys.getppid(), yield* sys.getppid())
      return 0
    })
    expect(found).toEqual([0, -EIO, 0, -EIO, -EIO, 0])
  })

  test('is of all calls, of all but some, of a class, by number, and need not exist with a question mark', () => {
    const open = function* (sys: Libc, found: number[]): Run<number> {
      found.push(yield* sys.getppid(), yield* sys.open('/dev/null', 0))
      return 0
    }
    expect(under(['all:error=EIO:when=1'], open).found).toEqual([-EIO, -EIO])
    expect(under(['!openat,exit_group:error=EIO'], open).found).toEqual([-EIO, 3])
    expect(under(['%file:error=EIO'], open).found).toEqual([0, -EIO])
    expect(under([`${GETPPID},?frob:error=EIO`], open).found).toEqual([-EIO, 3])
    expect(under(['none:error=EIO'], open).found).toEqual([0, 3])
    expect(under(['!all:error=EIO'], open).found).toEqual([0, 3])
  })

  test('that cannot end its program ends it by a signal', () => {
    expect(under(['all:error=EPERM'], failing).status).toBe(4)
    const { status } = under(['rt_sigreturn:error=EPERM'], function* (sys) {
      void (yield* sys.sigaction(SIGUSR1, function* () {}))
      void (yield* sys.kill(yield* sys.getpid(), SIGUSR1))
      return 0
    })
    expect(status).toBe(4)
  })
})

describe('an injected signal', () => {
  const handling = (flags: number) =>
    function* (sys: Libc, found: number[]): Run<number> {
      void (yield* sys.sigaction(
        SIGUSR1,
        function* () {
          found.push(1)
        },
        flags,
      ))
      found.push(yield* sys.getppid())
      return 0
    }

  test('alone lets the call be made, and comes behind it, as the kernel’s own', () => {
    const { found, calls } = under(['getppid:signal=USR1'], handling(0))
    expect(found).toEqual([1, 0])
    expect(calls.slice(1, 3)).toEqual(['getppid() = 0', '--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_KERNEL} ---'])
  })

  test('with a result comes too, and the kernel’s own codes become what they do then', () => {
    expect(under(['getppid:signal=USR1:error=EIO'], handling(0)).found).toEqual([1, -EIO])
    expect(under(['getppid:signal=USR1:retval=5'], handling(0)).found).toEqual([1, 5])
    const restart = ['getppid:signal=USR1:error=ERESTARTSYS:when=1']
    expect(under(restart, handling(0)).found).toEqual([1, -EINTR])
    const { found, calls } = under(restart, handling(SA_RESTART))
    expect(found).toEqual([1, 0])
    expect(calls.filter((text) => text.startsWith('getppid'))).toHaveLength(2)
  })

  test('interrupts a call that sleeps', () => {
    const { found } = under(['read:signal=SIGUSR1'], function* (sys, found) {
      const ends = yield* sys.pipe()
      if (typeof ends === 'number') return 1
      void (yield* sys.sigaction(SIGUSR1, function* () {}))
      found.push(yield* sys.read(ends.rd, sys.alloc(1), 1))
      return 0
    })
    expect(found).toEqual([-EINTR])
  })

  test('that kills comes before the call does anything', () => {
    const { vm, calls, status } = under(['write:signal=KILL:when=3'], function* (sys) {
      const fd = yield* sys.creat('/tmp/x', 0o644)
      for (const text of ['a', 'b', 'c']) yield* sys.print(text, fd)
      return 0
    })
    expect(status).toBe(9)
    expect(vm.readFile('/tmp/x')).toEqual(new Uint8Array([97, 98]))
    expect(calls.slice(-2)).toEqual(['write(3, "c", 1) = ?', '+++ killed by SIGKILL +++'])
  })
})

describe('several injections', () => {
  test('compose: each counts, the first result is taken, and all signals come', () => {
    const specs = ['getppid:error=EIO:when=2', 'getppid:error=ENOSPC:when=2+', 'getppid:signal=USR1:when=2']
    const { found } = under(specs, function* (sys, found) {
      void (yield* sys.sigaction(SIGUSR1, function* () {
        found.push(1)
      }))
      for (let n = 0; n < 3; n++) found.push(yield* sys.getppid())
      return 0
    })
    expect(found).toEqual([0, 1, -EIO, -ENOSPC])
  })

  test('are stopped one by one, and the last one leaves the calls on their fast way', () => {
    const vm = boot()
    const found: number[] = []
    const stops = [vm.inject('getppid:retval=7'), vm.inject('getppid,getpid:retval=8')]
    vm.spawn(function* program(sys) {
      found.push(yield* sys.getppid())
      stops[0]()
      found.push(yield* sys.getppid(), Number(vm.kernel.watched))
      stops[1]()
      stops[1]()
      found.push(yield* sys.getppid(), Number(vm.kernel.watched))
      return 0
    })
    vm.run()
    expect(found).toEqual([7, 8, 1, 0, 0])
  })

  test('leave what was armed by hand as it is', () => {
    const vm = boot()
    const found: number[] = []
    const stop = vm.inject('vfs_write:error=EIO:when=2')
    vm.spawn(function* program(sys) {
      vm.kernel.inject.vfs_write.arm([onHit(1, { max: 1 })])
      const fd = yield* sys.creat('/tmp/x', 0o644)
      for (let n = 0; n < 3; n++) found.push(yield* sys.write(fd, sys.string('abc'), 3))
      return 0
    })
    vm.run()
    stop()
    expect(found).toEqual([1, -EIO, 3])
    expect(vm.kernel.inject.vfs_write.active).toBe(true)
    vm.kernel.inject.vfs_write.arm([])
    expect(vm.kernel.inject.vfs_write.active).toBe(false)
  })
})

describe('vfs_read, vfs_write and kmalloc', () => {
  test('fail inside a call, which shows in their tracepoints', () => {
    const vm = boot({ cmdline: 'ckpt_debug=0' })
    const found: number[] = []
    const told: string[] = []
    vm.inject('vfs_write:error=ENOSPC:when=2')
    const stop = vm.inject('inject=kmalloc:error=ENOMEM')
    vm.writeFile('/tmp/by-the-host', 'text')
    vm.spawn(function* program(sys) {
      found.push(yield* sys.open('/dev/null', 1))
      stop()
      const fd = yield* sys.creat('/tmp/x', 0o644)
      found.push(yield* sys.checkpoint(0, fd, 0))
      return 0
    })
    vm.kernel.trace.vfs_write.register((_file, count, ret) => told.push(`vfs_write ${count} ${ret}`))
    vm.kernel.trace.kmalloc.register((_size, ptr) => ptr === 0 && told.push('kmalloc 0'))
    vm.kernel.trace.fault_inject.register((t, name) => told.push(`${t.pid} ${name}`))
    vm.run()
    expect(found).toEqual([-ENOMEM, -ENOSPC])
    expect(told).toEqual(['2 kmalloc', 'vfs_write 56 56', '2 vfs_write', `vfs_write 8 ${-ENOSPC}`])
  })

  test('send a signal too, and a read that is interrupted there starts anew under SA_RESTART', () => {
    const { found } = under(['vfs_read:error=ERESTARTSYS:signal=USR1:when=1'], function* (sys, found) {
      void (yield* sys.sigaction(SIGUSR1, function* () {}, SA_RESTART))
      found.push(yield* sys.read(yield* sys.open('/dev/zero', 0), sys.alloc(8), 8))
      return 0
    })
    expect(found).toEqual([8])
  })
})

test.each([
  ['frob:error=EIO', 'frob: no such system call'],
  ['4711:error=EIO', '4711: no such system call'],
  ['%net:error=EIO', '%net: no class of system calls here: want %file, %desc, %process, %signal'],
  ['read,none:error=EIO', 'none: no such system call'],
  ['!vfs_read:error=EIO', '!vfs_read: no system call, so not to be left out of them'],
  ['kmalloc:error=EIO', 'kmalloc: it can fail with ENOMEM only'],
  ['kmalloc:retval=0', 'kmalloc: it can fail with ENOMEM only'],
  ['inject=read:error=EFOO', 'error=EFOO: want an errno, such as ENOSPC, or 1..4095'],
])('%s is refused and changes nothing', (spec, why) => {
  const vm = boot()
  expect(() => vm.inject(spec)).toThrow(new Error(why))
  expect(vm.kernel.watched).toBe(false)
  expect(vm.kernel.inject.kmalloc.active).toBe(false)
})
