import { errnoMessage } from '../../../kernel/errno.ts'
import { settle } from '../fork.ts'
import { SIG_IGN } from '../os.ts'
import { NSIG, SIGTERM, signalName, signalNumber } from '../signals.ts'
import { quote, type Builtin } from './builtin.ts'

/** trap [ACTION SIGNAL...] */
export const trapBuiltin: Builtin = function* (sh, argv) {
  let operands = argv.slice(1)
  if (operands[0] === '--') operands = operands.slice(1)
  if (operands.length === 0) {
    const traps = [...sh.traps].sort(([a], [b]) => a - b)
    return yield* sh.print(traps.map(([sig, action]) => `trap -- ${quote(action)} ${signalName(sig)}\n`).join(''))
  }
  // A lone signal, or a number first, means that the signals are to do what they do by themselves.
  const reset = operands.length === 1 || operands[0] === '-' || /^\d+$/.test(operands[0])
  const action = reset ? undefined : operands[0]
  const names = reset && operands[0] !== '-' ? operands : operands.slice(1)
  for (const name of names) {
    const sig = signalNumber(name)
    if (sig === null) {
      void (yield* sh.os.write(2, `trap: ${name}: bad trap\n`))
      return 1
    }
    if (sig > 0 && !sh.ignored.has(sig) && !sh.traps.has(sig)) {
      sh.ignored.set(sig, !sh.interactive && (yield* sh.os.disposition(sig)) === SIG_IGN)
    }
    if (action === undefined) sh.traps.delete(sig)
    else sh.traps.set(sig, action)
    if (sig > 0 && sh.ignored.get(sig) !== true) yield* settle(sh, sig)
  }
  return 0
}

const USAGE = `Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or
kill -l [exitstatus]`

/** kill [-SIGNAL] PROCESS... */
export const killBuiltin: Builtin = function* (sh, argv) {
  let operands = argv.slice(1)
  let sig: number | null = SIGTERM
  const [first] = operands
  if ((first as string | undefined) === undefined) return yield* sh.fail(USAGE)
  if (first === '-l' || first === '-L') {
    if (operands.length === 1) {
      const names = Array.from({ length: NSIG }, (_, i) => (i === 0 ? '0' : signalName(i)))
      return yield* sh.print(`${names.join('\n')}\n`)
    }
    if (!/^\d+$/.test(operands[1])) return yield* sh.fail(`Illegal number: ${operands[1]}`)
    const n = Number(operands[1]) > 128 ? Number(operands[1]) - 128 : Number(operands[1])
    if (n === 0 || n >= NSIG) return yield* sh.fail(`invalid signal number or exit status: ${operands[1]}`)
    return yield* sh.print(`${signalName(n)}\n`)
  }
  if (first === '-s') {
    sig = signalNumber(operands[1] ?? '')
    if (sig === null) return yield* sh.fail(`invalid signal number or name: ${operands[1] ?? ''}`)
    operands = operands.slice(2)
  } else if (first === '--') operands = operands.slice(1)
  else if (first.startsWith('-') && first.length > 1) {
    sig = signalNumber(first.slice(1))
    if (sig === null) return yield* sh.fail(`Illegal option -${first[1]}`)
    operands = operands.slice(1)
  }
  if (operands.length === 0) return yield* sh.fail(USAGE)
  let status = 0
  for (const operand of operands) {
    let pid: number
    if (operand.startsWith('%')) {
      const job = sh.jobs.find(operand)
      if (typeof job === 'string') return yield* sh.fail(job)
      pid = -job.leader
    } else if (!/^-?\d+$/.test(operand)) return yield* sh.fail(`Illegal number: ${operand}`)
    else pid = Number(operand)
    const err = yield* sh.os.sys.kill(pid, sig)
    if (err >= 0) continue
    yield* sh.warn(`${errnoMessage(-err)}\n`)
    status = 1
  }
  return status
}
