import { describe, expect, it } from 'vitest'
import type { Vm } from '../../index.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EAGAIN, EFAULT, EINTR, EIO, ENFILE, ENOMEM, errnoName } from '../../kernel/errno.ts'
import { O_CREAT, O_RDONLY, O_RDWR } from '../../kernel/fs/file.ts'
import { FaultPoint, onHit } from '../../kernel/inject/inject.ts'
import { kthread_run } from '../../kernel/init.ts'
import { CLONE_NEWPID, CLONE_NEWUTS, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../kernel/task/fork.ts'
import { expectStatus, fails, is, ok, pipe, waitFor, withVm } from '../support/vm.ts'

const SIGCHLD = 17
const READ = 63
const GETPID = 172

/**
 * Make `call` again and again, the n-th allocation of the n-th time failing, until it gets through. Every
 * failure must leave the kernel's memory as it was. Returns the errnos, in order.
 */
function* everyFailure(vm: Vm, call: () => Run<number>, undo: (ret: number) => Run<number>): Run<number[]> {
  const { slab, pages, inject, tasks, pid_ns } = vm.kernel
  const errnos: number[] = []
  for (let n = 1; ; n++) {
    const before = [slab.active, pages.used, tasks.size, pid_ns.pid_map.size]
    inject.kmalloc.arm([onHit(n, { retval: 0 })])
    const ret = yield* call()
    const { hits } = inject.kmalloc
    inject.kmalloc.arm([])
    if (ret >= 0) {
      is([hits, n > 1], [n - 1, true], 'allocations of the call that gets through')
      ok(yield* undo(ret))
      is([slab.active, pages.used, tasks.size, pid_ns.pid_map.size], before, 'once it is undone')
      return errnos
    }
    errnos.push(-ret)
    is([slab.active, pages.used, tasks.size, pid_ns.pid_map.size], before, `after failure ${n}`)
  }
}

function* nothing(): Run<number> {
  return 0
}

describe('when an allocation fails', () => {
  it.each([
    ['fork', SIGCHLD],
    ['clone of a thread', CLONE_VM | CLONE_SIGHAND | CLONE_THREAD],
    ['clone into new namespaces', CLONE_NEWPID | CLONE_NEWUTS | SIGCHLD],
  ])('%s is ENOMEM, and takes nothing', (_, flags) => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* main(sys) {
        const errnos = yield* everyFailure(
          vm,
          () => sys.clone(flags, nothing),
          function* (child) {
            return (flags & SIGCHLD) !== 0 ? yield* waitFor(sys, child) : yield* sys.nanosleep(1)
          },
        )
        is(errnos.length > 2, true)
        is(new Set(errnos), new Set([ENOMEM]))
        return 0
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      expectStatus(vm, process, 0)
    })
  })

  it('open is ENOMEM for its path and ENFILE for its file, as pipe2 is, and takes no descriptor', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* main(sys) {
        ok(yield* sys.close(ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o644))))
        const close = (fd: number): Run<number> => sys.close(fd)
        is(yield* everyFailure(vm, () => sys.open('/tmp/f', O_RDONLY), close), [ENOMEM, ENFILE])
        const create = (): Run<number> => sys.open('/tmp/new', O_RDWR | O_CREAT, 0o644)
        is(yield* everyFailure(vm, create, close), [ENOMEM, ENFILE])
        const fds = sys.alloc(8)
        const both = function* (): Run<number> {
          return (yield* sys.close(3)) + (yield* sys.close(4))
        }
        is(yield* everyFailure(vm, () => sys.pipe2(fds, 0), both), [ENFILE, ENFILE])
        is(yield* sys.dup(0), 3)
        return 0
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      expectStatus(vm, process, 0)
    })
  })

  it('checkpoint and restart are ENOMEM, and take nothing', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* main(sys) {
        const fd = ok(yield* sys.open('/tmp/image', O_RDWR | O_CREAT, 0o600))
        const rewind = function* (sys: Libc): Run<number> {
          return yield* sys.lseek(fd, 0, 0)
        }
        const checkpoint = function* (): Run<number> {
          ok(yield* rewind(sys))
          return yield* sys.checkpoint(0, fd, 0)
        }
        const restart = function* (): Run<number> {
          ok(yield* rewind(sys))
          return yield* sys.restart(0, fd, 0)
        }
        for (const call of [checkpoint, restart]) {
          const errnos = yield* everyFailure(vm, call, () => rewind(sys))
          is([errnos.length > 2, ...new Set(errnos)], [true, ENOMEM])
        }
        return 0
      })
      expect(vm.run()).toEqual({ kind: 'exited' })
      expectStatus(vm, process, 0)
    })
  })

  it('a program is not started, and a kernel thread neither', () => {
    withVm({}, (vm) => {
      const { slab, inject, tasks } = vm.kernel
      const { active } = slab
      vm.spawn(nothing)
      vm.run()
      const starts = [
        (): unknown => vm.spawn('/bin/nothing'),
        () => {
          const t = kthread_run(vm.kernel, 'kthread', nothing)
          if (typeof t === 'number') throw Object.assign(new Error('kthread'), { code: errnoName(-t) })
        },
      ]
      for (const start of starts) {
        const codes = new Set<string>()
        for (let n = 1; ; n++) {
          inject.kmalloc.arm([onHit(n, { retval: 0 })])
          let error: { code: string } | null = null
          try {
            start()
          } catch (e) {
            error = e as { code: string }
          }
          inject.kmalloc.arm([])
          if (error === null) break
          codes.add(error.code)
          expect([n, slab.active, tasks.size]).toEqual([n, active, 0])
        }
        expect([...codes].sort()).toEqual(['ENFILE', 'ENOMEM'])
        expect(vm.run()).toEqual({ kind: 'exited' })
        expect(slab.active).toBe(active)
      }
    })
  })
})

