import type { Runner } from './host.ts'
import type { Answers } from './machine.ts'
import type { Program } from './program.ts'

/** What programs are about: how they are made, run and shown. */
export interface Subject {
  generate(seed: number, index: number): Program
  /** Null where the text is no program. */
  parse(text: string): Program | null
  /** Calls that it makes. */
  count(program: Program): number
  readonly runner: Runner
  /** What `run` is told, once for each time that the host is asked; it is to answer the same each time. */
  readonly times: readonly (readonly string[])[]
  machine(program: Program): Answers
  differs(program: Program, host: Answers): boolean
  /** Both sides of a program, in lines. */
  report(program: Program, host: Answers): string[]
  /** What two differences have in common that are of one kind. */
  kindOf(program: Program, host: Answers): string
}
