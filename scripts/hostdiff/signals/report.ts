import { difference } from '../compare.ts'
import type { Answers } from '../machine.ts'
import { formatProgram, type Program } from '../program.ts'
import { playInMachine } from './machine.ts'
import { stepsOf } from './steps.ts'

/** Both sides of a program, step by step: where they are the same, once. */
export function reportSteps(program: Program, host: Answers): string[] {
  const machine = playInMachine(program)
  const steps = stepsOf(program)
  const handlers = program.filter(([who]) => who.startsWith('h'))
  const width = Math.max(12, ...steps.map((step) => step.join(' ').length))
  const both = (what: string, ours: string | undefined, theirs: string | undefined): string[] =>
    ours === theirs
      ? [`  ${what.padEnd(width)} | ${ours}`]
      : [`> ${what.padEnd(width)} | the machine: ${ours}`, `> ${''.padEnd(width)} | the host:    ${theirs}`]
  return [
    ...handlers.map((step) => `  ${step.join(' ')}`),
    ...steps.flatMap((step, i) => both(step.join(' '), machine.lines[i], host.lines[i])),
    ...both('', machine.end, host.end),
    ...(host.races === true ? ['  the host does otherwise another time: this depends on who is faster'] : []),
    `replay: npm run --silent hostdiff -- --kind signals --replay '${formatProgram(program)}'`,
  ]
}

/** The call where they part, and what both have there, whichever processes these are. */
export function kindOfSteps(program: Program, host: Answers): string {
  const machine = playInMachine(program)
  const i = difference(machine, host) ?? 0
  const call = stepsOf(program)[i]?.[1] ?? 'end'
  return [call, machine.lines[i], host.lines[i]].join(' ').replace(/\d+/g, '')
}
