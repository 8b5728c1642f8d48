import type { Builtin } from './builtin.ts'

/** times: the processor time of the shell and of its children. */
export const timesBuiltin: Builtin = function* (sh) {
  const ticks = yield* sh.os.times()
  const show = (n: number): string => `${Math.floor(n / 6000)}m${((n % 6000) / 100).toFixed(6)}s`
  return yield* sh.print(`${show(ticks[0])} ${show(ticks[1])}\n${show(ticks[2])} ${show(ticks[3])}\n`)
}
