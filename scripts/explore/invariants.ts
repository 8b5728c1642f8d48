import type { Kernel } from '../../kernel/kernel.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import type { inode } from '../../kernel/fs/inode.ts'
import type { wait_queue_head } from '../../kernel/sched/wait.ts'
import { EXIT_ZOMBIE, TASK_DEAD, TASK_INTERRUPTIBLE, TASK_RUNNING, TASK_STOPPED } from '../../kernel/sched/sched.ts'
import type { CallsUnderWay } from './underway.ts'
import { count, equal, holds } from './holds.ts'
import { locks } from './locked.ts'
import { accounts, namesBelow } from './mounted.ts'
import type { ProcReader } from './proc.ts'
import { references } from './references.ts'
import { sleepers } from './sleepers.ts'
import { WAIT4 } from './underway.ts'

/** What holds of a kernel between two context switches, whatever its programs do. */

/** What is kept from one look at a kernel to the next. */
export interface Seen {
  /** Those that somebody has slept in. */
  readonly queues: Set<wait_queue_head>
  /** Files that had a lock. */
  readonly locked: Set<inode>
  readonly proc: ProcReader
}

/** Throw a Violation unless all holds. Nobody may be on the CPU. */
export function checkKernel(kernel: Kernel, calls: CallsUnderWay, { queues, locked, proc }: Seen): void {
  tasks(kernel)
  const files = references(kernel, calls)
  const names = namesBelow(kernel.root)
  sleepers(kernel, calls, files, names, queues)
  locks(kernel, calls, files, locked)
  accounts(kernel, calls, files, names)
  proc.look()
}

/** States, run queue, ids and family. */
function tasks(kernel: Kernel): void {
  equal(
    'run queue',
    kernel.rq.length,
    count(kernel.tasks, (t) => t.on_rq),
    'length',
  )
  equal('pid map', kernel.pid_ns.pid_map.size, kernel.tasks.size, 'ids')
  for (const t of kernel.tasks) {
    const id = `task ${t.pid} (state ${t.state}, exit_state ${t.exit_state}, call ${t.syscall_nr})`
    const dead = t.state === TASK_DEAD
    holds('task state', dead === (t.exit_state === EXIT_ZOMBIE), `${id} is neither alive nor a zombie`)
    holds('run queue', t.on_rq === (t.state === TASK_RUNNING), `${id} has on_rq ${t.on_rq}`)
    if (dead) holds('wait queue', t.waits_for === null, `${id} is dead and waits for ${t.waits_for?.what}`)
    else if (t.state !== TASK_STOPPED)
      holds('task state', t.on_rq || t.waits_for !== null, `${id} sleeps and waits for nothing`)
    for (let ns: typeof t.thread_pid.ns | null = t.thread_pid.ns; ns !== null; ns = ns.parent)
      holds('pid map', ns.pid_map.get(t.thread_pid.numbers[ns.level])?.task === t, `${id} is not under its id`)
    family(kernel, t, id)
    signals(t, id)
  }
}

function family(kernel: Kernel, t: task_struct, id: string): void {
  // The leader's is the process's parent: a thread's own is only where it came from.
  const parent = t.group_leader.real_parent as task_struct
  holds('family', parent === kernel.swapper || kernel.tasks.has(parent), `${id} has a parent that is gone`)
  // Children are processes: a thread is nobody's.
  const leads = t === t.group_leader
  holds('family', [...parent.children].includes(t) === leads, `${id} is listed wrongly at its parent ${parent.pid}`)
  for (const c of t.children) holds('family', c.real_parent === t && kernel.tasks.has(c), `${id} has child ${c.pid}`)
  holds('family', kernel.tasks.has(t.group_leader), `${id} has a leader that is gone`)
  holds('family', t.group.tasks.includes(t) && t.group_leader.group === t.group, `${id} is not in its group`)
  const whole = t.group.tasks.length === 1
  if (t.state === TASK_DEAD && whole) holds('family', parent !== kernel.swapper, `${id} is dead, and nobody will wait`)
  if (t.state === TASK_DEAD) holds('family', t.children.size === 0, `${id} is dead and has children`)
}

function signals(t: task_struct, id: string): void {
  const { group } = t
  if (t.state === TASK_DEAD) return
  // The first process of a namespace that ends waits for all others, and looks at no signal any more.
  if (
    t.thread_pid.ns.child_reaper?.group === t.group &&
    t.waits_for === t.group.wait_chldexit &&
    t.syscall_nr !== WAIT4
  )
    return
  for (const p of [t.pending, group.shared_pending]) {
    let listed = 0n
    for (const { info } of p.list) listed |= 1n << BigInt(info.signo - 1)
    // With RLIMIT_SIGPENDING one can be pending of which nothing is told.
    holds(
      'signal',
      (listed & ~p.signal) === 0n,
      `${id} has pending ${p.signal.toString(16)}, listed ${listed.toString(16)}`,
    )
  }
  if ((t.pending.signal & ~t.blocked) !== 0n) holds('signal', t.sigpending !== 0, `${id} does not know of a signal`)
  if (t.sigpending !== 0) holds('lost wake-up', t.state !== TASK_INTERRUPTIBLE, `${id} sleeps with a signal pending`)
  if (t.state !== TASK_STOPPED) return
  const dying = group.tasks.some((o) => ((o.pending.signal | group.shared_pending.signal) & (1n << 8n)) !== 0n)
  holds('lost wake-up', group.stop !== null || dying, `${id} is stopped and its group is not`)
  if (group.tasks.every((o) => o.state === TASK_STOPPED || o.state === TASK_DEAD))
    holds('signal', group.stopped || dying, `${id} is stopped, with all its group, and nobody was told`)
}
