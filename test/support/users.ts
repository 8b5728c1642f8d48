import { expect } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import type { Program, Vm } from '../../index.ts'
import { expectStatus, ok, waitFor, withVm } from './vm.ts'

/** A user that is not root, in group 100 and as a supplement in 200. */
export const USER = { uid: 1000, gid: 100, groups: [200] }

/** Run `main` as a user that is not root, after `prepare` as root, to its end with status 0. */
export function asUser(
  main: Program,
  prepare: Program = function* () {
    return 0
  },
): void {
  withVm({}, (vm) => {
    runAs(vm, prepare, {})
    runAs(vm, main, USER)
  })
}

function runAs(vm: Vm, main: Program, options: object): void {
  const process = vm.spawn(main, [], options)
  expect(vm.run()).toEqual({ kind: 'exited' })
  expectStatus(vm, process, 0)
}

/** Run `main` in a child that has become the user `uid`, and the group `gid`, in every way. It must end with 0. */
export function* inChildAs(sys: Libc, uid: number, gid: number, main: (sys: Libc) => Run<number>): Run<void> {
  const child = ok(
    yield* sys.fork(function* (sys) {
      ok(yield* sys.setgroups([]))
      ok(yield* sys.setresgid(gid, gid, gid))
      ok(yield* sys.setresuid(uid, uid, uid))
      return yield* main(sys)
    }),
  )
  const status = yield* waitFor(sys, child)
  if (status !== 0) throw new Error(`a child as user ${uid} ended with status ${status}`)
}
