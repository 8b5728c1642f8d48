import type { UserPtr, Word } from '../../../kernel/types.ts'
import type { Libc } from '../../../userland/libc.ts'
import { PR_GET_CHILD_SUBREAPER, PR_GET_NAME, PR_GET_PDEATHSIG } from '../../../syscalls/prctl.ts'

/** What a call has left in the machine's memory, in the form that stage.c gives the host's. */

/** What `kind` finds at argument `n`; '' where the call failed or that is no address. `alt` is the caller's own stack. */
export function datum(sys: Libc, kind: string, n: number, ret: number, args: readonly Word[], alt: number): string {
  const at = Number(args[n] ?? 0) as UserPtr
  if (ret < 0 || (at >= -4096 && at < 4096)) return ''
  const int = (i: number): number => sys.loadInt((at + 4 * i) as UserPtr)
  const word = (i: number): bigint => new DataView(sys.load((at + 8 * i) as UserPtr, 8).buffer).getBigInt64(0, true)
  switch (kind) {
    case 'b':
      return text(sys, at, ret)
    case 'i':
      return ` ${[int(0), int(2), int(4), int(5), hex(word(3))].join()}`
    case 'I':
      return ` ${[int(0), int(2), int(4), int(5), int(6)].join()}`
    case 'k': {
      const sp = Number(word(0))
      return ` ${(int(2) >>> 0).toString(16)},${word(2)},${sp === alt ? 'own' : sp === 0 ? '0' : '?'}`
    }
    case 'n':
      return ` ${int(0)}`
    case 'p':
      return ` ${int(0)},${int(1)}`
    case 'q':
      return ` ${hex(word(0))}`
    case 't':
      return ` ${thousands(word(0))},${thousands(word(2) + (word(3) > 0n ? 1n : 0n))}`
    case 'w':
      return ret > 0 ? ` ${(int(0) >>> 0).toString(16)}` : ''
    case 'P':
      return prctlDatum(sys, Number(args[0]), at)
    default:
      throw new Error(`no datum is called ${kind}`)
  }
}

function prctlDatum(sys: Libc, option: number, at: UserPtr): string {
  if (option === PR_GET_NAME) return text(sys, at, 16)
  return option === PR_GET_PDEATHSIG || option === PR_GET_CHILD_SUBREAPER ? ` ${sys.loadInt(at)}` : ''
}

/** As C prints at most `size` bytes. */
function text(sys: Libc, at: UserPtr, size: number): string {
  return ` '${String.fromCharCode(...sys.load(at, size)).replace(/\0.*/s, '')}'`
}

export function hex(word: bigint): string {
  return BigInt.asUintN(64, word).toString(16)
}

/** Who is slow is not the question. */
function thousands(sec: bigint): bigint {
  return (sec + 999n) / 1000n
}
