import { describe, expect, test } from 'vitest'
import { boot, onHit, type Libc, type Run, type Vm } from '../../index.ts'
import {
  EBADF,
  EFAULT,
  EFBIG,
  EINTR,
  EIO,
  ENOMEM,
  ENOSPC,
  EPERM,
  EPIPE,
  ERESTARTNOHAND,
  ERESTARTNOINTR,
  ERESTARTSYS,
  ERESTART_RESTARTBLOCK,
} from '../../kernel/errno.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import { SA_RESTART, SIGUSR1, SIG_DFL, send_sig } from '../../kernel/task/signal.ts'

/** A checkpoint and a restart that each of their transfers may end, by fault injection. */

const RESTART_CODES = [ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK]
const ERRNOS = [EPERM, EINTR, EIO, EBADF, ENOMEM, EFAULT, EFBIG, ENOSPC, EPIPE]
const CODES = [...RESTART_CODES, ...ERRNOS]

/** Bytes of an image's 11 writes, and of its 14 reads. */
const WRITES = [56, 8, 65, 8, 65, 8, 65, 40, 8, 16, 16]
const READS = [8, 48, 8, 65, 8, 65, 8, 65, 8, 32, 8, 16, 8, 8]
const IMAGE = 355
/** The first read behind which comm is cleared, and the first behind which all is restored. */
const COMM_READ = 11
const TAIL_READ = 13

const PR_SET_NAME = 15
const NR = { checkpoint: 244, restart: 245 } as const

/** What one call did, its n-th transfer having been answered with -code. */
interface Result {
  readonly ret: number
  readonly made: number
  readonly comm: string
  readonly tids: readonly bigint[]
  /** Bytes in the file; and where the next byte is read or written. */
  readonly size: number
  readonly pos: number
}

/** None pends, or one that a handler takes comes while the transfer fails. */
type Pending = 'none' | 'handler' | 'SA_RESTART'

/** Play every transfer with every code on one machine, the task each time another one than the image's. */
function playAll(op: 'checkpoint' | 'restart', pending: Pending): Map<string, Result> {
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  const results = new Map<string, Result>()
  const point = op === 'checkpoint' ? vm.kernel.inject.vfs_write : vm.kernel.inject.vfs_read
  const trace = op === 'checkpoint' ? vm.kernel.trace.vfs_write : vm.kernel.trace.vfs_read
  let code = 0
  let made = 0
  const process = vm.spawn(function* other(sys) {
    const flags = pending === 'SA_RESTART' ? SA_RESTART : 0
    void (yield* sys.sigaction(SIGUSR1, pending === 'none' ? SIG_DFL : function* () {}, flags))
    void (yield* image(sys, vm))
    for (let n = 1; n <= (op === 'checkpoint' ? WRITES : READS).length; n++) {
      for (code of CODES) {
        const fd = yield* sys.open(op === 'checkpoint' ? '/tmp/torn' : '/tmp/image', op === 'checkpoint' ? 0o1102 : 0)
        identify(process.task, 'other', 3n)
        made = 0
        point.arm([onHit(n, { retval: -code })])
        const ret = yield* op === 'checkpoint' ? sys.checkpoint(0, fd, 0) : sys.restart(0, fd, 0)
        point.arm([])
        const { set_child_tid, clear_child_tid } = process.task
        const pos = yield* sys.lseek(fd, 0, 1)
        const size = yield* sys.lseek(fd, 0, 2)
        const comm = process.task.commString()
        results.set(`${n} ${code}`, { ret, made, comm, tids: [set_child_tid, clear_child_tid], size, pos })
        void (yield* sys.close(fd))
      }
    }
    identify(process.task, 'other', 0n)
    return 0
  })
  vm.kernel.trace.sys_enter.register((_t, nr) => void (made += nr === NR[op] ? 1 : 0))
  if (pending !== 'none')
    trace.register((_file, _count, ret) => void (ret === -code && send_sig(SIGUSR1, process.task)))
  expect(vm.run()).toEqual({ kind: 'exited' })
  return results
}

