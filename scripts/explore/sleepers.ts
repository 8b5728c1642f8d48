import type { Kernel } from '../../kernel/kernel.ts'
import type { dentry } from '../../kernel/fs/dentry.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import type { wait_queue_head } from '../../kernel/sched/wait.ts'
import type { CallsUnderWay, UnderWay } from './underway.ts'
import { FMODE_READ, FMODE_WRITE, type file } from '../../kernel/fs/file.ts'
import { pipe_inode_info } from '../../kernel/fs/pipe.ts'
import { POLLERR, POLLHUP, POLLIN } from '../../kernel/fs/poll.ts'
import { EXIT_ZOMBIE, TASK_NORMAL } from '../../kernel/sched/sched.ts'
import { __WALL, __WCLONE, WCONTINUED, WUNTRACED } from '../../kernel/task/exit.ts'
import { SIGCHLD } from '../../kernel/task/signal.ts'
import { count, equal, holds } from './holds.ts'
import { polls, pollOf, WAIT4 } from './underway.ts'

const READ = 63

/** Pipes have the ends that are open, nobody sleeps whose condition holds, and queues hold who sleeps in them. */
export function sleepers(
  kernel: Kernel,
  calls: CallsUnderWay,
  files: ReadonlyMap<file, number>,
  names: readonly dentry[],
  queues: Set<wait_queue_head>,
): void {
  const pipes = new Map<pipe_inode_info, { rd: number; wr: number }>()
  for (const { d_inode } of names)
    if (d_inode !== null && d_inode.i_pipe !== null) pipes.set(d_inode.i_pipe, { rd: 0, wr: 0 })
  for (const f of files.keys()) {
    const pipe = f.private_data
    if (!(pipe instanceof pipe_inode_info)) continue
    const ends = pipes.get(pipe) ?? { rd: 0, wr: 0 }
    if ((f.f_mode & FMODE_READ) !== 0) ends.rd++
    if ((f.f_mode & FMODE_WRITE) !== 0) ends.wr++
    pipes.set(pipe, ends)
  }
  const asleep = [...kernel.tasks].filter((t) => (t.state & TASK_NORMAL) !== 0)
  for (const [pipe, ends] of pipes) {
    // Who waits for the other side of a named pipe counts as one of his own.
    const rd = ends.rd + count(kernel.tasks, (t) => t.waits_for === pipe.w_partner)
    const wr = ends.wr + count(kernel.tasks, (t) => t.waits_for === pipe.r_partner)
    equal('pipe ends', pipe.readers, rd, 'readers')
    equal('pipe ends', pipe.writers, wr, 'writers')
    for (const t of asleep) {
      if (t.waits_for === pipe.rd_wait)
        holds('lost wake-up', pipe.nrbufs === 0 && (wr > 0 || pipe.waiting_writers > 0), `task ${t.pid} could read`)
      if (t.waits_for === pipe.wr_wait)
        holds('lost wake-up', pipe.nrbufs === pipe.max_usage && rd > 0, `task ${t.pid} could write`)
    }
  }
  for (const t of asleep) if (t.waits_for === t.group.wait_chldexit) waiter(t)
  for (const t of asleep) readable(t, calls.get(t))
  inQueues(kernel, calls, queues)
}

/** A task sleeps in a read or a poll: then its files have nothing for it. */
function readable(t: task_struct, call: UnderWay | undefined): void {
  if (call === undefined || (call.nr !== READ && !polls(t, call))) return
  for (const { file, events } of call.held) {
    if (call.nr === READ && (file.f_op.poll === undefined || file.private_data instanceof pipe_inode_info)) continue
    const ready = pollOf(file).mask & (call.nr === READ ? POLLIN : events | POLLERR | POLLHUP)
    holds('lost wake-up', ready === 0, `task ${t.pid} waits for ${file.f_dentry.d_name}, and it is ready (${ready})`)
  }
}

/** Each queue has in it exactly who sleeps there; `queues` are those that had somebody. */
function inQueues(kernel: Kernel, calls: CallsUnderWay, queues: Set<wait_queue_head>): void {
  const waiting = new Map<wait_queue_head, number>()
  for (const t of kernel.tasks) {
    if (t.waits_for === null) continue
    const call = calls.get(t)
    const all = new Set([t.waits_for])
    if (polls(t, call)) for (const { file } of call.held) for (const wq of pollOf(file).queues) all.add(wq)
    for (const wq of all) waiting.set(wq, (waiting.get(wq) ?? 0) + 1)
  }
  for (const wq of waiting.keys()) queues.add(wq)
  // A line that was hung up has other queues than when somebody began to poll it.
  const { console: tty } = kernel
  if (tty.hangups > 0) for (const wq of [tty.read_wait, tty.write_wait]) queues.delete(wq)
  for (const wq of queues) {
    equal('wait queue', wq.size, waiting.get(wq) ?? 0, `tasks that wait for ${wq.what}`)
    if (wq.size === 0) queues.delete(wq)
  }
}

/** A task sleeps in wait4(2): then there is nothing to report. */
function waiter(t: task_struct): void {
  const upid = Number(t.syscall_args[0])
  const options = Number(t.syscall_args[2])
  if (t.syscall_nr !== WAIT4 || (upid !== -1 && upid <= 0) || t.thread_pid.numbers.length > 1) return
  for (const c of t.group.tasks.flatMap((thread) => [...thread.children])) {
    if (upid > 0 && c.pid !== upid) continue
    if ((options & __WALL) === 0 && (c.exit_signal !== SIGCHLD) !== ((options & __WCLONE) !== 0)) continue
    const { group } = c
    const news =
      (c.exit_state === EXIT_ZOMBIE && group.tasks.length === 1) ||
      ((options & WUNTRACED) !== 0 && group.stopped && !group.stop_reported) ||
      ((options & WCONTINUED) !== 0 && group.continued)
    holds('lost wake-up', !news, `task ${t.pid} waits, and there is news of child ${c.pid}`)
  }
}
