import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EAGAIN, EBADF, EDEADLK, EFAULT, EINTR, EINVAL, EOVERFLOW } from '../../kernel/errno.ts'
import { F_GETLK, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_SETLK, F_SETLKW } from '../../kernel/fs/fcntl.ts'
import { O_CREAT, O_RDONLY, O_RDWR, O_WRONLY } from '../../kernel/fs/file.ts'
import { UNMAPPED, fails, inVm, is, ok, pipe, waitFor } from '../support/vm.ts'

const RD = 0
const WR = 1
const UN = 2
const LAST = 2n ** 63n - 1n
const SIGUSR1 = 10
const SIGALRM = 14
const SA_RESTART = 0x10000000

interface Lock {
  readonly type: number
  readonly whence?: number
  readonly start?: bigint | number
  readonly len?: bigint | number
  readonly pid?: number
}

/** A struct flock in memory. */
function flock(sys: Libc, { type, whence = 0, start = 0, len = 0, pid = 0 }: Lock): UserPtr {
  const at = sys.alloc(32)
  const dv = new DataView(new ArrayBuffer(32))
  dv.setInt16(0, type, true)
  dv.setInt16(2, whence, true)
  dv.setBigInt64(8, BigInt(start), true)
  dv.setBigInt64(16, BigInt(len), true)
  dv.setInt32(24, pid, true)
  sys.store(at, new Uint8Array(dv.buffer))
  return at
}

function* set(sys: Libc, fd: number, type: number, start = 0, len = 0, cmd = F_SETLK): Run<number> {
  return yield* sys.fcntl(fd, cmd, flock(sys, { type, start, len }))
}

/** `type start len pid` of what F_GETLK finds; `free` where it finds nothing. */
function* get(sys: Libc, fd: number, type: number, start = 0, len = 0, cmd = F_GETLK): Run<string> {
  const at = flock(sys, { type, start, len })
  is(yield* sys.fcntl(fd, cmd, at), 0)
  const dv = new DataView(sys.load(at, 32).buffer)
  if (dv.getInt16(0, true) === UN) return 'free'
  const range = [dv.getBigInt64(8, true), dv.getBigInt64(16, true), dv.getInt32(24, true)]
  return [dv.getInt16(0, true) === RD ? 'read' : 'write', ...range].join(' ')
}

function* open(sys: Libc, flags = O_RDWR): Run<number> {
  return ok(yield* sys.open('/tmp/f', flags | O_CREAT, 0o644))
}

/** What another process does, to its end with status 0. */
function* other(sys: Libc, main: (sys: Libc) => Run<void>): Run<void> {
  const child = ok(
    yield* sys.fork(function* (sys) {
      yield* main(sys)
      return 0
    }),
  )
  is(yield* waitFor(sys, child), 0)
}

