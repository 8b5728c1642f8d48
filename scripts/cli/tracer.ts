import type { Kernel } from '../../kernel/kernel.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import { errnoName, MAX_ERRNO } from '../../kernel/errno.ts'
import { SIGKILL, type siginfo } from '../../kernel/task/signal.ts'
import { signalName } from '../../kernel/task/signame.ts'
import { fromBytes } from '../../kernel/utf8.ts'
import { showEnd, showSignal, shownCall } from '../../syscalls/strace.ts'
import type { TextCall, TextEvent } from '../../userland/strace/text.ts'
import type { ShownCall } from '../../kernel/trace.ts'
import { programStack, type StackFrame } from './stack.ts'

/** What happened on a machine, as a trace tells it. Times are nanoseconds since boot. */
export type TraceEvent =
  | { readonly type: 'enter'; readonly t: task_struct; readonly call: Call }
  | { readonly type: 'syscall'; readonly t: task_struct; readonly call: Call }
  | { readonly type: 'signal'; readonly t: task_struct; readonly time: number; readonly info: siginfo }
  | { readonly type: 'fork'; readonly t: task_struct; readonly time: number; readonly child: task_struct }
  | { readonly type: 'exit'; readonly t: task_struct; readonly time: number; readonly code: number }

/** A system call, from its beginning on. */
export class Call implements TextCall {
  readonly nr: number
  readonly shown: ShownCall
  readonly start: number
  end: number
  ret: number | null = null
  injected = false
  /** What called what in the program, the innermost first; empty unless it is watched. */
  readonly stack: readonly StackFrame[]

  constructor(nr: number, shown: ShownCall, start: number, stack: readonly StackFrame[]) {
    this.nr = nr
    this.stack = stack
    this.shown = shown
    this.start = this.end = start
  }

  get name(): string {
    return this.shown.name
  }

  get begun(): string {
    const { name, known, open } = this.shown
    return `${name}(${known.join(', ')}${open && known.length > 0 ? ', ' : ''}`
  }

  whole(): string {
    return `${this.name}(${this.shown.args(this.ret).join(', ')})`
  }

  result(): string {
    return this.ret === null ? '?' : this.shown.result(this.ret) + (this.injected ? ' (INJECTED)' : '')
  }

  get below(): string[] {
    return this.stack.map(({ name, file, line, column }) => ` > ${file}(${name}) [${line}:${column}]`)
  }
}

export interface Watch {
  /** The calls that are told of; null for all. */
  readonly calls: ReadonlySet<number> | null
  readonly signals: boolean
  /** Children and threads too. */
  readonly follow: boolean
  /** Descriptors have their paths behind them. */
  readonly paths?: boolean
  /** Where in the program each call is made. */
  readonly stacks?: boolean
}

/** Tell `tell` what the task `first` does, and those that it makes. */
export function traceTasks(kernel: Kernel, first: task_struct, watch: Watch, tell: (event: TraceEvent) => void): void {
  const traced = new Set([first])
  const open = new Map<task_struct, Call>()
  const { trace, clock } = kernel
  void trace.sys_enter.register((t, nr, args) => {
    if (!traced.has(t) || watch.calls?.has(nr) === false) return
    const stack = watch.stacks === true ? programStack() : []
    const call = new Call(nr, shownCall(t, nr, args, watch.paths), clock.now, stack)
    open.set(t, call)
    tell({ type: 'enter', t, call })
  })
  void trace.sys_exit.register((t, _nr, _args, ret, injected) => {
    const call = open.get(t)
    if (call === undefined) return
    open.delete(t)
    call.end = clock.now
    call.ret = ret
    call.injected = injected
    tell({ type: 'syscall', t, call })
  })
  void trace.signal_deliver.register((info, t) => {
    // Nobody sees SIGKILL come: it shows at the end.
    if (traced.has(t) && watch.signals && info.signo !== SIGKILL) tell({ type: 'signal', t, time: clock.now, info })
  })
  void trace.sched_process_fork.register((t, child) => {
    if (!watch.follow || !traced.has(t)) return
    traced.add(child)
    tell({ type: 'fork', t, time: clock.now, child })
  })
  void trace.sched_process_exit.register((t) => {
    if (!traced.delete(t)) return
    const call = open.get(t)
    open.delete(t)
    if (call !== undefined) {
      call.end = clock.now
      tell({ type: 'syscall', t, call })
    }
    tell({ type: 'exit', t, time: clock.now, code: t.exit_code })
  })
}

/** An event as strace's text is made from it. */
export function textOf(event: TraceEvent): TextEvent<task_struct> {
  if (event.type === 'signal') return { type: 'signal', t: event.t, time: event.time, text: showSignal(event.info) }
  if (event.type === 'exit') return { type: 'exit', t: event.t, time: event.time, text: showEnd(event.code) }
  return event
}

/** An event as an object of JSON: a line of `--format=jsonl`. Null for one that is told of later, as a whole. */
export function jsonOf(event: TraceEvent): object | null {
  const { t, type } = event
  const who = { type, pid: t.pid, comm: fromBytes(t.commString()) }
  switch (event.type) {
    case 'enter':
      return null
    case 'syscall': {
      const { nr, shown, ret, injected, start, end, stack } = event.call
      const errno = ret !== null && ret < 0 && ret >= -MAX_ERRNO ? (errnoName(-ret) ?? null) : null
      const call = { nr, name: shown.name, args: shown.args(ret), ret, errno, injected, start, end }
      return { ...who, ...call, ...(stack.length === 0 ? {} : { stack }) }
    }
    case 'signal': {
      const { signo, code, pid, uid, value } = event.info
      const info = { si_code: code, si_pid: pid, si_uid: uid, si_value: value.toString() }
      return { ...who, time: event.time, signal: signalName(signo), ...info }
    }
    case 'fork':
      return { ...who, time: event.time, child: event.child.pid }
    case 'exit': {
      const sig = event.code & 0x7f
      return {
        ...who,
        time: event.time,
        status: sig === 0 ? (event.code >> 8) & 0xff : null,
        signal: sig === 0 ? null : signalName(sig),
      }
    }
  }
}
