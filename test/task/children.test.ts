import { describe, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { ECHILD } from '../../kernel/errno.ts'
import { WEXITED, WNOHANG } from '../../kernel/task/exit.ts'
import { fails, inVm, is, ok } from '../support/vm.ts'

/** A child that sleeps `sec` seconds. */
function sleeper(sec: number) {
  return (sys: Libc): Run<number> => sys.nanosleep(sec)
}

describe('the children of a process', () => {
  it('are told of once each, whichever ends first, while others live on', () => {
    for (const order of [
      [0, 1, 2],
      [1, 2, 0],
      [1, 0, 2],
      [2, 1, 0],
    ]) {
      inVm(function* (sys) {
        const eldest = ok(yield* sys.fork(sleeper(50)))
        const three: number[] = []
        for (let i = 0; i < 3; i++) three.push(ok(yield* sys.fork(sleeper(1 + order.indexOf(i)))))
        const youngest = ok(yield* sys.fork(sleeper(50)))
        for (const i of order) {
          is(yield* sys.wait4(-1, 0, 0), three[i])
          is(yield* sys.wait4(-1, 0, WNOHANG), 0)
          fails(yield* sys.wait4(three[i], 0, 0), ECHILD)
        }
        is([yield* sys.wait4(-1, 0, 0), yield* sys.wait4(-1, 0, 0)], [eldest, youngest])
        fails(yield* sys.wait4(-1, 0, 0), ECHILD)
        return 0
      })
    }
  })

  it('are waited for by process group: with 0 those of one’s own', () => {
    inVm(function* (sys) {
      ok(yield* sys.setpgid(0, 0))
      const child = ok(yield* sys.fork(sleeper(1)))
      ok(yield* sys.setpgid(child, 0))
      const own = ok(yield* sys.fork(sleeper(2)))
      is(yield* sys.wait4(0, 0, 0), own)
      fails(yield* sys.wait4(0, 0, 0), ECHILD)
      fails(yield* sys.waitid(2, 0, 0, WEXITED), ECHILD)
      is(yield* sys.wait4(-child, 0, 0), child)
      return 0
    })
  })
})

describe('waitid without news', () => {
  it('leaves the resource usage alone, with WNOHANG and where there is no child', () => {
    inVm(function* (sys) {
      const usage = sys.alloc(144)
      sys.store(usage, new Uint8Array(144).fill(7))
      fails(yield* sys.waitid(0, 0, 0, WEXITED, usage), ECHILD)
      const child = ok(yield* sys.fork(sleeper(1)))
      is(yield* sys.waitid(0, 0, 0, WEXITED | WNOHANG, usage), 0)
      is(sys.loadInt(usage), 0x07070707)
      is(yield* sys.waitid(0, 0, 0, WEXITED, usage), 0)
      is(sys.loadInt(usage), 0)
      fails(yield* sys.wait4(child, 0, 0), ECHILD)
      return 0
    })
  })
})
