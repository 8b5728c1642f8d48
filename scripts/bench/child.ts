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
 *
 * Where the host has no counterpart there is nobody to take turns with: all rounds are one.
 */
inlineFurther()
const [name, rounds, milliseconds, native, file] = process.argv.slice(2)
const bench = benches.find((b) => b.name === name) as Bench
const total = Number(rounds) * Number(milliseconds)

const vm = boot({ cmdline: 'ckpt_debug=0' })
let ns = Infinity
let native_ns: number | null = null
let bytes_per_task: number | null = null
if (bench.alone === true) ns = vmRound(total)
else
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
  bytes_per_task,
  ratio: native_ns === null ? null : Number((native_ns / ns).toFixed(3)),
}
process.stdout.write(JSON.stringify(figures))

/** A process of the machine does batches of turns for as long as that: nanoseconds a turn of the best. */
function vmRound(milliseconds: number): number {
  let best = Infinity
  vm.spawn(function* main(sys: Libc): Run<number> {
    const before = bench.tasks === undefined ? 0 : memory()
    const handle = yield* bench.setup(sys)
    if (handle < 0) throw new Error(`${bench.name}: ${handle}`)
    if (bench.tasks !== undefined) {
      // What a task needs to run comes when it first does.
      yield* bench.turns(sys, bench.batch, handle, () => false)
      bytes_per_task = Math.round((memory() - before) / bench.tasks)
    }
    const end = performance.now() + milliseconds
    let t0 = clock()
    let laps = 0
    const lap = (): boolean => {
      best = Math.min(best, ((clock() - t0) * 1e6) / bench.batch)
      // What has lived for long lies elsewhere, and is written to without a note for the collector.
      if (laps++ === 0) collect()
      t0 = clock()
      return performance.now() < end
    }
    do yield* bench.turns(sys, bench.batch, handle, lap)
    while (bench.laps !== true && lap())
    if (bench.finish !== undefined) yield* bench.finish(sys, handle)
    return 0
  })
  const outcome = vm.run()
  if (outcome.kind !== 'exited' || best === Infinity)
    throw new Error(`${bench.name}: ${[outcome.kind, ...vm.dmesg().slice(-1)].join(', ')}`)
  return best
}

/** Milliseconds: the time of day or, where a batch is too long for the computer to do nothing else, of the processor. */
function clock(): number {
  if (bench.alone !== true) return performance.now()
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The best batch of as many rounds with memfs alone. */
function directRounds(turns: (n: number) => void): number {
  let best = Infinity
  const end = performance.now() + total
  let t1: number
  do {
    const t0 = performance.now()
    turns(bench.batch)
    t1 = performance.now()
    best = Math.min(best, ((t1 - t0) * 1e6) / bench.batch)
  } while (t1 < end)
  return Number(best.toFixed(2))
}

/** Twice: what holds buffers is found to be garbage before the buffers are. */
function collect(): void {
  for (let i = 0; i < 2; i++) (globalThis as unknown as { gc(): void }).gc()
}

/** Bytes that the engine has in use, and what is behind its buffers. */
function memory(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function nativeRound(): number {
  return Number(execFileSync(native, [bench.name, file, milliseconds], { encoding: 'utf8' }))
}
