import { describe, expect, it } from 'vitest'
import { actingFor } from '../../kernel/sched/current.ts'
import { path_lookup } from '../../kernel/fs/namei.ts'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EACCES, EPERM, ESRCH } from '../../kernel/errno.ts'
import { CLONE_FS } from '../../kernel/task/fork.ts'
import { PR_GET_PDEATHSIG, PR_SET_PDEATHSIG } from '../../syscalls/prctl.ts'
import { fails, inVm, is, ok, waitFor, withVm } from '../support/vm.ts'
import { USER, asUser } from '../support/users.ts'
import { boot, type Vm } from '../../index.ts'

const AT_FDCWD = -100
const mkdirat = (sys: Libc, path: string, mode: number): Run<number> =>
  sys.syscall(34, AT_FDCWD, sys.string(path), mode)
const unlinkat = (sys: Libc, path: string, flag: number): Run<number> =>
  sys.syscall(35, AT_FDCWD, sys.string(path), flag)
const chdir = (sys: Libc, path: string): Run<number> => sys.syscall(49, sys.string(path))
const rename = (sys: Libc, from: string, to: string): Run<number> =>
  sys.syscall(276, AT_FDCWD, sys.string(from), AT_FDCWD, sys.string(to), 0)

/** Say who one is. */
function* id(sys: Libc): Run<number> {
  const at = sys.alloc(24)
  ok(yield* sys.getresuid(at, at + 4, at + 8))
  ok(yield* sys.getresgid(at + 12, at + 16, at + 20))
  ok(yield* sys.prctl(PR_GET_PDEATHSIG, sys.alloc(4)))
  const ids = [0, 1, 2, 3, 4, 5].map((i) => sys.loadInt((at + 4 * i) as UserPtr))
  const death = sys.alloc(4)
  ok(yield* sys.prctl(PR_GET_PDEATHSIG, death))
  ok(yield* sys.print(`${ids.join(' ')} ${yield* sys.setfsuid(-1)} ${yield* sys.setfsgid(-1)} ${sys.loadInt(death)}\n`))
  return 0
}

/** A machine with /tmp/id, a file of mode `mode` that belongs to user `uid` and group `gid`. */
function machine(mode: number, uid: number, gid: number): Vm {
  const vm = boot({ cmdline: 'ckpt_debug=0', programs: { id } })
  vm.writeFile('/tmp/id', vm.readFile('/bin/id'), 0o755)
  const d = actingFor(vm.kernel.swapper, () => path_lookup(vm.kernel.root, '/tmp/id'))
  const i = typeof d === 'number' ? null : d.d_inode
  if (i === null) throw new Error('no /tmp/id')
  i.i_mode = (i.i_mode & ~0o7777) | mode
  i.i_uid = uid
  i.i_gid = gid
  return vm
}

/** What the file says who it runs as, begun by a user. */
function runs(vm: Vm, path: string, options: object = USER): string {
  vm.spawn(path, [], options)
  expect(vm.run()).toEqual({ kind: 'exited' })
  return vm.console
}

