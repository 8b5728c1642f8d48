import type { Kernel } from '../../kernel/kernel.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import { boot, type Libc, type Run, type Vm } from '../../index.ts'
import { actingFor } from '../../kernel/sched/current.ts'
import { TASK_DEAD, TASK_RUNNING } from '../../kernel/sched/sched.ts'
import { SIGKILL, send_sig } from '../../kernel/task/signal.ts'
import { syscallName } from '../../syscalls/table.ts'
import { checkKernel, type Seen } from './invariants.ts'
import { disturb } from './disturb.ts'
import { Hang, type Guard } from './guard.ts'
import { MOUNTS } from './host.ts'
import { live } from './calls.ts'
import { ProcReader } from './proc.ts'
import { Models } from './models.ts'
import { Random, mix } from './random.ts'
import { underWay, type UnderWay } from './underway.ts'
import { Violation, step, type Replay, type World } from './world.ts'

/** One machine from boot to its end, with all that must hold looked at meanwhile. */

export interface Result {
  readonly outcome: string
  readonly violation: Violation | null
  /** System calls made. */
  readonly syscalls: number
  readonly switches: number
  /** Signals taken. */
  readonly signals: number
  readonly byNumber: ReadonlyMap<number, number>
  /** Of all calls, results, switches and signals. */
  readonly hash: number
  /** Keys of the operations done. */
  readonly made: readonly number[]
}

/** Put a bug in, for the tests. */
export type Sabotage = (kernel: Kernel) => void

/** How machines are run. */
export interface Manner {
  /** Look at the whole kernel after every `every`-th system call, at the next switch. */
  readonly every: number
  readonly sabotage?: Sabotage
  /** Gives up a machine that does not come back; without one it is waited for. */
  readonly guard?: Guard
  /** Is told how far it is: the machine's seed, the number of the system call, which it is, and whose. */
  readonly progress?: Uint32Array
  /** Gets what strace says. */
  readonly trace?: (line: string) => void
}

/** How often somebody at the terminal does something, at most. */
const INPUTS = 12

/** More calls than a machine lets one program make. */
const FOR_EVER = 20_000

