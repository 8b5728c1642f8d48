import type { Run, UserPtr } from '../../index.ts'
import { encodeUtf8 } from '../../kernel/utf8.ts'
import { address, fd, path, size, word64, type Draw, type Life } from './args.ts'
import type { Random } from './random.ts'
import { mix } from './random.ts'
import { step } from './world.ts'

/** Calls on what is in files: their length, locks on them, and bytes that go from one to the other. */

const LENGTHS = [0, 1, 100, 4096, 5000, 20_000, -1] as const
const PIPE_SIZES = [0, 4096, 8192, 65_536, 1 << 17, 1 << 20] as const

export const dataDraws: readonly Draw[] = [
  [1, (l, r) => l.sys.syscall(45, path(l, r, 0), r.pick(LENGTHS))],
  [2, ({ sys }, r) => sys.syscall(46, fd(r), r.pick(LENGTHS))],
  [2, ({ sys }, r) => sys.syscall(47, fd(r), r.pick([0, 0, 1, 3, 3, 0x10]), r.below(9000), r.pick(LENGTHS))],
  [4, descriptor],
  [5, lock],
  [4, contend],
  [3, ({ sys }, r) => sys.syscall(32, fd(r), r.pick([1, 2, 8, 5, 6]))],
  [2, ({ sys }, r) => sys.syscall(62, fd(r), r.below(9000), 3 + r.below(2))],
  [3, vectored],
  [2, ({ sys, buf }, r) => sys.syscall(r.pick([67, 68]), fd(r), address(buf, r), size(r), r.below(9000))],
  [3, (l, r) => l.sys.syscall(71, fd(r), fd(r), offset(l, r), size(r))],
  [5, (l, r) => l.sys.syscall(76, fd(r), offset(l, r), fd(r), offset(l, r), size(r), r.pick([0, 0, 2]))],
  [3, ({ sys }, r) => sys.syscall(77, fd(r), fd(r), size(r), r.pick([0, 0, 2]))],
  [2, (l, r) => l.sys.syscall(285, fd(r), offset(l, r), fd(r), offset(l, r), size(r), 0)],
  [1, ({ sys }, r) => sys.syscall(436, 3 + r.below(9), 3 + r.below(11), r.pick([0, 0, 2, 4, 6]))],
]

/** fcntl(2) on a descriptor or an open file. */
function descriptor({ sys }: Life, r: Random): Run<number> {
  const [cmd, arg] = r.pick([
    [0, r.below(12)],
    [1030, r.below(12)],
    [1, 0],
    [2, r.below(2)],
    [3, 0],
    [4, r.pick([0, 0, 0o2000, 0o4000])],
    [1032, 0],
    [1031, r.pick(PIPE_SIZES)],
    [1031, r.pick(PIPE_SIZES)],
  ] as const)
  return sys.syscall(25, fd(r), cmd, arg)
}

const F_GETLK = 5
const F_SETLK = 6
const F_SETLKW = 7
/** From a command to that of open files. */
const OFD = 31

/** A struct flock of a few bytes near the start. */
function flock({ sys, buf }: Life, r: Random): UserPtr {
  const bytes = new Uint8Array(32)
  const dv = new DataView(bytes.buffer)
  dv.setInt16(0, r.oneIn(30) ? 3 : r.pick([0, 0, 1, 1, 2]), true)
  dv.setInt16(2, r.oneIn(12) ? r.below(4) : 0, true)
  dv.setBigInt64(8, BigInt(r.below(8)), true)
  dv.setBigInt64(16, BigInt(r.oneIn(12) ? -1 : r.below(4)), true)
  const at = (buf + 7168) as UserPtr
  sys.store(at, bytes)
  return r.oneIn(40) ? (-1 as UserPtr) : at
}

function lock(life: Life, r: Random): Run<number> {
  const cmd = r.pick([F_GETLK, F_SETLK, F_SETLK, F_SETLKW, F_SETLKW]) + (r.oneIn(4) ? OFD : 0)
  return life.sys.syscall(25, fd(r), cmd, flock(life, r))
}

/** A lock on a file that others want too. Each step can be left out. */
function* contend(life: Life, r: Random, key: number): Run<number> {
  const { world, sys, buf } = life
  const name = (buf + 12_288) as UserPtr
  sys.store(name, encodeUtf8(r.pick(['/tmp/lock\0', '/tmp/lock\0', '/tmp/a\0'])))
  let got = -1
  let ret = 0
  const whole = r.oneIn(3)
  const steps: (() => Run<number>)[] = [
    function* () {
      return (got = yield* sys.syscall(56, -100, name, 0o102, 0o666))
    },
    () =>
      whole
        ? sys.syscall(32, got, r.pick([1, 2, 2]))
        : sys.syscall(25, got, F_SETLKW + (r.oneIn(5) ? OFD : 0), flock(life, r)),
    () => sys.sched_yield(),
    () => (r.oneIn(2) ? sys.sched_yield() : sys.close(got)),
  ]
  for (const [i, one] of steps.entries()) if (step(world, mix(key, i))) ret = yield* one()
  return ret
}

/** readv(2), writev(2), and with a position. */
function vectored({ sys, buf }: Life, r: Random): Run<number> {
  const n = r.below(4)
  const at = (buf + 6144) as UserPtr
  for (let i = 0; i < n; i++) {
    sys.store((at + 16 * i) as UserPtr, word64(address(buf, r)))
    sys.store((at + 16 * i + 8) as UserPtr, word64(r.oneIn(40) ? -1 : size(r)))
  }
  const nr = r.pick([65, 66, 66, 69, 70])
  return sys.syscall(nr, fd(r), at, r.oneIn(40) ? 1025 : n, r.below(9000))
}

/** None mostly, or a place where one stands. */
function offset({ sys, buf }: Life, r: Random): number {
  if (!r.oneIn(4)) return 0
  const at = (buf + 7680 + 8 * r.below(2)) as UserPtr
  sys.store(at, word64(r.oneIn(12) ? -1 : r.below(9000)))
  return at
}
