import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EFBIG } from '../../kernel/errno.ts'
import { O_CREAT, O_RDWR } from '../../kernel/fs/file.ts'
import { SEEK_END, SEEK_SET } from '../../kernel/fs/read_write.ts'
import { RLIMIT_FSIZE } from '../../kernel/task/rlimit.ts'
import { SIGXFSZ } from '../../kernel/task/signal.ts'
import { fails, inVm, is, ok, pipe, waitFor } from '../support/vm.ts'

const LIMIT = 10n

interface Setting {
  readonly sys: Libc
  /** A file of 4 bytes, and one of 20 that was there before the limit. */
  readonly short: number
  readonly long: number
  /** How often SIGXFSZ came. */
  readonly signals: () => number
}

/** A process whose files may be of 10 bytes, and which looks at SIGXFSZ. */
function limited(program: (s: Setting) => Run<void>): void {
  inVm(function* (sys) {
    let signals = 0
    ok(
      yield* sys.sigaction(SIGXFSZ, function* () {
        signals++
      }),
    )
    const short = ok(yield* sys.open('/tmp/short', O_RDWR | O_CREAT, 0o600))
    const long = ok(yield* sys.open('/tmp/long', O_RDWR | O_CREAT, 0o600))
    ok(yield* sys.print('abcd', short))
    ok(yield* sys.print('x'.repeat(20), long))
    ok(yield* sys.lseek(long, 0, SEEK_SET))
    ok(yield* sys.setrlimit(RLIMIT_FSIZE, sys.words(LIMIT, LIMIT)))
    yield* program({ sys, short, long, signals: () => signals })
    return 0
  })
}

function size(sys: Libc, fd: number): Run<number> {
  return sys.lseek(fd, 0, SEEK_END)
}

function loff(sys: Libc, pos: bigint): UserPtr {
  return sys.words(pos)
}

describe('RLIMIT_FSIZE', () => {
  it('lets truncate and ftruncate grow a file up to it, and cut what is longer', () => {
    limited(function* ({ sys, short, long, signals }) {
      is([yield* sys.ftruncate(short, 10), yield* sys.truncate('/tmp/short', 9), signals()], [0, 0, 0])
      fails(yield* sys.ftruncate(short, 11), EFBIG)
      is(signals(), 1)
      fails(yield* sys.truncate('/tmp/short', 11), EFBIG)
      is([signals(), yield* size(sys, short)], [2, 9])
      is([yield* sys.ftruncate(long, 20), yield* sys.truncate('/tmp/long', 15), signals()], [0, 0, 2])
      fails(yield* sys.ftruncate(long, 16), EFBIG)
      is(signals(), 3)
    })
  })

  it('is asked by fallocate even where the file keeps its size, and not for a hole', () => {
    limited(function* ({ sys, short, long, signals }) {
      is([yield* sys.fallocate(short, 0, 0, 10), yield* size(sys, short)], [0, 10])
      fails(yield* sys.fallocate(short, 0, 0, 11), EFBIG)
      fails(yield* sys.fallocate(short, 1, 5, 6), EFBIG)
      is([signals(), yield* sys.fallocate(short, 3, 5, 100), signals()], [2, 0, 2])
      is([yield* sys.fallocate(long, 0, 0, 20), yield* sys.fallocate(long, 1, 0, 15), signals()], [0, 0, 2])
    })
  })

  it('cuts what splice, sendfile and copy_file_range move, and stops them there', () => {
    limited(function* ({ sys, short, long, signals }) {
      // A short write is followed by another, which finds no room.
      is([yield* sys.sendfile(short, long, loff(sys, 0n), 20), signals(), yield* size(sys, short)], [6, 1, 10])
      fails(yield* sys.sendfile(short, long, loff(sys, 0n), 20), EFBIG)
      is(signals(), 2)
      is([yield* sys.copy_file_range(long, loff(sys, 0n), short, loff(sys, 5n), 20), signals()], [5, 2])
      fails(yield* sys.copy_file_range(long, loff(sys, 0n), short, loff(sys, 10n), 20), EFBIG)
      is(signals(), 3)
      const p = yield* pipe(sys)
      ok(yield* sys.print('0123456789abcdef', p.wr))
      is([yield* sys.splice(p.rd, 0, short, loff(sys, 8n), 16, 0), signals()], [2, 4])
      fails(yield* sys.splice(p.rd, 0, short, loff(sys, 10n), 16, 0), EFBIG)
      is([signals(), yield* sys.splice(p.rd, 0, short, loff(sys, 0n), 16, 0), signals()], [5, 10, 6])
    })
  })

  it('makes vectors short, and stops what is at a position of its own', () => {
    limited(function* ({ sys, short, signals }) {
      const text = sys.string('0123456789')
      is(
        yield* sys.writev(short, [
          [text, 4],
          [text, 4],
        ]),
        6,
      )
      is(
        [yield* sys.pwritev(short, [[text, 4]], 8), yield* sys.pwritev2(short, [[text, 4]], 9, 0), signals()],
        [2, 1, 0],
      )
      fails(yield* sys.pwrite(short, text, 1, 10), EFBIG)
      fails(yield* sys.pwritev2(short, [[text, 1]], 0, 16), EFBIG)
      is(signals(), 2)
    })
  })

  it('ends who does not look at the signal, whichever call it was', () => {
    inVm(function* (sys) {
      const calls: ((sys: Libc, fd: number) => Run<number>)[] = [
        (sys) => sys.truncate('/tmp/f', 11),
        (sys, fd) => sys.ftruncate(fd, 11),
        (sys, fd) => sys.fallocate(fd, 0, 0, 11),
        (sys, fd) => sys.pwrite(fd, sys.string('x'), 1, 10),
      ]
      for (const call of calls) {
        const child = ok(
          yield* sys.fork(function* (sys) {
            const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o600))
            ok(yield* sys.setrlimit(RLIMIT_FSIZE, sys.words(LIMIT, LIMIT)))
            return yield* call(sys, fd)
          }),
        )
        is(yield* waitFor(sys, child), SIGXFSZ)
      }
      return 0
    })
  })
})
