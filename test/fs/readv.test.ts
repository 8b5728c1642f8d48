import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EBADF, EFAULT, EINVAL, EISDIR, ENOSPC, EPIPE, ESPIPE } from '../../kernel/errno.ts'
import { O_APPEND, O_CREAT, O_NONBLOCK, O_PATH, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { SEEK_CUR, SEEK_END, SEEK_SET } from '../../kernel/fs/read_write.ts'
import { UNMAPPED, endOfHeap, fails, inVm, is, ok, pipe, textAt, waitFor } from '../support/vm.ts'

const MAX = Number.MAX_SAFE_INTEGER
const SIGPIPE = 13

function* file(sys: Libc, text = '', flags = O_RDWR): Run<number> {
  const fd = ok(yield* sys.open('/tmp/f', flags | O_CREAT | O_TRUNC, 0o644))
  ok(yield* sys.print(text, fd))
  ok(yield* sys.lseek(fd, 0, SEEK_SET))
  return fd
}

function at(sys: Libc, fd: number): Run<number> {
  return sys.lseek(fd, 0, SEEK_CUR)
}

describe('readv and writev', () => {
  it('move all segments in their order, and the position by the sum', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys)
      const text = sys.string('hello world')
      is(
        yield* sys.writev(fd, [
          [text, 5],
          [UNMAPPED, 0],
          [(text + 5) as UserPtr, 6],
        ]),
        11,
      )
      is(yield* at(sys, fd), 11)
      ok(yield* sys.lseek(fd, 1, SEEK_SET))
      const a = sys.alloc(16)
      const b = sys.alloc(16)
      is(
        yield* sys.readv(fd, [
          [a, 3],
          [b, 16],
        ]),
        10,
      )
      is([textAt(sys, a, 3), textAt(sys, b, 7), yield* at(sys, fd)], ['ell', 'o world', 11])
      is(yield* sys.readv(fd, [[a, 3]]), 0)
      return 0
    })
  })

  it('check the descriptor, the mode, the vector, its segments and the position, in this order', () => {
    inVm(function* (sys) {
      const rw = yield* file(sys, 'hello')
      const ro = ok(yield* sys.open('/tmp/f', O_RDONLY))
      const wo = ok(yield* sys.open('/tmp/f', O_WRONLY))
      const path = ok(yield* sys.open('/tmp/f', O_PATH))
      const dir = ok(yield* sys.open('/tmp', O_RDONLY))
      const buf = sys.alloc(64)
      for (const fd of [99, wo, path]) fails(yield* sys.readv(fd, UNMAPPED, 1), EBADF)
      for (const fd of [99, ro, path, dir]) fails(yield* sys.writev(fd, UNMAPPED, 1), EBADF)
      fails(yield* sys.readv(dir, UNMAPPED, 1), EFAULT)
      fails(yield* sys.readv(dir, [[buf, 1]]), EISDIR)
      is([yield* sys.readv(dir, UNMAPPED, 0), yield* sys.readv(dir, [[buf, 0]])], [0, 0])
      for (const n of [1025, -1]) fails(yield* sys.writev(rw, UNMAPPED, n), EINVAL)
      fails(yield* sys.writev(rw, UNMAPPED, 1024), EFAULT)
      // A size is looked at before any address is.
      fails(
        yield* sys.writev(rw, [
          [-4096, 1],
          [buf, -1],
        ]),
        EINVAL,
      )
      for (const base of [-4096, -1, -(2 ** 40), -(2 ** 40) + 1, 2 ** 38 + 1]) {
        fails(yield* sys.writev(rw, [[base, 0]]), EFAULT)
        fails(
          yield* sys.readv(rw, [
            [buf, 1],
            [base, 0],
          ]),
          EFAULT,
        )
      }
      is(yield* at(sys, rw), 0)
      ok(yield* sys.lseek(rw, MAX, SEEK_SET))
      fails(yield* sys.writev(rw, [[UNMAPPED, 1]]), EINVAL)
      return 0
    })
  })

  it('leave out what is above the most that one transfer moves, of several segments only where all are user memory', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/dev/null', O_RDWR))
      const huge = 2n ** 63n - 1n
      is(yield* sys.writev(fd, [[4096, huge]]), 0x7ffff000)
      fails(
        yield* sys.writev(fd, [
          [4096, 1],
          [4096, huge],
        ]),
        EFAULT,
      )
      is(
        yield* sys.writev(fd, [
          [4096, 2 ** 31],
          [4096, 2 ** 31],
        ]),
        0x7ffff000,
      )
      return 0
    })
  })

  it('move what there is before the first bad address', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys)
      const tail = yield* endOfHeap(sys, 5000)
      sys.store(tail, new Uint8Array(5000).fill(120))
      const vec = [
        [sys.string('ab'), 2],
        [tail, 9000],
        [tail, 1],
      ] as const
      is([yield* sys.writev(fd, vec), yield* at(sys, fd), yield* sys.lseek(fd, 0, SEEK_END)], [5002, 5002, 5002])
      fails(yield* sys.writev(fd, [[UNMAPPED, 4]]), EFAULT)
      ok(yield* sys.lseek(fd, 0, SEEK_SET))
      const back = [
        [tail, 3],
        [UNMAPPED, 3],
      ] as const
      is([yield* sys.readv(fd, back), textAt(sys, tail, 4), yield* at(sys, fd)], [3, 'abxx', 3])
      fails(yield* sys.readv(fd, back.slice(1)), EFAULT)
      is(yield* at(sys, fd), 3)
      return 0
    })
  })

  it('make one write to a pipe of all segments, and one read of what is there', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys, O_NONBLOCK)
      const buf = sys.alloc(4096)
      // The first fills the pipe but for its last page, into which both segments fit or none.
      const big = (yield* sys.brk((yield* sys.brk(0)) + 65536)) - 65536
      ok(yield* sys.write(wr, big as UserPtr, 15 * 4096))
      ok(yield* sys.write(wr, buf, 4000))
      const vec = [
        [buf, 60],
        [buf, 60],
      ] as const
      is(yield* sys.writev(wr, vec), -11)
      const bad = [
        [buf, 4],
        [UNMAPPED, 4],
      ] as const
      fails(yield* sys.writev(wr, bad), EFAULT)
      const { rd: r2, wr: w2 } = yield* pipe(sys)
      ok(yield* sys.print('abcdef', w2))
      const out = [
        [buf, 6],
        [buf, 6],
      ] as const
      is(yield* sys.readv(r2, out), 6)
      ok(yield* sys.close(rd))
      ok(yield* sys.sigaction(SIGPIPE, 1))
      fails(yield* sys.writev(wr, [[buf, 1]]), EPIPE)
      fails(yield* sys.writev(rd, [[buf, 1]]), EBADF)
      return 0
    })
  })

  it('sleep for the rest, and keep the file though it is closed meanwhile', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      const size = 100_000
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.close(rd))
          const big = yield* sys.brk(0)
          ok(yield* sys.brk(big + size))
          const head = sys.string('head')
          const n = yield* sys.writev(wr, [
            [head, 4],
            [big, size],
          ])
          return n === size + 4 ? 0 : 1
        }),
      )
      ok(yield* sys.close(wr))
      const a = sys.alloc(4)
      const b = sys.alloc(4096)
      let n = 0
      let first = ''
      for (let got = 1; got > 0; n += got) {
        got = ok(
          yield* sys.readv(rd, [
            [a, 4],
            [b, 4096],
          ]),
        )
        if (first === '') first = textAt(sys, a, 4)
      }
      is([n, first, yield* waitFor(sys, child)], [size + 4, 'head', 0])
      return 0
    })
  })

  it('go to devices', () => {
    const vm = inVm(function* (sys) {
      const buf = sys.string('both')
      const bad = [
        [buf, 4],
        [UNMAPPED, 4],
      ] as const
      const open = (path: string): Run<number> => sys.open(path, O_RDWR)
      is(yield* sys.writev(ok(yield* open('/dev/null')), bad), 8)
      is(yield* sys.readv(ok(yield* open('/dev/null')), bad), 0)
      is([yield* sys.readv(ok(yield* open('/dev/zero')), bad), textAt(sys, buf, 4)], [4, '\0\0\0\0'])
      fails(yield* sys.readv(ok(yield* open('/dev/zero')), bad.slice(1)), EFAULT)
      fails(yield* sys.writev(ok(yield* open('/dev/full')), bad), ENOSPC)
      is(yield* sys.readv(ok(yield* open('/dev/urandom')), bad), 4)
      const text = sys.string('to the console')
      is(
        yield* sys.writev(1, [
          [text, 7],
          [(text + 7) as UserPtr, 7],
        ]),
        14,
      )
      return 0
    })
    is(vm.console, 'to the console')
  })
})

