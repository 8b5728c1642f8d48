import { describe, expect, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EFAULT, EINVAL, EPERM, ESRCH } from '../../kernel/errno.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { PR_GET_KEEPCAPS, PR_SET_KEEPCAPS } from '../../syscalls/prctl.ts'
import { BAD_POINTERS, UNMAPPED, fails, inVm, is, ok, withVm } from '../support/vm.ts'
import { USER, asUser, inChildAs } from '../support/users.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD

function* uids(sys: Libc): Run<number[]> {
  const at = sys.alloc(12)
  ok(yield* sys.getresuid(at, at + 4, at + 8))
  return [0, 4, 8].map((i) => sys.loadInt((at + i) as UserPtr))
}

function* gids(sys: Libc): Run<number[]> {
  const at = sys.alloc(12)
  ok(yield* sys.getresgid(at, at + 4, at + 8))
  return [0, 4, 8].map((i) => sys.loadInt((at + i) as UserPtr))
}

describe('who one is', () => {
  it('is root, in no group but root’s, unless spawned as somebody else', () => {
    inVm(function* (sys) {
      is([...(yield* uids(sys)), ...(yield* gids(sys)), yield* sys.getgroups(0, 0)], [0, 0, 0, 0, 0, 0, 0])
      return 0
    })
    asUser(function* (sys) {
      is([yield* uids(sys), yield* gids(sys)], [Array(3).fill(1000), Array(3).fill(100)])
      is([yield* sys.getuid(), yield* sys.geteuid(), yield* sys.getgid(), yield* sys.getegid()], [1000, 1000, 100, 100])
      const list = sys.alloc(8)
      is([yield* sys.getgroups(2, list), sys.loadInt(list)], [1, 200])
      return 0
    })
  })

  it('spawning refuses ids that are none', () => {
    withVm({}, (vm) => {
      for (const bad of [-1, 0.5, 2 ** 32 - 1, Number.NaN]) {
        for (const options of [{ uid: bad }, { gid: bad }, { groups: [1, bad] }]) {
          expect(() => vm.spawn('/bin/true', [], options)).toThrow('EINVAL')
        }
      }
      vm.writeFile('/tmp/private', vm.readFile('/bin/true'), 0o700)
      expect(() => vm.spawn('/tmp/private', [], USER)).toThrow('EACCES')
      expect(vm.spawn('/tmp/private').pid).toBe(2)
      vm.run()
    })
  })

  it('is each thread’s own: changing it changes no other', () => {
    inVm(function* (sys) {
      ok(
        yield* sys.clone(THREAD, function* (sys) {
          ok(yield* sys.setuid(5))
          is(yield* uids(sys), [5, 5, 5])
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      is(yield* uids(sys), [0, 0, 0])
      return 0
    })
  })

  it('a child has that of its parent at the time', () => {
    inVm(function* (sys) {
      ok(yield* sys.setresuid(1, 2, 3))
      const child = ok(
        yield* sys.fork(function* (sys) {
          is(yield* uids(sys), [1, 2, 3])
          ok(yield* sys.setreuid(2, 1))
          return 0
        }),
      )
      is(yield* sys.wait4(child, 0, 0), child)
      is(yield* uids(sys), [1, 2, 3])
      return 0
    })
  })

  it('EFAULT where it cannot be told', () => {
    inVm(function* (sys) {
      const good = sys.alloc(4)
      for (const bad of BAD_POINTERS) {
        fails(yield* sys.getresuid(bad, good, good), EFAULT)
        fails(yield* sys.getresuid(good, bad, good), EFAULT)
        fails(yield* sys.getresgid(good, good, bad), EFAULT)
      }
      return 0
    })
  })
})

describe('supplementary groups', () => {
  it('are kept in order, up to 65536 of them', () => {
    inVm(function* (sys) {
      ok(yield* sys.setgroups([5, 3, 4, 2 ** 32 - 2]))
      const list = sys.alloc(16)
      is(yield* sys.getgroups(0, 0), 4)
      fails(yield* sys.getgroups(3, list), EINVAL)
      fails(yield* sys.getgroups(-1, list), EINVAL)
      fails(yield* sys.getgroups(5, UNMAPPED), EFAULT)
      is(yield* sys.getgroups(4, list), 4)
      is([...new Uint32Array(sys.load(list, 16).buffer)], [3, 4, 5, 2 ** 32 - 2])
      fails(yield* sys.setgroups([1, -1]), EINVAL)
      fails(yield* sys.syscall(159, 65537, list), EINVAL)
      fails(yield* sys.syscall(159, -1, list), EINVAL)
      fails(yield* sys.syscall(159, 1, UNMAPPED), EFAULT)
      ok(yield* sys.setgroups(Array.from({ length: 1000 }, (_, i) => i)))
      is(yield* sys.getgroups(0, 0), 1000)
      ok(yield* sys.setgroups([]))
      is(yield* sys.getgroups(0, 0), 0)
      return 0
    })
  })

  it('are root’s to set, whatever they are', () => {
    asUser(function* (sys) {
      for (const n of [0, 1, 65537, -1]) fails(yield* sys.syscall(159, n, UNMAPPED), EPERM)
      return 0
    })
  })
})

describe('capabilities', () => {
  const V1 = 0x19980330n
  const V3 = 0x20080522n

  function* caps(sys: Libc, pid = 0): Run<number[]> {
    const data = sys.alloc(24)
    ok(yield* sys.capget(sys.words(V3 | (BigInt(pid) << 32n)), data))
    return [...new Uint32Array(sys.load(data, 24).buffer)]
  }

  it('are all root’s, and nobody else’s', () => {
    inVm(function* (sys) {
      is(yield* caps(sys), [0xffffffff, 0xffffffff, 0, 3, 3, 0])
      const me = ok(yield* sys.getpid())
      yield* inChildAs(sys, 1, 1, function* (sys) {
        is(yield* caps(sys), [0, 0, 0, 0, 0, 0])
        is((yield* caps(sys, me))[0], 0xffffffff)
        const data = sys.alloc(24)
        fails(yield* sys.capset(sys.words(V3 | (BigInt(me) << 32n)), data), EPERM)
        return 0
      })
      const data = sys.alloc(24)
      ok(yield* sys.capget(sys.words(V1), data))
      is([...new Uint32Array(sys.load(data, 24).buffer)], [0xffffffff, 0xffffffff, 0, 0, 0, 0])
      return 0
    })
  })

  it('a version that is none is corrected; no data asks for that alone', () => {
    inVm(function* (sys) {
      const header = sys.alloc(8)
      for (const [data, errno] of [
        [0, 0],
        [sys.alloc(24), EINVAL],
      ]) {
        sys.storeInt(header, 5)
        is(yield* sys.capget(header, data), errno === 0 ? 0 : -errno)
        is(sys.loadInt(header), Number(V3))
      }
      sys.storeInt(header, 5)
      fails(yield* sys.capset(header, 0), EINVAL)
      fails(yield* sys.capget(UNMAPPED, 0), EFAULT)
      fails(yield* sys.capget(sys.words(V3), UNMAPPED), EFAULT)
      fails(yield* sys.capset(sys.words(V3), UNMAPPED), EFAULT)
      const data = sys.alloc(24)
      for (const [pid, errno] of [
        [999n, ESRCH],
        [0xffffffffn, EINVAL],
      ] as const) {
        fails(yield* sys.capget(sys.words(V3 | (pid << 32n)), data), errno)
        is(yield* sys.capget(sys.words(V3 | (pid << 32n)), 0), 0)
      }
      return 0
    })
  })

  it('one that is given away does not come back', () => {
    inVm(function* (sys) {
      const data = sys.alloc(24)
      const set = function* (effective: number, permitted: number): Run<number> {
        sys.storeInt(data, effective)
        sys.storeInt((data + 4) as UserPtr, permitted)
        return yield* sys.capset(sys.words(V3), data)
      }
      const CAP_SETUID = 1 << 7
      const CAP_KILL = 1 << 5
      ok(yield* set(0, CAP_SETUID | CAP_KILL))
      fails(yield* sys.setgroups([]), EPERM)
      fails(yield* sys.setuid(7), EPERM)
      ok(yield* set(CAP_SETUID, CAP_SETUID))
      fails(yield* set(CAP_SETUID, CAP_SETUID | CAP_KILL), EPERM)
      fails(yield* set(CAP_KILL, CAP_SETUID), EPERM)
      ok(yield* sys.setreuid(7, -1))
      return 0
    })
  })

  it('are kept by who has asked for it, but do not count until they are asked for again', () => {
    inVm(function* (sys) {
      is(yield* sys.prctl(PR_GET_KEEPCAPS), 0)
      fails(yield* sys.prctl(PR_SET_KEEPCAPS, 2 as UserPtr), EINVAL)
      ok(yield* sys.prctl(PR_SET_KEEPCAPS, 1 as UserPtr))
      ok(yield* sys.setuid(1000))
      is(yield* caps(sys), [0, 0xffffffff, 0, 0, 3, 0])
      is(yield* sys.prctl(PR_GET_KEEPCAPS), 1)
      fails(yield* sys.setuid(0), EPERM)
      const data = sys.alloc(24)
      for (const i of [0, 4]) sys.storeInt((data + i) as UserPtr, 1 << 7)
      ok(yield* sys.capset(sys.words(V3), data))
      ok(yield* sys.setuid(5))
      return 0
    })
  })
})

describe('what only root may', () => {
  it('name the machine', () => {
    asUser(function* (sys) {
      fails(yield* sys.sethostname('x', 1), EPERM)
      fails(yield* sys.sethostname(UNMAPPED, -1), EPERM)
      fails(yield* sys.setdomainname('x', 1), EPERM)
      return 0
    })
    inVm(function* (sys) {
      const buf = sys.alloc(390)
      ok(yield* sys.setdomainname('example', 7))
      ok(yield* sys.uname(buf))
      is(sys.loadString((buf + 5 * 65) as UserPtr), 'example')
      fails(yield* sys.setdomainname('x', 65), EINVAL)
      fails(yield* sys.setdomainname('x', -1), EINVAL)
      fails(yield* sys.setdomainname(UNMAPPED, 1), EFAULT)
      return 0
    })
  })
})
