import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import { EAGAIN, EBADF, EBUSY, EINVAL, EMFILE, EPERM, ESPIPE } from '../../kernel/errno.ts'
import {
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  F_GETLK,
  F_GETPIPE_SZ,
  F_SETFD,
  F_SETFL,
  F_SETPIPE_SZ,
} from '../../kernel/fs/fcntl.ts'
import {
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECT,
  O_DIRECTORY,
  O_EXCL,
  O_LARGEFILE,
  O_NOATIME,
  O_NOCTTY,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
} from '../../kernel/fs/file.ts'
import { become } from '../support/cred.ts'
import { UNMAPPED, fails, inVm, is, ok, pipe, waitFor } from '../support/vm.ts'

describe('fcntl', () => {
  it('knows descriptors and commands, of O_PATH only those about the descriptor', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o644))
      const path = ok(yield* sys.open('/tmp/f', O_PATH | O_CLOEXEC))
      for (const cmd of [F_DUPFD, F_GETFD, F_GETLK, 12345]) fails(yield* sys.fcntl(99, cmd, UNMAPPED), EBADF)
      fails(yield* sys.fcntl(fd, 12345), EINVAL)
      for (const cmd of [F_SETFL, F_GETLK, F_GETPIPE_SZ, 12345]) fails(yield* sys.fcntl(path, cmd, UNMAPPED), EBADF)
      is([yield* sys.fcntl(path, F_GETFD), yield* sys.fcntl(path, F_GETFL)], [1, O_PATH])
      is([yield* sys.fcntl(path, F_SETFD, 0), yield* sys.fcntl(path, F_GETFD)], [0, 0])
      is(yield* sys.fcntl(path, F_DUPFD, 40), 40)
      return 0
    })
  })

  it('F_DUPFD gives the lowest descriptor from one on, F_DUPFD_CLOEXEC one that execve closes', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o644))
      is([yield* sys.fcntl(fd, F_DUPFD, 50), yield* sys.fcntl(fd, F_DUPFD_CLOEXEC, 50)], [50, 51])
      is([yield* sys.fcntl(50, F_GETFD), yield* sys.fcntl(51, F_GETFD)], [0, 1])
      is([yield* sys.fcntl(51, F_SETFD, 2), yield* sys.fcntl(51, F_GETFD)], [0, 0])
      is([yield* sys.fcntl(51, F_SETFD, 0xff), yield* sys.fcntl(51, F_GETFD)], [0, 1])
      is([yield* sys.fcntl(51, F_DUPFD, 1), yield* sys.fcntl(4, F_GETFD)], [4, 0])
      // They share one position.
      is([yield* sys.print('abc', 50), yield* sys.lseek(51, 0, 1)], [3, 3])
      for (const from of [-1, 1024, 2 ** 31]) fails(yield* sys.fcntl(fd, F_DUPFD, from), EINVAL)
      is(yield* sys.fcntl(fd, F_DUPFD, 1023), 1023)
      fails(yield* sys.fcntl(fd, F_DUPFD, 1023), EMFILE)
      is(yield* sys.fcntl(fd, F_DUPFD, 0), 5)
      return 0
    })
  })

  it('F_GETFL tells nothing of what was for the open alone', () => {
    inVm(function* (sys) {
      const once = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC
      for (const [path, flags] of [
        ['/tmp/new', once],
        ['/tmp/new', once & ~O_EXCL],
        ['/dev/null', O_NOCTTY | O_TRUNC],
        ['/sys/kernel/tracing/set_event', O_TRUNC],
      ] as const) {
        const fd = ok(yield* sys.open(path, O_WRONLY | O_APPEND | flags, 0o600))
        is(yield* sys.fcntl(fd, F_GETFL), O_WRONLY | O_APPEND | O_LARGEFILE)
      }
      return 0
    })
  })

  it('F_GETFL tells how it was opened, F_SETFL changes what can be changed', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT | O_CLOEXEC, 0o644))
      const dir = ok(yield* sys.open('/tmp', O_DIRECTORY))
      const { rd, wr } = yield* pipe(sys, O_NONBLOCK)
      const get = (fd: number) => sys.fcntl(fd, F_GETFL)
      is([yield* get(fd), yield* get(dir)], [O_RDWR | O_LARGEFILE, O_LARGEFILE | O_DIRECTORY])
      is([yield* get(rd), yield* get(wr)], [O_NONBLOCK, O_WRONLY | O_NONBLOCK])
      const set = O_APPEND | O_NONBLOCK | O_NOATIME
      is(yield* sys.fcntl(fd, F_SETFL, set | O_CREAT | O_WRONLY), 0)
      is(yield* get(fd), set | O_RDWR | O_LARGEFILE)
      is([yield* sys.fcntl(fd, F_SETFL, O_DIRECT), yield* get(fd)], [0, O_DIRECT | O_RDWR | O_LARGEFILE])
      fails(yield* sys.fcntl(ok(yield* sys.open('/dev/null', O_RDWR)), F_SETFL, O_DIRECT), EINVAL)
      fails(yield* sys.read(rd, sys.alloc(1), 1), EAGAIN)
      is([yield* sys.fcntl(rd, F_SETFL, 0), yield* get(rd), yield* get(wr)], [0, O_RDONLY, O_WRONLY | O_NONBLOCK])
      become(1000)
      fails(yield* sys.fcntl(fd, F_SETFL, O_NOATIME), EPERM)
      is(yield* sys.fcntl(fd, F_SETFL, O_APPEND), 0)
      return 0
    })
  })

  it('F_SETFL of O_APPEND holds from then on', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o644))
      ok(yield* sys.print('hello', fd))
      ok(yield* sys.lseek(fd, 0, 0))
      is([yield* sys.fcntl(fd, F_SETFL, O_APPEND), yield* sys.print('!', fd), yield* sys.lseek(fd, 0, 1)], [0, 1, 6])
      return 0
    })
  })
})

