import type { Kernel } from '../../kernel/kernel.ts'
import type { FaultAction, FaultPoint } from '../../kernel/inject/inject.ts'
import type { file } from '../../kernel/fs/file.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import { boot, type Libc, type Run } from '../../index.ts'
import { actingFor } from '../../kernel/init.ts'
import { TASK_DEAD, TASK_RUNNING } from '../../kernel/sched/sched.ts'
import { SIGKILL, send_sig } from '../../kernel/task/signal.ts'
import { checkKernel } from './invariants.ts'
import { live } from './calls.ts'
import { Random, mix } from './random.ts'
import { Violation, type Replay, type World } from './world.ts'

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
  /** Keys of the calls made. */
  readonly made: readonly number[]
}

/** Put a bug in, for the tests. */
export type Sabotage = (kernel: Kernel) => void

/** More calls than a machine lets one program make. */
const FOR_EVER = 20_000

/** Run the machine of a replay; look at all of it after every `every`-th switch. */
export function runMachine(replay: Replay, every: number, sabotage?: Sabotage): Result {
  const r = new Random(replay.seed)
  const programs = {
    *root(sys: Libc, argv: readonly string[]): Run<number> {
      return yield* live(world, sys, Number(argv[0]), FOR_EVER)
    },
    *again(sys: Libc, argv: readonly string[]): Run<number> {
      return yield* live(world, sys, Number(argv[1]), 60)
    },
  }
  const vm = boot({
    cmdline: 'ckpt_debug=0',
    seed: r.below(2 ** 31),
    slice: r.pick([1, 2, 5, 20, 100]),
    mem: 32 << 20,
    programs,
  })
  const { kernel } = vm
  const world: World = { vm, replay, made: [], handled: 0, restartInjected: false, seen: null }
  const byNumber = new Map<number, number>()
  let syscalls = 0
  let switches = 0
  let signals = 0
  let hash = replay.seed
  const record = (a: number, b: number): void => {
    hash = mix(mix(hash, a), b)
  }
  const holding = new Map<task_struct, { nr: number; file: file | null }>()
  kernel.trace.sys_enter.register((t, nr, args) => {
    syscalls++
    byNumber.set(nr, (byNumber.get(nr) ?? 0) + 1)
    const file =
      nr === 63 || nr === 64 || nr === 244 || nr === 245
        ? (t.files?.fd[Number(args[0 + (nr > 64 ? 1 : 0)])] ?? null)
        : null
    holding.set(t, { nr, file })
  })
  kernel.trace.sys_exit.register((t, nr, _args, ret) => {
    holding.delete(t)
    record(t.pid * 1024 + nr, ret)
    if (t.state !== TASK_RUNNING || t.on_rq)
      world.seen ??= new Violation('task state', `task ${t.pid} leaves call ${nr} in state ${t.state}`)
    if (!Number.isInteger(ret)) world.seen ??= new Violation('result', `call ${nr} returned ${ret}`)
  })
  kernel.trace.signal_deliver.register((info, t) => {
    signals++
    record(info.signo, t.pid)
  })
  kernel.trace.sched_switch.register((prev, preempt) => {
    switches++
    record(prev.pid, Number(preempt))
    if (prev.state === TASK_DEAD) holding.delete(prev)
    if (world.seen !== null) throw world.seen
    if (switches % every === 0) checkKernel(kernel, holding)
  })
  sabotage?.(kernel)
  const { active } = kernel.slab
  let outcome = 'violation'
  let violation: Violation | null = null
  try {
    for (let i = 0, n = 1 + r.below(3); i < n; i++) {
      const key = mix(replay.seed, -1 - i)
      if (replay.keep?.has(key) !== false) vm.spawn('/bin/root', [], { argv0: String(key) })
      world.made.push(key)
    }
    armFaults(kernel, r, world)
    outcome = vm.run({ budget: replay.syscalls }).kind
    if (!OUTCOMES.has(outcome)) throw new Violation('outcome', outcome)
    if (world.seen !== null) throw world.seen
    checkKernel(kernel, holding)
    killAll(kernel)
    if (vm.run({ budget: 20_000 }).kind === 'exited') {
      checkKernel(kernel, holding)
      if (kernel.slab.active !== active || kernel.pages.used !== 0)
        throw new Violation(
          'leak',
          `at the end ${kernel.slab.active - active} objects and ${kernel.pages.used} pages are left`,
        )
    }
  } catch (error) {
    violation = error instanceof Violation ? error : new Violation('thrown', (error as Error).stack ?? String(error))
  }
  for (const c of outcome) record(c.charCodeAt(0), syscalls)
  return { outcome, violation, syscalls, switches, signals, byNumber, hash, made: world.made }
}

const OUTCOMES: ReadonlySet<string> = new Set(['exited', 'deadlock', 'soft lockup', 'budget'])

/** Let calls fail now and then, in half of the machines. */
function armFaults(kernel: Kernel, r: Random, world: World): void {
  const { vfs_read, vfs_write, kmalloc } = kernel.inject
  for (const point of [vfs_read, vfs_write, kmalloc]) {
    if (!r.oneIn(4)) continue
    const ret = point === kmalloc ? -12 : r.pick([-4, -5, -11, -28, -512, 1])
    if (ret === -512) world.restartInjected = true
    arm(point, ret > 0 ? { max: ret } : { retval: ret })
  }

  function arm(point: FaultPoint, action: FaultAction): void {
    point.arm([{ first: 1 + r.below(50), last: Infinity, step: 3 + r.below(60), action }])
  }
}

/** Stop the faults, and end everybody who can be ended. */
function killAll(kernel: Kernel): void {
  for (const point of [kernel.inject.vfs_read, kernel.inject.vfs_write, kernel.inject.kmalloc]) point.arm([])
  actingFor(kernel.swapper, () => {
    for (const t of [...kernel.tasks]) if (t.state !== TASK_DEAD) send_sig(SIGKILL, t)
  })
}
