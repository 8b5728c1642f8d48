import { printf } from '../../printf.ts'
import type { Builtin } from './builtin.ts'

/** printf FORMAT [ARGUMENT...] */
export const printfBuiltin: Builtin = function* (sh, argv) {
  const operands = argv[1] === '--' ? argv.slice(2) : argv.slice(1)
  const [format, ...args] = operands
  if (operands.length === 0) return yield* sh.fail('usage: printf format [arg ...]')
  const { output, problems, fatal } = printf(format, args, false)
  const status = yield* sh.print(output)
  for (const problem of problems) yield* sh.warn(problem)
  if (fatal !== null) return yield* sh.fail(fatal)
  return problems.length > 0 ? 1 : status
}
