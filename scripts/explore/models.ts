import type { Kernel } from '../../kernel/kernel.ts'
import type { file } from '../../kernel/fs/file.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import type { SyscallArgs } from '../../kernel/trace.ts'
import type { CallsUnderWay } from './underway.ts'
import { EPIPE } from '../../kernel/errno.ts'
import { S_ISREG } from '../../kernel/fs/inode.ts'
import { O_APPEND } from '../../kernel/fs/file.ts'
import { PIPE_BUF, pipe_inode_info } from '../../kernel/fs/pipe.ts'
import { SIGPIPE, SIG_DFL, SIG_IGN, SIG_KERNEL_IGNORE, _NSIG, sigmask } from '../../kernel/task/signal.ts'
import { TASK_NORMAL } from '../../kernel/sched/sched.ts'
import { count, equal, holds } from './holds.ts'
import { mayNot, promiseOfData, type Kept } from './promises.ts'
import { WAIT4 } from './underway.ts'

/** What single calls promise, and whether they keep it: each is watched from its beginning to its end. */

const READ = 63
const WRITE = 64
const READV = 65
const WRITEV = 66
/** sendfile, vmsplice, splice and tee. */
const SPLICES: ReadonlySet<number> = new Set([71, 75, 76, 77])
const KILL = 129
const TKILL = 130
const TGKILL = 131
const CLOSE = 57
const FUTEX = 98
const RT_SIGQUEUEINFO = 138
const RT_TGSIGQUEUEINFO = 240
const WUNTRACED_WCONTINUED = 2 | 8

export class Models {
  readonly #kernel: Kernel
  readonly #promises = new Map<task_struct, Kept>()
  /** Bytes that went into each pipe and have not come out. */
  readonly #piped = new Map<pipe_inode_info, number>()

  /** Pipes whose bytes cannot be counted. */
  readonly #lost = new WeakSet<pipe_inode_info>()

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    kernel.trace.vfs_read.register((file, _count, ret) => this.#moved(file, -ret, ret))
    kernel.trace.vfs_write.register((file, _count, ret) => this.#moved(file, ret, ret))
  }

  enter(t: task_struct, nr: number, args: SyscallArgs): void {
    const promise = this.#vectored(t, nr, args) ?? promiseOf(t, nr, args)
    if (promise === null) this.#promises.delete(t)
    else this.#promises.set(t, promise)
  }

  exit(t: task_struct, ret: number, injected: boolean): void {
    const promise = this.#promises.get(t)
    this.#promises.delete(t)
    if (!injected) promise?.(ret)
  }

  /** Pipes that nobody is in hold what was put in and not taken out. */
  pipes(calls: CallsUnderWay): void {
    const busy = new Set<unknown>()
    for (const t of this.#kernel.tasks) {
      if (t.kstack !== null) for (const { file } of calls.get(t)?.held ?? []) busy.add(file.private_data)
    }
    for (const [pipe, bytes] of this.#piped) {
      if (pipe.readers + pipe.writers === 0) this.#piped.delete(pipe)
      else if (!busy.has(pipe) && !this.#lost.has(pipe)) {
        const there = pipe.nrbufs === 0 ? bytes === 0 : bytes > 0 && bytes <= pipe.nrbufs * PIPE_BUF
        holds('pipe', there, `${bytes} bytes are to be in ${pipe.nrbufs} pages of a pipe`)
      }
    }
  }

  /** Calls that move bytes without vfs_read() and vfs_write(). */
  #vectored(t: task_struct, nr: number, args: SyscallArgs): Kept | null {
    const files = SPLICES.has(nr) ? args.map((fd) => t.files?.fd[Number(fd)]) : []
    // How much a splice moves through a pipe is not followed.
    for (const file of files) if (file?.private_data instanceof pipe_inode_info) this.#lost.add(file.private_data)
    if (nr !== READV && nr !== WRITEV) return null
    const file = t.files?.fd[Number(args[0])] ?? null
    return file === null ? null : (ret) => this.#moved(file, nr === READV ? -ret : ret, ret)
  }

  #moved({ private_data: pipe }: file, bytes: number, ret: number): void {
    if (ret <= 0 || !(pipe instanceof pipe_inode_info)) return
    this.#piped.set(pipe, (this.#piped.get(pipe) ?? 0) + bytes)
  }
}