describe('fault injection', () => {
  it('counts hits from where it was armed, and the first rule that fits decides', () => {
    const point = new FaultPoint()
    expect(point.active).toBe(false)
    point.arm([{ first: 2, last: 6, step: 2, action: { retval: -1 } }, onHit(4, { retval: -2 }), onHit(5, { max: 9 })])
    const actions = Array.from({ length: 7 }, () => point.hit())
    expect(actions).toEqual([null, { retval: -1 }, null, { retval: -1 }, { max: 9 }, { retval: -1 }, null])
    point.arm([onHit(1, { retval: 0 })])
    expect([point.hits, point.active, point.fails(), point.fails()]).toEqual([0, true, true, false])
    point.arm([])
    expect(point.active).toBe(false)
  })

  it('cuts a transfer, or fails it, without moving the position', () => {
    withVm({}, (vm) => {
      const { inject } = vm.kernel
      const process = vm.spawn(function* main(sys) {
        const fd = ok(yield* sys.open('/tmp/f', O_RDWR | O_CREAT, 0o644))
        const buf = sys.alloc(16)
        inject.vfs_write.arm([onHit(1, { max: 3 }), onHit(2, { retval: -EIO }), onHit(3, { retval: 0 })])
        is([yield* sys.write(fd, buf, 10), yield* sys.lseek(fd, 0, 1)], [3, 3])
        fails(yield* sys.write(fd, buf, 10), EIO)
        is([yield* sys.write(fd, buf, 10), yield* sys.lseek(fd, 0, 1)], [0, 3])
        is([yield* sys.write(fd, buf, 10), yield* sys.lseek(fd, 0, 1)], [10, 13])
        ok(yield* sys.lseek(fd, 0, 0))
        // What is refused before the file is asked does not count.
        inject.vfs_read.arm([onHit(1, { retval: -EINTR }), onHit(2, { max: 1 })])
        fails(yield* sys.read(fd, buf, -1), EFAULT)
        fails(yield* sys.read(fd, buf, 9), EINTR)
        is([yield* sys.read(fd, buf, 9), yield* sys.lseek(fd, 0, 1)], [1, 1])
        return 0
      })
      vm.run()
      expectStatus(vm, process, 0)
    })
  })

  it('answers for a system call, which is not made', () => {
    withVm({}, (vm) => {
      const process = vm.spawn(function* main(sys) {
        const { rd, wr } = yield* pipe(sys)
        ok(yield* sys.print('ab', wr))
        const point = new FaultPoint()
        point.arm([onHit(2, { retval: -EAGAIN })])
        vm.kernel.inject.attach(READ, point)
        const buf = sys.alloc(4)
        is(yield* sys.read(rd, buf, 1), 1)
        fails(yield* sys.read(rd, buf, 1), EAGAIN)
        is(yield* sys.read(rd, buf, 4), 1)
        is(point.hits, 3)
        const pids = new FaultPoint()
        pids.arm([onHit(1, { retval: 4711 })])
        vm.kernel.inject.attach(GETPID, pids)
        is([yield* sys.getpid(), yield* sys.getpid()], [4711, process.pid])
        return 0
      })
      vm.run()
      expectStatus(vm, process, 0)
    })
  })
})
