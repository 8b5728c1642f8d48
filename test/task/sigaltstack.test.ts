import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EFAULT, EINVAL, ENOMEM, EPERM } from '../../kernel/errno.ts'
import { CLONE_VM } from '../../kernel/task/fork.ts'
import { SS_AUTODISARM, SS_DISABLE, SS_ONSTACK } from '../../kernel/task/sigaltstack.ts'
import { SA_NODEFER, SA_ONSTACK, SIGCHLD, SIGSEGV, SIGUSR1, SIGUSR2 } from '../../kernel/task/signal.ts'
import { UNMAPPED, fails, inVm, is, ok, waitFor } from '../support/vm.ts'

/** Memory that is nobody's stack. */
function* memory(sys: Libc, size: number): Run<UserPtr> {
  const start = ok(yield* sys.brk(0))
  ok(yield* sys.brk(start + size))
  return start as UserPtr
}

function* set(sys: Libc, sp: number, flags: number, size: number): Run<number> {
  return yield* sys.sigaltstack(sys.words(BigInt(sp), BigInt(flags >>> 0), BigInt(size)))
}

/** sp, flags and size, as the kernel tells them. */
function* get(sys: Libc): Run<number[]> {
  const at = sys.alloc(24)
  ok(yield* sys.sigaltstack(0, at))
  const dv = new DataView(sys.load(at, 24).buffer)
  return [Number(dv.getBigUint64(0, true)), dv.getInt32(8, true), Number(dv.getBigUint64(16, true))]
}

