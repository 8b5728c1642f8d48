import type { ArgType } from '../../syscalls/args.ts'
import type { Run, UserPtr } from '../../index.ts'
import type { Random } from './random.ts'
import { fd as fdType, kept_ptr, pid as pidType, ptr, string_in } from '../../syscalls/args.ts'
import { rows } from '../../syscalls/table.ts'
import { address, fd, path, pid, signal, size, type Life } from './args.ts'

/** Any call of the table, so that each is met: with arguments that are good by chance more than by intent. */

/** Those that are drawn with more sense elsewhere, or that only end things. */
const NOT = new Set(['exit', 'exit_group', 'clone', 'execve', 'rt_sigreturn', 'restart_syscall'])
const CALLS = rows.filter(({ name }) => !NOT.has(name))
const NUMBERS = [0, 0, 0, 1, 1, 2, 3, 4, 8, 16, 64, 256, 0o100, 0o4000, 4096, 0o644, -1, 2 ** 31, 2 ** 40] as const

export function anyCall(life: Life, r: Random): Run<number> {
  const { nr, args } = r.pick(CALLS)
  return life.sys.syscall(nr, ...args.map(([name, type], i) => argument(life, r, name, type, i)))
}

function argument(life: Life, r: Random, name: string, type: ArgType<unknown>, i: number): number {
  if (type === fdType) return fd(r)
  if (type === pidType) return pid(r)
  if (type === string_in) return path(life, r, i)
  if (name.includes('dfd') || name === 'dirfd') return r.oneIn(4) ? fd(r) : AT_FDCWD
  if (name === 'sig') return signal(r)
  if (name === 'count' || name === 'size' || name === 'len') return size(r)
  if (isPointer(type)) return r.oneIn(3) ? 0 : pointer(life, r)
  return r.pick(NUMBERS)
}

const AT_FDCWD = -100

/** All that are addresses are converted as one. */
function isPointer({ convert }: ArgType<unknown>): boolean {
  return convert === ptr.convert || convert === kept_ptr.convert
}

/** A place with small numbers in it: good for many a struct. */
function pointer({ sys, buf }: Life, r: Random): UserPtr {
  const at = address(buf, r)
  if (at >= buf && at < buf + 1024 && r.oneIn(2)) {
    const words = Array.from({ length: 8 }, () => BigInt(r.oneIn(3) ? buf + 64 * r.below(64) : r.below(10)))
    const bytes = new Uint8Array(64)
    const dv = new DataView(bytes.buffer)
    words.forEach((word, i) => dv.setBigUint64(8 * i, word, true))
    sys.store(at, bytes)
  }
  return at
}