describe('locks of ranges', () => {
  it('say what is wrong with the address, the range, the type, the way the file is open', () => {
    inVm(function* (sys) {
      const fd = yield* open(sys)
      for (const cmd of [F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW]) {
        fails(yield* sys.fcntl(fd, cmd, UNMAPPED), EFAULT)
        fails(yield* sys.fcntl(99, cmd, UNMAPPED), EBADF)
        fails(yield* sys.fcntl(fd, cmd, flock(sys, { type: 7 })), EINVAL)
        fails(yield* sys.fcntl(fd, cmd, flock(sys, { type: -1 })), EINVAL)
        for (const [lock, errno] of [
          [{ type: WR, whence: 9 }, EINVAL],
          [{ type: WR, start: -1 }, EINVAL],
          [{ type: WR, start: 5, len: -6 }, EINVAL],
          [{ type: WR, start: LAST, len: 2 }, EOVERFLOW],
        ] as const)
          fails(yield* sys.fcntl(fd, cmd, flock(sys, lock)), errno)
      }
      fails(yield* sys.fcntl(fd, F_GETLK, flock(sys, { type: UN })), EINVAL)
      for (const cmd of [F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW])
        fails(yield* sys.fcntl(fd, cmd, flock(sys, { type: WR, pid: 5 })), EINVAL)
      for (const cmd of [F_SETLK, F_SETLKW, F_OFD_SETLK]) {
        fails(yield* set(sys, yield* open(sys, O_RDONLY), WR, 0, 0, cmd), EBADF)
        fails(yield* set(sys, yield* open(sys, O_WRONLY), RD, 0, 0, cmd), EBADF)
        is(yield* set(sys, yield* open(sys, O_RDONLY), UN, 0, 0, cmd), 0)
      }
      ok(yield* sys.lseek(fd, 10, 0))
      fails(yield* sys.fcntl(fd, F_SETLK, flock(sys, { type: WR, whence: 1, start: LAST, len: 1 })), EOVERFLOW)
      is(yield* sys.fcntl(fd, F_SETLK, flock(sys, { type: WR, start: LAST, len: 1 })), 0)
      // There are no files that cannot be locked.
      const { rd } = yield* pipe(sys)
      is(yield* set(sys, rd, RD), 0)
      return 0
    })
  })

  it('are counted from the start, the position or the end, and backwards too', () => {
    inVm(function* (sys) {
      const fd = yield* open(sys)
      ok(yield* sys.ftruncate(fd, 100))
      ok(yield* sys.lseek(fd, 10, 0))
      for (const lock of [
        { type: WR, whence: 1, start: 2, len: 3 },
        { type: WR, whence: 2, start: -5, len: -5 },
        { type: RD, whence: 2, start: 0, len: 0 },
      ])
        is(yield* sys.fcntl(fd, F_SETLK, flock(sys, lock)), 0)
      yield* other(sys, function* (sys) {
        is(yield* get(sys, fd, RD), 'write 12 3 2')
        is(yield* get(sys, fd, RD, 15), 'write 90 5 2')
        is(yield* get(sys, fd, WR, 95), 'read 100 0 2')
        is(yield* get(sys, fd, RD, 95), 'free')
        is(yield* get(sys, fd, WR, 15, 75), 'free')
      })
      is(yield* get(sys, fd, WR), 'free')
      return 0
    })
  })

  it('keep others out as reading and writing do, and are split, merged and changed', () => {
    inVm(function* (sys) {
      const fd = yield* open(sys)
      is([yield* set(sys, fd, WR, 10, 10), yield* set(sys, fd, RD, 12, 3)], [0, 0])
      yield* other(sys, function* (sys) {
        is([yield* get(sys, fd, WR), yield* get(sys, fd, WR, 12, 3)], ['write 10 2 2', 'read 12 3 2'])
        is([yield* get(sys, fd, RD, 12), yield* get(sys, fd, RD, 12, 3)], ['write 15 5 2', 'free'])
        fails(yield* set(sys, fd, WR, 14, 1), EAGAIN)
        fails(yield* set(sys, fd, RD, 14, 2), EAGAIN)
        is([yield* set(sys, fd, RD, 14, 1), yield* set(sys, fd, WR, 0, 10), yield* set(sys, fd, WR, 20)], [0, 0, 0])
      })
      // What the other process had is gone with it.
      is([yield* get(sys, fd, WR, 0, 10), yield* set(sys, fd, WR, 12, 3)], ['free', 0])
      yield* other(sys, function* (sys) {
        is(yield* get(sys, fd, WR), 'write 10 10 2')
      })
      is([yield* set(sys, fd, WR, 20, 5), yield* set(sys, fd, UN, 14, 2), yield* set(sys, fd, WR, 5, 5)], [0, 0, 0])
      yield* other(sys, function* (sys) {
        is([yield* get(sys, fd, WR), yield* get(sys, fd, WR, 14)], ['write 5 9 2', 'write 16 9 2'])
      })
      is(yield* set(sys, fd, RD), 0)
      yield* other(sys, function* (sys) {
        is(yield* get(sys, fd, WR, 99), 'read 0 0 2')
      })
      is(yield* set(sys, fd, UN), 0)
      yield* other(sys, function* (sys) {
        is(yield* get(sys, fd, WR), 'free')
      })
      return 0
    })
  })

  it('are lost with any descriptor of the file, and are not the child’s', () => {
    inVm(function* (sys) {
      const fd = yield* open(sys)
      is(yield* set(sys, fd, WR), 0)
      yield* other(sys, function* (sys) {
        fails(yield* set(sys, fd, RD), EAGAIN)
        // It has none to lose.
        ok(yield* sys.close(fd))
      })
      yield* other(sys, function* (sys) {
        is(yield* get(sys, fd, WR), 'write 0 0 2')
      })
      ok(yield* sys.close(yield* open(sys, O_RDONLY)))
      yield* other(sys, function* (sys) {
        is(yield* get(sys, fd, WR), 'free')
      })
      is(yield* set(sys, fd, WR), 0)
      ok(yield* sys.dup3(0, ok(yield* sys.dup(fd)), 0))
      yield* other(sys, function* (sys) {
        is(yield* get(sys, fd, WR), 'free')
      })
      return 0
    })
  })

  it('F_SETLKW waits until the other process drops it, or ends', () => {
    inVm(function* (sys) {
      const fd = yield* open(sys)
      is(yield* set(sys, fd, WR, 0, 10), 0)
      const child = ok(
        yield* sys.fork(function* (sys) {
          is(yield* set(sys, fd, WR, 5, 10, F_SETLKW), 0)
          ok(yield* sys.nanosleep(5))
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      // A part that is not wanted does not matter.
      is(yield* set(sys, fd, UN, 0, 5), 0)
      is(yield* get(sys, fd, WR), 'free')
      is(yield* set(sys, fd, UN, 5, 5), 0)
      ok(yield* sys.nanosleep(1))
      is(yield* get(sys, fd, WR), `write 5 10 ${child}`)
      is(yield* set(sys, fd, WR, 0, 0, F_SETLKW), 0)
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })

  it('F_SETLKW is interrupted by a handler, and made again where that says so', () => {
    inVm(function* (sys) {
      const fd = yield* open(sys)
      const taken: number[] = []
      is(yield* set(sys, fd, WR), 0)
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(
            yield* sys.sigaction(SIGUSR1, function* () {
              taken.push(SIGUSR1)
            }),
          )
          ok(
            yield* sys.sigaction(
              SIGALRM,
              function* () {
                taken.push(SIGALRM)
              },
              SA_RESTART,
            ),
          )
          fails(yield* set(sys, fd, WR, 0, 0, F_SETLKW), EINTR)
          is(yield* set(sys, fd, WR, 0, 0, F_SETLKW), 0)
          return 0
        }),
      )
      for (const sig of [SIGUSR1, SIGALRM]) {
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.kill(child, sig))
      }
      ok(yield* sys.nanosleep(1))
      is(yield* set(sys, fd, UN), 0)
      is([yield* waitFor(sys, child), taken], [0, [SIGUSR1, SIGALRM]])
      return 0
    })
  })

  it('F_SETLKW is EDEADLK where the wait would close a circle', () => {
    inVm(function* (sys) {
      const fd = yield* open(sys)
      const second = ok(yield* sys.open('/tmp/g', O_RDWR | O_CREAT, 0o644))
      is(yield* set(sys, fd, WR, 0, 1), 0)
      const waits = (have: number, want: number) =>
        function* (sys: Libc): Run<number> {
          is(yield* set(sys, second, WR, have, 1), 0)
          ok(yield* sys.nanosleep(1))
          return (yield* set(sys, have === 1 ? fd : second, WR, want, 1, F_SETLKW)) === 0 ? 0 : 1
        }
      // One waits for us, the next for that one.
      const children = [ok(yield* sys.fork(waits(1, 0))), ok(yield* sys.fork(waits(2, 1)))]
      ok(yield* sys.nanosleep(2))
      fails(yield* set(sys, second, WR, 2, 1, F_SETLKW), EDEADLK)
      fails(yield* set(sys, second, RD, 1, 1, F_SETLKW), EDEADLK)
      is(yield* set(sys, second, WR, 3, 1, F_SETLKW), 0)
      is(yield* set(sys, fd, UN), 0)
      is(yield* set(sys, second, WR, 2, 1, F_SETLKW), 0)
      for (const child of children) is(yield* waitFor(sys, child), 0)
      return 0
    })
  })

  it('of an open file are no process’s: they last until it is closed, and show -1', () => {
    inVm(function* (sys) {
      const fd = yield* open(sys)
      const same = ok(yield* sys.dup(fd))
      is(yield* set(sys, fd, WR, 5, 5, F_OFD_SETLK), 0)
      is(yield* get(sys, fd, WR), 'write 5 5 -1')
      is([yield* get(sys, same, WR, 0, 0, F_OFD_GETLK), yield* set(sys, same, RD, 5, 1, F_OFD_SETLK)], ['free', 0])
      // Of one's own it can be asked too.
      is(yield* get(sys, same, UN, 6, 0, F_OFD_GETLK), 'write 6 4 -1')
      fails(yield* set(sys, fd, WR, 7, 1), EAGAIN)
      const second = yield* open(sys)
      fails(yield* set(sys, second, RD, 7, 1, F_OFD_SETLK), EAGAIN)
      yield* other(sys, function* (sys) {
        ok(yield* sys.close(fd))
        is(yield* set(sys, same, UN, 9, 1, F_OFD_SETLK), 0)
      })
      is(yield* get(sys, second, WR, 6, 0, F_OFD_GETLK), 'write 6 3 -1')
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.close(fd))
          ok(yield* sys.close(same))
          is(yield* set(sys, second, WR, 0, 0, F_OFD_SETLKW), 0)
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.close(fd))
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.close(same))
      is(yield* waitFor(sys, child), 0)
      is(yield* get(sys, second, UN, 0, 0, F_OFD_GETLK), 'write 0 0 -1')
      return 0
    })
  })

  it('that come when the descriptor has been closed are dropped: EBADF', () => {
    inVm(function* (sys) {
      const fd = yield* open(sys)
      is(yield* set(sys, fd, WR), 0)
      const { rd, wr } = yield* pipe(sys)
      const child = ok(
        yield* sys.fork(function* (sys) {
          // A thread waits, and another closes what it waits with.
          ok(
            yield* sys.clone(0x10f00, function* (sys) {
              fails(yield* set(sys, fd, WR, 0, 0, F_SETLKW), EBADF)
              ok(yield* sys.print('.', wr))
              return 0
            }),
          )
          ok(yield* sys.nanosleep(1))
          ok(yield* sys.close(fd))
          is(yield* sys.read(rd, sys.alloc(1), 1), 1)
          ok(yield* sys.nanosleep(10))
          return 0
        }),
      )
      ok(yield* sys.nanosleep(2))
      is(yield* set(sys, fd, UN), 0)
      ok(yield* sys.nanosleep(1))
      is([yield* get(sys, fd, WR), yield* waitFor(sys, child)], ['free', 0])
      return 0
    })
  })
})
