import { errnoMessage, errnoName } from '../../kernel/errno.ts'
import { difference } from './compare.ts'
import { runInMachine, type Answers } from './machine.ts'
import { formatProgram, type Program } from './program.ts'

/** A difference as two straces side by side: the machine's, and the host's with the same arguments. */
export function report(program: Program, host: Answers): string[] {
  const machine = runInMachine(program, true)
  const first = difference(machine, host)
  const n = Math.max(machine.lines.length, host.lines.length)
  const left = [...Array(n).keys()].map((i) => side(machine.strace[i], machine.lines[i]))
  const right = [...Array(n).keys()].map((i) => side(machine.strace[i], host.lines[i]))
  left.push(`+++ ${machine.end} +++`)
  right.push(`+++ ${host.end} +++`)
  const width = Math.max(12, ...left.map((line) => line.length))
  return [
    `  ${'the machine'.padEnd(width)}   the host`,
    ...left.map((line, i) => `${i === first ? '>' : ' '} ${line.padEnd(width)} | ${right[i]}`),
    `replay: npm run --silent hostdiff -- --replay '${formatProgram(program)}'`,
  ]
}

/** What two differences have in common that are of one kind: the last call, and both its results. */
export function kindOf(program: Program, host: Answers): string {
  const machine = runInMachine(program)
  const i = difference(machine, host) ?? 0
  const results = [machine, host].map(({ lines }) => (lines[i] ?? '').split(' ')[0])
  return [program.findLast(([name]) => name !== 'end')?.[0], ...results].join(' ')
}

function side(strace: string | undefined, line: string | undefined): string {
  if (line === undefined) return ''
  const [ret, ...data] = line.split(' ')
  // What is the same over and over is not shown.
  const call = strace?.replace(/ = [^=]*$/, '').replace(/(.)\1{20,}/g, '$1...$1') ?? '?'
  return [call, '=', showRet(Number(ret)), ...(data.length > 0 ? ['<', ...data, '>'] : [])].join(' ')
}

function showRet(ret: number): string {
  const name = ret < 0 ? errnoName(-ret) : undefined
  return name === undefined ? String(ret) : `-1 ${name} (${errnoMessage(-ret)})`
}
