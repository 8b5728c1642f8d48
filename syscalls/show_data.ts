import type { UserPtr, Word } from '../kernel/types.ts'
import type { task_struct } from '../kernel/task/task.ts'
import { IOVEC_SIZE } from '../kernel/mm/iov_iter.ts'
import { buffer, flags, peek, ptr, toLong, type ArgType } from './args.ts'

/** What the calls that move bytes are given, as strace(1) shows it. */

/** Elements of an array that are shown: strace's -s. */
const ELEMENTS = 32

/** Structs iovec, `args[2]` of them: each with as much of its bytes as the call is about to write. */
export const iovec_in: ArgType<UserPtr> = {
  ...ptr,
  show: (word, t, ret, args) => showVector(t, toLong(word), toLong(args[2]), Infinity) ?? ptr.show(word, t, ret, args),
}

/** The same with what has been read, as far as it goes; the addresses where the call failed. */
export const iovec_out: ArgType<UserPtr> = {
  ...iovec_in,
  out: true,
  show: (word, t, ret, args) =>
    showVector(t, toLong(word), toLong(args[2]), ret === null || ret < 0 ? null : ret) ?? ptr.show(word, t, ret, args),
}

function showVector(t: task_struct, at: number, n: number, bytes: number | null): string | null {
  if (n === 0) return at === 0 ? null : '[]'
  const shown: string[] = []
  let rest = bytes
  for (let i = 0; i < n; i++) {
    if (i === ELEMENTS) {
      shown.push('...')
      break
    }
    const raw = peek(t, at + i * IOVEC_SIZE, IOVEC_SIZE)
    if (raw?.length !== IOVEC_SIZE) {
      if (i === 0) return null
      shown.push(`... /* 0x${(at + i * IOVEC_SIZE).toString(16)} */`)
      break
    }
    const dv = new DataView(raw.buffer)
    const base = dv.getBigUint64(0, true)
    const len = dv.getBigUint64(8, true)
    const upto = rest === null ? null : Math.min(Number(len), rest)
    const data = upto === null ? (base === 0n ? 'NULL' : `0x${base.toString(16)}`) : buffer(t, base, upto)
    shown.push(`{iov_base=${data}, iov_len=${len}}`)
    if (rest !== null && upto !== null) rest -= upto
  }
  return `[${shown.join(', ')}]`
}

export const close_range_flags = flags([
  [2, 'CLOSE_RANGE_UNSHARE'],
  [4, 'CLOSE_RANGE_CLOEXEC'],
])

export const fallocate_mode = flags([
  [0x01, 'FALLOC_FL_KEEP_SIZE'],
  [0x02, 'FALLOC_FL_PUNCH_HOLE'],
  [0x04, 'FALLOC_FL_NO_HIDE_STALE'],
  [0x08, 'FALLOC_FL_COLLAPSE_RANGE'],
  [0x10, 'FALLOC_FL_ZERO_RANGE'],
  [0x20, 'FALLOC_FL_INSERT_RANGE'],
  [0x40, 'FALLOC_FL_UNSHARE_RANGE'],
])

/** A position that the call is handed by its address: before the call. */
export const loff_in: ArgType<UserPtr> = {
  ...ptr,
  show(word, t, ret, args) {
    const bytes = peek(t, toLong(word), 8)
    if (bytes?.length !== 8 || toLong(word) === 0) return ptr.show(word, t, ret, args)
    return `[${new DataView(bytes.buffer).getBigInt64(0, true)}]`
  },
}

export const splice_flags = flags([
  [1, 'SPLICE_F_MOVE'],
  [2, 'SPLICE_F_NONBLOCK'],
  [4, 'SPLICE_F_MORE'],
  [8, 'SPLICE_F_GIFT'],
])

/** The upper half of a position, which stands in front of it where words are smaller. */
export const pos_h: ArgType<Word> = { convert: (word) => word, show: () => null }

export const rwf_flags = flags([
  [0x01, 'RWF_HIPRI'],
  [0x02, 'RWF_DSYNC'],
  [0x04, 'RWF_SYNC'],
  [0x08, 'RWF_NOWAIT'],
  [0x10, 'RWF_APPEND'],
  [0x20, 'RWF_NOAPPEND'],
  [0x40, 'RWF_ATOMIC'],
  [0x80, 'RWF_DONTCACHE'],
  [0x100, 'RWF_NOSIGNAL'],
])
