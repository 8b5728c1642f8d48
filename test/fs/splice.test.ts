import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import * as E from '../../kernel/errno.ts'
import { O_APPEND, O_CREAT, O_NONBLOCK, O_PATH, O_RDONLY, O_RDWR, O_WRONLY } from '../../kernel/fs/file.ts'
import { SEEK_CUR, SEEK_SET } from '../../kernel/fs/read_write.ts'
import { UNMAPPED, fails, inVm, is, ok, pipe, textAt, waitFor } from '../support/vm.ts'

const NONBLOCK = 2

function* file(sys: Libc, path: string, text = ''): Run<number> {
  const fd = ok(yield* sys.open(path, O_RDWR | O_CREAT, 0o600))
  ok(yield* sys.print(text, fd))
  ok(yield* sys.lseek(fd, 0, SEEK_SET))
  return fd
}

/** A position in memory. */
function loff(sys: Libc, pos: number): UserPtr {
  const at = sys.alloc(8)
  const dv = new DataView(new ArrayBuffer(8))
  dv.setBigInt64(0, BigInt(pos), true)
  sys.store(at, new Uint8Array(dv.buffer))
  return at
}

function at(sys: Libc, fd: number): Run<number> {
  return sys.lseek(fd, 0, SEEK_CUR)
}

function* text(sys: Libc, fd: number, n = 64): Run<string> {
  const buf = sys.alloc(n)
  return textAt(sys, buf, ok(yield* sys.pread(fd, buf, n, 0)))
}

function* taken(sys: Libc, rd: number, n = 64): Run<string> {
  const buf = sys.alloc(n)
  return textAt(sys, buf, ok(yield* sys.read(rd, buf, n)))
}

describe('sendfile', () => {
  it('copies from the file’s position, or from one that is kept in memory', () => {
    inVm(function* (sys) {
      const i = yield* file(sys, '/tmp/i', '0123456789')
      const o = yield* file(sys, '/tmp/o')
      is([yield* sys.sendfile(o, i, 0, 4), yield* at(sys, i), yield* at(sys, o)], [4, 4, 4])
      const off = loff(sys, 2)
      is([yield* sys.sendfile(o, i, off, 3), sys.loadInt(off), yield* at(sys, i), yield* at(sys, o)], [3, 5, 4, 7])
      is([yield* text(sys, o), yield* sys.sendfile(o, i, 0, 99), yield* sys.sendfile(o, i, 0, 99)], ['0123234', 6, 0])
      is([yield* text(sys, o), yield* sys.sendfile(o, i, loff(sys, 0), 0)], ['0123234456789', 0])
      const big = yield* file(sys, '/tmp/big', 'x'.repeat(10_000))
      is([yield* sys.sendfile(o, big, loff(sys, 1), 99_999), yield* at(sys, o)], [9999, 10_012])
      is(yield* sys.sendfile(o, ok(yield* sys.open('/dev/zero', O_RDONLY)), 0, 8), 8)
      is(yield* sys.sendfile(ok(yield* sys.open('/dev/null', O_RDWR)), i, loff(sys, 0), 99), 10)
      is(yield* sys.sendfile(1, i, loff(sys, 0), 99), 10)
      return 0
    })
  })

  it('says what is wrong, in Linux’s order', () => {
    inVm(function* (sys) {
      const i = yield* file(sys, '/tmp/i', '0123456789')
      const o = yield* file(sys, '/tmp/o')
      const ro = ok(yield* sys.open('/tmp/o', O_RDONLY))
      const wo = ok(yield* sys.open('/tmp/i', O_WRONLY))
      const path = ok(yield* sys.open('/tmp/o', O_PATH))
      const append = ok(yield* sys.open('/tmp/o', O_WRONLY | O_APPEND))
      const dir = ok(yield* sys.open('/tmp', O_RDONLY))
      const { rd } = yield* pipe(sys)
      const ev = ok(yield* sys.eventfd(0))
      const nil = ok(yield* sys.open('/dev/null', O_RDWR))
      const off = loff(sys, 0)
      fails(yield* sys.sendfile(99, 99, UNMAPPED, 4), E.EFAULT)
      for (const bad of [99, wo, path]) fails(yield* sys.sendfile(99, bad, off, 4), E.EBADF)
      for (const bad of [rd, ev]) fails(yield* sys.sendfile(99, bad, off, 4), E.ESPIPE)
      fails(yield* sys.sendfile(99, i, loff(sys, -1), 4), E.EINVAL)
      fails(yield* sys.sendfile(99, i, off, -1), E.EINVAL)
      for (const bad of [99, ro, path, rd, dir]) fails(yield* sys.sendfile(bad, i, off, 4), E.EBADF)
      for (const n of [0, 4]) fails(yield* sys.sendfile(o, rd, 0, n), E.EINVAL)
      for (const n of [0, 4]) fails(yield* sys.sendfile(append, i, off, n), E.EINVAL)
      for (const bad of [dir, nil]) fails(yield* sys.sendfile(o, bad, off, 4), E.EINVAL)
      for (const bad of [ev, ok(yield* sys.open('/dev/full', O_RDWR))])
        fails(yield* sys.sendfile(bad, i, off, 8), E.EINVAL)
      is(yield* text(sys, o), '')
      return 0
    })
  })

  it('fills a pipe as far as there is room, and waits only for the first of it', () => {
    inVm(function* (sys) {
      const i = yield* file(sys, '/tmp/i', 'x'.repeat(70_000))
      const { rd, wr } = yield* pipe(sys)
      is([yield* sys.sendfile(wr, i, 0, 70_000), yield* at(sys, i)], [65_536, 65_536])
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.close(rd))
          let n = 0
          for (let got = 1; got > 0; n += got) got = ok(yield* sys.sendfile(wr, i, 0, 70_000))
          return n === 70_000 - 65_536 ? 0 : 1
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.close(wr))
      let n = 0
      for (let got = 1; got > 0; n += got) got = (yield* taken(sys, rd, 4096)).length
      is([n, yield* waitFor(sys, child)], [70_000, 0])
      const full = yield* pipe(sys, O_NONBLOCK)
      ok(yield* sys.lseek(i, 0, SEEK_SET))
      is(yield* sys.sendfile(full.wr, i, 0, 70_000), 65_536)
      fails(yield* sys.sendfile(full.wr, i, 0, 70_000), E.EAGAIN)
      ok(yield* sys.sigaction(13, 1))
      ok(yield* sys.close(full.rd))
      fails(yield* sys.sendfile(full.wr, i, 0, 1), E.EPIPE)
      return 0
    })
  })
})

