import type { ByteString } from '../../types.ts'
import type { Kernel } from '../../kernel.ts'
import type { ShownCall, SyscallArgs } from '../../trace.ts'
import type { task_struct } from '../../task/task.ts'
import { EINVAL } from '../../errno.ts'
import { wait_queue_head } from '../../sched/wait.ts'
import {
  SIMPLE,
  end_text,
  enter_text,
  exit_text,
  fork_text,
  register_event,
  sched_process_exit,
  sched_process_fork,
  shown_comm,
  trace_events,
  type trace_event,
} from './events.ts'
import { ring_buffer } from './ring_buffer.ts'

/** A call that somebody is in. */
interface open_call {
  readonly nr: number
  readonly call: ShownCall
}

/**
 * Events that are switched on, whose they have to be, and those that came: kernel/trace/trace.h. The machine has
 * one, and programs make more in instances/. Nothing listens to a tracepoint that no event here needs.
 */
export class trace_array {
  readonly kernel: Kernel
  readonly buffer = new ring_buffer()
  readonly wq = new wait_queue_head('an event in trace_pipe')
  readonly enabled = new Set<trace_event>()
  /** Files that are open on it. */
  ref = 0
  #tracing_on = true
  /** Only these; null for everybody. */
  #pids: Set<number> | null = null
  #event_fork = false
  /** What stops each probe. */
  readonly #probes = new Map<ByteString, () => void>()
  readonly #open = new Map<task_struct, open_call>()
  /** The calls of which the beginning and the end are told, and whether all are. */
  readonly #calls = { sys_enter: new Set<number>(), sys_exit: new Set<number>() }
  readonly #raw = { sys_enter: false, sys_exit: false }

  #events: readonly trace_event[] | null

  /** `of`: the machine's own, for another one. */
  constructor(kernel: Kernel, of: trace_array | null = null) {
    this.kernel = kernel
    this.#events = of?.events ?? null
  }

