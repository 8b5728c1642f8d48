import { describe, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EBADF, EINVAL } from '../../kernel/errno.ts'
import { fails, inVm, is, ok, waitFor } from '../support/vm.ts'

const UNSHARE = 2
const CLOEXEC = 4
const CLONE_FILES = 0x400
const SIGCHLD = 17

/** Which of these descriptors are open. */
function* open(sys: Libc, ...fds: number[]): Run<number[]> {
  const found: number[] = []
  for (const fd of fds) {
    const copy = yield* sys.dup(fd)
    if (copy < 0) fails(copy, EBADF)
    else {
      found.push(fd)
      ok(yield* sys.close(copy))
    }
  }
  return found
}

describe('close_range', () => {
  it('closes what is open in the range, its ends with it', () => {
    inVm(function* (sys) {
      for (const fd of [10, 11, 13, 14]) ok(yield* sys.dup3(0, fd, 0))
      is(yield* sys.close_range(11, 13), 0)
      is(yield* open(sys, 10, 11, 12, 13, 14), [10, 14])
      is(yield* sys.close_range(3, -1), 0)
      is(yield* open(sys, 0, 1, 2, 10, 14), [0, 1, 2])
      is(yield* sys.close_range(500, 600), 0)
      return 0
    })
  })

  it('takes no range that ends before it begins, and no unknown flag', () => {
    inVm(function* (sys) {
      fails(yield* sys.close_range(5, 4), EINVAL)
      fails(yield* sys.close_range(-1, 0), EINVAL)
      for (const flag of [1, 8, -1]) fails(yield* sys.close_range(100, 200, flag), EINVAL)
      return 0
    })
  })

  it('with CLOSE_RANGE_CLOEXEC marks them to be closed by execve', () => {
    inVm(function* (sys) {
      for (const fd of [10, 11, 12]) ok(yield* sys.dup3(0, fd, 0))
      is(yield* sys.close_range(11, 12, CLOEXEC), 0)
      is(yield* open(sys, 10, 11, 12), [10, 11, 12])
      return 0
    })
  })

  it('with CLOSE_RANGE_UNSHARE leaves the table to those who share it', () => {
    inVm(function* (sys) {
      for (const fd of [10, 11]) ok(yield* sys.dup3(0, fd, 0))
      const child = ok(
        yield* sys.clone(CLONE_FILES | SIGCHLD, function* (sys) {
          is(yield* sys.close_range(10, 10, UNSHARE), 0)
          is(yield* open(sys, 10, 11), [11])
          ok(yield* sys.close(11))
          return 0
        }),
      )
      is(yield* waitFor(sys, child), 0)
      is(yield* open(sys, 10, 11), [10, 11])
      const other = ok(
        yield* sys.clone(CLONE_FILES | SIGCHLD, function* (sys) {
          return yield* sys.close_range(10, 10)
        }),
      )
      is(yield* waitFor(sys, other), 0)
      is(yield* open(sys, 10, 11), [11])
      // Alone already: nothing to be unshared.
      is(yield* sys.close_range(11, 11, UNSHARE | CLOEXEC), 0)
      return 0
    })
  })
})
