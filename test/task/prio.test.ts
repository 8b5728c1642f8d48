import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EACCES, EFAULT, EINVAL, EPERM, ESRCH } from '../../kernel/errno.ts'
import { RLIMIT_NICE } from '../../kernel/task/rlimit.ts'
import { UNMAPPED, fails, inVm, is, ok, waitFor } from '../support/vm.ts'
import { asUser } from '../support/users.ts'

const PROCESS = 0
const PGRP = 1
const USER = 2

describe('priorities', () => {
  it('go from -20 to 19, are told as 20 less them, and are a child’s too', () => {
    inVm(function* (sys) {
      is(yield* sys.getpriority(PROCESS, 0), 20)
      for (const [nice, told] of [
        [5, 15],
        [100, 1],
        [-100, 40],
        [3, 17],
      ]) {
        ok(yield* sys.setpriority(PROCESS, 0, nice))
        is(yield* sys.getpriority(PROCESS, 0), told)
      }
      is(yield* waitFor(sys, ok(yield* sys.fork((sys) => sys.getpriority(PROCESS, 0)))), 17 << 8)
      return 0
    })
  })

  it('are those of a process, a group or a user, of several the best', () => {
    inVm(function* (sys) {
      const child = ok(yield* sys.fork((sys) => sys.nanosleep(100)))
      ok(yield* sys.setpriority(PROCESS, child, -3))
      is([yield* sys.getpriority(PROCESS, 0), yield* sys.getpriority(PGRP, 0)], [20, 23])
      is([yield* sys.getpriority(USER, 0), yield* sys.getpriority(PROCESS, child)], [23, 23])
      ok(yield* sys.setpriority(PGRP, 0, 4))
      is([yield* sys.getpriority(PROCESS, 0), yield* sys.getpriority(PROCESS, child)], [16, 16])
      for (const which of [3, -1]) {
        fails(yield* sys.getpriority(which, 0), EINVAL)
        fails(yield* sys.setpriority(which, 0, 0), EINVAL)
      }
      for (const which of [PROCESS, PGRP, USER]) {
        fails(yield* sys.getpriority(which, 9999), ESRCH)
        fails(yield* sys.setpriority(which, 9999, 0), ESRCH)
      }
      ok(yield* sys.kill(child, 9))
      return 0
    })
  })

  it('get worse for everybody, and better for root and up to a limit', () => {
    inVm(function* (sys) {
      const child = ok(yield* sys.fork(limited))
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })

  function* limited(sys: Libc): Run<number> {
    const other = yield* sys.getppid()
    ok(yield* sys.setrlimit(RLIMIT_NICE, sys.words(10n, 10n)))
    ok(yield* sys.setresuid(1000, 1000, 1000))
    ok(yield* sys.setpriority(PROCESS, 0, 15))
    ok(yield* sys.setpriority(PROCESS, 0, 10))
    fails(yield* sys.setpriority(PROCESS, 0, 9), EACCES)
    fails(yield* sys.setpriority(PROCESS, other, 19), EPERM)
    is(yield* sys.getpriority(PROCESS, other), 20)
    // One of the group could not be set: the others are.
    fails(yield* sys.setpriority(PGRP, 0, 17), EPERM)
    is([yield* sys.getpriority(PROCESS, 0), yield* sys.getpriority(PROCESS, other)], [3, 20])
    return 0
  }
})

describe('scheduling policies', () => {
  function* set(sys: Libc, policy: number, priority: number, pid = 0): Run<number> {
    const param = sys.alloc(4)
    sys.storeInt(param, priority)
    return yield* sys.syscall(119, pid, policy, param)
  }
  const get = (sys: Libc, pid = 0): Run<number> => sys.syscall(120, pid)

  it('have the priorities that go with them', () => {
    inVm(function* (sys) {
      is(yield* get(sys), 0)
      for (const policy of [0, 3, 5]) {
        is([yield* sys.syscall(125, policy), yield* sys.syscall(126, policy)], [0, 0])
        ok(yield* set(sys, policy, 0))
        fails(yield* set(sys, policy, 1), EINVAL)
      }
      for (const policy of [1, 2]) {
        is([yield* sys.syscall(125, policy), yield* sys.syscall(126, policy)], [99, 1])
        fails(yield* set(sys, policy, 0), EINVAL)
        fails(yield* set(sys, policy, 100), EINVAL)
        ok(yield* set(sys, policy, 99))
        is(yield* get(sys), policy)
        const param = sys.alloc(4)
        ok(yield* sys.syscall(121, 0, param))
        is(sys.loadInt(param), 99)
        sys.storeInt(param, 7)
        ok(yield* sys.syscall(118, 0, param))
        sys.storeInt(param, 0)
        fails(yield* sys.syscall(118, 0, param), EINVAL)
      }
      for (const policy of [4, 6, 99, -1]) {
        fails(yield* set(sys, policy, 0), EINVAL)
        fails(yield* sys.syscall(125, policy), EINVAL)
      }
      return 0
    })
  })

  it('refuse what names nobody and nothing', () => {
    inVm(function* (sys) {
      const param = sys.alloc(16)
      for (const nr of [118, 121, 127]) {
        fails(yield* sys.syscall(nr, -1, param), EINVAL)
        fails(yield* sys.syscall(nr, 9999, param), ESRCH)
        fails(yield* sys.syscall(nr, 0, UNMAPPED), EFAULT)
      }
      for (const nr of [118, 121]) fails(yield* sys.syscall(nr, 0, 0), EINVAL)
      fails(yield* sys.syscall(119, 0, 0, 0), EINVAL)
      fails(yield* sys.syscall(119, 0, 0, UNMAPPED), EFAULT)
      fails(yield* set(sys, 0, 0, -1), EINVAL)
      fails(yield* set(sys, 0, 0, 9999), ESRCH)
      fails(yield* get(sys, -1), EINVAL)
      fails(yield* get(sys, 9999), ESRCH)
      return 0
    })
  })

  it('are root’s to make urgent; who idles stays idle', () => {
    asUser(function* (sys) {
      for (const policy of [1, 2]) fails(yield* set(sys, policy, 1), EPERM)
      for (const policy of [0, 3, 5]) ok(yield* set(sys, policy, 0))
      fails(yield* set(sys, 0, 0), EPERM)
      return 0
    })
  })

  it('may be for oneself alone', () => {
    inVm(function* (sys) {
      ok(yield* set(sys, 0x40000002, 5))
      is(yield* get(sys), 0x40000002)
      is(yield* waitFor(sys, ok(yield* sys.fork(get))), 0)
      ok(yield* set(sys, 2, 5))
      is(yield* waitFor(sys, ok(yield* sys.fork(get))), 2 << 8)
      return 0
    })
  })

  it('there is one CPU to run on', () => {
    inVm(function* (sys) {
      const mask = sys.alloc(1024)
      is(yield* sys.syscall(123, 0, 1024, mask), 8)
      is([sys.loadInt(mask), sys.loadInt((mask + 4) as UserPtr)], [1, 0])
      for (const len of [0, 4, 7]) fails(yield* sys.syscall(123, 0, len, mask), EINVAL)
      fails(yield* sys.syscall(123, 9999, 8, mask), ESRCH)
      fails(yield* sys.syscall(123, 0, 8, UNMAPPED), EFAULT)
      for (const len of [1, 8, 128]) ok(yield* sys.syscall(122, 0, len, mask))
      fails(yield* sys.syscall(122, 0, 0, mask), EINVAL)
      fails(yield* sys.syscall(122, 0, 8, UNMAPPED), EFAULT)
      fails(yield* sys.syscall(122, 9999, 8, mask), ESRCH)
      sys.storeInt(mask, 2)
      fails(yield* sys.syscall(122, 0, 8, mask), EINVAL)
      return 0
    })
  })
})
