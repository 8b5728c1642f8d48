import type { Fd, KPtr, MaySleep, Sleeps } from '../../kernel/types.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import type { ckpt_ctx } from '../../kernel/checkpoint/checkpoint_types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { boot, onHit, type FaultRule } from '../../index.ts'
import { kthread_run } from '../../kernel/init.ts'
import { ckpt_hdr } from '../../kernel/checkpoint/checkpoint_hdr.ts'
import {
  __ckpt_write_err,
  ckpt_write_buffer,
  ckpt_write_err,
  ckpt_write_obj_type,
  ckpt_write_string,
} from '../../kernel/checkpoint/checkpoint.ts'
import {
  _ckpt_read_buffer,
  _ckpt_read_nbuffer,
  _ckpt_read_obj_type,
  _ckpt_read_string,
  ckpt_read_buf_type,
  ckpt_read_obj_type,
} from '../../kernel/checkpoint/restart.ts'
import { ckpt_ctx_alloc, ckpt_ctx_free, ckpt_hdr_put } from '../../kernel/checkpoint/sys.ts'
import { alloc_fd, fd_install } from '../../kernel/fs/fdtable.ts'
import { O_RDONLY, O_RDWR, O_WRONLY, type file } from '../../kernel/fs/file.ts'
import { read_file } from '../../kernel/fs/hostfile.ts'
import { do_filp_open } from '../../kernel/fs/open.ts'
import { GFP_KERNEL, IS_ERR, NULL, kfree, kmem, koff, kzalloc } from '../../kernel/mm/slab.ts'
import { may } from '../../kernel/sched/may_sleep.ts'
import { current } from '../../kernel/sched/current.ts'
import { byteString, fromBytes } from '../../kernel/utf8.ts'

/** A case and its result, as test/vectors/README.md describes them. */
export interface Case {
  readonly op: string
  readonly args: {
    readonly pid?: number
    readonly fd: number
    readonly flags?: string
    readonly data?: string
    readonly len?: number
    readonly type?: number
  }
  readonly kernel: {
    readonly version: readonly [number, number, number]
    readonly time: number
    readonly crid_base: number
    readonly ckpt_debug: number
  }
  readonly uts: { readonly release: string; readonly version: string; readonly machine: string }
  readonly task: TaskFields
  readonly file: { readonly mode: 'r' | 'w' | 'rw'; readonly data: string; readonly pos: number }
  readonly vfs: readonly (readonly ['max' | 'ret', number])[]
  readonly failslab?: readonly number[]
}

export interface TaskFields {
  readonly pid: number
  readonly comm: string
  readonly state: number
  readonly exit_state: number
  readonly exit_code: number
  readonly exit_signal: number
  readonly set_child_tid: string
  readonly clear_child_tid: string
}

export interface Result {
  ret: number
  task: TaskFields
  file: { data: string; pos: number }
  calls: (readonly ['r' | 'w', number, number])[]
  out?: string
  log?: string[]
  leaks: number
}

const FD = 3
const OPEN_MODE = { r: O_RDONLY, w: O_WRONLY, rw: O_RDWR }

/** Do what the case says on a machine of its own, and tell what came of it. */
export function runCase(c: Case): Result {
  const vm = boot({
    version: c.kernel.version,
    time: c.kernel.time,
    ctx_count: c.kernel.crid_base,
    cmdline: `ckpt_debug=${c.kernel.ckpt_debug}`,
    uts: { release: unhex(c.uts.release), version: unhex(c.uts.version), machine: unhex(c.uts.machine) },
  })
  const { kernel } = vm
  vm.writeFile('/image', fromHex(c.file.data))
  let result: Result | null = null
  const options = { pid: c.task.pid, stdio: false }
  const syscall = c.op === 'checkpoint' || c.op === 'restart'
  if (syscall) {
    const { op } = c
    const process = vm.spawn(
      function* main(sys: Libc): Run<number> {
        const watch = prepare(kernel, process.task, c)
        const flags = BigInt(c.args.flags ?? '0')
        const pid = c.args.pid ?? 0
        const ret = yield* op === 'checkpoint'
          ? sys.checkpoint(pid, c.args.fd, flags)
          : sys.restart(pid, c.args.fd, flags)
        result = watch.done(ret)
        return 0
      },
      [],
      options,
    )
  } else {
    kthread_run(
      kernel,
      'helper',
      function* (t): Sleeps<number> {
        const watch = prepare(kernel, t, c)
        const r = yield* helper(c)
        result = { ...watch.done(r.ret), ...(r.out === undefined ? {} : { out: r.out }) }
        return 0
      },
      options,
    )
  }
  const outcome = vm.run()
  if (result === null) throw new Error(`case ${c.op} did not come to an end: ${outcome.kind}`)
  return result
}