describe('the size of a pipe', () => {
  it('is a power of two of pages, at least one', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o644))
      for (const cmd of [F_GETPIPE_SZ, F_SETPIPE_SZ]) fails(yield* sys.fcntl(fd, cmd, 4096), EBADF)
      for (const other of [0, ok(yield* sys.eventfd(0))]) fails(yield* sys.fcntl(other, F_GETPIPE_SZ), EBADF)
      is([yield* sys.fcntl(rd, F_GETPIPE_SZ), yield* sys.fcntl(wr, F_GETPIPE_SZ)], [65536, 65536])
      for (const [size, given] of [
        [0, 4096],
        [1, 4096],
        [4097, 8192],
        [10000, 16384],
        [1 << 20, 1 << 20],
      ]) {
        is([yield* sys.fcntl(rd, F_SETPIPE_SZ, size), yield* sys.fcntl(wr, F_GETPIPE_SZ)], [given, given])
      }
      for (const size of [-1, 2 ** 31 + 1]) fails(yield* sys.fcntl(rd, F_SETPIPE_SZ, size), EINVAL)
      is(yield* sys.fcntl(rd, F_SETPIPE_SZ, 1 << 21), 1 << 21)
      ok(yield* sys.fcntl(rd, F_SETPIPE_SZ, 4096))
      become(1000)
      fails(yield* sys.fcntl(rd, F_SETPIPE_SZ, (1 << 20) + 1), EPERM)
      is(yield* sys.fcntl(rd, F_SETPIPE_SZ, 1 << 20), 1 << 20)
      return 0
    })
  })

  it('is never less than what is in it, and what is in it stays in its order', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys, O_NONBLOCK)
      const buf = sys.alloc(8192)
      const fill = function* (from: number, pages: number) {
        for (let i = 0; i < pages; i++) {
          sys.store(buf, new Uint8Array(4096).fill(from + i))
          is(yield* sys.write(wr, buf, 4096), 4096)
        }
      }
      const take = function* (pages: number) {
        const found: number[] = []
        for (let i = 0; i < pages; i++) {
          is(yield* sys.read(rd, buf, 4096), 4096)
          found.push(sys.load((buf + 4095) as UserPtr, 1)[0])
        }
        return found
      }
      yield* fill(0, 16)
      fails(yield* sys.write(wr, buf, 1), EAGAIN)
      is(yield* take(13), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
      yield* fill(16, 2)
      // Five pages, around the end of the ring.
      fails(yield* sys.fcntl(rd, F_SETPIPE_SZ, 16384), EBUSY)
      is(yield* take(1), [13])
      is(yield* sys.fcntl(rd, F_SETPIPE_SZ, 16384), 16384)
      fails(yield* sys.write(wr, buf, 1), EAGAIN)
      is(yield* take(2), [14, 15])
      yield* fill(18, 2)
      is(yield* sys.fcntl(wr, F_SETPIPE_SZ, 32768), 32768)
      yield* fill(20, 4)
      fails(yield* sys.write(wr, buf, 1), EAGAIN)
      is(yield* take(8), [16, 17, 18, 19, 20, 21, 22, 23])
      return 0
    })
  })

  it('grows for a writer that waits for room', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      ok(yield* sys.fcntl(rd, F_SETPIPE_SZ, 4096))
      const child = ok(
        yield* sys.fork(function* (sys) {
          return (yield* sys.write(wr, sys.alloc(8192), 8192)) === 8192 ? 0 : 1
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.fcntl(rd, F_SETPIPE_SZ, 8192))
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })
})

describe('fsync and its kin', () => {
  it('have nothing to do for a file in memory, and say so for what is none', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o644))
      const dir = ok(yield* sys.open('/tmp', O_DIRECTORY))
      const path = ok(yield* sys.open('/tmp/f', O_PATH))
      const nil = ok(yield* sys.open('/dev/null', O_RDWR))
      const { rd } = yield* pipe(sys)
      for (const bad of [99, path]) {
        fails(yield* sys.fsync(bad), EBADF)
        fails(yield* sys.fdatasync(bad), EBADF)
        fails(yield* sys.syncfs(bad), EBADF)
        fails(yield* sys.sync_file_range(bad, -1, 0, 8), EBADF)
      }
      for (const good of [fd, dir]) is([yield* sys.fsync(good), yield* sys.fdatasync(good)], [0, 0])
      for (const good of [fd, dir, rd]) is(yield* sys.syncfs(good), 0)
      for (const other of [rd, nil, 1]) {
        fails(yield* sys.fsync(other), EINVAL)
        fails(yield* sys.fdatasync(other), EINVAL)
        fails(yield* sys.sync_file_range(other, 0, 0, 8), EINVAL)
        fails(yield* sys.sync_file_range(other, 0, 0, 7), ESPIPE)
      }
      for (const [offset, n] of [
        [-1, 0],
        [0, -1],
        [2 ** 63 - 1024, 1024],
      ])
        fails(yield* sys.sync_file_range(fd, offset, n, 0), EINVAL)
      is(
        [yield* sys.sync_file_range(fd, 0, 0, 7), yield* sys.sync_file_range(dir, 5, 6, 0), yield* sys.sync()],
        [0, 0, 0],
      )
      return 0
    })
  })
})
