import type { BootParams, Kernel } from './kernel/kernel.ts'
import type { SpawnOptions as TaskOptions } from './kernel/init.ts'
import type { Outcome } from './kernel/run.ts'
import type { Console } from './kernel/printk.ts'
import type { task_struct } from './kernel/task/task.ts'
import type { Program } from './userland/program.ts'
import { spawn, start_kernel } from './kernel/init.ts'
import { actingFor } from './kernel/sched/current.ts'
import { has_ended } from './kernel/task/release.ts'
import { EEXIST, ETXTBSY, errnoMessage, errnoName } from './kernel/errno.ts'
import { formatLogLine } from './kernel/printk.ts'
import { read_file, write_file } from './kernel/fs/hostfile.ts'
import type { HostFolder } from './kernel/fs/hostfs.ts'
import { copy_host, mount_host } from './kernel/fs/hostmount.ts'
import { do_mkdir, do_unlink } from './kernel/fs/link.ts'
import { run } from './kernel/run.ts'
import { tty_attach, tty_end, tty_hangup, tty_input } from './kernel/tty/line.ts'
import { tty_do_resize } from './kernel/tty/tty_ioctl.ts'
import { bytesOf, decodeUtf8, encodeUtf8, fromBytes, toBytes } from './kernel/utf8.ts'
import { abi } from './syscalls/entry.ts'
import { inject } from './syscalls/inject.ts'
import { strace, type StraceLine } from './syscalls/strace.ts'
import { binfmtTypeScript, programFile } from './userland/binfmt.ts'
import { programs } from './userland/programs.ts'
import type { Chooser } from './kernel/sched/choice.ts'
import { choose, replay, type ChooseOptions, type Choosing } from './schedules/choose.ts'
import { every, type Every, type EveryOptions } from './schedules/every.ts'

/** What a program that embeds the machine imports. */

export type { BootParams } from './kernel/kernel.ts'
export type { Outcome, Waiter } from './kernel/run.ts'
export type { LogLine } from './kernel/printk.ts'
export type { StraceLine } from './syscalls/strace.ts'
export type { Program, Run } from './userland/program.ts'
export type { UserPtr } from './kernel/types.ts'
export type { HostFolder, HostStat } from './kernel/fs/hostfs.ts'
export { Libc } from './userland/libc.ts'
export { Bug } from './kernel/bug.ts'
export { imageFields, type ImageField } from './kernel/checkpoint/image.ts'
export * as errno from './kernel/errno.ts'
export type { Choice, ChoicePoint, Chooser, TaskAt } from './kernel/sched/choice.ts'
export type { ChooseOptions, Choosing } from './schedules/choose.ts'
export { ScheduleError, type Arrival, type Every, type EveryOptions, type SeenResult } from './schedules/every.ts'
export { onHit, type FaultAction, type FaultRule } from './kernel/inject/inject.ts'

/** What is wanted of a logger: pino's are such. */
export type Logger = Readonly<
  Record<
    'fatal' | 'error' | 'warn' | 'info' | 'debug',
    (fields: { readonly uptime_ns: number; readonly kern_level: number }, text: string) => void
  >
>

export interface BootOptions extends BootParams {
  /** Programs of your own, by the name that they get in /bin. */
  readonly programs?: Readonly<Record<string, Program>>
  /** Folders of this computer's that the machine sees. */
  readonly mounts?: readonly Mount[]
  /** Where the kernel's log goes besides the ring: a pino logger, at the levels that fit. */
  readonly logger?: Logger
}

/** A folder of the host's at a path of the machine's, which is made where it is not there. */
export interface Mount {
  /** The folder: under Node.js, `hostFolder(path)` of scripts/lib/host_folder.ts. */
  readonly host: HostFolder
  readonly guest: string
  /** `ro`, the default: as it is at each moment, for reading. `copy`: as it is at boot, to be changed at will. */
  readonly mode?: 'ro' | 'copy'
}

/** Where and how a process begins. */
export interface SpawnOptions extends Omit<TaskOptions, 'envp'> {
  /** Its environment, `NAME=value` each. Default: HOME, TERM, and what the command line adds. */
  readonly envp?: readonly string[]
  /** Its argv[0], in place of the program's path. */
  readonly argv0?: string
}

/** What is plugged into the console. */
export interface TerminalOptions {
  /** Its size in characters. Default 24 by 80. */
  readonly rows?: number
  readonly cols?: number
  /** What programs and the echo put on it; it must not throw. Without it, `console` keeps that. */
  readonly onOutput?: (bytes: Uint8Array) => void
}

/** Boot a machine. Throws a RangeError for parameters that none can be booted with. */
export function boot(options: BootOptions = {}): Vm {
  checkParams(options)
  return new Vm(options)
}

const LEAST_MEM = 1 << 18

