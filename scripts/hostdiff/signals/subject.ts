import { difference } from '../compare.ts'
import type { Answers } from '../machine.ts'
import type { Program } from '../program.ts'
import type { Subject } from '../subject.ts'
import { outputs } from './calls.ts'
import { generateSteps } from './generate.ts'
import { playInMachine } from './machine.ts'
import { reportSteps, kindOfSteps } from './report.ts'
import { parseSteps, stepsOf } from './steps.ts'

/** Seeds for who runs first: what the host does whoever does, the machine is to do for one of them. */
const ORDERS = [undefined, ...Array(20).keys()]

/** Programs of processes and signals. */
export const signals: Subject = {
  generate: generateSteps,
  parse: parseSteps,
  count: (program) => stepsOf(program).length,
  runner: { source: 'signals/stage.c', calls: outputs, flags: ['-static'] },
  times: [['up'], ['down'], ['level']],
  machine: playInMachine,
  differs,
  report: reportSteps,
  kindOf: kindOfSteps,
}

function differs(program: Program, host: Answers): boolean {
  return host.races !== true && ORDERS.every((seed) => difference(playInMachine(program, seed), host) !== null)
}
