import type { Logger } from 'pino'
import type { BootParams, Kernel } from './kernel/kernel.ts'
import type { SpawnOptions } from './kernel/init.ts'
import type { Outcome } from './kernel/run.ts'
import type { LogLine } from './kernel/printk.ts'
import type { task_struct } from './kernel/task/task.ts'
import type { Program } from './userland/program.ts'
import { actingFor, spawn, start_kernel } from './kernel/init.ts'
import { has_ended } from './kernel/task/exit.ts'
import { errnoMessage, errnoName } from './kernel/errno.ts'
import { formatLogLine } from './kernel/printk.ts'
import { read_file, write_file } from './kernel/fs/hostfile.ts'
import { run } from './kernel/run.ts'
import { bytesOf, decodeUtf8, encodeUtf8, fromBytes, toBytes } from './kernel/utf8.ts'
import { abi } from './syscalls/entry.ts'
import { strace, type StraceLine } from './syscalls/strace.ts'
import { binfmtTypeScript, programFile } from './userland/binfmt.ts'
import { programs } from './userland/programs.ts'

/** What a program that embeds the machine imports. */

export type { BootParams } from './kernel/kernel.ts'
export type { Outcome, Waiter } from './kernel/run.ts'
export type { LogLine } from './kernel/printk.ts'
export type { StraceLine } from './syscalls/strace.ts'
export type { Program, Run } from './userland/program.ts'
export type { UserPtr } from './kernel/types.ts'
export { Libc } from './userland/libc.ts'
export { Bug } from './kernel/bug.ts'
export { imageFields, type ImageField } from './kernel/checkpoint/image.ts'
export * as errno from './kernel/errno.ts'
export { onHit, type FaultAction, type FaultRule } from './kernel/inject/inject.ts'

export interface BootOptions extends BootParams {
  /** Programs of your own, by the name that they get in /bin. */
  readonly programs?: Readonly<Record<string, Program>>
  /** Where the kernel's log goes besides the ring: a pino logger, at the levels that fit. */
  readonly logger?: Pick<Logger, 'fatal' | 'error' | 'warn' | 'info' | 'debug'>
}

/** Boot a machine. */
export function boot(options: BootOptions = {}): Vm {
  return new Vm(options)
}

/** A system call that failed on the machine, for who called it from outside: `code` is ENOENT and so on. */
export class SyscallError extends Error {
  override readonly name = 'SyscallError'
  readonly code: string
  readonly errno: number

  constructor(errno: number, what: string) {
    const code = errnoName(-errno) ?? String(errno)
    super(`${code}: ${errnoMessage(-errno) ?? 'unknown error'}, ${what}`)
    this.code = code
    this.errno = errno
  }
}

/** A process that was spawned from outside. */
export class Process {
  readonly task: task_struct

  constructor(task: task_struct) {
    this.task = task
  }

  get pid(): number {
    return this.task.pid
  }

  /** As wait(2) reports it: exit status in the second byte, or a signal's number; null while it runs. */
  get status(): number | null {
    return has_ended(this.task) ? this.task.exit_code : null
  }
}

/** A machine. */
export class Vm {
  /** The kernel itself: tracepoints, fault injection, slab, tasks. */
  readonly kernel: Kernel
  readonly #programs: Map<string, Program>
  #console: Uint8Array[] = []

  constructor(options: BootOptions) {
    this.#programs = new Map(Object.entries({ ...programs, ...options.programs }).map(([k, p]) => [toBytes(k), p]))
    this.kernel = start_kernel(options, abi, [binfmtTypeScript(this.#programs)])
    this.kernel.tty.push((chunk) => this.#console.push(chunk))
    if (options.logger !== undefined) {
      const console = pinoConsole(options.logger)
      // What was said before it was there: CON_PRINTBUFFER.
      this.kernel.log.lines().forEach(console)
      this.kernel.log.consoles.push(console)
    }
    for (const name of this.#programs.keys()) this.#install(name)
  }

  /**
   * A process that will run `program`: a path, or a function, which is put into /bin under its own name.
   * `argv[0]` is the program's name unless given. Throws a SyscallError where it cannot be started.
   */
  spawn(
    program: string | Program,
    args: readonly string[] = [],
    options: SpawnOptions & { argv0?: string } = {},
  ): Process {
    const path = typeof program === 'string' ? program : this.#adopt(program)
    const argv = [options.argv0 ?? path, ...args].map(toBytes)
    const t = spawn(this.kernel, toBytes(path), argv, options)
    if (typeof t === 'number') throw new SyscallError(t, `spawn '${path}'`)
    return new Process(t)
  }

  /** Run until there is nothing more to do, or `budget` system calls have been made. */
  run(options: { readonly budget?: number } = {}): Outcome {
    return run(this.kernel, options.budget)
  }

  readFile(path: string): Uint8Array {
    const bytes = actingFor(this.kernel.swapper, () => read_file(this.kernel, toBytes(path)))
    if (typeof bytes === 'number') throw new SyscallError(bytes, `read '${path}'`)
    return bytes
  }

  writeFile(path: string, data: Uint8Array | string, mode = 0o644): void {
    const bytes = typeof data === 'string' ? encodeUtf8(data) : data
    const ret = actingFor(this.kernel.swapper, () => write_file(this.kernel, toBytes(path), bytes, mode))
    if (ret < 0) throw new SyscallError(ret, `write '${path}'`)
  }

  /** What programs have printed on the console so far. */
  get console(): string {
    const bytes = new Uint8Array(this.#console.reduce((n, chunk) => n + chunk.length, 0))
    let at = 0
    for (const chunk of this.#console) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    this.#console = [bytes]
    return decodeUtf8(bytes)
  }

  /** The kernel's log, a line each, as dmesg(1) shows it. */
  dmesg(): string[] {
    return this.kernel.log.lines().map((line) => fromBytes(formatLogLine(line)))
  }

  /** Have a line of every system call from now on. Returns what stops it. */
  strace(write: (line: StraceLine) => void): () => void {
    return strace(this.kernel, write)
  }

  #adopt(program: Program): string {
    const name = toBytes(program.name || 'a.out')
    if (this.#programs.get(name) !== program) {
      this.#programs.set(name, program)
      this.#install(name)
    }
    return `/bin/${program.name || 'a.out'}`
  }

  #install(name: string): void {
    const file = bytesOf(programFile(name))
    const ret = actingFor(this.kernel.swapper, () => write_file(this.kernel, `/bin/${name}`, file, 0o755))
    if (ret < 0) throw new SyscallError(ret, `install '/bin/${name}'`)
  }
}

const PINO_LEVELS = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'] as const

/** printk's levels as pino's, the line's own time with it. */
function pinoConsole(logger: NonNullable<BootOptions['logger']>): (line: LogLine) => void {
  return (line) =>
    logger[PINO_LEVELS[line.level]]({ uptime_ns: line.time, level_name: line.level }, fromBytes(line.text))
}