/** Run the machine of a replay. */
export function runMachine(replay: Replay, { every, sabotage, guard = (fn) => fn(), trace, progress }: Manner): Result {
  const r = new Random(replay.seed)
  const made: number[] = []
  const programs = {
    *root(sys: Libc, argv: readonly string[]): Run<number> {
      return yield* live(world, sys, Number(argv[0]), FOR_EVER)
    },
    *again(sys: Libc, argv: readonly string[]): Run<number> {
      return yield* live(world, sys, Number(argv[1]), 60)
    },
  }
  const seed = r.below(2 ** 31)
  const slice = r.pick([1, 2, 5, 20, 100])
  const vm = boot({
    cmdline: 'ckpt_debug=0',
    ...(step({ replay, made }, mix(replay.seed, -100)) ? { seed } : {}),
    ...(step({ replay, made }, mix(replay.seed, -101)) ? { slice } : {}),
    mem: 32 << 20,
    mounts: MOUNTS,
    programs,
  })
  // Told first, so that what breaks a promise is in the trace.
  if (trace !== undefined) void vm.strace(({ pid, text }) => trace(`${pid} ${text}`))
  const { kernel } = vm
  const world: World = { vm, replay, made, handled: 0, restartInjected: false, seen: null }
  const count = { syscalls: 0, switches: 0, signals: 0 }
  const byNumber = new Map<number, number>()
  let hash = replay.seed
  const record = (a: number, b: number): void => {
    hash = mix(mix(hash, a), b)
  }
  const calls = new Map<task_struct, UnderWay>()
  const seen: Seen = { queues: new Set(), locked: new Set(), proc: new ProcReader(kernel) }
  const models = new Models(kernel)
  let last = { pid: 0, nr: -1 }
  let checkAt = every
  kernel.trace.sys_enter.register((t, nr, args) => {
    count.syscalls++
    byNumber.set(nr, (byNumber.get(nr) ?? 0) + 1)
    last = { pid: t.pid, nr }
    progress?.set([replay.seed, count.syscalls, nr, t.pid])
    calls.set(t, underWay(t, nr, args))
    models.enter(t, nr, args)
  })
  kernel.trace.sys_exit.register((t, nr, _args, ret, injected) => {
    calls.delete(t)
    models.exit(t, ret, injected)
    record(t.pid * 1024 + nr, ret)
    if (t.state !== TASK_RUNNING || t.on_rq)
      world.seen ??= new Violation('task state', `task ${t.pid} leaves call ${nr} in state ${t.state}`)
    if (!Number.isInteger(ret)) world.seen ??= new Violation('result', `call ${nr} returned ${ret}`)
  })
  kernel.trace.signal_deliver.register((info, t) => {
    count.signals++
    record(info.signo, t.pid)
  })
  kernel.trace.sched_switch.register((prev, preempt) => {
    count.switches++
    record(prev.pid, Number(preempt))
    if (prev.state === TASK_DEAD) calls.delete(prev)
    if (world.seen !== null) throw world.seen
    if (count.syscalls < checkAt) return
    checkAt = count.syscalls + every
    check()
  })
  const check = (): void => {
    checkKernel(kernel, calls, seen)
    models.pipes(calls)
  }
  sabotage?.(kernel)
  const { active } = kernel.slab
  let outcome = 'violation'
  let violation: Violation | null = null
  try {
    const terminal = r.oneIn(2) && step(world, mix(replay.seed, -102))
    if (terminal) vm.terminal()
    for (let i = 0, n = 1 + r.below(3); i < n; i++) {
      const key = mix(replay.seed, -1 - i)
      if (step(world, key)) void vm.spawn('/bin/root', [], { argv0: String(key), terminal: terminal && i === 0 })
    }
    const calm = disturb(world, r)
    for (let n = 0; ; n++) {
      outcome = guard(() => vm.run({ budget: Math.max(1, replay.syscalls - count.syscalls) })).kind
      if (outcome !== 'input' || n === INPUTS || world.seen !== null) break
      check()
      if (step(world, mix(replay.seed, -400 - n))) type(vm, new Random(mix(replay.seed, -400 - n)))
    }
    if (!OUTCOMES.has(outcome)) throw new Violation('outcome', outcome)
    if (world.seen !== null) throw world.seen
    check()
    calm()
    killAll(kernel)
    if (guard(() => vm.run({ budget: 20_000 })).kind === 'exited') {
      check()
      if (kernel.slab.active !== active || kernel.pages.used !== 0)
        throw new Violation(
          'leak',
          `at the end ${kernel.slab.active - active} objects and ${kernel.pages.used} pages are left`,
        )
    }
  } catch (error) {
    violation =
      error instanceof Violation
        ? error
        : error instanceof Hang
          ? new Violation(
              'hang',
              `the kernel was not back after ${error.message}, at system call ${count.syscalls}, ${syscallName(last.nr)} of task ${last.pid}`,
            )
          : new Violation('thrown', (error as Error).stack ?? String(error))
  }
  for (const c of outcome) record(c.charCodeAt(0), count.syscalls)
  return { outcome, violation, ...count, byNumber, hash, made }
}

const OUTCOMES: ReadonlySet<string> = new Set(['exited', 'deadlock', 'input', 'soft lockup', 'budget'])

const KEYS = [
  'a',
  'ab\n',
  '\n',
  '\x03',
  '\x04',
  '\x11',
  '\x13\x11',
  '\x1a',
  '\x1c',
  'x'.repeat(300),
  '\x7f\x15',
] as const

/** What a person at the terminal does. */
function type(vm: Vm, r: Random): void {
  if (r.oneIn(10)) vm.resize(r.below(100), 80)
  else if (r.oneIn(30)) vm.hangup()
  else if (r.oneIn(30)) vm.endInput()
  else vm.input(r.pick(KEYS))
}

/** End everybody, also who would not be ended by that. */
function killAll(kernel: Kernel): void {
  actingFor(kernel.swapper, () => {
    for (const t of [...kernel.tasks]) {
      if (t.state === TASK_DEAD) continue
      t.group.killable = true
      send_sig(SIGKILL, t)
    }
  })
}
