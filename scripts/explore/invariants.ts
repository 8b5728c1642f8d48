import type { Kernel } from '../../kernel/kernel.ts'
import type { file } from '../../kernel/fs/file.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import type { wait_queue_head } from '../../kernel/sched/wait.ts'
import { __WALL, __WCLONE } from '../../kernel/task/exit.ts'
import { SIGCHLD } from '../../kernel/task/signal.ts'
import { FMODE_READ, FMODE_WRITE } from '../../kernel/fs/file.ts'
import { PIPE_BUFFERS, pipe_inode_info } from '../../kernel/fs/pipe.ts'
import {
  EXIT_ZOMBIE,
  TASK_DEAD,
  TASK_INTERRUPTIBLE,
  TASK_NORMAL,
  TASK_RUNNING,
  TASK_STOPPED,
} from '../../kernel/sched/sched.ts'
import { WCONTINUED, WUNTRACED } from '../../kernel/task/exit.ts'
import { Violation } from './world.ts'

const WAIT4 = 260

/** What holds of a kernel between two context switches, whatever its programs do. */

/** Calls under way, by task: the file that the call holds, or null. */
export type Holding = ReadonlyMap<task_struct, { readonly nr: number; readonly file: file | null }>

/** Throw a Violation unless all holds. Nobody may be on the CPU. */
export function checkKernel(kernel: Kernel, holding: Holding): void {
  tasks(kernel)
  const files = references(kernel, holding)
  const queues = sleepers(kernel, files)
  for (const t of kernel.tasks) queues.add(t.group.wait_chldexit)
  for (const wq of queues) {
    const waiting = count(kernel.tasks, (t) => t.waits_for === wq)
    equal('wait queue', wq.size, waiting, `tasks that wait for ${wq.what}`)
  }
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
  holds('family', parent.children.has(t) === leads, `${id} is listed wrongly at its parent ${parent.pid}`)
  for (const c of t.children) holds('family', c.real_parent === t && kernel.tasks.has(c), `${id} has child ${c.pid}`)
  holds('family', kernel.tasks.has(t.group_leader), `${id} has a leader that is gone`)
  holds('family', t.group.tasks.has(t) && t.group_leader.group === t.group, `${id} is not in its group`)
  const whole = t.group.tasks.size === 1
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
    for (const info of p.list) listed |= 1n << BigInt(info.signo - 1)
    holds('signal', listed === p.signal, `${id} has pending ${p.signal.toString(16)}, listed ${listed.toString(16)}`)
  }
  if ((t.pending.signal & ~t.blocked) !== 0n) holds('signal', t.sigpending !== 0, `${id} does not know of a signal`)
  if (t.sigpending !== 0) holds('lost wake-up', t.state !== TASK_INTERRUPTIBLE, `${id} sleeps with a signal pending`)
  if (t.state !== TASK_STOPPED) return
  const dying = [...group.tasks].some((o) => ((o.pending.signal | group.shared_pending.signal) & (1n << 8n)) !== 0n)
  holds('lost wake-up', group.stop !== null || dying, `${id} is stopped and its group is not`)
  if ([...group.tasks].every((o) => o.state === TASK_STOPPED || o.state === TASK_DEAD))
    holds('signal', group.stopped || dying, `${id} is stopped, with all its group, and nobody was told`)
}

/** Who uses what, and that the slab accounts for exactly that. Returns the open files. */
function references(kernel: Kernel, holding: Holding): Map<file, number> {
  const { caches, slab, swapper } = kernel
  const all = [...kernel.tasks]
  const alive = all.filter((t) => t.state !== TASK_DEAD)
  const mms = users(alive.map((t) => t.mm))
  for (const [mm, n] of mms) equal('mm users', mm.mm_users, n, 'tasks')
  const tables = users(alive.map((t) => t.files))
  for (const [files, n] of tables) equal('files users', files.count, n, 'tasks')
  const fss = users([swapper, ...alive].map((t) => t.fs))
  for (const [fs, n] of fss) equal('fs users', fs.users, n, 'tasks')
  const hands = users(all.map((t) => t.sighand))
  for (const [sighand, n] of hands) equal('sighand users', sighand.count, n, 'tasks')
  const names = users([swapper, ...all].map((t) => t.nsproxy.uts_ns))
  for (const [ns, n] of names) equal('uts users', ns.count, n, 'tasks')
  const files = users([
    ...[...tables.keys()].flatMap((table) => table.fd),
    ...alive.map((t) => (t.kstack === null ? null : (holding.get(t)?.file ?? null))),
  ])
  for (const [f, n] of files) equal('file count', f.f_count, n, `descriptors and calls of ${f.f_dentry.d_name}`)
  const pages = new Set([...mms.keys()].flatMap((mm) => [...mm.resident()]))
  const pipes = new Set([...files.keys()].map((f) => f.private_data).filter((p) => p instanceof pipe_inode_info))
  const piped = [...pipes].reduce((sum, pipe) => sum + pipe.pages, 0)
  equal('pages', kernel.pages.used, pages.size + piped, 'mapped and in pipes')
  equal('leak', caches.task_struct.active_objs, all.length, 'tasks')
  equal('leak', caches.pid.active_objs, all.length, 'pids')
  equal('leak', caches.mm_struct.active_objs, mms.size, 'address spaces')
  equal('leak', caches.files_struct.active_objs, tables.size, 'file tables')
  equal('leak', caches.fs_struct.active_objs, fss.size, 'fs_structs')
  equal('leak', caches.filp.active_objs, files.size, 'files')
  const cached = slab.caches.reduce((sum, cache) => sum + cache.active_objs, 0)
  // A checkpoint or restart that sleeps has its context and some records besides.
  const underWay = count(alive, (t) => t.kstack !== null && [244, 245].includes(holding.get(t)?.nr ?? 0))
  const extra = slab.active - cached - all.length - 1 - names.size
  holds('leak', extra >= underWay && extra <= 4 * underWay, `${extra} pieces of memory that nobody has`)
  return files
}

