import { describe, expect, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EAGAIN, EBADF, EFAULT, EFBIG, EINVAL, EMFILE, EPERM, ESRCH } from '../../kernel/errno.ts'
import { O_APPEND, O_CREAT, O_RDWR } from '../../kernel/fs/file.ts'
import { RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_NPROC, RLIM_INFINITY } from '../../kernel/task/rlimit.ts'
import { SIGPIPE, SIGXFSZ, SI_USER } from '../../kernel/task/signal.ts'
import { UNMAPPED, fails, inVm, is, ok, waitFor, withVm } from '../support/vm.ts'
import { asUser } from '../support/users.ts'

function* get(sys: Libc, resource: number): Run<bigint[]> {
  const at = sys.alloc(16)
  ok(yield* sys.getrlimit(resource, at))
  return [...new BigUint64Array(sys.load(at, 16).buffer)]
}

function set(sys: Libc, resource: number, cur: bigint, max = cur): Run<number> {
  return sys.setrlimit(resource, sys.words(cur, max))
}

describe('limits', () => {
  it('are those of the first process, and a child’s are its parent’s', () => {
    inVm(function* (sys) {
      is(yield* get(sys, RLIMIT_NOFILE), [1024n, 4096n])
      is(yield* get(sys, RLIMIT_FSIZE), [RLIM_INFINITY, RLIM_INFINITY])
      ok(yield* set(sys, RLIMIT_FSIZE, 5n, 2n ** 64n - 2n))
      const child = ok(
        yield* sys.fork(function* (sys) {
          is(yield* get(sys, RLIMIT_FSIZE), [5n, 2n ** 64n - 2n])
          ok(yield* set(sys, RLIMIT_FSIZE, 7n))
          return 0
        }),
      )
      is(yield* waitFor(sys, child), 0)
      is(yield* get(sys, RLIMIT_FSIZE), [5n, 2n ** 64n - 2n])
      return 0
    })
  })

  it('go down for everybody, and up for root', () => {
    inVm(function* (sys) {
      fails(yield* set(sys, RLIMIT_NOFILE, 10n, 5n), EINVAL)
      for (const resource of [16, -1, 99]) {
        fails(yield* set(sys, resource, 1n), EINVAL)
        fails(yield* sys.getrlimit(resource, UNMAPPED), EINVAL)
      }
      fails(yield* sys.setrlimit(99, UNMAPPED), EFAULT)
      fails(yield* sys.getrlimit(RLIMIT_NOFILE, UNMAPPED), EFAULT)
      ok(yield* set(sys, RLIMIT_NOFILE, 2000n, 1n << 20n))
      fails(yield* set(sys, RLIMIT_NOFILE, 2000n, (1n << 20n) + 1n), EPERM)
      ok(yield* sys.setresuid(1000, 1000, 1000))
      fails(yield* set(sys, RLIMIT_NOFILE, 5n, (1n << 20n) + 1n), EPERM)
      ok(yield* set(sys, RLIMIT_NOFILE, 5n, 8n))
      ok(yield* set(sys, RLIMIT_NOFILE, 8n, 8n))
      fails(yield* set(sys, RLIMIT_NOFILE, 8n, 9n), EPERM)
      return 0
    })
  })

  it('of another process are for root and for who is the same in every id', () => {
    inVm(function* (sys) {
      const child = ok(yield* sys.fork((sys) => sys.nanosleep(1000)))
      const at = sys.alloc(16)
      ok(yield* sys.prlimit(child, RLIMIT_NOFILE, sys.words(9n, 10n), at))
      is([...new BigUint64Array(sys.load(at, 16).buffer)], [1024n, 4096n])
      ok(yield* sys.prlimit(child, RLIMIT_NOFILE, 0, at))
      is([...new BigUint64Array(sys.load(at, 16).buffer)], [9n, 10n])
      is(yield* get(sys, RLIMIT_NOFILE), [1024n, 4096n])
      for (const pid of [-1, 9999]) fails(yield* sys.prlimit(pid, RLIMIT_NOFILE, 0, at), ESRCH)
      fails(yield* sys.prlimit(9999, 99, UNMAPPED, at), EFAULT)
      fails(yield* sys.prlimit(child, 99, 0, at), EINVAL)
      fails(yield* sys.prlimit(child, RLIMIT_NOFILE, 0, UNMAPPED), EFAULT)
      const same = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.setresuid(7, 7, 7))
          return yield* sys.nanosleep(1000)
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.setresuid(7, 7, 7))
      ok(yield* sys.prlimit(same, RLIMIT_NOFILE, 0, at))
      fails(yield* sys.prlimit(child, RLIMIT_NOFILE, 0, at), EPERM)
      fails(yield* sys.prlimit(child, 99, 0, at), EPERM)
      return 0
    })
  })
})