describe('splice and tee', () => {
  it('move bytes between pipes and files', () => {
    inVm(function* (sys) {
      const i = yield* file(sys, '/tmp/i', '0123456789')
      const o = yield* file(sys, '/tmp/o')
      const a = yield* pipe(sys)
      const b = yield* pipe(sys)
      is([yield* sys.splice(i, 0, a.wr, 0, 4), yield* at(sys, i)], [4, 4])
      const off = loff(sys, 6)
      is([yield* sys.splice(i, off, a.wr, 0, 99), sys.loadInt(off), yield* at(sys, i)], [4, 10, 4])
      is([yield* sys.tee(a.rd, b.wr, 6), yield* taken(sys, b.rd)], [6, '012367'])
      is([yield* sys.splice(a.rd, 0, b.wr, 0, 3), yield* taken(sys, b.rd)], [3, '012'])
      const to = loff(sys, 2)
      is([yield* sys.splice(a.rd, 0, o, to, 2), sys.loadInt(to), yield* at(sys, o)], [2, 4, 0])
      is([yield* sys.splice(a.rd, 0, o, 0, 99), yield* at(sys, o), yield* text(sys, o)], [3, 3, '7896'])
      ok(yield* sys.close(a.wr))
      is(
        [yield* sys.splice(a.rd, 0, o, 0, 9), yield* sys.splice(a.rd, 0, b.wr, 0, 9), yield* sys.tee(a.rd, b.wr, 9)],
        [0, 0, 0],
      )
      return 0
    })
  })

  it('leave in the pipe what cannot be written', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      ok(yield* sys.print('kept', wr))
      const o = ok(yield* sys.open('/tmp/o', O_RDWR | O_CREAT, 0o600))
      fails(yield* sys.splice(rd, 0, o, loff(sys, Number.MAX_SAFE_INTEGER), 9), E.EINVAL)
      fails(yield* sys.splice(rd, 0, ok(yield* sys.open('/dev/full', O_RDWR)), 0, 9), E.EINVAL)
      is(yield* taken(sys, rd), 'kept')
      return 0
    })
  })

  it('wait as pipes do', () => {
    inVm(function* (sys) {
      const a = yield* pipe(sys)
      const b = yield* pipe(sys)
      const o = yield* file(sys, '/tmp/o')
      // Either the call is not to wait, or the file is not.
      for (const flags of [NONBLOCK, 0]) {
        const empty = yield* pipe(sys, flags === 0 ? O_NONBLOCK : 0)
        const full = yield* pipe(sys, flags === 0 ? O_NONBLOCK : 0)
        is(yield* sys.write(full.wr, sys.alloc(65_536), 65_536), 65_536)
        fails(yield* sys.splice(empty.rd, 0, o, 0, 9, flags), E.EAGAIN)
        fails(yield* sys.splice(empty.rd, 0, b.wr, 0, 9, flags), E.EAGAIN)
        fails(yield* sys.splice(a.rd, 0, empty.wr, 0, 9, flags), E.EAGAIN)
        fails(yield* sys.tee(empty.rd, b.wr, 9, flags), E.EAGAIN)
        fails(yield* sys.tee(a.rd, empty.wr, 9, flags), E.EAGAIN)
        ok(yield* sys.print('more', o))
        fails(yield* sys.splice(o, loff(sys, 0), full.wr, 0, 9, flags), E.EAGAIN)
        const some = yield* pipe(sys)
        ok(yield* sys.print('some', some.wr))
        fails(yield* sys.splice(some.rd, 0, full.wr, 0, 9, flags), E.EAGAIN)
        fails(yield* sys.tee(some.rd, full.wr, 9, flags), E.EAGAIN)
        is(yield* taken(sys, some.rd), 'some')
        for (const fd of [empty.rd, empty.wr, full.rd, full.wr, some.rd, some.wr]) ok(yield* sys.close(fd))
      }
      ok(yield* sys.ftruncate(o, 0))
      ok(yield* sys.lseek(o, 0, SEEK_SET))
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.nanosleep(1))
          return (yield* sys.print('late', a.wr)) - 4
        }),
      )
      is([yield* sys.tee(a.rd, b.wr, 2), yield* sys.splice(a.rd, 0, o, 0, 9), yield* text(sys, o)], [2, 4, 'late'])
      is([yield* taken(sys, b.rd), yield* waitFor(sys, child)], ['la', 0])
      return 0
    })
  })

  it('say what is wrong, in Linux’s order', () => {
    inVm(function* (sys) {
      const f = yield* file(sys, '/tmp/f', 'hello')
      const append = ok(yield* sys.open('/tmp/f', O_WRONLY | O_APPEND))
      const { rd, wr } = yield* pipe(sys)
      const ev = ok(yield* sys.eventfd(1))
      const off = loff(sys, 0)
      is([yield* sys.splice(99, 0, 99, 0, 0, 99), yield* sys.tee(99, 99, 0, 0)], [0, 0])
      fails(yield* sys.splice(99, 0, 99, 0, 1, 16), E.EINVAL)
      fails(yield* sys.tee(99, 99, 0, 16), E.EINVAL)
      for (const [i, o] of [
        [99, wr],
        [rd, 99],
      ] as const) {
        fails(yield* sys.splice(i, UNMAPPED, o, UNMAPPED, 1), E.EBADF)
        fails(yield* sys.tee(i, o, 1), E.EBADF)
      }
      fails(yield* sys.splice(rd, UNMAPPED, f, UNMAPPED, 1), E.ESPIPE)
      fails(yield* sys.splice(f, UNMAPPED, wr, UNMAPPED, 1), E.ESPIPE)
      fails(yield* sys.splice(f, UNMAPPED, wr, 0, 1), E.EFAULT)
      fails(yield* sys.splice(rd, 0, f, UNMAPPED, 1), E.EFAULT)
      fails(yield* sys.splice(wr, 0, f, 0, 1), E.EBADF)
      fails(yield* sys.splice(rd, 0, rd, 0, 1), E.EBADF)
      fails(yield* sys.splice(f, 0, f, 0, 1), E.EINVAL)
      fails(yield* sys.splice(rd, 0, wr, 0, 1), E.EINVAL)
      fails(yield* sys.splice(rd, 0, append, 0, 1), E.EINVAL)
      fails(yield* sys.splice(ev, off, wr, 0, 8), E.EINVAL)
      fails(yield* sys.splice(ev, 0, wr, 0, 8), E.EINVAL)
      fails(yield* sys.splice(f, loff(sys, -1), wr, 0, 1), E.EINVAL)
      fails(yield* sys.tee(f, wr, 1), E.EINVAL)
      fails(yield* sys.tee(rd, f, 1), E.EINVAL)
      fails(yield* sys.tee(rd, wr, 1), E.EINVAL)
      for (const [from, to] of [
        [wr, wr],
        [rd, rd],
      ] as const)
        fails(yield* sys.tee(from, to, 1), E.EBADF)
      return 0
    })
  })

  it('that finds its pipe empty once there is room in the other goes on waiting: that is not the end of the file', () => {
    inVm(function* (sys) {
      const from = yield* pipe(sys)
      const to = yield* pipe(sys)
      const buf = sys.alloc(65_536)
      is(yield* sys.write(to.wr, buf, 65_536), 65_536)
      ok(yield* sys.print('a', from.wr))
      const child = ok(yield* sys.fork((c) => c.splice(from.rd, 0, to.wr, 0, 10)))
      ok(yield* sys.sched_yield())
      is(yield* taken(sys, from.rd), 'a')
      is(yield* sys.read(to.rd, buf, 65_536), 65_536)
      ok(yield* sys.sched_yield())
      is(yield* sys.wait4(child, 0, 1), 0)
      ok(yield* sys.print('b', from.wr))
      is([yield* waitFor(sys, child), yield* taken(sys, to.rd)], [1 << 8, 'b'])
      return 0
    })
  })
})