/** An image of a task whose name and tids are its own. */
function* image(sys: Libc, vm: Vm): Run<number> {
  const fd = yield* sys.creat('/tmp/image', 0o600)
  void (yield* sys.prctl(PR_SET_NAME, 'image'))
  const t = [...vm.kernel.tasks].find((task) => task.commString() === 'image') as task_struct
  identify(t, 'image', 1n)
  const ret = yield* sys.checkpoint(0, fd, 0)
  void (yield* sys.close(fd))
  return ret
}

function identify(t: task_struct, comm: string, tid: bigint): void {
  t.commBytes().fill(0)
  t.commBytes().set(new TextEncoder().encode(comm))
  t.set_child_tid = tid
  t.clear_child_tid = tid === 0n ? 0n : tid + 1n
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0)
}

/** What restart leaves of a task that was `other`, its n-th read having failed. */
function left(n: number): Pick<Result, 'comm' | 'tids'> {
  if (n < COMM_READ) return { comm: 'other', tids: [3n, 4n] }
  return n < TAIL_READ ? { comm: '', tids: [3n, 4n] } : { comm: 'image', tids: [1n, 2n] }
}

function eachCase(transfers: readonly number[], check: (n: number, code: number, key: string) => void): void {
  for (let n = 1; n <= transfers.length; n++) for (const code of CODES) check(n, code, `${n} ${code}`)
}

describe('with no signal pending', () => {
  test('a checkpoint returns what ends one of its 11 writes, also a code that no program is meant to see', () => {
    const results = playAll('checkpoint', 'none')
    eachCase(WRITES, (n, code, key) => {
      const size = sum(WRITES.slice(0, n - 1))
      const unchanged = { comm: 'other', tids: [3n, 4n] }
      expect(results.get(key), key).toEqual({ ret: -code, made: 1, ...unchanged, size, pos: size })
    })
  })

  test('a restart returns what ends one of its 14 reads, the restart codes as EINTR, and keeps what it had restored', () => {
    const results = playAll('restart', 'none')
    eachCase(READS, (n, code, key) => {
      const ret = RESTART_CODES.includes(code) ? -EINTR : -code
      const pos = sum(READS.slice(0, n - 1))
      expect(results.get(key), key).toEqual({ ret, made: 1, ...left(n), size: IMAGE, pos })
    })
  })
})

for (const pending of ['handler', 'SA_RESTART'] as const) {
  describe(`with a signal pending whose handler is ${pending === 'handler' ? 'without' : 'with'} SA_RESTART`, () => {
    test('a checkpoint is made again or EINTR by its code, and other errors stay', () => {
      const results = playAll('checkpoint', pending)
      eachCase(WRITES, (n, code, key) => {
        const torn = sum(WRITES.slice(0, n - 1))
        const again = code === ERESTARTNOINTR || (code === ERESTARTSYS && pending === 'SA_RESTART')
        const { ret, made, comm, tids, size, pos } = results.get(key) as Result
        expect({ comm, tids, pos }, key).toEqual({ comm: 'other', tids: [3n, 4n], pos: size })
        expect({ made, size }, key).toEqual(again ? { made: 2, size: torn + IMAGE } : { made: 1, size: torn })
        if (again) expect(ret, key).toBeGreaterThan(0)
        else expect(ret, key).toBe(RESTART_CODES.includes(code) ? -EINTR : -code)
      })
    })

    test('a restart is never made again', () => {
      const results = playAll('restart', pending)
      eachCase(READS, (n, code, key) => {
        const ret = RESTART_CODES.includes(code) ? -EINTR : -code
        const pos = sum(READS.slice(0, n - 1))
        expect(results.get(key), key).toEqual({ ret, made: 1, ...left(n), size: IMAGE, pos })
      })
    })
  })
}
