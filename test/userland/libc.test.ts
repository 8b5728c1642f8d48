import { SIGILL, SIGPIPE, SIG_IGN } from '../../kernel/task/signal.ts'
import { describe, expect, it, test } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EAGAIN, EPIPE } from '../../kernel/errno.ts'
import { onHit } from '../../kernel/inject/inject.ts'
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { bytes, expectStatus, fails, inVm, is, ok, pipe, textAt, waitFor, withVm } from '../support/vm.ts'

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD

describe('a program', () => {
  it('gets its arguments and its environment, what the command line left over included', () => {
    withVm({ cmdline: 'ckpt_debug=7 answer=42 word mod.opt=1' }, (vm) => {
      let seen: unknown
      const main = function* main(_sys: Libc, argv: readonly string[], envp: readonly string[]): Run<number> {
        seen = { argv, envp }
        return 0
      }
      vm.spawn(main, ['größe', '', '“x”'])
      vm.run()
      // SEED: the patch's setup function does not say that the option was its own.
      const envp = ['HOME=/', 'TERM=linux', 'ckpt_debug=7', 'answer=42']
      expect(seen).toEqual({ argv: ['/bin/main', 'größe', '', '“x”'], envp })
      vm.spawn(main, [], { argv0: 'me', envp: [] })
      vm.run()
      expect(seen).toEqual({ argv: ['me'], envp: [] })
    })
  })

  it('ends with the low byte of what main returns', () => {
    for (const [returned, status] of [
      [0, 0],
      [1, 0x100],
      [0x1ff, 0xff00],
      [-1, 0xff00],
    ]) {
      withVm({}, (vm) => {
        const process = vm.spawn(function* main() {
          return returned
        })
        vm.run()
        expectStatus(vm, process, status)
      })
    }
  })

  it('has no descriptors where it is spawned without', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(
        function* main(sys) {
          is(yield* sys.dup(0), -9)
          is(yield* pipe(sys), { rd: 0, wr: 1 })
          return 0
        },
        [],
        { stdio: false },
      )
      vm.run()
      expectStatus(vm, process, 0)
    })
  })

  it('that forgets a yield* is told so when it makes the next call', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* forgetful(sys) {
        const { rd } = yield* pipe(sys)
        void sys.read(rd, sys.alloc(1), 1)
        return yield* sys.getpid()
      })
      vm.run()
      expectStatus(vm, process, 4)
      expect(vm.dmesg().at(-1)).toContain('is a yield* missing?')
    })
  })
})

test('a task whose program goes astray while its call sleeps is running again in the handler of that', () => {
  inVm(function* (sys) {
    const { rd } = yield* pipe(sys)
    const child = ok(
      yield* sys.fork(function* (sys) {
        ok(
          yield* sys.sigaction(SIGILL, function* (sys) {
            const fd = ok(yield* sys.open('/proc/self/stat', 0))
            const buf = sys.alloc(64)
            const text = textAt(sys, buf, ok(yield* sys.read(fd, buf, 64)))
            ok(yield* sys.exit_group(text.split(' ')[2] === 'R' ? 7 : 8))
          }),
        )
        void sys.read(rd, sys.alloc(1), 1)
        throw new Error('astray')
      }),
    )
    is(yield* waitFor(sys, child), 7 << 8)
    return 0
  })
})

describe('the libc', () => {
  it('loads and stores over the borders of pages', () => {
    inVm(function* (sys) {
      const start = ok(yield* sys.brk(0))
      ok(yield* sys.brk(start + 3 * 4096))
      const at = (start + 4096 - 3) as UserPtr
      sys.store(at, bytes('größe\0'))
      is([sys.loadString(at), textAt(sys, at, 3)], ['größe', 'gr\ufffd'])
      const int = (start + 4094) as UserPtr
      sys.storeInt(int, -123456789)
      is(sys.loadInt(int), -123456789)
      is(sys.loadString(sys.string('“x”')), '“x”')
      return 0
    })
  })

  it('print goes on after a short write, and stops at an error', () => {
    const vm = withVm({}, (vm) => {
      const process = vm.spawn(function* main(sys) {
        vm.kernel.inject.vfs_write.arm([onHit(1, { max: 3 }), onHit(2, { max: 1 })])
        is(yield* sys.print('hello world'), 11)
        const { rd, wr } = yield* pipe(sys)
        ok(yield* sys.close(rd))
        ok(yield* sys.sigaction(SIGPIPE, SIG_IGN))
        fails(yield* sys.print('x', wr), EPIPE)
        return 0
      })
      vm.run()
      expectStatus(vm, process, 0)
      return vm
    })
    expect(vm.console).toBe('hello world')
  })

  it('has stacks for some threads, not for any number, and says so', () => {
    inVm(function* (sys) {
      const sleeps = function* (sys: Libc): Run<number> {
        sys.storeInt(sys.alloc(200_000), 1)
        return yield* sys.nanosleep(1)
      }
      let n = 0
      let ret = 0
      while ((ret = yield* sys.clone(THREAD, sleeps)) > 0) n++
      fails(ret, EAGAIN)
      is(n > 20, true)
      ok(yield* sys.nanosleep(2))
      // Those that have ended left theirs; a copy of the memory has stacks of its own.
      ok(yield* sys.clone(THREAD, sleeps))
      const child = ok(
        yield* sys.fork(function* (sys) {
          return ok(yield* sys.clone(THREAD, sleeps)) > 0 ? 0 : 1
        }),
      )
      is(yield* waitFor(sys, child), 0)
      return 0
    })
  })
})