describe('execve', () => {
  it('of a set-user-id file acts as its owner, and the real user stays', () => {
    expect(runs(machine(0o4755, 0, 0), '/tmp/id')).toBe('1000 0 0 100 100 100 0 100 0\n')
    expect(runs(machine(0o4755, 7, 8), '/tmp/id')).toBe('1000 7 7 100 100 100 7 100 0\n')
    expect(runs(machine(0o4755, 7, 8), '/tmp/id', {})).toBe('0 7 7 0 0 0 7 0 0\n')
  })

  it('of a set-group-id file acts as its group, if the group may execute it', () => {
    expect(runs(machine(0o2755, 7, 8), '/tmp/id')).toBe('1000 1000 1000 100 8 8 1000 8 0\n')
    expect(runs(machine(0o2745, 7, 8), '/tmp/id')).toBe('1000 1000 1000 100 100 100 1000 100 0\n')
    expect(runs(machine(0o6755, 7, 8), '/tmp/id')).toBe('1000 7 7 100 8 8 7 8 0\n')
  })

  it('of a script looks at the interpreter, not at the script', () => {
    const vm = machine(0o4755, 7, 8)
    vm.writeFile('/tmp/script', '#!/tmp/id\n', 0o6755)
    expect(runs(vm, '/tmp/script')).toBe('1000 7 7 100 100 100 7 100 0\n')
    const plain = machine(0o755, 7, 8)
    plain.writeFile('/tmp/script', '#!/tmp/id\n', 0o6755)
    expect(runs(plain, '/tmp/script')).toBe('1000 1000 1000 100 100 100 1000 100 0\n')
  })

  it('makes the saved and the file system’s ids the effective ones', () => {
    const vm = machine(0o755, 0, 0)
    vm.spawn(function* main(sys) {
      ok(yield* sys.setresgid(4, 5, 6))
      ok(yield* sys.setresuid(1, 2, 3))
      return yield* sys.execve('/tmp/id', ['id'])
    })
    vm.run()
    expect(vm.console).toBe('1 2 2 4 5 5 2 5 0\n')
  })

  it('needs the right to execute, not to read', () => {
    expect(runs(machine(0o711, 0, 0), '/tmp/id')).toBe('1000 1000 1000 100 100 100 1000 100 0\n')
    expect(() => machine(0o766, 0, 0).spawn('/tmp/id', [], USER)).toThrow('EACCES')
    expect(() => machine(0o666, 0, 0).spawn('/tmp/id')).toThrow('EACCES')
    expect(runs(machine(0o4001, 0, 0), '/tmp/id')).toBe('1000 0 0 100 100 100 0 100 0\n')
  })

  it('lends nothing to who shares his working directory with another process', () => {
    const vm = machine(0o6755, 0, 8)
    vm.spawn(
      function* main(sys) {
        const child = ok(
          yield* sys.clone(CLONE_FS | 17, function* (sys) {
            return yield* sys.execve('/tmp/id', ['id'])
          }),
        )
        return yield* waitFor(sys, child)
      },
      [],
      USER,
    )
    vm.run()
    expect(vm.console).toBe('1000 1000 1000 100 100 100 1000 100 0\n')
  })

  it('of a set-user-id file forgets the signal that was to come with the parent’s death', () => {
    for (const [mode, signal] of [
      [0o4755, 0],
      [0o755, 9],
    ] as const) {
      const vm = machine(mode, 7, 7)
      vm.spawn(function* main(sys) {
        ok(yield* sys.prctl(PR_SET_PDEATHSIG, 9 as UserPtr))
        return yield* sys.execve('/tmp/id', ['id'])
      })
      vm.run()
      expect(vm.console.trim().split(' ').at(-1)).toBe(String(signal))
    }
  })

  it('that gives back powers one had given away forgets it, too', () => {
    const vm = machine(0o755, 0, 0)
    vm.spawn(function* main(sys) {
      const none = sys.alloc(24)
      ok(yield* sys.capset(sys.words(0x20080522n), none))
      ok(yield* sys.prctl(PR_SET_PDEATHSIG, 9 as UserPtr))
      return yield* sys.execve('/tmp/id', ['id'])
    })
    vm.run()
    expect(vm.console).toBe('0 0 0 0 0 0 0 0 0\n')
  })

  it('gives root’s powers back to who is root in name only', () => {
    withVm({ programs: { capable } }, (vm) => {
      vm.spawn(function* main(sys) {
        ok(yield* sys.setfsuid(1000))
        fails(yield* sys.open('/secret', 0), EACCES)
        return yield* sys.execve('/bin/capable', ['capable'])
      })
      vm.writeFile('/secret', '', 0o600)
      vm.run()
      expect(vm.console).toBe('true\n')
    })
  })
})

function* capable(sys: Libc): Run<number> {
  ok(yield* sys.print(`${(yield* sys.open('/secret', 0)) >= 0}\n`))
  return 0
}