/** Pipes have the ends that are open; nobody sleeps whose condition holds. Returns the pipes' queues. */
function sleepers(kernel: Kernel, files: Map<file, number>): Set<wait_queue_head> {
  const pipes = new Map<pipe_inode_info, { rd: number; wr: number }>()
  for (const f of files.keys()) {
    const pipe = f.private_data
    if (!(pipe instanceof pipe_inode_info)) continue
    const ends = pipes.get(pipe) ?? { rd: 0, wr: 0 }
    if ((f.f_mode & FMODE_READ) !== 0) ends.rd++
    if ((f.f_mode & FMODE_WRITE) !== 0) ends.wr++
    pipes.set(pipe, ends)
  }
  const asleep = [...kernel.tasks].filter((t) => (t.state & TASK_NORMAL) !== 0)
  for (const [pipe, { rd, wr }] of pipes) {
    equal('pipe ends', pipe.readers, rd, 'readers')
    equal('pipe ends', pipe.writers, wr, 'writers')
    for (const t of asleep) {
      if (t.waits_for === pipe.rd_wait)
        holds('lost wake-up', pipe.nrbufs === 0 && (wr > 0 || pipe.waiting_writers > 0), `task ${t.pid} could read`)
      if (t.waits_for === pipe.wr_wait)
        holds('lost wake-up', pipe.nrbufs === PIPE_BUFFERS && rd > 0, `task ${t.pid} could write`)
    }
  }
  for (const t of asleep) if (t.waits_for === t.group.wait_chldexit) waiter(t)
  return new Set([...pipes.keys()].flatMap((pipe) => [pipe.rd_wait, pipe.wr_wait]))
}

/** A task sleeps in wait4(2): then there is nothing to report. */
function waiter(t: task_struct): void {
  const upid = Number(t.syscall_args[0])
  const options = Number(t.syscall_args[2])
  if (t.syscall_nr !== WAIT4 || (upid !== -1 && upid <= 0) || t.thread_pid.numbers.length > 1) return
  for (const c of [...t.group.tasks].flatMap((thread) => [...thread.children])) {
    if (upid > 0 && c.pid !== upid) continue
    if ((options & __WALL) === 0 && (c.exit_signal !== SIGCHLD) !== ((options & __WCLONE) !== 0)) continue
    const { group } = c
    const news =
      (c.exit_state === EXIT_ZOMBIE && group.tasks.size === 1) ||
      ((options & WUNTRACED) !== 0 && group.stopped && !group.stop_reported) ||
      ((options & WCONTINUED) !== 0 && group.continued)
    holds('lost wake-up', !news, `task ${t.pid} waits, and there is news of child ${c.pid}`)
  }
}

/** Each thing, and how often it is there. */
function users<T extends object>(things: readonly (T | null)[]): Map<T, number> {
  const n = new Map<T, number>()
  for (const thing of things) if (thing !== null) n.set(thing, (n.get(thing) ?? 0) + 1)
  return n
}

function count<T>(all: Iterable<T>, test: (one: T) => boolean): number {
  let n = 0
  for (const one of all) if (test(one)) n++
  return n
}

function equal(kind: string, is: number, should: number, of: string): void {
  if (is !== should) throw new Violation(kind, `the kernel says ${is}, but there are ${should} ${of}`)
}

function holds(kind: string, condition: boolean, otherwise: string): void {
  if (!condition) throw new Violation(kind, otherwise)
}
