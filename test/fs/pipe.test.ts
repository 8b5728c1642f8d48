import { SIGPIPE, SIG_IGN } from '../../kernel/task/signal.ts'
import { describe, expect, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EAGAIN, EBADF, EFAULT, EINVAL, EPIPE } from '../../kernel/errno.ts'
import { O_APPEND, O_NONBLOCK } from '../../kernel/fs/file.ts'
import { PIPE_BUF, PIPE_SIZE } from '../../kernel/fs/pipe.ts'
import { BAD_POINTERS, bytes, endOfHeap, fails, inVm, is, ok, pipe, textAt, waitFor, withVm } from '../support/vm.ts'

/** A buffer of `size` bytes, each the number of its page: enough to see order. */
function pattern(sys: Libc, size: number, value?: number): UserPtr {
  const at = sys.alloc(size)
  sys.store(
    at,
    Uint8Array.from({ length: size }, (_, i) => value ?? (i >> 8) & 0xff),
  )
  return at
}

/** Read until the end of the file, `chunk` bytes at a time. */
function* readAll(sys: Libc, fd: number, chunk: number): Run<number[]> {
  const buf = sys.alloc(chunk)
  const out: number[] = []
  for (;;) {
    const n = ok(yield* sys.read(fd, buf, chunk))
    if (n === 0) return out
    out.push(...sys.load(buf, n))
  }
}

