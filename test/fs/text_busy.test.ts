import { describe, expect, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EINVAL, ETXTBSY } from '../../kernel/errno.ts'
import { O_APPEND, O_CREAT, O_PATH, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { fails, inVm, is, ok, waitFor, withVm } from '../support/vm.ts'

const SLEEP = '/bin/sleep'

/** A child that runs `sleep 100`, and one that it forked where that is asked for. */
function* running(sys: Libc, path = SLEEP): Run<number> {
  const child = ok(yield* sys.fork((sys) => sys.execve(path, ['sleep', '100'])))
  ok(yield* sys.nanosleep(1))
  return child
}

function* writable(sys: Libc, path: string): Run<void> {
  ok(yield* sys.close(ok(yield* sys.open(path, O_RDWR))))
}

describe('a program that runs', () => {
  it('cannot be written to or cut, only read', () => {
    inVm(function* (sys) {
      const child = yield* running(sys)
      for (const flags of [O_WRONLY, O_RDWR, O_WRONLY | O_APPEND, O_RDONLY | O_TRUNC, O_WRONLY | O_CREAT | O_TRUNC]) {
        fails(yield* sys.open(SLEEP, flags), ETXTBSY)
      }
      fails(yield* sys.truncate(SLEEP, 0), ETXTBSY)
      const fd = ok(yield* sys.open(SLEEP, O_RDONLY))
      fails(yield* sys.ftruncate(fd, 0), EINVAL)
      ok(yield* sys.close(fd))
      ok(yield* sys.close(ok(yield* sys.open(SLEEP, O_PATH))))
      ok(yield* sys.chmod(SLEEP, 0o700))
      ok(yield* sys.kill(child, 9))
      is(yield* waitFor(sys, child), 9)
      yield* writable(sys, SLEEP)
      return 0
    })
  })

  it('can be once the last has ended who runs it', () => {
    withVm({}, (vm) => {
      vm.spawn(function* two(sys) {
        ok(
          yield* sys.fork(function* (sys) {
            ok(yield* sys.nanosleep(5))
            return 0
          }),
        )
        return 0
      })
      vm.spawn(function* looks(sys) {
        for (const [sec, busy] of [
          [1, true],
          [10, false],
        ] as const) {
          ok(yield* sys.nanosleep(sec))
          const fd = yield* sys.open('/bin/two', O_WRONLY)
          is(fd === -ETXTBSY, busy)
        }
        return 0
      })
      vm.run()
    })
  })

  it('can be unlinked, and another put in its place', () => {
    inVm(function* (sys) {
      const child = yield* running(sys)
      ok(yield* sys.unlink(SLEEP))
      ok(yield* sys.close(ok(yield* sys.creat(SLEEP, 0o755))))
      ok(yield* sys.kill(child, 9))
      is(yield* waitFor(sys, child), 9)
      return 0
    })
  })

  it('an exec that fails leaves it as it was', () => {
    inVm(function* (sys) {
      ok(yield* sys.chmod(SLEEP, 0o755))
      const fd = ok(yield* sys.creat('/tmp/junk', 0o755))
      ok(yield* sys.print('junk', fd))
      ok(yield* sys.close(fd))
      for (const path of [SLEEP, '/tmp/junk']) void (yield* sys.syscall(221, sys.string(path), 8, 0))
      void (yield* sys.execve('/tmp/junk', ['junk']))
      void (yield* sys.execve(SLEEP, ['x'.repeat(32 * 4096)]))
      for (const path of [SLEEP, '/tmp/junk']) yield* writable(sys, path)
      return 0
    })
  })

  it('of a script its interpreter is the program: the script can be written to', () => {
    inVm(function* (sys) {
      const fd = ok(yield* sys.creat('/tmp/script', 0o755))
      ok(yield* sys.print('#!/bin/sh\nsleep 100\n', fd))
      ok(yield* sys.close(fd))
      const child = yield* running(sys, '/tmp/script')
      yield* writable(sys, '/tmp/script')
      fails(yield* sys.open('/bin/sh', O_WRONLY), ETXTBSY)
      ok(yield* sys.kill(child, 9))
      is(yield* waitFor(sys, child), 9)
      yield* writable(sys, '/bin/sh')
      return 0
    })
  })

  it('may be replaced by who embeds the machine', () => {
    withVm({}, (vm) => {
      const one = function* same(sys: Libc): Run<number> {
        ok(yield* sys.nanosleep(10))
        return 1
      }
      const two = function* same(): Run<number> {
        return 2
      }
      const processes = [vm.spawn(one)]
      vm.run({ budget: 1 })
      processes.push(vm.spawn(two))
      vm.run()
      expect(processes.map(({ status }) => status)).toEqual([1 << 8, 2 << 8])
    })
  })
})
