import type { Command } from 'commander'
import { boot, type Process, type Vm } from '../../index.ts'
import { attach } from '../lib/terminal.ts'
import { Output } from '../lib/output.ts'
import { ending, terminalOutput } from './ending.ts'
import { verb } from './usage.ts'

const PS1 = '\x1b[32mckptvm\x1b[0m:$PWD# '

/** `ckptvm sh`: a shell in a machine of its own, on this terminal. */
export function shVerb(): Command {
  return verb('sh', 'Boot to a shell, on this terminal.')
    .argument('[args...]', "sh(1)'s own, such as -c 'uname -a'")
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText(
      'after',
      `
Examples:
  ckptvm sh
  ckptvm sh -c 'seq 3 | wc -l'

Ctrl-C interrupts a program, Ctrl-Z stops it, Ctrl-D leaves. Exits as the shell does.`,
    )
    .action(async (args: string[]) => {
      process.exitCode = await sh(args)
    })
}

/** Run /bin/sh with `args` on standard input and output. Its exit status. */
export async function sh(args: readonly string[]): Promise<number> {
  const vm = boot()
  // Where somebody types, nothing is written between.
  const out = args.length === 0 ? new Output() : terminalOutput()
  const { process: shell, outcome } = await attach(vm, (terminal) => spawnShell(vm, args, terminal), { out })
  return await ending(vm, null, shell, outcome, out)
}

/** A shell as it is met at a terminal, with a home. */
export function spawnShell(vm: Vm, args: readonly string[], terminal: boolean): Process {
  const env = { PATH: '/bin', HOME: '/root', TERM: process.env.TERM ?? 'dumb', PS1 }
  vm.mkdir(env.HOME, 0o700)
  const envp = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  return vm.spawn('/bin/sh', args, { argv0: 'sh', terminal, envp })
}
