import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import type { ErrorRow } from './form.ts'
import { NOWHERE, file, withoutMemory } from './setup.ts'

type Vector = (
  sys: Libc,
  fd: number,
  vec: readonly (readonly [number, number | bigint])[],
  vlen?: number,
) => Run<number>
type At = (sys: Libc, fd: number, vec: number, vlen: number) => Run<number>

/** What can be wrong with a vector; `at` makes the call with one that is anywhere. */
export function vectors(act: Vector, at: At): ErrorRow[] {
  return [
    [
      'EFAULT',
      'the vector itself is nowhere in memory',
      function* (sys) {
        return yield* at(sys, yield* file(sys), NOWHERE, 1)
      },
    ],
    [
      'EINVAL',
      'there are more than 1024 segments',
      function* (sys) {
        return yield* at(sys, yield* file(sys), NOWHERE, 1025)
      },
    ],
    [
      'EINVAL',
      'there are less than no segments',
      function* (sys) {
        return yield* at(sys, yield* file(sys), NOWHERE, -1)
      },
    ],
    [
      'EINVAL',
      'the size of a segment is negative',
      function* (sys) {
        return yield* act(sys, yield* file(sys), [[sys.alloc(8), -1n]])
      },
    ],
    [
      'ENOMEM',
      'the kernel has no memory for a vector that is long',
      function* (sys, vm) {
        const fd = yield* file(sys)
        const vec = Array.from({ length: 9 }, () => [sys.alloc(8), 8] as const)
        return yield* withoutMemory(vm, () => act(sys, fd, vec))
      },
    ],
  ]
}
