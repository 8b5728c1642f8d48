import { readFileSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import { boot, SyscallError, type Process, type Program, type SpawnOptions, type Vm } from '../../index.ts'
import { reasonOf } from '../lib/host_error.ts'
import { hostFolder } from '../lib/host_folder.ts'
import { UsageError, bytes, collect, whole } from './usage.ts'
import { copyFile, parseVolume } from './volume.ts'

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
    .option(
      '-v, --volume <host:guest>',
      'show a folder of this computer at that path in the machine, to read; with :copy behind it a copy, to change',
      collect,
    )
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
  const volumes = (options.volume ?? []).map(parseVolume)
  const mounts = volumes
    .filter(({ folder }) => folder)
    .map(({ host, guest, mode }) => ({ host: hostFolder(host), guest, mode }))
  const params = { ...(mem === undefined ? {} : { mem }), ...(seed === undefined ? {} : { seed }) }
  const vm = refusing('', () => boot({ programs: own, cmdline, mounts, ...params }))
  for (const volume of volumes) if (!volume.folder) copyFile(vm, volume)
  for (const spec of options.inject ?? []) refusing('--inject: ', () => vm.inject(spec))
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
          `${program}: ${error.code === 'ENOENT' ? 'no such program in the machine' : error.message.replace(/^\w+: |, spawn .*$/g, '')}`,
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
    // Says what Node's loader would say at length: not there, not to be read, a folder.
    void readFileSync(file)
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
    throw new UsageError(`${file}: cannot be loaded: ${thrown(error, file)}`)
  }
  if (typeof module.main !== 'function') {
    throw new UsageError(`${file}: exports no main; wanted: export function* main(sys, argv, envp)`)
  }
  if (/^Async/.test(module.main.constructor.name))
    throw new UsageError(`${file}: main is async; wanted: export function* main(sys, argv, envp)`)
  return module.main as Program
}

/** What a module of `file` threw while it was loaded, and where, if that can be told. */
function thrown(error: unknown, file: string): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const at = stack.lastIndexOf(`${basename(file)}:`)
  const [line] = /^\d+(?::\d+)?/.exec(stack.slice(at + basename(file).length + 1)) ?? []
  return `${reasonOf(error)}${at < 0 || line === undefined ? '' : ` at ${basename(file)}:${line}`}`
}

function refusing<T>(what: string, fn: () => T): T {
  try {
    return fn()
  } catch (error) {
    const { message } = error as Error
    if (error instanceof SyscallError) throw new UsageError(`-v: ${message.replace(/^\w+: /, '')}`)
    // Parameters of boot() have the names of the options.
    throw new UsageError(`${what}${message.replace(/^boot: /, '--')}`)
  }
}
