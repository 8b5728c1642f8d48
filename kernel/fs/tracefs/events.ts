import type { ByteString } from '../../types.ts'
import type { Kernel } from '../../kernel.ts'
import type { ShownCall, SyscallArgs } from '../../trace.ts'
import type { task_struct } from '../../task/task.ts'
import { current } from '../../sched/current.ts'
import { SIGKILL } from '../../task/signal.ts'

/**
 * The events of tracefs, made from the machine's tracepoints. A line begins as Linux's does; behind that stands
 * what strace(1) shows of it, which only the kernel can say in time.
 */

/** One event that can be switched on. */
export interface trace_event {
  readonly system: ByteString
  readonly name: ByteString
  /** The beginning or the end of a system call, of the one of number `nr` or of all. */
  readonly call: 'sys_enter' | 'sys_exit' | null
  readonly nr: number | null
}

const plain = (system: ByteString, name: ByteString): trace_event => ({ system, name, call: null, nr: null })

export const sched_process_fork = plain('sched', 'sched_process_fork')
export const sched_process_exit = plain('sched', 'sched_process_exit')

/** Events that one probe each makes. */
export const SIMPLE: readonly trace_event[] = [
  plain('kmem', 'kmalloc'),
  plain('kmem', 'kfree'),
  plain('printk', 'console'),
  plain('sched', 'sched_switch'),
  plain('signal', 'signal_generate'),
  plain('signal', 'signal_deliver'),
]

/** All events of a machine, in the order of available_events. */
export function trace_events(kernel: Kernel): readonly trace_event[] {
  const events = [...SIMPLE, sched_process_fork, sched_process_exit]
  for (const call of ['sys_enter', 'sys_exit'] as const) {
    events.push({ system: 'raw_syscalls', name: call, call, nr: null })
    for (const [nr, name] of kernel.abi.calls()) events.push({ system: 'syscalls', name: `${call}_${name}`, call, nr })
  }
  return events.sort((a, b) => (a.system < b.system ? -1 : a.system > b.system ? 1 : 0))
}

/** `NR 63 (3, 3fffe000, a, 0, 0, 0) read(3, `: the call as far as strace shows it before it is over. */
export function enter_text(nr: number, args: SyscallArgs, { name, known, open }: ShownCall): ByteString {
  const comma = open && known.length > 0 ? ', ' : ''
  return `NR ${nr} (${args.map(hex).join(', ')}) ${name}(${known.join(', ')}${comma}`
}

/** `NR 63 = 2 read(3, "ab", 10) = 2`; a call that never comes back has a question mark for its result. */
export function exit_text(nr: number, call: ShownCall, ret: number | null, injected: boolean): ByteString {
  const result = ret === null ? '?' : call.result(ret) + (injected ? ' (INJECTED)' : '')
  return `NR ${nr} = ${ret ?? '?'} ${call.name}(${call.args(ret).join(', ')}) = ${result}`
}

export function fork_text(t: task_struct, child: task_struct): ByteString {
  return `comm=${shown_comm(t)} pid=${t.pid} child_comm=${shown_comm(child)} child_pid=${child.pid}`
}

/** NON-SEED: the status, as wait(2) has it, Linux does not tell. */
export function end_text(t: task_struct): ByteString {
  return `comm=${shown_comm(t)} pid=${t.pid} prio=${120 + t.nice} exit_code=${t.exit_code} ${t.kernel.abi.end(t.exit_code)}`
}

function hex(word: number | bigint): ByteString {
  return BigInt.asUintN(64, BigInt(word)).toString(16)
}

/** Call `tell` with each event of SIMPLE that has this name: whose it is, and its text. Returns what stops that. */
export function register_event(
  { trace, abi }: Kernel,
  name: ByteString,
  tell: (t: task_struct, text: ByteString) => void,
): () => void {
  switch (name) {
    case 'kmalloc':
      return trace.kmalloc.register((size, ptr) => tell(current, `ptr=${hex(ptr)} bytes_req=${size}`))
    case 'kfree':
      return trace.kfree.register((ptr) => tell(current, `ptr=${hex(ptr)}`))
    case 'console':
      return trace.printk.register((_level, text) => tell(current, one_line(text)))
    case 'sched_switch':
      return trace.sched_switch.register((t, preempt) => {
        const state = t.exit_state !== 0 ? 'X' : preempt ? 'R+' : (STATES.get(t.state) ?? 'S')
        tell(t, `prev_comm=${shown_comm(t)} prev_pid=${t.pid} prev_prio=${120 + t.nice} prev_state=${state}`)
      })
    case 'signal_generate':
      return trace.signal_generate.register((sig, t) => tell(current, `sig=${sig} comm=${shown_comm(t)} pid=${t.pid}`))
    default:
      return trace.signal_deliver.register((info, t, { handler, flags }) => {
        const head = `sig=${info.signo} errno=0 code=${info.code} sa_handler=${hex(handler)} sa_flags=${hex(flags >>> 0)}`
        // Nobody sees SIGKILL come, strace neither.
        tell(t, info.signo === SIGKILL ? head : `${head} ${abi.siginfo(info)}`)
      })
  }
}

const STATES: ReadonlyMap<number, ByteString> = new Map([
  [0, 'R'],
  [2, 'D'],
  [4, 'T'],
])

/** A name that does not break the line. */
export function shown_comm(t: task_struct): ByteString {
  return t.pid === 0 ? '<idle>' : t.commString().replace(/[\0-\x1f\x7f]/g, '?')
}

export function one_line(text: ByteString): ByteString {
  return text.replace(/\n$/, '').replaceAll('\n', ' ')
}