describe('a child', () => {
  it('may be put into another process group until it execs', () => {
    inVm(function* (sys) {
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.nanosleep(1))
          return yield* sys.execve('/bin/sleep', ['sleep', '5'])
        }),
      )
      ok(yield* sys.setpgid(child, 0))
      ok(yield* sys.nanosleep(2))
      fails(yield* sys.setpgid(child, 0), EACCES)
      is(yield* sys.getpgid(child), child)
      ok(yield* sys.kill(child, 9))
      is(yield* waitFor(sys, child), 9)
      fails(yield* sys.setpgid(child, 0), ESRCH)
      return 0
    })
  })

  it('that leads a session stays in its group, as does one of another session', () => {
    inVm(function* (sys) {
      const me = ok(yield* sys.getpid())
      const child = ok(
        yield* sys.fork(function* (sys) {
          ok(yield* sys.setsid())
          is([yield* sys.getsid(0), yield* sys.getpgid(0)], [yield* sys.getpid(), yield* sys.getpid()])
          for (const pgid of [0, me]) fails(yield* sys.setpgid(0, pgid), EPERM)
          fails(yield* sys.setsid(), EPERM)
          ok(yield* sys.nanosleep(2))
          return 0
        }),
      )
      ok(yield* sys.nanosleep(1))
      fails(yield* sys.setpgid(child, child), EPERM)
      fails(yield* sys.setpgid(0, child), EPERM)
      ok(yield* sys.setpgid(0, 0))
      fails(yield* sys.setsid(), EPERM)
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })
})

describe('a user that is not root', () => {
  it('opens, makes and removes what the modes let him', () => {
    asUser(
      function* (sys) {
        for (const [path, flags, errno] of [
          ['/tmp/root/all', 2, 0],
          ['/tmp/root/read', 0, 0],
          ['/tmp/root/read', 1, EACCES],
          ['/tmp/root/read', 0o1001, EACCES],
          ['/tmp/root/none', 0, EACCES],
          ['/tmp/root/new', 0o101, EACCES],
          ['/tmp/closed/file', 0, EACCES],
          ['/tmp/closed/absent', 0, EACCES],
          ['/tmp/mine', 0o101, 0],
        ] as const) {
          const fd = yield* sys.open(path, flags, 0o644)
          is(fd < 0 ? -fd : 0, errno, path)
        }
        fails(yield* chdir(sys, '/tmp/closed'), EACCES)
        ok(yield* chdir(sys, '/tmp/root'))
        fails(yield* unlinkat(sys, 'all', 0), EACCES)
        fails(yield* mkdirat(sys, 'dir', 0o755), EACCES)
        // A sticky directory: only one's own names.
        fails(yield* unlinkat(sys, '/tmp/sticky', 0), EPERM)
        fails(yield* rename(sys, '/tmp/sticky', '/tmp/other'), EPERM)
        fails(yield* rename(sys, '/tmp/mine', '/tmp/sticky'), EPERM)
        ok(yield* rename(sys, '/tmp/mine', '/tmp/still mine'))
        ok(yield* unlinkat(sys, '/tmp/still mine', 0))
        return 0
      },
      function* (sys) {
        ok(yield* mkdirat(sys, '/tmp/root', 0o755))
        ok(yield* mkdirat(sys, '/tmp/closed', 0o700))
        ok(yield* sys.syscall(166, 0))
        for (const [path, mode] of [
          ['/tmp/root/all', 0o666],
          ['/tmp/root/read', 0o644],
          ['/tmp/root/none', 0o600],
          ['/tmp/closed/file', 0o666],
          ['/tmp/sticky', 0o666],
        ] as const) {
          ok(yield* sys.open(path, 0o101, mode))
        }
        return 0
      },
    )
  })

  it('is judged by the first of owner, group and others that he is', () => {
    asUser(
      function* (sys) {
        ok(yield* sys.open('/tmp/by group', 0))
        ok(yield* sys.open('/tmp/by supplement', 0))
        fails(yield* sys.open('/tmp/others only', 0), EACCES)
        fails(yield* sys.open('/tmp/other group', 0), EACCES)
        ok(yield* sys.open('/tmp/own', 0o101, 0o077))
        fails(yield* sys.open('/tmp/own', 0), EACCES)
        return 0
      },
      function* (sys) {
        ok(yield* sys.syscall(166, 0))
        for (const [path, gid, mode] of [
          ['/tmp/by group', 100, 0o640],
          ['/tmp/by supplement', 200, 0o640],
          ['/tmp/others only', 100, 0o604],
          ['/tmp/other group', 300, 0o640],
        ] as const) {
          ok(yield* sys.setfsgid(gid))
          ok(yield* sys.open(path, 0o101, mode))
        }
        return 0
      },
    )
  })
})
