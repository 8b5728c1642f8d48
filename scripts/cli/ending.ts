import type { Outcome, Process, Vm } from '../../index.ts'
import { signalName } from '../../kernel/task/signame.ts'
import { HostError } from '../lib/host_error.ts'
import { Output, type LineWriter } from '../lib/output.ts'
import { Progress } from '../lib/progress.ts'
import { UsageError } from './usage.ts'

/** How a program's run is followed, and what is said at its end. */

/** Standard output and error; with how far it has come, where somebody sits at a terminal. */
export function terminalOutput(): Output {
  const { stdout, stderr } = process
  return new Output(stdout, stderr, watcher())
}

/** Lines to a file of this computer's, or without one to standard error. Throws a UsageError where there is no such file to be had. */
export function linesTo(out: Output, path: string | undefined): LineWriter {
  try {
    return path === undefined ? out.log : out.file(path)
  } catch (error) {
    if (error instanceof HostError) throw new UsageError(error.message)
    throw error
  }
}

/** For who sits at a terminal, or null. */
function watcher(): Progress | null {
  return process.stderr.isTTY && process.env.TERM !== 'dumb' ? new Progress(process.stderr) : null
}

/** System calls between two words on how far it has come. */
const BUDGET = 100_000

/** Run a machine that prints nothing until it is over. */
export function runToEnd(vm: Vm): Outcome {
  const progress = watcher()
  for (;;) {
    const outcome = vm.run({ budget: BUDGET })
    progress?.step(BUDGET - vm.kernel.budget, vm.now)
    if (outcome.kind === 'budget') continue
    progress?.clear()
    return outcome
  }
}

/**
 * Say what a person is to know of how `program` ended; null is the shell, of which no signal is told. The exit
 * status. Throws a HostError where output was lost.
 */
export async function ending(
  vm: Vm,
  program: string | null,
  child: Process,
  outcome: Ended,
  out: Output,
): Promise<number> {
  for (const problem of complaints(vm, child, outcome, program === null))
    out.log(`ckptvm: ${program ?? 'sh'}: ${problem}`)
  await out.flush()
  if (out.problem !== null) throw out.problem
  if (child.status !== null) return exitStatus(child.status)
  // Whoever read its output has seen enough.
  return outcome.kind === 'closed' ? 0 : 1
}

type Ended = Outcome | { readonly kind: 'done' | 'closed' }

/** The exit status as a shell gives it: 128 and the signal's number for a death by signal. */
export function exitStatus(status: number | null): number {
  if (status === null) return 1
  return (status & 0x7f) === 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
}

/** What a person is to know of how it ended, in a line each; nothing of a good end. */
function complaints(vm: Vm, child: Process, outcome: Ended, shell: boolean): string[] {
  const lines: string[] = []
  const sig = (child.status ?? 0) & 0x7f
  if (sig !== 0 && !shell) {
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