function checkParams({ mem, version, time, seed, slice, ctx_count }: BootParams): void {
  const check = (name: string, value: number | undefined, least: number, most = Number.MAX_SAFE_INTEGER): void => {
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return
    throw new RangeError(`boot: ${name} is to be a whole number from ${least} to ${most}, not ${value}`)
  }
  check('mem', mem, LEAST_MEM)
  for (const part of version ?? []) check('each part of version', part, 0, 255)
  check('time', time, 0)
  check('seed', seed, Number.MIN_SAFE_INTEGER)
  check('slice', slice, 1)
  check('ctx_count', ctx_count, -0x80000000, 0x7fffffff)
}

/**
 * A system call that failed on the machine, for who called it from outside: `code` is ENOENT and so on,
 * `errno` the same as the kernel has it, negative.
 */
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
    return this.task.group.leader.pid
  }

  /** As wait(2) reports it: exit status in the second byte, or a signal's number; null while it runs. */
  get status(): number | null {
    const { leader } = this.task.group
    return has_ended(leader) ? leader.exit_code : null
  }
}

/** A machine. */
export class Vm {
  /** The kernel itself: tracepoints, fault injection, slab, tasks. */
  readonly kernel: Kernel
  readonly #programs: Map<string, Program>
  #console: Uint8Array[] = []
  #onOutput: ((bytes: Uint8Array) => void) | null = null
  #running = false