describe('pread64, pwrite64, preadv and pwritev', () => {
  it('move bytes at a position of their own, and leave the file’s', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello')
      ok(yield* sys.lseek(fd, 2, SEEK_SET))
      const buf = sys.alloc(16)
      is([yield* sys.pread(fd, buf, 9, 1), textAt(sys, buf, 4)], [4, 'ello'])
      is(yield* sys.pread(fd, buf, 9, 5), 0)
      is(yield* sys.pwrite(fd, sys.string('XY'), 2, 7), 2)
      const vec = [
        [buf, 6],
        [(buf + 6) as UserPtr, 9],
      ] as const
      is([yield* sys.preadv(fd, vec, 0), textAt(sys, buf, 9)], [9, 'hello\0\0XY'])
      is(yield* sys.pwritev(fd, vec, 1), 15)
      is([yield* at(sys, fd), yield* sys.lseek(fd, 0, SEEK_END)], [2, 16])
      return 0
    })
  })

  it('check the position, the descriptor, whether the file has one, and then as the others do', () => {
    inVm(function* (sys) {
      const rw = yield* file(sys, 'hello')
      const ro = ok(yield* sys.open('/tmp/f', O_RDONLY))
      const wo = ok(yield* sys.open('/tmp/f', O_WRONLY))
      const { rd, wr } = yield* pipe(sys)
      const ev = ok(yield* sys.eventfd(0))
      const dir = ok(yield* sys.open('/tmp', O_RDONLY))
      const buf = sys.alloc(16)
      for (const fd of [rw, 99]) {
        fails(yield* sys.pread(fd, UNMAPPED, 1, -1), EINVAL)
        fails(yield* sys.pwrite(fd, UNMAPPED, 1, -1), EINVAL)
        fails(yield* sys.preadv(fd, UNMAPPED, -1), EINVAL)
        fails(yield* sys.pwritev(fd, UNMAPPED, -1), EINVAL)
      }
      fails(yield* sys.pread(99, UNMAPPED, 1, 0), EBADF)
      fails(yield* sys.pwritev(99, UNMAPPED, 0), EBADF)
      for (const fd of [rd, wr, ev, 1]) {
        fails(yield* sys.pread(fd, UNMAPPED, 1, 0), ESPIPE)
        fails(yield* sys.pwrite(fd, UNMAPPED, 1, 0), ESPIPE)
        fails(yield* sys.preadv(fd, UNMAPPED, 0), ESPIPE)
        fails(yield* sys.pwritev(fd, UNMAPPED, 0), ESPIPE)
      }
      fails(yield* sys.pread(wo, UNMAPPED, 1, 0), EBADF)
      fails(yield* sys.pwrite(ro, UNMAPPED, 1, 0), EBADF)
      fails(yield* sys.pwritev(ro, UNMAPPED, 0, 0), EBADF)
      fails(yield* sys.pread(dir, buf, 1, 0), EISDIR)
      fails(yield* sys.pread(rw, -1 as UserPtr, 0, 0), EFAULT)
      is(yield* sys.pwrite(rw, UNMAPPED, 0, MAX), 0)
      for (const fd of [rw]) {
        fails(yield* sys.pwrite(fd, UNMAPPED, 1, 0), EFAULT)
        fails(yield* sys.pwrite(fd, buf, 1, MAX), EINVAL)
        fails(yield* sys.pread(fd, buf, 1, MAX), EINVAL)
        fails(yield* sys.pwritev(fd, [[buf, 1]], MAX), EINVAL)
      }
      is(yield* sys.lseek(rw, 0, SEEK_END), 5)
      return 0
    })
  })

  it('write at the end of a file that is open to append, whatever the position', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello', O_RDWR | O_APPEND)
      const buf = sys.string('XY')
      is(yield* sys.pwrite(fd, buf, 2, 0), 2)
      is(yield* sys.pwritev(fd, [[buf, 1]], 1), 1)
      const all = sys.alloc(16)
      is([yield* sys.pread(fd, all, 16, 0), textAt(sys, all, 8), yield* at(sys, fd)], [8, 'helloXYX', 0])
      return 0
    })
  })
})