describe('sigaltstack', () => {
  it('is none at first, and refuses what is none', () => {
    inVm(function* (sys) {
      is(yield* get(sys), [0, SS_DISABLE, 0])
      const mem = yield* memory(sys, 65536)
      fails(yield* set(sys, mem, 0, 2047), ENOMEM)
      for (const flags of [3, 4, 0x100]) fails(yield* set(sys, mem, flags, 65536), EINVAL)
      fails(yield* sys.sigaltstack(UNMAPPED), EFAULT)
      is(yield* get(sys), [0, SS_DISABLE, 0])
      ok(yield* set(sys, mem, 0, 2048))
      is(yield* get(sys), [mem, 0, 2048])
      ok(yield* set(sys, mem, SS_ONSTACK, 65536))
      is((yield* get(sys))[2], 65536)
      // What it was cannot be told, and it is another all the same.
      fails(yield* sys.sigaltstack(sys.words(BigInt(mem), 0n, 4096n), UNMAPPED), EFAULT)
      is((yield* get(sys))[2], 4096)
      ok(yield* set(sys, mem, SS_DISABLE, 5))
      is(yield* get(sys), [0, SS_DISABLE, 0])
      return 0
    })
  })

  it('begins above its address, and ends with its last one', () => {
    inVm(function* (sys) {
      const told = sys.alloc(24)
      const sp = sys.alloc(16)
      const flags = function* (sys: Libc): Run<number> {
        ok(yield* sys.sigaltstack(0, told))
        return sys.loadInt((told + 8) as UserPtr)
      }
      for (const [at, size, on] of [
        [sp, 4096, false],
        [sp - 4096, 4095, false],
        [sp - 4096, 4096, true],
      ] as const) {
        ok(yield* set(sys, at, 0, size))
        is(yield* flags(sys), on ? SS_ONSTACK : 0)
      }
      fails(yield* set(sys, sp, 0, 4096), EPERM)
      return 0
    })
  })

  it('is where a handler with SA_ONSTACK runs, who then cannot change it', () => {
    inVm(function* (sys) {
      const mem = yield* memory(sys, 65536)
      const seen: number[] = []
      const handler = function* (sys: Libc, _sig: number, info: UserPtr): Run<void> {
        seen.push(info)
        seen.push((yield* get(sys))[1])
        fails(yield* set(sys, mem, 0, 32768), EPERM)
        fails(yield* set(sys, 0, SS_DISABLE, 0), EPERM)
      }
      ok(yield* set(sys, mem, 0, 65536))
      ok(yield* sys.sigaction(SIGUSR1, handler, SA_ONSTACK))
      const me = ok(yield* sys.getpid())
      ok(yield* sys.kill(me, SIGUSR1))
      is([seen[0] > mem && seen[0] < mem + 65536, seen[1]], [true, SS_ONSTACK])
      is(yield* get(sys), [mem, 0, 65536])
      return 0
    })
  })

  it('is not for handlers that do not ask; what they make of it is undone', () => {
    inVm(function* (sys) {
      const mem = yield* memory(sys, 65536)
      ok(yield* set(sys, mem, 0, 65536))
      const seen: number[] = []
      ok(
        yield* sys.sigaction(SIGUSR1, function* (sys, _sig, info) {
          seen.push(info)
          is((yield* get(sys))[1], 0)
          ok(yield* set(sys, mem, 0, 4096))
        }),
      )
      ok(yield* sys.kill(yield* sys.getpid(), SIGUSR1))
      is(seen[0] > mem + 65536, true)
      is(yield* get(sys), [mem, 0, 65536])
      return 0
    })
  })

  it('a handler on top of one there stays there, and with no room left it is SIGSEGV', () => {
    inVm(function* (sys) {
      const mem = yield* memory(sys, 65536)
      const run = (depth: number) =>
        function* (sys: Libc): Run<number> {
          ok(yield* set(sys, mem, 0, 4096))
          const infos: number[] = []
          ok(
            yield* sys.sigaction(
              SIGUSR1,
              function* (sys, _sig, info) {
                infos.push(info)
                if (infos.length < depth) ok(yield* sys.kill(yield* sys.getpid(), SIGUSR1))
              },
              SA_ONSTACK | SA_NODEFER,
            ),
          )
          ok(yield* sys.kill(yield* sys.getpid(), SIGUSR1))
          is(
            infos.every((at, i) => at > mem && (i === 0 ? at < mem + 4096 : at < infos[i - 1])),
            true,
          )
          return infos.length
        }
      is(yield* waitFor(sys, ok(yield* sys.fork(run(5)))), 5 << 8)
      is(yield* waitFor(sys, ok(yield* sys.fork(run(100)))), SIGSEGV)
      return 0
    })
  })

  it('with SS_AUTODISARM is nobody’s while a handler runs, and back afterwards', () => {
    inVm(function* (sys) {
      const mem = yield* memory(sys, 65536)
      ok(yield* set(sys, mem, SS_AUTODISARM, 65536))
      is(yield* get(sys), [mem, SS_AUTODISARM, 65536])
      const seen: number[] = []
      ok(
        yield* sys.sigaction(
          SIGUSR2,
          function* (sys, _sig, info) {
            seen.push(info)
            is(yield* get(sys), [0, SS_DISABLE, 0])
            ok(yield* set(sys, mem, 0, 32768))
          },
          SA_ONSTACK,
        ),
      )
      ok(yield* sys.kill(yield* sys.getpid(), SIGUSR2))
      is(seen[0] > mem && seen[0] < mem + 65536, true)
      is(yield* get(sys), [mem, SS_AUTODISARM, 65536])
      ok(yield* set(sys, mem, SS_AUTODISARM | SS_DISABLE, 65536))
      is(yield* get(sys), [0, SS_AUTODISARM | SS_DISABLE, 0])
      return 0
    })
  })

  it('a child has it too, but not one that shares memory', () => {
    inVm(function* (sys) {
      const mem = yield* memory(sys, 4096)
      ok(yield* set(sys, mem, 0, 4096))
      const expects = (expected: number[]) =>
        function* (sys: Libc): Run<number> {
          is(yield* get(sys), expected)
          return 0
        }
      is(yield* waitFor(sys, ok(yield* sys.fork(expects([mem, 0, 4096])))), 0)
      is(yield* waitFor(sys, ok(yield* sys.vfork(expects([mem, 0, 4096])))), 0)
      is(yield* waitFor(sys, ok(yield* sys.clone(CLONE_VM | SIGCHLD, expects([0, SS_DISABLE, 0])))), 0)
      return 0
    })
  })
})