/** What has to hold once the call is over; null where nothing is known. */
function promiseOf(t: task_struct, nr: number, args: SyscallArgs): Kept | null {
  const int = (i: number): number => Number(BigInt.asIntN(32, BigInt(args[i])))
  switch (nr) {
    case READ:
    case WRITE:
      return moves(t, t.files?.fd[int(0)] ?? null, nr)
    case CLOSE:
      return closes(t, int(0))
    case FUTEX:
      return int(1) === 1 ? wakes(t) : null
    case KILL:
      return int(0) > 0 ? arrives(t, int(0), int(1)) : null
    case TKILL:
      return arrives(t, int(0), int(1))
    case RT_SIGQUEUEINFO:
      return arrives(t, int(0), int(1))
    case RT_TGSIGQUEUEINFO:
    case TGKILL:
      return arrives(t, int(1), int(2))
    case WAIT4: {
      const { pid_map } = t.nsproxy.pid_ns
      if ((int(2) & WUNTRACED_WCONTINUED) !== 0) return null
      return (ret) =>
        holds('zombie', ret <= 0 || !pid_map.get(ret)?.task, `task ${t.pid} got ${ret}, who is still there`)
    }
    default:
      return promiseOfData(t, nr, args)
  }
}

/** What was closed is, and the process has no locks on its file any more. */
function closes(t: task_struct, fd: number): Kept {
  const inode = t.files?.fd[fd]?.f_inode
  return (ret) => {
    const { files } = t
    holds('close', ret < 0 || (files?.fd[fd] ?? null) === null, `task ${t.pid} has a closed file`)
    const locked = files !== null && inode?.i_flctx?.posix.has(files) === true
    holds('close', ret < 0 || !locked, `task ${t.pid} has locks on a closed file`)
  }
}

/** A read or a write moves the position of a file by its result; a write nobody will read sends SIGPIPE. */
function moves(t: task_struct, file: file | null, nr: number): Kept | null {
  if (file === null) return null
  const before = file.f_pos
  if (!S_ISREG(file.f_inode.i_mode)) {
    return nr === READ
      ? null
      : (ret) =>
          holds('signal', ret !== -EPIPE || !wanted(t, SIGPIPE) || pending(t, SIGPIPE), 'EPIPE without a SIGPIPE')
  }
  return (ret) => {
    // What has no pages may take what is written, and stay where it is: /proc/PID/comm.
    if (ret > 0 && nr === WRITE && file.f_inode.i_mapping === null) return
    if (ret <= 0) equal('position', file.f_pos, before, `before a call that moved nothing`)
    else if (nr === WRITE && (file.f_flags & O_APPEND) !== 0)
      equal('position', file.f_pos, file.f_inode.i_size, 'bytes')
    else equal('position', file.f_pos, before + ret, 'bytes from the start')
  }
}

/** FUTEX_WAKE wakes as many as it says, but for those that were awake already and have not come to it yet. */
function wakes({ kernel }: task_struct): Kept {
  // Who has made the call again after a signal is in restart_syscall(2) now: where it sleeps is what tells.
  const inFutex = (asleep: boolean): number =>
    count(
      kernel.tasks,
      (t) => t.waits_for?.what.startsWith('futex ') === true && ((t.state & TASK_NORMAL) !== 0) === asleep,
    )
  const before = inFutex(true)
  const awake = inFutex(false)
  return (ret) => {
    const told = Math.max(ret, 0)
    const woken = before - inFutex(true)
    holds('lost wake-up', woken <= told && woken >= told - awake, `futex says that it woke ${ret}, and woke ${woken}`)
  }
}

/** A signal that was sent, and that somebody wants, is there for him. */
function arrives(sender: task_struct, pid: number, sig: number): Kept | null {
  const t = sender.nsproxy.pid_ns.pid_map.get(pid)?.task
  if (t === undefined || t === null || t.exit_state !== 0 || sig < 1 || sig > _NSIG) return null
  if (mayNot(sender, t, sig)) return (ret) => holds('permission', ret < 0, `task ${sender.pid} may not signal ${pid}`)
  if (!wanted(t, sig)) return null
  return (ret) => holds('signal', ret < 0 || pending(t, sig), `signal ${sig} was sent to task ${pid}, and is lost`)
}

/** Nobody but init can be ended by what it did not ask for. */
function wanted(t: task_struct, sig: number): boolean {
  if (t.group_leader.thread_pid.numbers.at(-1) === 1) return false
  return (t.blocked & sigmask(sig)) !== 0n || !ignores(t, sig)
}

function ignores(t: task_struct, sig: number): boolean {
  const { handler } = t.sighand.action[sig]
  return handler === SIG_IGN || (handler === SIG_DFL && (SIG_KERNEL_IGNORE & sigmask(sig)) !== 0n)
}

function pending(t: task_struct, sig: number): boolean {
  const sent = t.pending.signal | t.group.shared_pending.signal
  return (sent & sigmask(sig)) !== 0n || (ignores(t, sig) && (t.blocked & sigmask(sig)) === 0n)
}
