import { describe, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EACCES } from '../../kernel/errno.ts'
import { fails, inVm, is, ok, waitFor, withVm } from '../support/vm.ts'
import { textOf } from '../support/proc.ts'

const [PR_GET_DUMPABLE, PR_SET_DUMPABLE, PR_GET_KEEPCAPS, PR_SET_KEEPCAPS] = [3, 4, 7, 8]
const [PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_GET_SECUREBITS, PR_SET_SECUREBITS] = [23, 24, 27, 28]
const [NOROOT, NO_SETUID_FIXUP, KEEP_CAPS] = [1, 4, 16]
const CAP_KILL = 5

const prctl = (sys: Libc, option: number, arg = 0): Run<number> => sys.syscall(167, option, arg)

/** A line of /proc/self/status. */
function* status(sys: Libc, name: string): Run<string> {
  const text = yield* textOf(sys, '/proc/self/status')
  return new RegExp(`^${name}:\t(.*)$`, 'm').exec(text)?.[1] ?? ''
}

/** The capabilities that `body` leaves a program, as it sees them: permitted and effective. */
function programHas(body: (sys: Libc) => Run<void>): string[] {
  const seen: string[] = []
  const look = function* look(sys: Libc): Run<number> {
    for (const set of ['CapPrm', 'CapEff']) seen.push(yield* status(sys, set))
    return 0
  }
  withVm({ programs: { look } }, (vm) => {
    vm.spawn(function* main(sys) {
      yield* body(sys)
      return yield* sys.execve('/bin/look', ['look'])
    })
    vm.run()
  })
  return seen
}

const ALL = '00000003ffffffff'
const NONE = '0000000000000000'

describe('the bounding set', () => {
  it('is all at first; what is dropped no program gets, and the running one keeps', () => {
    inVm(function* (sys) {
      is([yield* prctl(sys, PR_CAPBSET_READ, 0), yield* prctl(sys, PR_CAPBSET_READ, 33)], [1, 1])
      ok(yield* prctl(sys, PR_CAPBSET_DROP, CAP_KILL))
      is(yield* prctl(sys, PR_CAPBSET_READ, CAP_KILL), 0)
      is([yield* status(sys, 'CapBnd'), yield* status(sys, 'CapEff')], ['00000003ffffffdf', ALL])
      const child = ok(
        yield* sys.fork(function* (sys) {
          return yield* prctl(sys, PR_CAPBSET_READ, CAP_KILL)
        }),
      )
      is(yield* waitFor(sys, child), 0)
      return 0
    })
    const left = '00000003ffffffdf'
    const drop = function* (sys: Libc): Run<void> {
      ok(yield* prctl(sys, PR_CAPBSET_DROP, CAP_KILL))
    }
    is(programHas(drop), [left, left])
    is(
      programHas(function* () {}),
      [ALL, ALL],
    )
  })
})

describe('secure bits', () => {
  it('SECBIT_NOROOT: root’s programs get nothing', () => {
    const set = function* (sys: Libc): Run<void> {
      ok(yield* prctl(sys, PR_SET_SECUREBITS, NOROOT))
      is(yield* status(sys, 'CapEff'), ALL)
    }
    is(programHas(set), [NONE, NONE])
  })

  it('SECBIT_NO_SETUID_FIXUP: who becomes another user keeps what he may', () => {
    inVm(function* (sys) {
      ok(yield* prctl(sys, PR_SET_SECUREBITS, NO_SETUID_FIXUP))
      ok(yield* sys.setresuid(7, 7, 7))
      is([yield* status(sys, 'CapPrm'), yield* status(sys, 'CapEff')], [ALL, ALL])
      ok(yield* sys.setuid(0))
      return 0
    })
  })

  it('SECBIT_KEEP_CAPS is what PR_SET_KEEPCAPS sets, and gone at exec', () => {
    inVm(function* (sys) {
      ok(yield* prctl(sys, PR_SET_KEEPCAPS, 1))
      is([yield* prctl(sys, PR_GET_SECUREBITS), yield* prctl(sys, PR_GET_KEEPCAPS)], [KEEP_CAPS, 1])
      ok(yield* prctl(sys, PR_SET_SECUREBITS, 0))
      is(yield* prctl(sys, PR_GET_KEEPCAPS), 0)
      ok(yield* prctl(sys, PR_SET_SECUREBITS, KEEP_CAPS | (KEEP_CAPS << 1)))
      ok(yield* sys.setresuid(7, 7, 7))
      is([yield* status(sys, 'CapPrm'), yield* status(sys, 'CapEff')], [ALL, NONE])
      return 0
    })
    const bits: number[] = []
    const look = function* look(sys: Libc): Run<number> {
      bits.push(yield* prctl(sys, PR_GET_SECUREBITS))
      return 0
    }
    withVm({ programs: { look } }, (vm) => {
      vm.spawn(function* main(sys) {
        ok(yield* prctl(sys, PR_SET_SECUREBITS, NO_SETUID_FIXUP | KEEP_CAPS))
        return yield* sys.execve('/bin/look', ['look'])
      })
      vm.run()
    })
    is(bits, [NO_SETUID_FIXUP])
  })
})

describe('dumpable', () => {
  it('is what is set, also for a child, until ids change', () => {
    inVm(function* (sys) {
      is(yield* prctl(sys, PR_GET_DUMPABLE), 1)
      ok(yield* prctl(sys, PR_SET_DUMPABLE, 0))
      const child = ok(yield* sys.fork((sys) => prctl(sys, PR_GET_DUMPABLE)))
      is(yield* waitFor(sys, child), 0)
      ok(yield* prctl(sys, PR_SET_DUMPABLE, 1))
      ok(yield* sys.setresuid(7, 7, 7))
      is(yield* prctl(sys, PR_GET_DUMPABLE), 0)
      return 0
    })
  })

  it('who is not is not looked into by others of his user', () => {
    inVm(function* (sys) {
      const look = (pid: number) =>
        function* (sys: Libc): Run<number> {
          fails(yield* sys.open(`/proc/${pid}/maps`, 0), EACCES)
          return 0
        }
      ok(yield* sys.setresuid(7, 7, 7))
      ok(yield* sys.setresgid(-1, -1, -1))
      const pid = yield* sys.getpid()
      ok(yield* prctl(sys, PR_SET_DUMPABLE, 0))
      is(yield* waitFor(sys, ok(yield* sys.fork(look(pid)))), 0)
      ok(yield* sys.close(ok(yield* sys.open('/proc/self/maps', 0))))
      return 0
    })
  })
})
