import { readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import {
  boot,
  SyscallError,
  type Outcome,
  type Process,
  type Program,
  type SpawnOptions,
  type Vm,
} from '../../index.ts'
import { signalName } from '../../kernel/task/signame.ts'
import { UsageError, bytes, collect, reasonOf, whole } from './usage.ts'

/** What `run` and `trace` have in common: a machine made as the options say, and a program on it. */

export interface MachineOptions {
  readonly volume?: readonly string[]
  readonly env?: readonly string[]
  readonly uid?: number
  readonly mem?: number
  readonly seed?: number
  readonly cmdline?: string
  readonly inject?: readonly string[]
}

/** Give `command` the options of a machine. */
export function machineOptions(command: Command): Command {
  return command
    .option('-v, --volume <host:guest>', 'copy a file or folder of this computer to that path in the machine', collect)
    .option('--env <NAME=value>', 'set a variable of the environment', collect)
    .option('--uid <id>', 'run as this user and group; root is 0', whole())
    .option('--mem <bytes>', 'memory of the machine: for the kernel, programs and files each (64m)', bytes)
    .option('--seed <n>', 'let the scheduler choose by this seed; without one tasks take turns', whole())
    .option('--cmdline <words>', 'the kernel command line, such as ckpt_debug=7')
    .option('--inject <spec>', "make calls fail, in strace's words: write:error=EINTR:when=2", collect)
}

/** A machine that is ready to run a program. */
export interface Prepared {
  readonly vm: Vm
  readonly spawn: (this: void, terminal: boolean) => Process
}

/** Boot a machine and load `program`: a path in it, or a TypeScript or JavaScript file here that exports main. */
export async function prepare(program: string, args: readonly string[], options: MachineOptions): Promise<Prepared> {
  const own = isModule(program) ? { [nameOf(program)]: await load(program) } : {}
  const { mem, seed, cmdline = 'ckpt_debug=0' } = options
  const vm = refusing('boot', () =>
    boot({ programs: own, cmdline, ...(mem === undefined ? {} : { mem }), ...(seed === undefined ? {} : { seed }) }),
  )
  for (const volume of options.volume ?? []) copyIn(vm, volume)
  for (const spec of options.inject ?? []) refusing('--inject', () => vm.inject(spec))
  const path = isModule(program) ? `/bin/${nameOf(program)}` : program.includes('/') ? program : `/bin/${program}`
  const who: SpawnOptions = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }
  return {
    vm,
    spawn(terminal) {
      try {
        return vm.spawn(path, args, { ...who, terminal, argv0: program, envp: environment(options.env ?? []) })
      } catch (error) {
        if (!(error instanceof SyscallError)) throw error
        throw new UsageError(
          `${program}: ${error.code === 'ENOENT' ? 'no such program in the machine' : error.message}`,
        )
      }
    },
  }
}

function environment(set: readonly string[]): string[] {
  const env = new Map([
    ['PATH', '/bin'],
    ['HOME', '/'],
    ['TERM', process.env.TERM ?? 'dumb'],
  ])
  for (const word of set) {
    const at = word.indexOf('=')
    if (at < 1) throw new UsageError(`--env ${word}: NAME=value is wanted`)
    env.set(word.slice(0, at), word.slice(at + 1))
  }
  return [...env].map(([name, value]) => `${name}=${value}`)
}

/** Is `program` a file of this computer's that holds a module? */
function isModule(program: string): boolean {
  return ['.ts', '.mts', '.js', '.mjs'].includes(extname(program))
}

function nameOf(file: string): string {
  return basename(file, extname(file))
}

async function load(file: string): Promise<Program> {
  try {
    void statSync(file)
  } catch (error) {
    throw new UsageError(`${file}: ${reasonOf(error)}`)
  }
  let module: { readonly main?: unknown }
  try {
    module = (await import(pathToFileURL(resolve(file)).href)) as { main?: unknown }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_FILE_EXTENSION')
      throw new UsageError(
        `${file}: this Node cannot load TypeScript: use 22.18 or newer, or put tsx in: NODE_OPTIONS='--import tsx'`,
      )
    throw new UsageError(`${file}: cannot be loaded: ${(error as Error).message.split('\n')[0]}`)
  }
  if (typeof module.main !== 'function') {
    throw new UsageError(`${file}: exports no main; wanted: export function* main(sys, argv, envp)`)
  }
  return module.main as Program
}

/** `HOST:GUEST`: the files there are copied; what the machine does to them stays in it. */
function copyIn(vm: Vm, volume: string): void {
  const [, host, guest] = /^(.+):(\/.*)$/.exec(volume) ?? []
  if (host === undefined) throw new UsageError(`-v ${volume}: HOST:GUEST is wanted, GUEST from the root`)
  const copy = (from: string, to: string): void => {
    if (!statSync(from).isDirectory()) return vm.writeFile(to, readFileSync(from), statSync(from).mode & 0o777)
    vm.mkdir(to)
    for (const name of readdirSync(from)) copy(join(from, name), join(to, name))
  }
  try {
    copy(host, guest.length > 1 ? guest.replace(/\/+$/, '') : guest)
  } catch (error) {
    throw new UsageError(`-v ${volume}: ${reasonOf(error)}`)
  }
}

function refusing<T>(what: string, fn: () => T): T {
  try {
    return fn()
  } catch (error) {
    throw new UsageError(`${what}: ${(error as Error).message.replace(/^boot: /, '')}`)
  }
}

/** The exit status as a shell gives it: 128 and the signal's number for a death by signal. */
export function exitStatus(status: number | null): number {
  if (status === null) return 1
  return (status & 0x7f) === 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
}

/** What a person is to know of how it ended, in a line each; nothing of a good end. */
export function complaints(vm: Vm, child: Process, outcome: Outcome | { readonly kind: 'done' | 'closed' }): string[] {
  const lines: string[] = []
  const sig = (child.status ?? 0) & 0x7f
  if (sig !== 0) {
    const said = vm.dmesg().findLast((line) => line.includes(`[${child.pid}]: `))
    lines.push(`killed by ${signalName(sig)}${said === undefined ? '' : `: ${said.slice(said.indexOf(']: ') + 3)}`}`)
  }
  if (outcome.kind === 'deadlock') {
    for (const w of outcome.waiting)
      lines.push(`deadlock: ${w.comm}[${w.pid}] sleeps in ${w.syscall}, for ${w.waits_for}`)
  } else if (outcome.kind === 'soft lockup') {
    lines.push(`soft lockup: ${outcome.comm}[${outcome.pid}] spins in ${outcome.where}`)
  } else if (outcome.kind === 'budget') lines.push('it ran out of system calls')
  return lines
}