  constructor(options: BootOptions) {
    this.#programs = new Map(Object.entries({ ...programs, ...options.programs }).map(([k, p]) => [toBytes(k), p]))
    this.kernel = start_kernel(options, abi, [binfmtTypeScript(this.#programs)])
    this.kernel.tty.push((chunk) => (this.#onOutput === null ? this.#console.push(chunk) : this.#onOutput(chunk)))
    if (options.logger !== undefined) this.#register(pinoConsole(options.logger))
    for (const name of this.#programs.keys()) this.#install(name)
    for (const { host, guest, mode } of options.mounts ?? []) {
      const mount = mode === 'copy' ? copy_host : mount_host
      const ret = actingFor(this.kernel.swapper, () => mount(this.kernel, host, toBytes(guest)))
      if (ret < 0) throw new SyscallError(ret, `mount '${guest}'`)
    }
  }

  /**
   * A process that will run `program`: a path, or a function, which is put into /bin under its own name,
   * in the place of what has that name already. `argv` is the path and `args`. Throws a SyscallError where
   * it cannot be started.
   */
  spawn(program: string | Program, args: readonly string[] = [], options: SpawnOptions = {}): Process {
    const path = typeof program === 'string' ? program : this.#adopt(program)
    const { argv0 = path, envp, ...rest } = options
    const argv = [argv0, ...args].map(toBytes)
    const t = spawn(this.kernel, toBytes(path), argv, envp === undefined ? rest : { ...rest, envp: envp.map(toBytes) })
    if (typeof t === 'number') throw new SyscallError(t, `spawn '${path}'`)
    return new Process(t)
  }

  /**
   * Run until there is nothing more to do, or `budget` system calls have been made. While all sleep, the clock
   * jumps from timer to timer, but not past `until`, nanoseconds since boot. Throws where the machine runs
   * already: a program, or who listens to one, cannot run its own machine.
   */
  run(options: { readonly budget?: number; readonly until?: number } = {}): Outcome {
    if (this.#running) throw new Error('the machine runs already')
    this.#running = true
    try {
      return readable(run(this.kernel, options.budget, options.until))
    } finally {
      this.#running = false
    }
  }

  /** The machine's clock: nanoseconds since boot. */
  get now(): number {
    return this.kernel.clock.now
  }

  /**
   * Plug a terminal into the console, which then is a tty: lines are edited and echoed, keys are signals,
   * until a program wants otherwise. A process that is spawned with `terminal: true` leads a session on it.
   */
  terminal({ rows = 24, cols = 80, onOutput }: TerminalOptions = {}): void {
    this.#outside(() => tty_attach(this.kernel, 'terminal'))
    this.#onOutput = onOutput ?? null
    this.resize(rows, cols)
  }

  /**
   * Give the console input: keys, where a terminal is plugged in; else bytes that programs read as they are, as
   * of a pipe. Programs get them with the next run().
   */
  input(data: Uint8Array | string): void {
    const bytes = typeof data === 'string' ? encodeUtf8(data) : data
    this.#outside(() => {
      if (this.kernel.console.line === 'nothing') tty_attach(this.kernel, 'stream')
      tty_input(this.kernel, bytes)
    })
  }

  /** There will be no more input: who has read the rest meets the end of the file. */
  endInput(): void {
    this.#outside(() => tty_end(this.kernel))
  }

  /** The terminal's window has another size: the foreground gets SIGWINCH. */
  resize(rows: number, cols: number): void {
    const size = { ws_row: rows & 0xffff, ws_col: cols & 0xffff, ws_xpixel: 0, ws_ypixel: 0 }
    this.#outside(() => tty_do_resize(this.kernel.console, size))
  }

  /** Unplug the terminal: the leader of its session gets SIGHUP, and what is open on it is dead. */
  hangup(): void {
    this.#outside(() => tty_hangup(this.kernel))
    this.#onOutput = null
  }

  #outside(fn: () => void): void {
    actingFor(this.kernel.swapper, fn)
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

  /** Make a folder, unless there is one. */
  mkdir(path: string, mode = 0o755): void {
    const { root } = this.kernel
    const ret = actingFor(this.kernel.swapper, () => do_mkdir(root, toBytes(path), mode))
    if (ret < 0 && ret !== -EEXIST) throw new SyscallError(ret, `mkdir '${path}'`)
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

  /** Have a line of every system call from now on. `write` must not throw. Returns what stops it. */
  strace(write: (line: StraceLine) => void): () => void {
    return strace(this.kernel, (line) => write({ ...line, comm: fromBytes(line.comm) }))
  }

  /**
   * Make calls fail, or signals come, as strace's `-e inject=` does: `read,write:error=EINTR:when=2+3`.
   * Returns what stops it. Throws an Error that says what is wrong with `spec`.
   */
  inject(spec: string): () => void {
    const stop = inject(this.kernel, spec)
    if (typeof stop === 'string') throw new Error(stop)
    return stop
  }

  /**
   * Make the scheduler's choices from now on: `chooser` is asked which task runs next, and when a signal
   * arrives, in front of each system call and wherever tasks are switched. A choice that is none is a RangeError,
   * which run() throws, as it does what `chooser` throws; the machine is of no use after that.
   */
  choose(chooser: Chooser, options?: ChooseOptions): Choosing {
    return choose(this.kernel, chooser, options)
  }

  /** Make the choices of a `Choosing.schedule` again. Throws a SyntaxError where it is none. */
  replay(schedule: string): Choosing {
    return replay(this.kernel, schedule)
  }

  /** As with CON_PRINTBUFFER, a console that comes late is given what was said before. */
  #register(console: Console): void {
    const { log } = this.kernel
    log.lines().forEach(console)
    log.consoles.push(console)
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
    const path = `/bin/${name}`
    const ret = actingFor(this.kernel.swapper, () => {
      const err = write_file(this.kernel, path, file, 0o755)
      if (err !== -ETXTBSY) return err
      // One of the same name runs, and keeps its file.
      return do_unlink(this.kernel.root, path) || write_file(this.kernel, path, file, 0o755)
    })
    if (ret < 0) throw new SyscallError(ret, `install '/bin/${name}'`)
  }
}

/** How everySchedule() runs a program. */
export interface EveryScheduleOptions extends EveryOptions {
  /** Of each machine. */
  readonly boot?: BootOptions
  /** What a machine needs before it runs, such as files. */
  readonly prepare?: (vm: Vm) => void
  /** System calls in one schedule at most. Default 10,000. */
  readonly budget?: number
  /**
   * What came of it, in a line: schedules with the same line are counted together. What it throws ends
   * the search. Default: how it ended, and what was printed.
   */
  readonly see?: (vm: Vm, outcome: Outcome, process: Process) => string
}

/** Run `program` under every schedule there is, and say what each came to. Throws a ScheduleError. */
export function everySchedule(program: Program, options: EveryScheduleOptions = {}): Every {
  const { see = seen, prepare, budget = 10_000 } = options
  let process: Process
  const machine = (): Vm => {
    const vm = boot({ cmdline: 'ckpt_debug=0', ...options.boot })
    prepare?.(vm)
    process = vm.spawn(program)
    return vm
  }
  return every(machine, (vm) => see(vm, vm.run({ budget }), process), options)
}

function seen(vm: Vm, { kind }: Outcome, { status }: Process): string {
  return `${kind} ${status ?? ''}: ${vm.console}`
}

/** The same, with what the kernel holds as bytes as text. */
function readable(outcome: Outcome): Outcome {
  if (outcome.kind === 'soft lockup') return { ...outcome, comm: fromBytes(outcome.comm) }
  if (outcome.kind !== 'deadlock' && outcome.kind !== 'input') return outcome
  return { ...outcome, waiting: outcome.waiting.map((w) => ({ ...w, comm: fromBytes(w.comm) })) }
}

const PINO_LEVELS = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'] as const

/** printk's levels as pino's, the line's own time with it. */
function pinoConsole(logger: NonNullable<BootOptions['logger']>): Console {
  return (line) =>
    logger[PINO_LEVELS[line.level]]({ uptime_ns: line.time, kern_level: line.level }, fromBytes(line.text))
}
