import { outputs, TMPFS_SIZE } from './calls.ts'
import { difference } from './compare.ts'
import { generate } from './generate.ts'
import { hasCall, runInMachine } from './machine.ts'
import { countCalls, parseProgram } from './program.ts'
import { kindOf, report } from './report.ts'
import type { Subject } from './subject.ts'

/** Programs of file calls, and what one process does behind the other. */
export const files: Subject = {
  generate: (seed, index) => generate(seed, index, hasCall),
  parse: parseProgram,
  count: countCalls,
  runner: { source: 'runner.c', calls: outputs, flags: [`-DSIZE="${TMPFS_SIZE}"`] },
  times: [[]],
  machine: runInMachine,
  differs: (program, host) => difference(runInMachine(program), host) !== null,
  report,
  kindOf,
}
