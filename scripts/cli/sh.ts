import type { Command } from 'commander'
import { boot } from '../../index.ts'
import { attach } from '../lib/terminal.ts'
import { exitStatus } from './machine.ts'
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
  const env = { PATH: '/bin', HOME: '/root', TERM: process.env.TERM ?? 'dumb', PS1 }
  const vm = boot()
  const { process: shell, outcome } = await attach(vm, (terminal) =>
    vm.spawn('/bin/sh', args, {
      argv0: 'sh',
      terminal,
      envp: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    }),
  )
  if (outcome.kind !== 'done' && outcome.kind !== 'closed') {
    process.stderr.write(`sh: the machine has come to a stop: ${JSON.stringify(outcome)}\n`)
  }
  return exitStatus(shell.status)
}
