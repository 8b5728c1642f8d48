import { execFileSync } from 'node:child_process'
import { boot, type Libc, type Run } from '../../index.ts'
import { inlineFurther } from '../lib/engine.ts'
import type { Bench, Figures } from './bench.ts'
import { benches } from './list.ts'

/**
 * What the bundle runs: one benchmark, machine and host in turns, so that what disturbs one disturbs the
 * other. The best round of each counts: noise only ever adds time.
 *
 *     child BENCHMARK ROUNDS MILLISECONDS [NATIVE FILE]
 */
inlineFurther()
const [name, rounds, milliseconds, native, file] = process.argv.slice(2)
const bench = benches.find((b) => b.name === name) as Bench

const vm = boot({ cmdline: 'ckpt_debug=0' })
let ns = Infinity
let native_ns: number | null = null
for (let round = 0; round < Number(rounds); round++) {
  ns = Math.min(ns, vmRound(Number(milliseconds)))
  if (native !== undefined) native_ns = Math.min(native_ns ?? Infinity, nativeRound())
}
ns = Number(ns.toFixed(2))
const memfs_ns = bench.direct === undefined ? null : directRounds(bench.direct())
const figures: Figures = {
  ns,
  native_ns,
  memfs_ns,
  ratio: native_ns === null ? null : Number((native_ns / ns).toFixed(3)),
}
process.stdout.write(JSON.stringify(figures))

/** A process of the machine does batches of turns for as long as that: nanoseconds a turn of the best. */
function vmRound(milliseconds: number): number {
  let best = Infinity
  vm.spawn(function* main(sys: Libc): Run<number> {
    const handle = yield* bench.setup(sys)
    if (handle < 0) throw new Error(`${bench.name}: ${handle}`)
    const end = performance.now() + milliseconds
    let t1: number
    do {
      const t0 = performance.now()
      yield* bench.turns(sys, bench.batch, handle)
      t1 = performance.now()
      best = Math.min(best, ((t1 - t0) * 1e6) / bench.batch)
    } while (t1 < end)
    if (bench.finish !== undefined) yield* bench.finish(sys, handle)
    return 0
  })
  const outcome = vm.run()
  if (outcome.kind !== 'exited' || best === Infinity)
    throw new Error(`${bench.name}: ${[outcome.kind, ...vm.dmesg().slice(-1)].join(', ')}`)
  return best
}

/** The best batch of as many rounds with memfs alone. */
function directRounds(turns: (n: number) => void): number {
  let best = Infinity
  const end = performance.now() + Number(milliseconds) * Number(rounds)
  let t1: number
  do {
    const t0 = performance.now()
    turns(bench.batch)
    t1 = performance.now()
    best = Math.min(best, ((t1 - t0) * 1e6) / bench.batch)
  } while (t1 < end)
  return Number(best.toFixed(2))
}

function nativeRound(): number {
  return Number(execFileSync(native, [bench.name, file, milliseconds], { encoding: 'utf8' }))
}
