import { expect } from 'vitest'
import { boot, type BootOptions, type Process, type Program, type UserPtr, type Vm } from '../../index.ts'
import { errnoName } from '../../kernel/errno.ts'
import { TASK_INTERRUPTIBLE, wake_up_state } from '../../kernel/sched/sched.ts'
import { __WALL } from '../../kernel/task/exit.ts'
import { decodeUtf8, encodeUtf8 } from '../../kernel/utf8.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'

/** What tests of the whole machine share: assertions on results, and machines that must end as they began. */

/** `ret` is a result, not an errno. Returns it. */
export function ok(ret: number): number {
  if (ret < 0) raise(`expected success, got ${shown(ret)}`)
  return ret
}

/** `ret` is this errno, negated. */
export function fails(ret: number, errno: number): void {
  if (ret !== -errno) raise(`expected ${shown(-errno)}, got ${shown(ret)}`)
}

/** `actual` equals `expected`, for programs: what they throw reaches the test. */
export function is<T>(actual: T, expected: T, what = ''): void {
  try {
    expect(actual, what).toEqual(expected)
  } catch (error) {
    failures.push(error as Error)
    throw error
  }
}

/** Assertions that failed inside programs: the kernel takes what a program throws for its death. */
let failures: Error[] = []

function raise(message: string): never {
  const error = new Error(message)
  failures.push(error)
  throw error
}

function shown(ret: number): string {
  return ret < 0 ? `-${errnoName(-ret) ?? -ret}` : String(ret)
}

/** What a machine has taken and not given back. */
interface Balance {
  active: number
  caches: Record<string, number>
  pages: number
  tasks: number
  pids: number
  uts_users: number
}

function balance({ kernel }: Vm): Balance {
  return {
    active: kernel.slab.active,
    caches: Object.fromEntries(kernel.slab.caches.map((c) => [c.name, c.active_objs])),
    pages: kernel.pages.used,
    tasks: kernel.tasks.size,
    pids: kernel.pid_ns.pid_map.size,
    uts_users: kernel.uts_ns.count,
  }
}

/**
 * Boot a machine, use it, end what still runs on it, and see that nothing is left of that: no kernel
 * memory, page, open file, task or id.
 */
export function withVm<T>(options: BootOptions, use: (vm: Vm) => T): T {
  failures = []
  const vm = boot(options)
  const before = balance(vm)
  let result: T
  try {
    result = use(vm)
  } catch (error) {
    throw failures[0] ?? error
  }
  if (failures.length > 0) throw failures[0]
  killAll(vm)
  expect(balance(vm), 'what the machine has taken, after and before').toEqual(before)
  return result
}

/** Run `main` as the only program of a machine, to its end with status 0. Returns the machine. */
export function inVm(main: Program, options: BootOptions = {}): Vm {
  return withVm(options, (vm) => {
    const process = vm.spawn(main)
    expect(vm.run()).toEqual({ kind: 'exited' })
    expectStatus(vm, process, 0)
    return vm
  })
}

/** `process` has ended, with this status as wait(2) reports it. */
export function expectStatus(vm: Vm, process: Process, status: number): void {
  if (failures.length > 0) throw failures[0]
  expect(process.status, vm.dmesg().slice(2).join('\n')).toBe(status)
}

/** End every task, wherever it sleeps, and arm no fault any more. */
export function killAll(vm: Vm): void {
  const { inject, tasks } = vm.kernel
  for (const point of [inject.kmalloc, inject.vfs_read, inject.vfs_write, ...inject.syscalls]) point.arm([])
  for (const t of tasks) {
    t.sigpending = 1
    t.group.exit_code ??= 9
    void wake_up_state(t, TASK_INTERRUPTIBLE)
  }
  if (tasks.size > 0) expect(vm.run({ budget: 1e6 })).toEqual({ kind: 'exited' })
}

/** 100, an address where nothing is mapped; the first that is none of user space's; a kernel address. */
export const UNMAPPED = 100 as UserPtr
export const BAD_POINTERS = [UNMAPPED, 2 ** 38, -4096, -1] as UserPtr[]

/** The last `good` bytes of the heap: behind them nothing is mapped. */
export function* endOfHeap(sys: Libc, good: number): Run<UserPtr> {
  const start = yield* sys.brk(0)
  const end = yield* sys.brk((Math.ceil(start / 4096) + 4) * 4096)
  return (end - good) as UserPtr
}

export function bytes(text: string): Uint8Array {
  return encodeUtf8(text)
}

/** `size` bytes of memory at `at`, as text. */
export function textAt(sys: Libc, at: UserPtr, size: number): string {
  return decodeUtf8(sys.load(at, size))
}

/** Both ends of a pipe. */
export function* pipe(sys: Libc, flags = 0): Run<{ readonly rd: number; readonly wr: number }> {
  const p = yield* sys.pipe(flags)
  if (typeof p === 'number') return raise(`pipe2 failed: ${shown(p)}`)
  return p
}

/** Wait for `pid`, or for any child with -1; its exit status as wait(2) reports it. */
export function* waitFor(sys: Libc, pid: number): Run<number> {
  const status = sys.alloc(4)
  const ret = ok(yield* sys.wait4(pid, status, __WALL))
  if (pid > 0) is(ret, pid)
  return sys.loadInt(status)
}
