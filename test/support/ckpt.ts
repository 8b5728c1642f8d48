import type { Fd, KPtr, Sleeps } from '../../kernel/types.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { SpawnOptions } from '../../kernel/init.ts'
import type { ckpt_ctx } from '../../kernel/checkpoint/checkpoint_types.ts'
import type { files_struct } from '../../kernel/fs/fdtable.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import { boot, type BootOptions, type Libc, type Outcome, type Run, type Vm } from '../../index.ts'
import { errnoName } from '../../kernel/errno.ts'
import { ckpt_ctx_alloc, ckpt_ctx_free } from '../../kernel/checkpoint/sys.ts'
import { alloc_fd, fd_install } from '../../kernel/fs/fdtable.ts'
import { O_RDWR, type file } from '../../kernel/fs/file.ts'
import { do_filp_open } from '../../kernel/fs/open.ts'
import { kthread_run } from '../../kernel/init.ts'
import { GFP_KERNEL, kfree, koff, kzalloc } from '../../kernel/mm/slab.ts'
import { PR_GET_NAME } from '../../userland/libc.ts'
import { expect } from 'vitest'

/** What the tests of checkpoint and restart say again and again. */

/** Bytes of a whole image. */
export const IMAGE_SIZE = 355

/** System calls that a test may make before it counts as one that never ends. */
const BUDGET = 5_000_000

/** A machine whose log the patch leaves alone. */
export function quietVm(options: BootOptions = {}): Vm {
  return boot({ cmdline: 'ckpt_debug=0', ...options })
}

/** `ret` is a result; it comes back. */
export function ok(ret: number): number {
  if (ret < 0) expect.fail(`failed with ${outcomeName(ret)}`)
  return ret
}

/** `ret` says that the call failed with `errno`. */
export function fails(ret: number, errno: number): void {
  expect(outcomeName(ret)).toBe(outcomeName(-errno))
}

/** -EINVAL for -22, the number itself for a result. */
export function outcomeName(ret: number): string {
  return ret < 0 ? `-${errnoName(-ret) ?? -ret}` : String(ret)
}

/**
 * Run `main` as a program, the machine until nothing is left to do, and hand out what it returned. An
 * assertion that fails inside of it fails here.
 */
export function inProgram<T>(
  vm: Vm,
  main: (sys: Libc, t: task_struct, envp: readonly string[]) => Run<T>,
  options: SpawnOptions = {},
): T {
  const { end } = start(vm, main, options)
  return end(vm.run({ budget: BUDGET }))
}

/** The same with the machine left to be run: `end` takes what became of that. */
export function start<T>(
  vm: Vm,
  main: (sys: Libc, t: task_struct, envp: readonly string[]) => Run<T>,
  options: SpawnOptions = {},
): { readonly t: task_struct; readonly end: (outcome: Outcome) => T } {
  let done: { readonly value: T } | null = null
  let error: unknown = null
  const process = vm.spawn(
    function* program(sys, _argv, envp): Run<number> {
      try {
        done = { value: yield* main(sys, process.task, envp) }
        return 0
      } catch (e) {
        error = e
        throw e
      }
    },
    [],
    options,
  )
  return {
    t: process.task,
    end(outcome) {
      if (error !== null) throw error as Error
      if (done === null) throw new Error(`the program did not end: ${JSON.stringify(outcome)}`)
      return done.value
    },
  }
}

/** Run `fn` as a kernel thread to its end: for what no system call reaches. */
export function inKernel<T>(vm: Vm, fn: (t: task_struct) => Sleeps<T>): T {
  let done: { readonly value: T } | null = null
  let error: unknown = null
  kthread_run(vm.kernel, 'kthread', function* (t): Sleeps<number> {
    try {
      done = { value: yield* fn(t) }
    } catch (e) {
      error = e
    }
    return 0
  })
  const outcome = vm.run({ budget: BUDGET })
  if (error !== null) throw error as Error
  if (done === null) throw new Error(`the kernel thread did not end: ${JSON.stringify(outcome)}`)
  return (done as { readonly value: T }).value
}

/** Call helpers of the patch in a kernel thread, on a context for a file that holds `bytes`. */
export function withCtx<T>(vm: Vm, bytes: Uint8Array, fn: (ctx: ckpt_ctx) => Sleeps<T>): T {
  vm.writeFile('/tmp/ctx', bytes)
  return inKernel(vm, function* (t) {
    const files = t.files as files_struct
    const fd = alloc_fd(files, 0, false)
    fd_install(files, fd, do_filp_open(vm.kernel.root, '/tmp/ctx', O_RDWR, 0) as file)
    const ctx = ckpt_ctx_alloc(fd as Fd, 0n, 0n) as ckpt_ctx
    try {
      return yield* fn(ctx)
    } finally {
      ckpt_ctx_free(ctx)
    }
  })
}

/** Kernel memory of `size` bytes for `fn`; `bytes` reads it. */
export function* withBuffer<T>(vm: Vm, size: number, fn: (ptr: KPtr, bytes: () => Uint8Array) => Sleeps<T>): Sleeps<T> {
  const ptr = kzalloc(size, GFP_KERNEL)
  try {
    return yield* fn(ptr, () => vm.kernel.slab.mem(ptr).u8.slice(koff(ptr), koff(ptr) + size))
  } finally {
    kfree(ptr)
  }
}

/** The image that /bin/self_checkpoint makes of itself. */
export function imageOf(vm: Vm, comm = 'sleeper'): Uint8Array {
  vm.spawn('/bin/self_checkpoint', ['/tmp/image-of', comm])
  expect(vm.run()).toEqual({ kind: 'exited' })
  return vm.readFile('/tmp/image-of').slice()
}

/** A file with `bytes` at `path`, open at its beginning for reading and writing: the descriptor. */
export function* openWith(sys: Libc, vm: Vm, path: string, bytes: Uint8Array): Run<number> {
  vm.writeFile(path, bytes)
  return ok(yield* sys.open(path, 2))
}

/** The caller's name, as it can ask for it. */
export function* commOf(sys: Libc): Run<string> {
  const comm = sys.alloc(16)
  ok(yield* sys.prctl(PR_GET_NAME, comm))
  return sys.loadString(comm)
}

/** A record: `type`, `len` (of `payload` with its header unless given) and `payload`. */
export function record(type: number, payload: readonly number[] = [], len = payload.length + 8): Uint8Array {
  const bytes = new Uint8Array(8 + payload.length)
  new DataView(bytes.buffer).setUint32(0, type, true)
  new DataView(bytes.buffer).setUint32(4, len, true)
  bytes.set(payload, 8)
  return bytes
}

/** A copy of `image` with `bytes` at `offset`. */
export function patched(image: Uint8Array, offset: number, bytes: readonly number[]): Uint8Array {
  const copy = image.slice()
  copy.set(bytes, offset)
  return copy
}

/** What a machine holds that somebody will have to give back. */
export function held(kernel: Kernel): { readonly slab: number; readonly pages: number; readonly tasks: number } {
  return { slab: kernel.slab.active, pages: kernel.pages.used, tasks: kernel.tasks.size }
}