/** Set the task up, open the file, arm the faults, listen. */
function prepare(kernel: Kernel, t: task_struct, c: Case): { done: (ret: number) => Result } {
  t.commBytes().set(fromHex(c.task.comm))
  t.state = c.task.state
  t.exit_state = c.task.exit_state
  t.exit_code = c.task.exit_code
  t.exit_signal = c.task.exit_signal
  t.set_child_tid = BigInt(c.task.set_child_tid)
  t.clear_child_tid = BigInt(c.task.clear_child_tid)
  const f = openAt(kernel, t, FD, OPEN_MODE[c.file.mode])
  f.f_pos = c.file.pos

  const calls: Result['calls'] = []
  let log = ''
  const stops = [
    kernel.trace.vfs_read.register((_f, count, ret) => calls.push(['r', count, ret])),
    kernel.trace.vfs_write.register((_f, count, ret) => calls.push(['w', count, ret])),
    kernel.trace.printk.register((_level, text) => (log += text)),
  ]
  const vfs: FaultRule[] = c.vfs.map(([what, n], i) => onHit(i + 1, what === 'max' ? { max: n } : { retval: n }))
  kernel.inject.vfs_read.arm(vfs)
  kernel.inject.vfs_write.arm(vfs)
  kernel.inject.kmalloc.arm((c.failslab ?? []).map((n) => onHit(n, { retval: 0 })))
  const active = kernel.slab.active

  return {
    done(ret) {
      const leaks = kernel.slab.active - active
      for (const stop of stops) stop()
      for (const point of [kernel.inject.vfs_read, kernel.inject.vfs_write, kernel.inject.kmalloc]) point.arm([])
      const result: Result = {
        ret,
        task: fieldsOf(t),
        file: { data: contents(kernel, t), pos: f.f_pos },
        calls,
        ...(c.kernel.ckpt_debug === 0 ? {} : { log: logLines(log) }),
        leaks,
      }
      // Fields that mean something to the scheduler, back to what they are for a task that runs.
      t.state = t.exit_state = 0
      t.set_child_tid = t.clear_child_tid = 0n
      return result
    },
  }
}

/** Call an exported helper of the patch on a context of its own. `out` is what a reader put into its buffer. */
function* helper(c: Case): Sleeps<{ ret: number; out?: string }> {
  const ctx = ckpt_ctx_alloc(c.args.fd as Fd, 0n, 0n)
  if (typeof ctx === 'number') return { ret: ctx }
  try {
    return yield* callHelper(c, ctx)
  } finally {
    ckpt_ctx_free(ctx)
  }
}

function* callHelper(c: Case, ctx: ckpt_ctx): Sleeps<{ ret: number; out?: string }> {
  const { len = 0, type = 0 } = c.args
  const data = fromHex(c.args.data ?? '')
  const text = byteString(data)
  switch (c.op) {
    case 'ckpt_write_obj_type(NULL)':
      return { ret: yield* may(ckpt_write_obj_type(ctx, NULL, len, type)) }
    case 'ckpt_write_obj_type':
      return yield* withBuffer(data, (buf) => ckpt_write_obj_type(ctx, buf, len, type))
    case 'ckpt_write_buffer':
      return yield* withBuffer(data, (buf) => ckpt_write_buffer(ctx, buf, len))
    case 'ckpt_write_string':
      return yield* withBuffer(data, (buf) => ckpt_write_string(ctx, buf, len))
    case 'ckpt_write_err':
      return { ret: yield* may(ckpt_write_err(ctx, '%s', text)) }
    case '__ckpt_write_err':
      __ckpt_write_err(ctx, '%s', text)
      return { ret: yield* may(ckpt_write_err(ctx, null)) }
    case '_ckpt_read_obj_type(NULL)':
      return { ret: yield* may(_ckpt_read_obj_type(ctx, NULL, len, type)) }
    case '_ckpt_read_obj_type':
      return yield* intoBuffer(
        len,
        (buf) => _ckpt_read_obj_type(ctx, buf, len, type),
        () => len,
      )
    case '_ckpt_read_buffer':
      return yield* intoBuffer(
        len,
        (buf) => _ckpt_read_buffer(ctx, buf, len),
        () => len,
      )
    case '_ckpt_read_string':
      return yield* intoBuffer(
        len,
        (buf) => _ckpt_read_string(ctx, buf, len),
        () => len,
      )
    case '_ckpt_read_nbuffer':
      return yield* intoBuffer(
        len,
        (buf) => _ckpt_read_nbuffer(ctx, buf, len),
        (ret) => ret - ckpt_hdr.sizeof,
      )
    case 'ckpt_read_obj_type':
      return allocated(ctx, yield* may(ckpt_read_obj_type(ctx, len, type)))
    case 'ckpt_read_buf_type':
      return allocated(ctx, yield* may(ckpt_read_buf_type(ctx, len, type)))
    default:
      throw new Error(`no such operation: ${c.op}`)
  }
}

