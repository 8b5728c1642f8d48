import type { Answers } from './machine.ts'
import type { Program } from './program.ts'

/** Index of the first line in which two differ; the number of lines where only the end does; null for no difference. */
export function difference(a: Answers, b: Answers): number | null {
  const n = Math.max(a.lines.length, b.lines.length)
  for (let i = 0; i < n; i++) if (a.lines[i] !== b.lines[i]) return i
  return a.end === b.end ? null : n
}

/** Two ways to run programs: the machine's and the host's. */
export interface Sides {
  host(programs: readonly Program[]): Answers[]
  /** Does the machine answer otherwise than the host has? */
  differs(program: Program, answers: Answers): boolean
}

/**
 * The same program with as little as still makes a difference: none of its calls can be left out. Delta
 * debugging, with ever smaller pieces left out; the host runs all that could be left out at once.
 */
export function shrink(program: Program, sides: Sides): Program {
  let rest = program
  for (let size = Math.ceil(units(rest).length / 2); size >= 1;) {
    const candidates = without(rest, size)
    const answers = sides.host(candidates)
    const found = candidates.findIndex((candidate, i) => sides.differs(candidate, answers[i]))
    if (found >= 0) rest = candidates[found]
    else if (size === 1) break
    else size = Math.floor(size / 2)
    size = Math.min(size, Math.max(1, units(rest).length))
  }
  return rest
}

/** Programs each short of `size` calls that follow each other. */
function without(program: Program, size: number): Program[] {
  const all = units(program)
  const out: Program[] = []
  for (let at = 0; at < all.length; at += size) {
    const gone = new Set(all.slice(at, at + size).flat())
    const rest = program.filter((_, i) => !gone.has(i))
    if (rest.length > 0) out.push(rest)
  }
  return out
}

/** What can be left out: a call, or a fork and its end with what is between them staying. */
function units(program: Program): number[][] {
  const out: number[][] = []
  const open: number[][] = []
  program.forEach(([name], i) => {
    if (name === 'end') return void open.pop()?.push(i)
    const unit = [i]
    out.push(unit)
    if (name === 'fork') open.push(unit)
  })
  return out
}