describe('copy_file_range', () => {
  it('copies between files, or within one where that does not overlap', () => {
    inVm(function* (sys) {
      const i = yield* file(sys, '/tmp/i', '0123456789')
      const o = yield* file(sys, '/tmp/o')
      is([yield* sys.copy_file_range(i, 0, o, 0, 4), yield* at(sys, i), yield* at(sys, o)], [4, 4, 4])
      const [from, to] = [loff(sys, 8), loff(sys, 1)]
      is([yield* sys.copy_file_range(i, from, o, to, 99), sys.loadInt(from), sys.loadInt(to)], [2, 10, 3])
      is([yield* text(sys, o), yield* at(sys, i), yield* sys.copy_file_range(i, from, o, to, 9)], ['0893', 4, 0])
      is(yield* sys.copy_file_range(i, loff(sys, 0), i, loff(sys, 5), 5), 5)
      is([yield* text(sys, i), yield* sys.copy_file_range(i, 0, o, 0, 0)], ['0123401234', 0])
      fails(yield* sys.copy_file_range(i, loff(sys, 0), i, loff(sys, 4), 5), E.EINVAL)
      return 0
    })
  })

  it('says what is wrong, in Linux’s order', () => {
    inVm(function* (sys) {
      const i = yield* file(sys, '/tmp/i', '0123456789')
      const o = yield* file(sys, '/tmp/o')
      const dir = ok(yield* sys.open('/tmp', O_RDONLY))
      const ro = ok(yield* sys.open('/tmp/o', O_RDONLY))
      const wo = ok(yield* sys.open('/tmp/i', O_WRONLY))
      const append = ok(yield* sys.open('/tmp/o', O_WRONLY | O_APPEND))
      const { rd, wr } = yield* pipe(sys)
      for (const bad of [99, ok(yield* sys.open('/tmp/o', O_PATH))]) {
        fails(yield* sys.copy_file_range(bad, UNMAPPED, o, 0, 1, 1), E.EBADF)
        fails(yield* sys.copy_file_range(i, UNMAPPED, bad, 0, 1, 1), E.EBADF)
      }
      fails(yield* sys.copy_file_range(i, UNMAPPED, o, 0, 1, 1), E.EFAULT)
      fails(yield* sys.copy_file_range(i, 0, o, UNMAPPED, 1, 1), E.EFAULT)
      for (const flag of [1, 2]) fails(yield* sys.copy_file_range(dir, 0, o, 0, 1, flag), E.EINVAL)
      fails(yield* sys.copy_file_range(dir, 0, o, 0, 1), E.EISDIR)
      fails(yield* sys.copy_file_range(wr, 0, dir, 0, 1), E.EISDIR)
      fails(yield* sys.copy_file_range(rd, 0, o, 0, 1), E.EINVAL)
      fails(yield* sys.copy_file_range(i, 0, wr, 0, 1), E.EINVAL)
      fails(yield* sys.copy_file_range(wo, 0, o, 0, 1), E.EBADF)
      for (const bad of [ro, append]) fails(yield* sys.copy_file_range(i, 0, bad, 0, 1), E.EBADF)
      ok(yield* sys.mkdir('/tmp/m', 0o755))
      ok(yield* sys.syscall(40, sys.string('x'), sys.string('/tmp/m'), sys.string('tmpfs'), 0, 0))
      fails(yield* sys.copy_file_range(i, 0, yield* file(sys, '/tmp/m/f'), 0, 1), E.EXDEV)
      fails(yield* sys.copy_file_range(i, 0, o, loff(sys, Number.MAX_SAFE_INTEGER), 1), E.EFBIG)
      fails(yield* sys.copy_file_range(i, loff(sys, -1), o, 0, 1), E.EOVERFLOW)
      fails(yield* sys.copy_file_range(i, loff(sys, -2), o, 0, 1), E.EINVAL)
      fails(yield* sys.copy_file_range(i, loff(sys, -2), o, 0, -1), E.EOVERFLOW)
      return 0
    })
  })
})