  /** All that there are. */
  get events(): readonly trace_event[] {
    return (this.#events ??= trace_events(this.kernel))
  }

  get tracing_on(): boolean {
    return this.#tracing_on
  }

  set tracing_on(on: boolean) {
    this.#tracing_on = on
    this.#reregister()
    this.wq.wake_up()
  }

  get event_fork(): boolean {
    return this.#event_fork
  }

  set event_fork(on: boolean) {
    this.#event_fork = on
    this.#reregister()
  }

  /** In the order of their numbers. */
  get pids(): readonly number[] {
    return [...(this.#pids ?? [])].sort((a, b) => a - b)
  }

  /** Everybody again. */
  clear_pids(): void {
    this.#pids = null
  }

  add_pid(pid: number): void {
    this.#pids ??= new Set()
    this.#pids.add(pid)
  }

  /** Switch events on or off. */
  enable(events: Iterable<trace_event>, on: boolean): void {
    for (const event of events) {
      if (on) this.enabled.add(event)
      else this.enabled.delete(event)
      if (event.call === null) continue
      if (event.nr === null) this.#raw[event.call] = on
      else if (on) this.#calls[event.call].add(event.nr)
      else this.#calls[event.call].delete(event.nr)
    }
    this.#reregister()
  }

  /** `sched`, `sched:*`, `sched:sched_switch`, `sched_switch`, `!` before it to switch off: 0 or -EINVAL. */
  set_event(word: ByteString): number {
    const off = word.startsWith('!')
    const [system, name] = (off ? word.slice(1) : word).split(':')
    const any = (text: ByteString | undefined): boolean => text === undefined || text === '*' || text === ''
    const found = this.events.filter((event) =>
      name === undefined
        ? any(system) || event.system === system || event.name === system
        : (any(system) || event.system === system) && (any(name) || event.name === name),
    )
    if (found.length === 0) return -EINVAL
    this.enable(found, !off)
    return 0
  }

  /** It is over: nothing more is listened to. */
  remove(): void {
    this.#tracing_on = this.#event_fork = false
    this.#reregister()
    this.wq.wake_up()
  }

  /** A line of its own: trace_marker. */
  mark(t: task_struct, text: ByteString): void {
    if (this.#tracing_on) this.#put(t, 'tracing_mark_write', text)
  }

  #follows(t: task_struct): boolean {
    return this.#pids === null || this.#pids.has(t.pid)
  }

  #put(t: task_struct, event: ByteString, text: ByteString): void {
    const { now } = this.kernel.clock
    const usec = Math.floor(now / 1000)
    const time = `${String(Math.floor(usec / 1e6)).padStart(5)}.${String(usec % 1e6).padStart(6, '0')}`
    const who = `${shown_comm(t).padStart(16)}-${String(t.pid).padEnd(7)}`
    this.buffer.put(`${who} [000] ..... ${time}: ${event}: ${text}\n`)
    this.wq.wake_up()
  }

  /** Listen to what is needed for the events that are on, and to nothing else. */
  #reregister(): void {
    const { trace } = this.kernel
    const on = this.#tracing_on
    const { sys_enter, sys_exit } = this.#calls
    const calls = on && (this.#raw.sys_enter || this.#raw.sys_exit || sys_enter.size + sys_exit.size > 0)
    if (!calls) this.#open.clear()
    this.#probe('sys_enter', calls, () => trace.sys_enter.register((t, nr, args) => this.#enter(t, nr, args)))
    this.#probe('sys_exit', calls, () =>
      trace.sys_exit.register((t, nr, args, ret, injected) => this.#exit(t, nr, args, ret, injected)),
    )
    const forks = this.#event_fork || (on && this.enabled.has(sched_process_fork))
    this.#probe('fork', forks, () => trace.sched_process_fork.register((t, child) => this.#forked(t, child)))
    const ends = calls || this.#event_fork || (on && this.enabled.has(sched_process_exit))
    this.#probe('end', ends, () => trace.sched_process_exit.register((t) => this.#ended(t)))
    for (const event of SIMPLE) {
      this.#probe(event.name, on && this.enabled.has(event), () =>
        register_event(this.kernel, event.name, (t, text) => {
          if (this.#follows(t)) this.#put(t, event.name, text)
        }),
      )
    }
  }

  #probe(name: ByteString, on: boolean, register: () => () => void): void {
    const stop = this.#probes.get(name)
    if (on === (stop !== undefined)) return
    stop?.()
    if (on) this.#probes.set(name, register())
    else this.#probes.delete(name)
  }

  #enter(t: task_struct, nr: number, args: SyscallArgs): void {
    const raw = this.#raw.sys_enter
    const told = raw || this.#calls.sys_enter.has(nr)
    if (!this.#follows(t) || !(told || this.#raw.sys_exit || this.#calls.sys_exit.has(nr))) return
    const call = this.kernel.abi.shown(t, nr, args)
    this.#open.set(t, { nr, call })
    if (told) this.#put(t, raw ? 'sys_enter' : `sys_enter_${call.name}`, enter_text(nr, args, call))
  }

  #exit(t: task_struct, nr: number, args: SyscallArgs, ret: number, injected: boolean): void {
    const open = this.#open.get(t)
    this.#open.delete(t)
    if (this.#follows(t)) this.#told_exit(t, nr, open?.call ?? this.kernel.abi.shown(t, nr, args), ret, injected)
  }

  #forked(t: task_struct, child: task_struct): void {
    if (!this.#follows(t)) return
    if (this.#tracing_on && this.enabled.has(sched_process_fork))
      this.#put(t, sched_process_fork.name, fork_text(t, child))
    if (this.#event_fork) this.#pids?.add(child.pid)
  }

  #ended(t: task_struct): void {
    if (!this.#follows(t)) return
    const open = this.#open.get(t)
    // NON-SEED: of a call that never returns Linux says no word.
    if (open !== undefined) this.#told_exit(t, open.nr, open.call, null, false)
    this.#open.delete(t)
    if (this.#tracing_on && this.enabled.has(sched_process_exit)) this.#put(t, sched_process_exit.name, end_text(t))
    if (this.#event_fork) this.#pids?.delete(t.pid)
  }

  #told_exit(t: task_struct, nr: number, call: ShownCall, ret: number | null, injected: boolean): void {
    const raw = this.#raw.sys_exit
    if (!raw && !this.#calls.sys_exit.has(nr)) return
    this.#put(t, raw ? 'sys_exit' : `sys_exit_${call.name}`, exit_text(nr, call, ret, injected))
  }
}
