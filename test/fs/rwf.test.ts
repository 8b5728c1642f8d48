import { describe, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import * as E from '../../kernel/errno.ts'
import { O_APPEND, O_CREAT, O_NONBLOCK, O_RDONLY, O_RDWR, O_TRUNC } from '../../kernel/fs/file.ts'
import { SEEK_CUR, SEEK_SET } from '../../kernel/fs/read_write.ts'
import { SIGPIPE, SIG_IGN } from '../../kernel/task/signal.ts'
import { UNMAPPED, fails, inVm, is, ok, pipe, textAt, waitFor } from '../support/vm.ts'

const HIPRI = 1
const DSYNC = 2
const SYNC = 4
const NOWAIT = 8
const APPEND = 16
const NOAPPEND = 32
const ATOMIC = 64
const DONTCACHE = 128
const NOSIGNAL = 256

function* file(sys: Libc, flags = 0): Run<number> {
  const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT | O_TRUNC | flags, 0o600))
  ok(yield* sys.print('hello', fd))
  ok(yield* sys.lseek(fd, 0, SEEK_SET))
  return fd
}

describe('preadv2 and pwritev2', () => {
  it('are at the file’s own position for -1, which then moves, and else where they are told', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys)
      const buf = sys.alloc(16)
      is([yield* sys.preadv2(fd, [[buf, 2]], -1, 0), textAt(sys, buf, 2)], [2, 'he'])
      is([yield* sys.preadv2(fd, [[buf, 9]], 3, HIPRI), textAt(sys, buf, 2)], [2, 'lo'])
      is([yield* sys.lseek(fd, 0, SEEK_CUR), yield* sys.pwritev2(fd, [[sys.string('XY'), 2]], -1, DSYNC)], [2, 2])
      is([yield* sys.pwritev2(fd, [[sys.string('Z'), 1]], 0, SYNC), yield* sys.lseek(fd, 0, SEEK_CUR)], [1, 4])
      is([yield* sys.pread(fd, buf, 9, 0), textAt(sys, buf, 5)], [5, 'ZeXYo'])
      fails(yield* sys.preadv2(fd, [[buf, 1]], -2, 0), E.EINVAL)
      const p = yield* pipe(sys)
      fails(yield* sys.preadv2(p.rd, [[buf, 1]], 0, 0), E.ESPIPE)
      is(yield* sys.pwritev2(p.wr, [[buf, 5]], -1, 0), 5)
      return 0
    })
  })

  it('RWF_APPEND writes to the end, RWF_NOAPPEND where it is told all the same', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys)
      const buf = sys.alloc(16)
      const x = [[sys.string('xy'), 2]] as const
      is([yield* sys.pwritev2(fd, x, 0, APPEND), yield* sys.lseek(fd, 0, SEEK_CUR)], [2, 0])
      is([yield* sys.pwritev2(fd, x, -1, APPEND), yield* sys.lseek(fd, 0, SEEK_CUR)], [2, 9])
      is([yield* sys.pread(fd, buf, 16, 0), textAt(sys, buf, 9)], [9, 'helloxyxy'])
      const end = yield* file(sys, O_APPEND)
      is([yield* sys.pwritev2(end, x, 1, NOAPPEND), yield* sys.pwritev2(end, x, 1, 0)], [2, 2])
      is([yield* sys.pread(fd, buf, 16, 0), textAt(sys, buf, 7)], [7, 'hxyloxy'])
      return 0
    })
  })

  it('say what is wrong: the vector, the position, and then the flags', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys)
      const buf = sys.alloc(16)
      fails(yield* sys.preadv2(99, [[buf, 1]], 0, 512), E.EBADF)
      fails(yield* sys.preadv2(fd, [[UNMAPPED, 1]], 0, 512), E.EOPNOTSUPP)
      fails(yield* sys.preadv2(fd, [[buf, -1]], 0, 512), E.EINVAL)
      is(yield* sys.preadv2(fd, [[buf, 0]], 0, 512), 0)
      for (const bad of [512, -1, NOWAIT, ATOMIC, DONTCACHE]) {
        fails(yield* sys.preadv2(fd, [[buf, 1]], 0, bad), E.EOPNOTSUPP)
        fails(yield* sys.pwritev2(fd, [[buf, 1]], 0, bad), E.EOPNOTSUPP)
      }
      fails(yield* sys.pwritev2(fd, [[buf, 1]], 0, APPEND | NOAPPEND), E.EINVAL)
      fails(yield* sys.pwritev2(fd, [[buf, 1]], 0, APPEND | NOAPPEND | 512), E.EOPNOTSUPP)
      return 0
    })
  })

  it('of files that know no vectors take no flag but RWF_HIPRI', () => {
    inVm(function* (sys) {
      const buf = sys.alloc(16)
      const dir = ok(yield* sys.open('/tmp', O_RDONLY))
      fails(yield* sys.preadv2(dir, [[buf, 1]], -1, HIPRI), E.EISDIR)
      fails(yield* sys.preadv2(dir, [[buf, 1]], -1, SYNC), E.EOPNOTSUPP)
      const full = ok(yield* sys.open('/dev/full', O_RDWR))
      fails(yield* sys.pwritev2(full, [[buf, 1]], -1, HIPRI), E.ENOSPC)
      fails(yield* sys.pwritev2(full, [[buf, 1]], -1, SYNC), E.EOPNOTSUPP)
      is(yield* sys.preadv2(full, [[buf, 3]], -1, SYNC), 3)
      const event = ok(yield* sys.eventfd(0, 0))
      is(yield* sys.pwritev2(event, [[buf, 8]], -1, HIPRI), 8)
      fails(yield* sys.pwritev2(event, [[buf, 8]], -1, NOSIGNAL), E.EOPNOTSUPP)
      return 0
    })
  })

  it('RWF_NOWAIT does not wait where a file could make it wait and says so', () => {
    inVm(function* (sys) {
      const buf = sys.alloc(70_000)
      const p = yield* pipe(sys)
      fails(yield* sys.preadv2(p.rd, [[buf, 1]], -1, NOWAIT), E.EAGAIN)
      is(yield* sys.pwritev2(p.wr, [[buf, 70_000]], -1, NOWAIT), 65_536)
      fails(yield* sys.pwritev2(p.wr, [[buf, 1]], -1, NOWAIT | HIPRI), E.EAGAIN)
      is(yield* sys.preadv2(p.rd, [[buf, 70_000]], -1, NOWAIT), 65_536)
      is(yield* sys.fcntl(p.rd, 3), O_RDONLY)
      fails(yield* sys.preadv2(ok(yield* sys.eventfd(0, 0)), [[buf, 8]], -1, NOWAIT), E.EAGAIN)
      for (const path of ['/dev/null', '/dev/zero', '/dev/urandom']) {
        ok(yield* sys.pwritev2(ok(yield* sys.open(path, O_RDWR)), [[buf, 8]], -1, NOWAIT))
      }
      ok(yield* sys.mkfifo('/tmp/p', 0o600))
      const fifo = ok(yield* sys.open('/tmp/p', O_RDWR | O_NONBLOCK))
      fails(yield* sys.preadv2(fifo, [[buf, 1]], -1, NOWAIT), E.EOPNOTSUPP)
      return 0
    })
  })

  it('RWF_NOSIGNAL writes to a pipe that nobody reads without SIGPIPE', () => {
    inVm(function* (sys) {
      const p = yield* pipe(sys)
      ok(yield* sys.close(p.rd))
      const buf = sys.alloc(1)
      fails(yield* sys.pwritev2(p.wr, [[buf, 1]], -1, NOSIGNAL), E.EPIPE)
      const child = ok(yield* sys.fork((sys) => sys.pwritev2(p.wr, [[buf, 1]], -1, 0)))
      is(yield* waitFor(sys, child), SIGPIPE)
      ok(yield* sys.sigaction(SIGPIPE, SIG_IGN))
      fails(yield* sys.pwritev2(p.wr, [[buf, 1]], -1, SYNC), E.EPIPE)
      return 0
    })
  })
})
