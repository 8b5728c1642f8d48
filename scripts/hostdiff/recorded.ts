import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Answers } from './machine.ts'
import { formatProgram, type Program } from './program.ts'

/** Programs with what a host has answered, in a file: two lines each, packed. */

export interface Recorded {
  readonly program: Program
  readonly answers: Answers
}

export function writeRecorded(file: string, recorded: readonly Recorded[]): void {
  const text = recorded.map(({ program, answers }) => {
    return `${formatProgram(program)}\n${[...answers.lines, answers.end].join('\t')}\n`
  })
  writeFileSync(file, gzipSync(text.join(''), { level: 9 }))
}

export function readRecorded(file: string, parse: (text: string) => Program | null): Recorded[] {
  const lines = gunzipSync(readFileSync(file)).toString('latin1').trimEnd().split('\n')
  return Array.from({ length: lines.length / 2 }, (_, i) => {
    const program = parse(lines[2 * i])
    if (program === null) throw new Error(`${file}: line ${2 * i + 1} is no program`)
    const answers = lines[2 * i + 1].split('\t')
    return { program, answers: { lines: answers.slice(0, -1), end: answers[answers.length - 1] } }
  })
}
