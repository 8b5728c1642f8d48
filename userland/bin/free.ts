import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { complain } from '../libc.ts'
import { slurp } from '../proc.ts'
import { getopt, say } from '../stdio.ts'

const HELP = `usage: free [-b | -k | -m | -g | -h] [-t]
Show how much memory there is, in use and free, in kibibytes.
  -b  in bytes           -m  in mebibytes
  -k  in kibibytes       -g  in gibibytes
  -h  with units that people can read
  -t  and the total of memory and swap
`

const SHIFTS = { b: 0, k: 10, m: 20, g: 30 } as const

/** free(1) */
export function* free(sys: Libc, argv: readonly string[]): Run<number> {
  const options = getopt(argv, 'bkmght')
  if (typeof options === 'string') return yield* complain(sys, 'free', options)
  const { flags } = options
  if (flags.has('help')) return yield* say(sys, 'free', HELP)
  const text = yield* slurp(sys, '/proc/meminfo')
  if (typeof text === 'number') return yield* complain(sys, 'free: /proc/meminfo', text)
  const kB = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0)
  const unit = (['g', 'm', 'k', 'b'] as const).find((u) => flags.has(u)) ?? 'k'
  const shown = (n: number): string =>
    flags.has('h') ? human(n * 1024) : String(Math.floor((n * 1024) / 2 ** SHIFTS[unit]))
  const row = (name: string, ...values: number[]): string =>
    `${name.padEnd(8)}${values.map((n) => ` ${shown(n).padStart(11)}`).join('')}\n`
  const [total, left, available] = ['MemTotal', 'MemFree', 'MemAvailable'].map(kB)
  const cached = kB('Buffers') + kB('Cached') + kB('SReclaimable')
  const [swap, swapFree] = ['SwapTotal', 'SwapFree'].map(kB)
  const used = total - available
  return yield* say(
    sys,
    'free',
    '               total        used        free      shared  buff/cache   available\n' +
      row('Mem:', total, used, left, kB('Shmem'), cached, available) +
      row('Swap:', swap, swap - swapFree, swapFree) +
      (flags.has('t') ? row('Total:', total + swap, used + swap - swapFree, left + swapFree) : ''),
  )
}

/** At most five characters: `8.7Mi`, `724Mi`, `0B`. */
function human(bytes: number): string {
  if (bytes < 1000) return `${bytes}B`
  for (const unit of 'KMGT') {
    bytes /= 1024
    const tenths = `${bytes.toFixed(1)}${unit}i`
    if (tenths.length <= 5) return tenths
    const whole = `${Math.floor(bytes)}${unit}i`
    if (whole.length <= 5) return whole
  }
  return `${Math.floor(bytes)}Ti`
}
