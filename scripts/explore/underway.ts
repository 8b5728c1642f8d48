import type { file } from '../../kernel/fs/file.ts'
import type { wait_queue_head } from '../../kernel/sched/wait.ts'
import type { task_struct } from '../../kernel/task/task.ts'
import type { SyscallArgs } from '../../kernel/trace.ts'
import { POLLIN, POLLOUT, POLLPRI } from '../../kernel/fs/poll.ts'
import { fd, peek } from '../../syscalls/args.ts'
import { syscallRow } from '../../syscalls/table.ts'

/** System calls that have begun and are not over. */

export const PPOLL = 73
export const PSELECT6 = 72
export const OPENAT = 56
export const WAIT4 = 260

/** What a call has hold of while it sleeps. */
export interface UnderWay {
  readonly nr: number
  /** The files, and for each what poll(2) and select(2) wait for. */
  readonly held: readonly Held[]
}

interface Held {
  readonly file: file
  readonly events: number
}

export type CallsUnderWay = ReadonlyMap<task_struct, UnderWay>

/** As `t` enters the call. */
export function underWay(t: task_struct, nr: number, args: SyscallArgs): UnderWay {
  if (nr === PPOLL) return { nr, held: polled(t, Number(args[0]), Number(args[1])) }
  if (nr === PSELECT6) return { nr, held: selected(t, Number(args[0]), args.slice(1, 4).map(Number)) }
  const files = (syscallRow(nr)?.args ?? []).flatMap(([, type], i) =>
    type === fd ? held(t, Number(BigInt.asIntN(32, BigInt(args[i]))), 0) : [],
  )
  return { nr, held: files }
}

/** Does `t` sleep in a call that waits for several files? */
export function polls({ kstack }: task_struct, call: UnderWay | undefined): call is UnderWay {
  return kstack !== null && (call?.nr === PPOLL || call?.nr === PSELECT6)
}

/** What could be done with `file`, and the queues that tell when that changes. */
export function pollOf(file: file): { readonly mask: number; readonly queues: ReadonlySet<wait_queue_head> } {
  const queues = new Set<wait_queue_head>()
  const mask = file.f_op.poll?.(file, (wq) => queues.add(wq)) ?? POLLIN | POLLOUT
  return { mask, queues }
}

function held(t: task_struct, n: number, events: number): Held[] {
  const file = t.files?.fd[n] ?? null
  return file === null ? [] : [{ file, events }]
}

function polled(t: task_struct, ufds: number, nfds: number): Held[] {
  const bytes = nfds > 0 && nfds < 1024 ? peek(t, ufds, nfds * 8) : null
  if (bytes === null || bytes.length < nfds * 8) return []
  const dv = new DataView(bytes.buffer, bytes.byteOffset)
  return Array.from({ length: nfds }, (_, i) => held(t, dv.getInt32(8 * i, true), dv.getUint16(8 * i + 4, true))).flat()
}

function selected(t: task_struct, n: number, sets: readonly number[]): Held[] {
  const words = sets.map((set) => (set === 0 ? null : peek(t, set, 8)))
  const found: Held[] = []
  for (let i = 0; i < Math.min(n, 64); i++) {
    const asked = words.map((word) => ((word?.[i >> 3] ?? 0) & (1 << (i & 7))) !== 0)
    const events = [POLLIN, POLLOUT, POLLPRI].filter((_, k) => asked[k]).reduce((all, one) => all | one, 0)
    if (events !== 0) found.push(...held(t, i, events))
  }
  return found
}