describe('RLIMIT_NOFILE', () => {
  it('is what descriptors are below, and those that are open stay', () => {
    inVm(function* (sys) {
      is(yield* sys.dup3(0, 500, 0), 500)
      ok(yield* set(sys, RLIMIT_NOFILE, 5n))
      is([yield* sys.dup(0), yield* sys.dup(0)], [3, 4])
      fails(yield* sys.dup(0), EMFILE)
      fails(yield* sys.dup3(0, 5, 0), EBADF)
      is(yield* sys.dup3(0, 4, 0), 4)
      fails(yield* sys.pipe2(sys.alloc(8), 0), EMFILE)
      fails(yield* sys.open('/tmp', 0), EMFILE)
      is(yield* sys.print('', 500), 0)
      ok(yield* sys.close(500))
      fails(yield* sys.ppoll(sys.alloc(48), 6, sys.words(0n, 0n)), EINVAL)
      return 0
    })
  })

  it('may be raised, for descriptors beyond 1024', () => {
    inVm(function* (sys) {
      ok(yield* set(sys, RLIMIT_NOFILE, 3000n))
      is(yield* sys.dup3(0, 2999, 0), 2999)
      fails(yield* sys.dup3(0, 3000, 0), EBADF)
      ok(yield* sys.close(2999))
      return 0
    })
  })
})

describe('RLIMIT_FSIZE', () => {
  it('lets a write have what fits, then gives SIGXFSZ and EFBIG', () => {
    inVm(function* (sys) {
      const signals: number[] = []
      ok(
        yield* sys.sigaction(SIGXFSZ, function* (sys, sig, info) {
          const int = (at: number): number => sys.loadInt((info + at) as UserPtr)
          is([sig, int(8), int(16), int(20)], [SIGXFSZ, SI_USER, yield* sys.getpid(), 0])
          signals.push(sig)
        }),
      )
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o600))
      const text = sys.string('0123456789abcdef')
      ok(yield* set(sys, RLIMIT_FSIZE, 10n, 20n))
      is(yield* sys.write(fd, text, 16), 10)
      is(signals.length, 0)
      fails(yield* sys.write(fd, text, 1), EFBIG)
      is(signals.length, 1)
      is(yield* sys.write(fd, text, 0), 0)
      is(yield* sys.lseek(fd, 5, 0), 5)
      is(yield* sys.write(fd, text, 10), 5)
      is(yield* sys.lseek(fd, 100, 0), 100)
      fails(yield* sys.write(fd, text, 1), EFBIG)
      const end = ok(yield* sys.open('/tmp/f', O_RDWR | O_APPEND))
      fails(yield* sys.write(end, text, 1), EFBIG)
      is(signals.length, 3)
      is(yield* sys.lseek(fd, 0, 2), 10)
      return 0
    })
  })

  it('lets a file be cut, but not grow beyond it, by name, by descriptor or by pages', () => {
    inVm(function* (sys) {
      let signals = 0
      ok(
        yield* sys.sigaction(SIGXFSZ, function* () {
          signals++
        }),
      )
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o600))
      ok(yield* sys.ftruncate(fd, 20))
      ok(yield* set(sys, RLIMIT_FSIZE, 10n, 100n))
      is([yield* sys.ftruncate(fd, 11), signals], [0, 0])
      fails(yield* sys.ftruncate(fd, 30), EFBIG)
      fails(yield* sys.truncate('/tmp/f', 30), EFBIG)
      is([yield* sys.ftruncate(fd, 5), yield* sys.truncate('/tmp/f', 10), signals], [0, 0, 2])
      fails(yield* sys.ftruncate(fd, 11), EFBIG)
      fails(yield* sys.fallocate(fd, 0, 0, 11), EFBIG)
      fails(yield* sys.fallocate(fd, 1, 0, 9999), EFBIG)
      is([yield* sys.fallocate(fd, 1, 0, 10), signals], [0, 5])
      return 0
    })
  })

  it('is not for pipes and the console', () => {
    withVm({}, (vm) => {
      vm.spawn(function* main(sys) {
        ok(yield* set(sys, RLIMIT_FSIZE, 0n))
        const p = yield* sys.pipe()
        if (typeof p === 'number') return 1
        is(yield* sys.print('pipe', p.wr), 4)
        is(yield* sys.print('console\n'), 8)
        return 0
      })
      vm.run()
      expect(vm.console).toBe('console\n')
    })
  })

  it('ends who does not look', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* set(sys, RLIMIT_FSIZE, 0n))
          const fd = ok(yield* sys.open('/tmp/g', O_RDWR | O_CREAT, 0o600))
          return yield* sys.print('x', fd)
        }),
      )
      is(yield* waitFor(sys, child), SIGXFSZ)
      return 0
    })
  })

  it('SIGPIPE shows as the writer’s own, too', () => {
    inVm(function* (sys) {
      const seen: number[] = []
      ok(
        yield* sys.sigaction(SIGPIPE, function* (sys, _sig, info) {
          seen.push(...[8, 16].map((at) => sys.loadInt((info + at) as UserPtr)))
        }),
      )
      const p = yield* sys.pipe()
      if (typeof p === 'number') return 1
      ok(yield* sys.close(p.rd))
      void (yield* sys.print('x', p.wr))
      is(seen, [SI_USER, yield* sys.getpid()])
      return 0
    })
  })
})

