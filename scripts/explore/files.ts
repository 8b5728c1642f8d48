import type { Run, UserPtr } from '../../index.ts'
import { S_IFIFO } from '../../kernel/fs/inode.ts'
import { SLEEPS, address, fd, path, set, size, word64, type Draw, type Life } from './args.ts'
import type { Random } from './random.ts'

/** Calls on names, named pipes, counts, and several files at once. */

const AT_FDCWD = -100
const OPEN_FLAGS = [0, 1, 2, 0o102, 0o1102, 0o2102, 0o302, 0o4000, 0o4001, 0o4002, 0o200000, 0o10000000] as const

export const fileDraws: readonly Draw[] = [
  [6, (l, r) => l.sys.syscall(56, AT_FDCWD, path(l, r, 0), r.pick(OPEN_FLAGS), 0o644)],
  [3, (l, r) => l.sys.syscall(33, AT_FDCWD, path(l, r, 0), S_IFIFO | 0o644, 0)],
  [2, (l, r) => l.sys.syscall(34, AT_FDCWD, path(l, r, 0), 0o755)],
  [3, (l, r) => l.sys.syscall(35, AT_FDCWD, path(l, r, 0), r.pick([0, 0, 0x200]))],
  [2, (l, r) => l.sys.syscall(36, path(l, r, 0), AT_FDCWD, path(l, r, 1))],
  [2, (l, r) => l.sys.syscall(37, AT_FDCWD, path(l, r, 0), AT_FDCWD, path(l, r, 1), r.pick([0, 0x400]))],
  [3, (l, r) => l.sys.syscall(276, AT_FDCWD, path(l, r, 0), AT_FDCWD, path(l, r, 1), r.pick([0, 0, 1, 2]))],
  [1, (l, r) => l.sys.syscall(78, AT_FDCWD, path(l, r, 0), address(l.buf, r), size(r))],
  [1, ({ sys, buf }, r) => sys.syscall(17, address(buf, r), size(r))],
  [1, (l, r) => l.sys.syscall(49, path(l, r, 0))],
  [1, ({ sys }, r) => sys.syscall(50, fd(r))],
  [1, ({ sys }, r) => sys.syscall(166, r.pick([0, 0o22, 0o777]))],
  [1, ({ sys, buf }, r) => sys.syscall(61, fd(r), address(buf, r), size(r))],
  [1, ({ sys, buf }, r) => sys.syscall(80, fd(r), address(buf, r))],
  [1, (l, r) => l.sys.syscall(79, AT_FDCWD, path(l, r, 0), address(l.buf, r), r.pick([0, 0x100]))],
  [2, ({ sys }, r) => sys.eventfd(r.below(3), r.pick([0, 0, 1, 0o4000]))],
  [4, ({ sys, buf }, r) => (sys.store(buf, word64(r.pick([0, 1, 2, -2, -1]))), sys.write(fd(r), buf, 8))],
  [3, ({ sys, buf }, r) => sys.read(fd(r), buf, 8)],
  [5, poll],
  [3, select],
]

function poll({ sys, buf }: Life, r: Random): Run<number> {
  const n = r.below(4)
  const bytes = new Uint8Array(8 * Math.max(n, 1))
  const dv = new DataView(bytes.buffer)
  for (let i = 0; i < n; i++) {
    dv.setInt32(8 * i, fd(r), true)
    dv.setUint16(8 * i + 4, r.pick([1, 1, 4, 5, 0, 0x43]), true)
  }
  const at = (buf + 4096) as UserPtr
  sys.store(at, bytes)
  return sys.ppoll(at, n, timespec(sys, (buf + 5120) as UserPtr, r), r.oneIn(3) ? set(r) : null)
}

function select({ sys, buf }: Life, r: Random): Run<number> {
  const at = (i: number): UserPtr => (buf + 4096 + 8 * i) as UserPtr
  for (let i = 0; i < 3; i++) sys.store(at(i), word64(r.below(0x200) & r.below(0x200)))
  const n = r.pick([0, 4, 6, 9, 9])
  const some = (i: number): number => (r.oneIn(3) ? 0 : at(i))
  return sys.pselect6(n, some(0), some(1), some(2), timespec(sys, (buf + 5120) as UserPtr, r))
}

function timespec(sys: Life['sys'], at: UserPtr, r: Random): number {
  if (r.oneIn(4)) return 0
  sys.store(at, word64(r.below(2)))
  sys.store((at + 8) as UserPtr, word64(r.pick(SLEEPS)))
  return at
}
