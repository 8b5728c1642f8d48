import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { boot, type UserPtr } from '../../index.ts'
import { PR_SET_KEEPCAPS } from '../../syscalls/prctl.ts'
import { mulberry32 } from './random.ts'

/** Random calls that change who one is, and what they come to: compared with the host's kernel by test/task/cred.c. */

/** A call's name and its three numbers. */
export type CredOp = readonly [name: string, a: number, b: number, c: number]

const NAMES = ['setregid', 'setgid', 'setreuid', 'setuid', 'setresuid', 'setresgid', 'setfsuid', 'setfsgid']
const IDS = [-1, 0, 0, 1, 2, 1000]

/** `n` cases of up to 12 calls, all begun by root in the groups 3 and 4. */
export function credCases(seed: number, n: number): CredOp[][] {
  const random = mulberry32(seed)
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]
  const rest = [...NAMES, ...NAMES, ...NAMES, 'setgroups', 'keepcaps', 'drop']
  const op = (): CredOp => {
    const name = one(rest)
    return name === 'keepcaps' ? [name, one([0, 1, 1, 2]), 0, 0] : [name, one(IDS), one(IDS), one(IDS)]
  }
  const start: CredOp = ['setgroups', 4, 3, 4]
  return Array.from({ length: n }, () => [start, ...Array.from({ length: 12 }, op)])
}

export function credLine(ops: readonly CredOp[]): string {
  return ops.map((op) => op.join(' ')).join(';')
}

/** What each call of a case comes to here: its result and all ids, as the C program prints them. */
export function runCredCase(ops: readonly CredOp[]): string[] {
  const out: string[] = []
  const vm = boot({ cmdline: 'ckpt_debug=0' })
  vm.spawn(function* cred(sys) {
    for (const op of ops) out.push(`${yield* call(sys, op)},${yield* state(sys)}`)
    return 0
  })
  vm.run()
  return out
}

function* call(sys: Libc, [name, a, b, c]: CredOp): Run<number> {
  switch (name) {
    case 'setregid':
      return yield* sys.setregid(a, b)
    case 'setgid':
      return yield* sys.setgid(a)
    case 'setreuid':
      return yield* sys.setreuid(a, b)
    case 'setuid':
      return yield* sys.setuid(a)
    case 'setresuid':
      return yield* sys.setresuid(a, b, c)
    case 'setresgid':
      return yield* sys.setresgid(a, b, c)
    case 'setfsuid':
      return yield* sys.setfsuid(a)
    case 'setfsgid':
      return yield* sys.setfsgid(a)
    case 'setgroups':
      return yield* sys.setgroups([a, b, c])
    case 'keepcaps':
      return yield* sys.prctl(PR_SET_KEEPCAPS, a as UserPtr)
    default:
      return yield* drop(sys)
  }
}

const CAP_V3 = 0x20080522n
const CAP_CHOWN = 1
const CAP_SETUID = 1 << 7

function* drop(sys: Libc): Run<number> {
  const data = sys.alloc(24)
  void (yield* sys.capget(sys.words(CAP_V3), data))
  sys.storeInt(data, 0)
  sys.storeInt((data + 12) as UserPtr, 0)
  return yield* sys.capset(sys.words(CAP_V3), data)
}

function* state(sys: Libc): Run<string> {
  const at = sys.alloc(64)
  const int = (i: number): number => sys.loadInt((at + 4 * i) as UserPtr) >>> 0
  void (yield* sys.getresuid(at, at + 4, at + 8))
  void (yield* sys.getresgid(at + 12, at + 16, at + 20))
  const ids = [0, 1, 2, 3, 4, 5].map(int)
  ids.push((yield* sys.setfsuid(-1)) >>> 0, (yield* sys.setfsgid(-1)) >>> 0)
  const caps = sys.alloc(24)
  void (yield* sys.capget(sys.words(CAP_V3), caps))
  const [effective, permitted] = [sys.loadInt(caps), sys.loadInt((caps + 4) as UserPtr)]
  const bits = [permitted, effective & CAP_SETUID, effective & CAP_CHOWN].map((b) => (b === 0 ? 0 : 1)).join('')
  const n = yield* sys.getgroups(16, at)
  return [...ids, bits, ...Array.from({ length: n }, (_, i) => int(i))].join(',')
}
