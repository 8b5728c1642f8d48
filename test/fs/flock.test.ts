import { describe, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EAGAIN, EBADF, EINTR, EINVAL } from '../../kernel/errno.ts'
import { F_SETLK } from '../../kernel/fs/fcntl.ts'
import { O_CREAT, O_PATH, O_RDONLY, O_RDWR } from '../../kernel/fs/file.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const [SH, EX, NB] = [1, 2, 4]
const SIGUSR1 = 10

/** A lock of fcntl(2) on the whole file, to read or to write. */
function* set(sys: Libc, fd: number, type: 0 | 1): Run<number> {
  const at = sys.alloc(32)
  sys.store(at, Uint8Array.of(type))
  return yield* sys.fcntl(fd, F_SETLK, at)
}

function* open(sys: Libc, flags = O_RDWR): Run<number> {
  return ok(yield* sys.open('/tmp/f', flags | O_CREAT, 0o644))
}

describe('flock', () => {
  it('knows its operations, and wants a descriptor', () => {
    inVm(function* (sys) {
      const fd = yield* open(sys)
      for (const op of [0, 3, NB, 16, 8 | SH, 64 | SH]) for (const f of [fd, 99]) fails(yield* sys.flock(f, op), EINVAL)
      for (const f of [99, yield* open(sys, O_PATH)]) fails(yield* sys.flock(f, SH), EBADF)
      for (const op of [32, EX | 32, -1]) is(yield* sys.flock(99, op), 0)
      for (const f of [fd, yield* open(sys, O_RDONLY), ok(yield* sys.open('/tmp', O_RDONLY)), 0])
        is([yield* sys.flock(f, EX), yield* sys.flock(f, 8)], [0, 0])
      return 0
    })
  })

  it('is of an open file: one that is shared, or alone; LOCK_NB does not wait', () => {
    inVm(function* (sys) {
      const a = yield* open(sys)
      const b = yield* open(sys, O_RDONLY)
      is(yield* sys.flock(a, EX), 0)
      for (const op of [SH, EX]) fails(yield* sys.flock(b, op | NB), EAGAIN)
      is([yield* sys.flock(a, EX | NB), yield* sys.flock(a, SH), yield* sys.flock(b, SH | NB)], [0, 0, 0])
      // To change it is to give it up first.
      fails(yield* sys.flock(a, EX | NB), EAGAIN)
      is([yield* sys.flock(b, EX | NB), yield* sys.flock(b, 8 | NB)], [0, 0])
      // The other kind does not see it.
      is([yield* sys.flock(a, EX), yield* set(sys, b, 0), yield* set(sys, a, 1)], [0, 0, 0])
      const same = ok(yield* sys.dup(a))
      const child = ok(
        yield* sys.fork(function* (sys) {
          return yield* sys.flock(same, EX | NB)
        }),
      )
      is(yield* waitFor(sys, child), 0)
      ok(yield* sys.close(a))
      fails(yield* sys.flock(b, EX | NB), EAGAIN)
      ok(yield* sys.close(same))
      is(yield* sys.flock(b, EX | NB), 0)
      return 0
    })
  })

  it('waits until it is free, and a signal ends that', () => {
    inVm(function* (sys) {
      const fd = yield* open(sys)
      is(yield* sys.flock(fd, EX), 0)
      const waiter = function* (sys: Libc): Run<number> {
        ok(yield* sys.close(fd))
        const own = yield* open(sys)
        ok(yield* sys.sigaction(SIGUSR1, function* () {}))
        fails(yield* sys.flock(own, SH), EINTR)
        is(yield* sys.flock(own, SH), 0)
        ok(yield* sys.nanosleep(5))
        return 0
      }
      const children = [ok(yield* sys.fork(waiter)), ok(yield* sys.fork(waiter))]
      ok(yield* sys.nanosleep(1))
      for (const child of children) ok(yield* sys.kill(child, SIGUSR1))
      ok(yield* sys.nanosleep(1))
      is(yield* sys.flock(fd, 8), 0)
      ok(yield* sys.nanosleep(1))
      // Both have it by now.
      fails(yield* sys.flock(fd, EX | NB), EAGAIN)
      is(yield* sys.flock(fd, EX), 0)
      for (const child of children) is(yield* waitFor(sys, child), 0)
      return 0
    })
  })

  it('of a file that two processes share can be taken by one while the other waits', () => {
    inVm(function* (sys) {
      const fd = yield* open(sys)
      const rival = yield* open(sys)
      is(yield* sys.flock(rival, SH), 0)
      const child = ok(
        yield* sys.fork(function* (sys) {
          return yield* sys.flock(fd, EX)
        }),
      )
      ok(yield* sys.nanosleep(1))
      is(yield* sys.flock(fd, SH), 0)
      is(yield* sys.flock(rival, 8), 0)
      is(yield* waitFor(sys, child), 0)
      fails(yield* sys.flock(rival, SH | NB), EAGAIN)
      return 0
    })
  })
})