describe('pipe', () => {
  it('bytes come out in the order they went in, however they are cut', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      const size = 3 * PIPE_SIZE + 777
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.close(rd))
          const buf = pattern(sys, size)
          for (let done = 0, k = 1; done < size; done += k, k = (k * 7) % 9001) {
            k = Math.min(k, size - done)
            is(yield* sys.write(wr, (buf + done) as UserPtr, k), k)
          }
          return 0
        }),
      )
      ok(yield* sys.close(wr))
      const got = yield* readAll(sys, rd, 5003)
      is(got.length, size)
      is(
        got.findIndex((b, i) => b !== ((i >> 8) & 0xff)),
        -1,
      )
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })

  it('has an end to read from and an end to write to, and no other way', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      const buf = sys.alloc(8)
      is([rd, wr], [3, 4])
      fails(yield* sys.write(rd, buf, 1), EBADF)
      fails(yield* sys.read(wr, buf, 1), EBADF)
      is(yield* sys.write(wr, buf, 0), 0)
      is(yield* sys.read(rd, buf, 0), 0)
      fails(yield* sys.pipe2(buf, O_APPEND), EINVAL)
      return 0
    })
  })

  it('a pipe whose descriptors cannot be told of is not made', () => {
    inVm(function* (sys) {
      for (const at of BAD_POINTERS) fails(yield* sys.pipe2(at, 0), EFAULT)
      const half = yield* endOfHeap(sys, 4)
      fails(yield* sys.pipe2(half, 0), EFAULT)
      is(yield* sys.dup(0), 3)
      return 0
    })
  })

  it('a reader meets the end of the file when the last writer is gone, after what it wrote', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      const other = ok(yield* sys.dup(wr))
      const buf = sys.alloc(8)
      ok(yield* sys.print('hello', wr))
      ok(yield* sys.close(wr))
      ok(yield* sys.close(other))
      is([yield* sys.read(rd, buf, 3), textAt(sys, buf, 3)], [3, 'hel'])
      is([yield* sys.read(rd, buf, 8), textAt(sys, buf, 2)], [2, 'lo'])
      is(yield* sys.read(rd, buf, 8), 0)
      is(yield* sys.read(rd, buf, 8), 0)
      return 0
    })
  })

  it('a blocked reader is woken by a write, and by the close of the last writer', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      const child = ok(
        yield* sys.fork(function* (sys) {
          const buf = sys.alloc(8)
          ok(yield* sys.close(wr))
          is([yield* sys.read(rd, buf, 8), textAt(sys, buf, 2)], [2, 'hi'])
          is(yield* sys.read(rd, buf, 8), 0)
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.print('hi', wr))
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.close(wr))
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })

  it('a writer without readers gets EPIPE, also one that sleeps for room', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      ok(yield* sys.sigaction(SIGPIPE, SIG_IGN))
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.close(rd))
          const buf = sys.alloc(PIPE_SIZE + 1)
          is(yield* sys.write(wr, buf, PIPE_SIZE + 1), PIPE_SIZE)
          fails(yield* sys.write(wr, buf, 1), EPIPE)
          is(yield* sys.write(wr, buf, 0), 0)
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      ok(yield* sys.close(rd))
      is(yield* waitFor(sys, child), 0)
      fails(yield* sys.print('x', wr), EPIPE)
      return 0
    })
  })

  it('with O_NONBLOCK nobody waits: EAGAIN where there is nothing, or no room', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys, O_NONBLOCK)
      const buf = sys.alloc(PIPE_SIZE + 100)
      fails(yield* sys.read(rd, buf, 1), EAGAIN)
      is(yield* sys.write(wr, buf, PIPE_SIZE + 100), PIPE_SIZE)
      fails(yield* sys.write(wr, buf, 1), EAGAIN)
      is(yield* sys.read(rd, buf, PIPE_SIZE + 100), PIPE_SIZE)
      fails(yield* sys.read(rd, buf, 1), EAGAIN)
      ok(yield* sys.close(wr))
      is(yield* sys.read(rd, buf, 1), 0)
      return 0
    })
  })

  it('holds 64 KiB of single bytes, but only 16 writes that do not share a page', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys, O_NONBLOCK)
      const buf = sys.alloc(PIPE_SIZE)
      const fill = function* (size: number): Run<number> {
        let n = 0
        while ((yield* sys.write(wr, buf, size)) === size) n++
        while ((yield* sys.read(rd, buf, PIPE_SIZE)) > 0);
        return n
      }
      is(yield* fill(1), 65536)
      is(yield* fill(3000), 16)
      is(yield* fill(2048), 32)
      is(yield* fill(PIPE_BUF), 16)
      // A byte takes a page of its own when what follows does not fit behind it.
      is(yield* sys.write(wr, buf, 1), 1)
      is(yield* sys.write(wr, buf, PIPE_SIZE), PIPE_SIZE - 4096)
      fails(yield* sys.write(wr, buf, 4095), EAGAIN)
      return 0
    })
  })

  it('what was read from the front of a page makes no room until the whole page is read', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys, O_NONBLOCK)
      const buf = sys.alloc(PIPE_SIZE)
      for (let i = 0; i < 16; i++) is(yield* sys.write(wr, buf, 4000), 4000)
      is(yield* sys.read(rd, buf, 3999), 3999)
      fails(yield* sys.write(wr, buf, 200), EAGAIN)
      is(yield* sys.write(wr, buf, 96), 96)
      is(yield* sys.read(rd, buf, 1), 1)
      is(yield* sys.write(wr, buf, 200), 200)
      is(yield* sys.read(rd, buf, PIPE_SIZE), 15 * 4000 + 296)
      is([yield* sys.write(wr, buf, 4000), yield* sys.read(rd, buf, 3999)], [4000, 3999])
      is([yield* sys.write(wr, buf, 200), yield* sys.read(rd, buf, PIPE_SIZE)], [200, 201])
      return 0
    })
  })

  it.each([undefined, 1, 2, 3])('writes of PIPE_BUF bytes do not mix, whoever writes (seed %s)', (seed) => {
    inVm(
      function* (sys) {
        const { rd, wr } = yield* pipe(sys)
        const writers = [1, 2, 3, 4]
        for (const value of writers) {
          ok(
            yield* sys.fork(function* (sys) {
              const buf = pattern(sys, PIPE_BUF, value)
              for (let i = 0; i < 12; i++) is(yield* sys.write(wr, buf, PIPE_BUF), PIPE_BUF)
              return 0
            }),
          )
        }
        ok(yield* sys.close(wr))
        const got = yield* readAll(sys, rd, 3001)
        is(got.length, writers.length * 12 * PIPE_BUF)
        for (let i = 0; i < got.length; i += PIPE_BUF) {
          is(
            got.slice(i, i + PIPE_BUF).every((b) => b === got[i]),
            true,
            `the write at ${i}`,
          )
        }
        for (const _ of writers) is(yield* waitFor(sys, -1), 0)
        return 0
      },
      seed === undefined ? {} : { seed },
    )
  })

  it('a reader waits for the rest of a write that sleeps for room', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys)
      const size = PIPE_SIZE + 5000
      const child = ok(
        yield* sys.fork(function* (sys) {
          is(yield* sys.write(wr, sys.alloc(size), size), size)
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      is(yield* sys.read(rd, sys.alloc(2 * size), 2 * size), size)
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })

  it('a page that faults is not moved, in or out; those before it are', () => {
    inVm(function* (sys) {
      const { rd, wr } = yield* pipe(sys, O_NONBLOCK)
      const buf = sys.alloc(16384)
      for (const at of BAD_POINTERS) {
        fails(yield* sys.write(wr, at, 1), EFAULT)
        fails(yield* sys.write(wr, at, 5000), EFAULT)
      }
      fails(yield* sys.read(rd, buf, 1), EAGAIN)
      fails(yield* sys.write(wr, yield* endOfHeap(sys, 100), 200), EFAULT)
      fails(yield* sys.read(rd, buf, 1), EAGAIN)
      is(yield* sys.write(wr, yield* endOfHeap(sys, 5000), 9000), 4096)
      is(yield* sys.write(wr, buf, 200), 200)
      is(yield* sys.read(rd, buf, 4096), 4096)
      fails(yield* sys.read(rd, yield* endOfHeap(sys, 100), 200), EFAULT)
      is(yield* sys.read(rd, buf, 16384), 200)
      // The odd end of a write goes first where it fits behind what is there; it can fault too.
      is(yield* sys.write(wr, buf, 200), 200)
      fails(yield* sys.write(wr, yield* endOfHeap(sys, 100), 200), EFAULT)
      is(yield* sys.read(rd, buf, 16384), 200)
      return 0
    })
  })

  it('a transfer that sleeps keeps its end open, whoever closes the descriptor meanwhile', () => {
    withVm({}, (vm) => {
      const reader = vm.spawn(function* main(sys) {
        const { rd, wr } = yield* pipe(sys)
        const thread = ok(
          yield* sys.clone(0x10f00, function* (sys) {
            ok(yield* sys.nanosleep(1))
            ok(yield* sys.close(rd))
            ok(yield* sys.print('still', wr))
            ok(yield* sys.close(wr))
            return 0
          }),
        )
        const buf = sys.alloc(8)
        is([thread > 0, yield* sys.read(rd, buf, 8), textAt(sys, buf, 5)], [true, 5, 'still'])
        fails(yield* sys.read(rd, buf, 8), EBADF)
        return 0
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      expect(reader.status).toBe(0)
    })
  })

  it('what is left in a pipe goes with its last end', () => {
    inVm(function* (sys) {
      const { wr } = yield* pipe(sys)
      sys.store(sys.alloc(8), bytes('unread'))
      is(yield* sys.write(wr, sys.alloc(40000), 40000), 40000)
      return 0
    })
  })
})

it('a transfer that slept is told of when it is over, as what it was', () => {
  const told: string[] = []
  withVm({}, (vm) => {
    vm.kernel.trace.vfs_read.register((_file, count, ret) => told.push(`read ${count} = ${ret}`))
    vm.kernel.trace.vfs_write.register((_file, count, ret) => told.push(`write ${count} = ${ret}`))
    vm.spawn(function* main(sys) {
      const { rd, wr } = yield* pipe(sys)
      const buf = sys.alloc(2 * PIPE_SIZE)
      const child = ok(
        yield* sys.fork(function* (sys) {
          is(yield* sys.read(rd, buf, 3), 2)
          while (ok(yield* sys.read(rd, buf, PIPE_SIZE)) === PIPE_SIZE);
          return 0
        }),
      )
      ok(yield* sys.sched_yield())
      is(yield* sys.write(wr, buf, 2), 2)
      ok(yield* sys.sched_yield())
      is(yield* sys.write(wr, buf, PIPE_SIZE + 1), PIPE_SIZE + 1)
      ok(yield* sys.close(wr))
      yield* waitFor(sys, child)
      return 0
    })
    vm.run()
  })
  expect(told.filter((call) => call.startsWith('write')).slice(-2)).toEqual([
    'write 2 = 2',
    `write ${PIPE_SIZE + 1} = ${PIPE_SIZE + 1}`,
  ])
  expect(told).toContain('read 3 = 2')
})
