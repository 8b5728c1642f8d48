import { errnoMessage } from '../../../kernel/errno.ts'
import { RLIM_INFINITY } from '../../../kernel/task/rlimit.ts'
import type { Builtin } from './builtin.ts'

interface Limit {
  readonly letter: string
  readonly name: string
  readonly resource: number
  /** Bytes and the like in one of its units. */
  readonly unit: bigint
}

const LIMITS: readonly Limit[] = (
  [
    ['t', 'time(seconds)', 0, 1n],
    ['f', 'file(blocks)', 1, 512n],
    ['d', 'data(kbytes)', 2, 1024n],
    ['s', 'stack(kbytes)', 3, 1024n],
    ['c', 'coredump(blocks)', 4, 512n],
    ['m', 'memory(kbytes)', 5, 1024n],
    ['l', 'locked memory(kbytes)', 8, 1024n],
    ['p', 'process', 6, 1n],
    ['n', 'nofiles', 7, 1n],
    ['v', 'vmemory(kbytes)', 9, 1024n],
    ['w', 'locks', 10, 1n],
    ['r', 'rtprio', 14, 1n],
  ] as const
).map(([letter, name, resource, unit]) => ({ letter, name, resource, unit }))

/** ulimit [-H | -S] [-a | -tfdscmlpnvwr] [LIMIT] */
export const ulimitBuiltin: Builtin = function* (sh, argv) {
  let [limit] = LIMITS.filter(({ letter }) => letter === 'f')
  let [soft, hard, all] = [true, true, false]
  let i = 1
  for (; i < argv.length && /^-./.test(argv[i]); i++) {
    if (argv[i] === '--') {
      i++
      break
    }
    for (const letter of argv[i].slice(1)) {
      const found = LIMITS.find((l) => l.letter === letter)
      if (found !== undefined) limit = found
      else if (letter === 'a') all = true
      else if (letter === 'H' || letter === 'S') [soft, hard] = [letter === 'S', letter === 'H']
      else yield* sh.fail(`Illegal option -${letter}`)
    }
  }
  const operands = argv.slice(i)
  if (operands.length > (all ? 0 : 1)) yield* sh.fail('too many arguments')
  const shown = (pair: readonly [bigint, bigint], { unit }: Limit): string => {
    const value = soft ? pair[0] : pair[1]
    return value === RLIM_INFINITY ? 'unlimited' : String(value / unit)
  }
  if (all) {
    let text = ''
    for (const l of LIMITS) text += `${l.name.padEnd(20)} ${shown(yield* sh.os.rlimit(l.resource), l)}\n`
    return yield* sh.print(text)
  }
  const old = yield* sh.os.rlimit(limit.resource)
  if (operands.length === 0) return yield* sh.print(`${shown(old, limit)}\n`)
  const [text] = operands
  if (text !== 'unlimited' && !/^\d+$/.test(text)) yield* sh.fail('bad number')
  const value = text === 'unlimited' ? RLIM_INFINITY : BigInt.asUintN(64, BigInt(text) * limit.unit)
  const err = yield* sh.os.setrlimit(limit.resource, soft ? value : old[0], hard ? value : old[1])
  return err < 0 ? yield* sh.fail(`error setting limit (${errnoMessage(-err) ?? `error ${-err}`})`) : 0
}