describe('a pipe that a file was spliced to', () => {
  it('has the file’s pages: it tells what is written there later, up to when they are cut off', () => {
    inVm(function* (sys) {
      const f = yield* file(sys, '/tmp/f', 'x'.repeat(4096) + 'abcdef')
      const p = yield* pipe(sys)
      is(yield* sys.splice(f, loff(sys, 4094), p.wr, 0, 6, 0), 6)
      is(yield* sys.pwrite(f, sys.string('YZ'), 2, 4095), 2)
      is(yield* taken(sys, p.rd, 3), 'xYZ')
      // A page that the file has no more stays as it was, whoever needs one meanwhile.
      ok(yield* sys.ftruncate(f, 0))
      const other = yield* file(sys, '/tmp/g', 'o'.repeat(9000))
      is(yield* taken(sys, p.rd), 'bcd')
      is([yield* sys.splice(other, loff(sys, 0), p.wr, 0, 3, 0), yield* sys.ftruncate(other, 2)], [3, 0])
      is(yield* taken(sys, p.rd), 'oo\0')
      return 0
    })
  })

  it('has zeros for a hole, whatever comes there later', () => {
    inVm(function* (sys) {
      const f = yield* file(sys, '/tmp/f')
      ok(yield* sys.ftruncate(f, 8192))
      ok(yield* sys.fallocate(f, 0, 4096, 4096))
      const p = yield* pipe(sys)
      is(yield* sys.splice(f, loff(sys, 4095), p.wr, 0, 2, 0), 2)
      is(yield* sys.pwrite(f, sys.string('YZ'), 2, 4095), 2)
      is(yield* taken(sys, p.rd), '\0\0')
      return 0
    })
  })

  it('takes a write behind it as a page of its own, as behind what tee has put there', () => {
    inVm(function* (sys) {
      const f = yield* file(sys, '/tmp/f', 'abc')
      const [p, q] = [yield* pipe(sys, O_NONBLOCK), yield* pipe(sys, O_NONBLOCK)]
      for (const end of [p, q]) is(yield* sys.fcntl(end.wr, 1031, 8192), 8192)
      is([yield* sys.splice(f, loff(sys, 0), p.wr, 0, 3, 0), yield* sys.print('d', p.wr)], [3, 1])
      is(yield* sys.print('e', p.wr), 1)
      fails(yield* sys.splice(f, loff(sys, 0), p.wr, 0, 3, NONBLOCK), E.EAGAIN)
      is([yield* sys.tee(p.rd, q.wr, 9, 0), yield* taken(sys, p.rd), yield* taken(sys, q.rd)], [5, 'abcde', 'abcde'])
      // What is moved whole may be written on; what was shared may not.
      is(
        [yield* sys.print('1', p.wr), yield* sys.splice(p.rd, 0, q.wr, 0, 1, 0), yield* sys.print('2', q.wr)],
        [1, 1, 1],
      )
      is([yield* sys.print('3', p.wr), yield* sys.tee(p.rd, q.wr, 1, 0)], [1, 1])
      fails(yield* sys.write(q.wr, sys.string('4'), 1), E.EAGAIN)
      is([yield* taken(sys, q.rd), yield* taken(sys, p.rd)], ['123', '3'])
      return 0
    })
  })

  it('is copied byte by byte where it is a file that is copied onto itself', () => {
    inVm(function* (sys) {
      const f = yield* file(sys, '/tmp/f', 'ab')
      ok(yield* sys.ftruncate(f, 8))
      ok(yield* sys.lseek(f, 1, SEEK_SET))
      is([yield* sys.sendfile(f, f, loff(sys, 0), 4), yield* text(sys, f)], [4, 'aaaaa\0\0\0'])
      return 0
    })
  })
})