/** A caller's buffer is not one of the allocations that the case counts and fails. */
function scratch(bytes: Uint8Array): { ptr: KPtr; free: () => void } {
  const { kernel } = current
  const { active } = kernel.inject.kmalloc
  kernel.inject.kmalloc.active = false
  const ptr = kzalloc(Math.max(1, bytes.length), GFP_KERNEL)
  kernel.inject.kmalloc.active = active
  kernel.slab.mem(ptr).u8.set(bytes, koff(ptr))
  return { ptr, free: () => kfree(ptr) }
}

function* withBuffer(data: Uint8Array, call: (buf: KPtr) => MaySleep<number>): Sleeps<{ ret: number }> {
  const { ptr, free } = scratch(data)
  try {
    return { ret: yield* may(call(ptr)) }
  } finally {
    free()
  }
}

function* intoBuffer(
  size: number,
  call: (buf: KPtr) => MaySleep<number>,
  filled: (ret: number) => number,
): Sleeps<{ ret: number; out?: string }> {
  const { ptr, free } = scratch(new Uint8Array(size))
  try {
    const ret = yield* may(call(ptr))
    return ret < 0 ? { ret } : { ret, out: hexAt(ptr, filled(ret)) }
  } finally {
    free()
  }
}

/** A record that a reader allocated: its length, and all its bytes. */
function allocated(ctx: ckpt_ctx, ptr: KPtr): { ret: number; out?: string } {
  if (IS_ERR(ptr)) return { ret: ptr }
  const { len } = new ckpt_hdr(kmem(ptr, ckpt_hdr.sizeof), koff(ptr), ptr)
  const out = hexAt(ptr, len)
  ckpt_hdr_put(ctx, ptr)
  return { ret: len, out }
}

function hexAt(ptr: KPtr, size: number): string {
  const start = koff(ptr)
  return toHex(current.kernel.slab.mem(ptr).u8.subarray(start, start + size))
}

/** The file of the case, at descriptor `fd` of `t`. */
function openAt(kernel: Kernel, t: task_struct, fd: number, flags: number): file {
  const f = do_filp_open(kernel.root, '/image', flags, 0)
  const { files } = t
  if (typeof f === 'number' || files === null || alloc_fd(files, fd, false) !== fd)
    throw new Error('no file for the case')
  fd_install(files, fd, f)
  return f
}

/** What is in the file, without a trace of looking. */
function contents(kernel: Kernel, t: task_struct): string {
  const bytes = read_file(kernel, '/image')
  if (typeof bytes === 'number') throw new Error(`the file of task ${t.pid} is gone`)
  return toHex(bytes)
}

function fieldsOf(t: task_struct): TaskFields {
  return {
    pid: t.pid,
    comm: toHex(t.commBytes()),
    state: t.state,
    exit_state: t.exit_state,
    exit_code: t.exit_code,
    exit_signal: t.exit_signal,
    set_child_tid: `0x${t.set_child_tid.toString(16)}`,
    clear_child_tid: `0x${t.clear_child_tid.toString(16)}`,
  }
}

/** The log as lines, the source's line number left out of each prefix. */
function logLines(log: string): string[] {
  const lines = fromBytes(log).split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => line.replace(/(\[\d+:\d+:c\/r:\w+):\d+\] /, '$1] '))
}

const HEX = Array.from({ length: 256 }, (_, b) => b.toString(16).padStart(2, '0'))

function toHex(bytes: Uint8Array): string {
  let out = ''
  for (const b of bytes) out += HEX[b]
  return out
}

function fromHex(hex: string): Uint8Array {
  const out = new Uint8Array(hex.length / 2)
  for (let i = 0; i < out.length; i++) out[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  return out
}

function unhex(hex: string): string {
  return byteString(fromHex(hex))
}
