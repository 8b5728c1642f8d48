import type { UserPtr } from '../kernel/types.ts'
import { oneOf, peek, ptr, toInt, toLong, type ArgType } from './args.ts'
import { filled } from './show_process.ts'

/** Arguments of the calls about priorities, as strace shows them. */

export const prio_which = oneOf('PRIO_', { 0: 'PRIO_PROCESS', 1: 'PRIO_PGRP', 2: 'PRIO_USER' })

const POLICIES: Readonly<Record<number, string>> = {
  0: 'SCHED_OTHER',
  1: 'SCHED_FIFO',
  2: 'SCHED_RR',
  3: 'SCHED_BATCH',
  5: 'SCHED_IDLE',
}

export const sched_policy: ArgType<number> = {
  convert: toInt,
  show(word) {
    const policy = toInt(word)
    const plain = policy & ~0x40000000
    const name = POLICIES[plain] ?? `0x${(plain >>> 0).toString(16)} /* SCHED_??? */`
    return plain === policy ? name : `${name}|SCHED_RESET_ON_FORK`
  },
}

const priority = (dv: DataView): string => `[${dv.getInt32(0, true)}]`

export const sched_param_out = filled(4, priority)
export const sched_param_in: ArgType<UserPtr> = {
  ...ptr,
  show(word, t, ret, args) {
    const bytes = toLong(word) === 0 ? null : peek(t, toLong(word), 4)
    return bytes?.length === 4 ? priority(new DataView(bytes.buffer)) : ptr.show(word, t, ret, args)
  },
}

function cpus(bytes: Uint8Array): string {
  const set: number[] = []
  bytes.forEach((byte, i) => {
    for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) set.push(8 * i + bit)
  })
  return `[${set.join(' ')}]`
}

/** A set of CPUs, as many bytes as the call says or has filled. */
export const cpus_in: ArgType<UserPtr> = {
  ...ptr,
  show(word, t, ret, args) {
    const size = toInt(args[1])
    const bytes = size <= 0 || size > 128 ? null : peek(t, toLong(word), size)
    return bytes?.length === size ? cpus(bytes) : ptr.show(word, t, ret, args)
  },
}
export const cpus_out: ArgType<UserPtr> = {
  ...ptr,
  out: true,
  show(word, t, ret, args) {
    const bytes = ret === null || ret <= 0 ? null : peek(t, toLong(word), ret)
    return bytes === null ? ptr.show(word, t, ret, args) : cpus(bytes)
  },
}

export const timespec_out = filled(
  16,
  (dv) => `{tv_sec=${dv.getBigInt64(0, true)}, tv_nsec=${dv.getBigInt64(8, true)}}`,
)
