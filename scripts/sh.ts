import { boot } from '../index.ts'
import { attach } from './lib/terminal.ts'

/** `npm run --silent sh`: boot a machine to a shell on this terminal. The arguments are sh(1)'s. */

const PS1 = '\x1b[32mckptvm\x1b[0m:$PWD# '
const env = { PATH: '/bin', HOME: '/root', TERM: process.env.TERM ?? 'dumb', PS1 }

const vm = boot()
const { process: sh, outcome } = await attach(vm, (terminal) =>
  vm.spawn('/bin/sh', process.argv.slice(2), {
    argv0: 'sh',
    terminal,
    envp: Object.entries(env).map(([name, value]) => `${name}=${value}`),
  }),
)
if (outcome.kind !== 'done' && outcome.kind !== 'closed') {
  process.stderr.write(`sh: the machine has come to a stop: ${JSON.stringify(outcome)}\n`)
}
const status = sh.status ?? 0x100
process.exitCode = (status & 0x7f) === 0 ? status >> 8 : 128 + (status & 0x7f)