describe('RLIMIT_NPROC', () => {
  function* waits(sys: Libc): Run<number> {
    ok(yield* sys.nanosleep(10))
    return 0
  }

  it('is how many tasks a user may have, all his processes and zombies counted', () => {
    asUser(function* (sys) {
      ok(yield* set(sys, RLIMIT_NPROC, 3n))
      const first = ok(yield* sys.fork(waits))
      ok(
        yield* sys.fork(function* (sys) {
          fails(yield* sys.fork(waits), EAGAIN)
          return 0
        }),
      )
      fails(yield* sys.fork(waits), EAGAIN)
      ok(yield* sys.nanosleep(1))
      fails(yield* sys.fork(waits), EAGAIN)
      ok(yield* sys.wait4(-1, 0, 0))
      const third = ok(yield* sys.fork(waits))
      for (const pid of [first, third]) is(yield* waitFor(sys, pid), 0)
      return 0
    })
  })

  it('is not for root, whose tasks are others’ once he becomes one', () => {
    inVm(function* (sys) {
      ok(yield* set(sys, RLIMIT_NPROC, 0n))
      is(yield* waitFor(sys, ok(yield* sys.fork((sys) => sys.nanosleep(0)))), 0)
      ok(yield* sys.setresuid(1000, -1, -1))
      // By his capabilities he still may.
      is(yield* waitFor(sys, ok(yield* sys.fork((sys) => sys.nanosleep(0)))), 0)
      ok(yield* sys.setuid(1000))
      fails(yield* sys.fork(waits), EAGAIN)
      return 0
    })
  })

  it('who becomes a user with too many tasks may not exec as long as they are', () => {
    inVm(function* (sys) {
      const as7 = function* (sys: Libc): Run<number> {
        ok(yield* sys.setuid(7))
        return yield* waits(sys)
      }
      const two = [ok(yield* sys.fork(as7)), ok(yield* sys.fork(as7))]
      ok(yield* sys.nanosleep(1))
      const run = (sleep: number) =>
        function* (sys: Libc): Run<number> {
          ok(yield* set(sys, RLIMIT_NPROC, 1n))
          ok(yield* sys.setuid(7))
          ok(yield* sys.nanosleep(sleep))
          const ret = yield* sys.execve('/bin/true', ['true'])
          fails(ret, EAGAIN)
          return 5
        }
      is(yield* waitFor(sys, ok(yield* sys.fork(run(0)))), 5 << 8)
      const late = ok(yield* sys.fork(run(20)))
      for (const pid of two) is(yield* waitFor(sys, pid), 0)
      is(yield* waitFor(sys, late), 0)
      return 0
    })
  })

  it('who is the first of his may exec, whatever the limit', () => {
    inVm(function* (sys) {
      ok(yield* set(sys, RLIMIT_NPROC, 0n))
      ok(yield* sys.setuid(7))
      return yield* sys.execve('/bin/true', ['true'])
    })
  })

  it('leaves no user behind of whom nothing is left', () => {
    withVm({}, (vm) => {
      vm.spawn(function* main(sys) {
        for (let uid = 1; uid < 20; uid++) {
          const child = ok(yield* sys.fork((sys) => sys.setuid(uid)))
          is(yield* waitFor(sys, child), 0)
        }
        return 0
      })
      vm.run()
      expect(vm.kernel.users.size).toBe(0)
    })
  })
})
