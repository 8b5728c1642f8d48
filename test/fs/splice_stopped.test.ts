import { describe, expect, it } from 'vitest'
import { boot } from '../../index.ts'
import { F_GETPIPE_SZ, F_SETFL, F_SETPIPE_SZ } from '../../kernel/fs/fcntl.ts'
import { O_NONBLOCK } from '../../kernel/fs/file.ts'
import { FIONREAD, TCXONC } from '../../kernel/tty/ioctls.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { is, ok, pipe, textAt, waitFor } from '../support/vm.ts'

function* taken(sys: Libc, rd: number, n = 64): Run<string> {
  const buf = sys.alloc(n)
  return textAt(sys, buf, ok(yield* sys.read(rd, buf, n)))
}

describe('splice', () => {
  /** What children do while a splice of three of five bytes to a terminal waits for that to go on, and when. */
  function whileStopped(others: (sys: Libc, rd: number, wr: number) => Run<(sys: Libc) => Run<string>>): string[] {
    const vm = boot()
    vm.terminal()
    const said: string[] = []
    vm.spawn(
      function* (sys) {
        const { rd, wr } = yield* pipe(sys)
        ok(yield* sys.print('hello', wr))
        ok(yield* sys.ioctl(0, TCXONC, 0))
        const splices = ok(
          yield* sys.fork(function* (sys) {
            said.push(`splice ${yield* sys.splice(rd, 0, 1, 0, 3)}`)
            return 0
          }),
        )
        ok(yield* sys.sched_yield())
        const does = yield* others(sys, rd, wr)
        const other = ok(
          yield* sys.fork(function* (sys) {
            said.push(yield* does(sys))
            return 0
          }),
        )
        for (let i = 0; i < 4; i++) ok(yield* sys.sched_yield())
        said.push('on')
        ok(yield* sys.ioctl(0, TCXONC, 1))
        for (const pid of [splices, other]) is(yield* waitFor(sys, pid), 0)
        return 0
      },
      [],
      { terminal: true },
    )
    expect(vm.run()).toEqual({ kind: 'exited' })
    expect(vm.console).toBe('hel')
    return said
  }

  it('to a terminal that stands still keeps others out of the pipe until it goes on', () => {
    const read = whileStopped(function* (sys, rd, wr) {
      // The last writer is gone, and yet the end of the file is not here; nor does O_NONBLOCK help.
      ok(yield* sys.close(wr))
      ok(yield* sys.syscall(25, rd, F_SETFL, O_NONBLOCK))
      return (sys) => taken(sys, rd)
    })
    expect(read).toEqual(['on', 'splice 3', 'lo'])
    const write = whileStopped(function* (_sys, rd, wr) {
      return function* (sys) {
        ok(yield* sys.print('!', wr))
        return yield* taken(sys, rd)
      }
    })
    expect(write).toEqual(['on', 'splice 3', 'lo!'])
  })

  it('to a terminal that stands still lets nobody see what is in the pipe, or change its size', () => {
    const left = function* (sys: Libc, rd: number): Run<string> {
      const at = sys.alloc(4)
      ok(yield* sys.ioctl(rd, FIONREAD, at))
      return String(sys.loadInt(at))
    }
    expect(
      whileStopped(function* (_sys, rd) {
        return (sys) => left(sys, rd)
      }),
    ).toEqual(['on', 'splice 3', '2'])
    const sizes = whileStopped(function* (_sys, rd) {
      return function* (sys) {
        const before = yield* sys.syscall(25, rd, F_GETPIPE_SZ)
        return `${before} ${yield* sys.syscall(25, rd, F_SETPIPE_SZ, 4096)} ${yield* left(sys, rd)}`
      }
    })
    expect(sizes).toEqual(['on', 'splice 3', '65536 4096 2'])
  })

  it('to a terminal that stands still leaves in the pipe what a signal keeps it from showing', () => {
    const vm = boot()
    vm.terminal()
    let said: unknown[] = []
    vm.spawn(
      function* (sys) {
        const { rd, wr } = yield* pipe(sys)
        ok(yield* sys.print('hello', wr))
        ok(yield* sys.ioctl(0, TCXONC, 0))
        const child = ok(yield* sys.fork((c) => c.splice(rd, 0, 1, 0, 3)))
        ok(yield* sys.sched_yield())
        ok(yield* sys.kill(child, 9))
        said = [yield* waitFor(sys, child), yield* sys.print('!', wr), yield* taken(sys, rd)]
        return 0
      },
      [],
      { terminal: true },
    )
    vm.run()
    expect(said).toEqual([9, 1, 'hello!'])
    expect(vm.console).toBe('')
  })
})
