import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { complain } from '../libc.ts'
import { BLOCK, eachOperand, getopt, say } from '../stdio.ts'

const HELP = `usage: wc [-clw] [FILE]...
Count lines (-l), words (-w) and bytes (-c) of each FILE, all three without an option.
`

interface Counts {
  l: number
  w: number
  c: number
}

/** wc(1). Columns are 7 wide where there are several to line up, as coreutils pads for what has no size. */
export function* wc(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 'clw')
  if (typeof options === 'string') return yield* complain(sys, 'wc', options)
  if (options.flags.has('help')) return yield* say(sys, 'wc', HELP)
  const chosen = (['l', 'w', 'c'] as const).filter((k) => options.flags.size === 0 || options.flags.has(k))
  const width = chosen.length === 1 && options.operands.length < 2 ? 1 : 7
  const line = (n: Counts, name: string): string =>
    `${chosen.map((k) => String(n[k]).padStart(width)).join(' ')}${name === '' ? '' : ` ${name}`}\n`
  const total: Counts = { l: 0, w: 0, c: 0 }
  const status = yield* eachOperand(sys, 'wc', options.operands, function* (fd, name, buf) {
    const n: Counts = { l: 0, w: 0, c: 0 }
    const err = yield* count(sys, fd, buf, n)
    if (err < 0) return yield* complain(sys, `wc: ${name}`, err)
    for (const k of chosen) total[k] += n[k]
    return yield* say(sys, 'wc', line(n, options.operands.length === 0 ? '' : name))
  })
  if (options.operands.length < 2) return status
  return (yield* say(sys, 'wc', line(total, 'total'))) || status
}

function* count(sys: Libc, fd: number, buf: UserPtr, counts: Counts): Run<number> {
  let inWord = false
  for (;;) {
    const n = yield* sys.read(fd, buf, BLOCK)
    if (n <= 0) return n
    counts.c += n
    for (const byte of sys.load(buf, n)) {
      const space = byte === 32 || (byte >= 9 && byte <= 13)
      if (byte === 10) counts.l++
      if (!space && !inWord) counts.w++
      inWord = !space
    }
  }
}
