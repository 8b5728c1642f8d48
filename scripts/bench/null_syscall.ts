import type { Libc, Run } from '../../index.ts'
import type { Bench } from './bench.ts'

/** Into the kernel and back, with next to nothing in between. */
export const null_syscall: Bench = {
  name: 'null_syscall',
  what: 'getpid',
  batch: 20_000,
  *setup() {
    return 0
  },
  *turns(sys: Libc, n: number): Run<void> {
    for (let i = 0; i < n; i++) {
      if ((yield* sys.getpid()) <= 0) throw new Error('getpid failed')
    }
  },
}
