import { Option, type Command } from 'commander'
import { formatLogLine } from '../../kernel/printk.ts'
import { fromBytes } from '../../kernel/utf8.ts'
import { attach } from '../lib/terminal.ts'
import { ending, exitStatus, linesTo, runToEnd, terminalOutput } from './ending.ts'
import { machineOptions, prepare, type MachineOptions } from './machine.ts'
import { verb } from './usage.ts'

interface RunOptions extends MachineOptions {
  readonly strace?: true
  readonly straceFile?: string
  readonly dmesg?: true
  readonly json?: true
}

/** `ckptvm run`: a program in a machine of its own, on this computer's standard input and output. */
export function runVerb(): Command {
  const command = verb('run', 'Run a program in a machine of its own.')
    .argument('<program>', 'a path in the machine, a name in its /bin, or a .ts or .js file here that exports main')
    .argument('[args...]', 'what the program gets')
    .passThroughOptions()
  return machineOptions(command)
    .option('--strace', 'write its system calls to standard error; --strace=FILE to a file of this computer')
    .addOption(new Option('--strace-file <file>').hideHelp())
    .option('--dmesg', "write the kernel's log to standard error")
    .option('--json', 'write what came of it as JSON to standard output, and what it printed in that')
    .addHelpText(
      'after',
      `
Examples:
  ckptvm run echo hello
  ckptvm run -v ./data:/mnt cat /mnt/names.txt
  ckptvm run -v ./data:/mnt:copy rm /mnt/names.txt    (yours is still there)
  ckptvm run --strace=calls.txt --inject write:error=EINTR:when=2 ./program.ts
  ckptvm run --cmdline ckpt_debug=7 --dmesg self_checkpoint /tmp/image counter

Exits as a shell would: with the program's status, or 128 and the number of the signal that killed it.`,
    )
    .action(async (program: string, args: string[], options: RunOptions) => {
      process.exitCode =
        options.json === true ? await asJson(program, args, options) : await run(program, args, options)
    })
}

async function run(program: string, args: readonly string[], options: RunOptions): Promise<number> {
  const { vm, spawn } = await prepare(program, args, options)
  const out = terminalOutput()
  if (options.dmesg === true) vm.kernel.log.consoles.push((line) => out.log(fromBytes(formatLogLine(line))))
  if (straced(options)) {
    const write = linesTo(out, options.straceFile)
    vm.strace(({ pid, text }) => write(`[${pid}] ${text}`))
  }
  const { process: child, outcome } = await attach(vm, spawn, { out })
  return await ending(vm, program, child, outcome, out)
}

async function asJson(program: string, args: readonly string[], options: RunOptions): Promise<number> {
  const { vm, spawn } = await prepare(program, args, options)
  const calls: object[] = []
  if (straced(options)) vm.strace((line) => calls.push(line))
  const child = spawn(false)
  const outcome = runToEnd(vm)
  const { status, pid } = child
  const report = {
    program,
    args,
    pid,
    exit: status === null || (status & 0x7f) !== 0 ? null : status >> 8,
    signal: status === null || (status & 0x7f) === 0 ? null : status & 0x7f,
    outcome,
    output: vm.console,
    ...(straced(options) ? { strace: calls } : {}),
    ...(options.dmesg === undefined ? {} : { dmesg: vm.dmesg() }),
  }
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  return status === null ? 1 : exitStatus(status)
}

function straced({ strace, straceFile }: RunOptions): boolean {
  return strace === true || straceFile !== undefined
}

/** Options of `run` that have a value as the next argument. */
const WITH_VALUE = new Set(['-v', '--volume', '--env', '--uid', '--mem', '--seed', '--cmdline', '--inject'])

/**
 * The arguments of `run` with `--strace=FILE` written as an option of its own: the parser would take what comes
 * behind a plain `--strace` for its file.
 */
export function separateStrace(args: readonly string[]): string[] {
  const out = [...args]
  for (let i = 0; i < out.length && out[i].startsWith('-') && out[i] !== '--'; i++) {
    if (out[i].startsWith('--strace=')) out[i] = out[i].replace('--strace=', '--strace-file=')
    else if (WITH_VALUE.has(out[i])) i++
  }
  return out
}
