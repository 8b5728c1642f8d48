import type { Libc, Run } from '../../index.ts'
import type { Bench } from './bench.ts'

/** A process has a child that ends at once, and waits for it. */
export const fork_wait: Bench = {
  name: 'fork_wait',
  what: 'fork, exit, wait4',
  batch: 200,
  *setup() {
    return 0
  },
  *turns(sys: Libc, n: number): Run<void> {
    for (let i = 0; i < n; i++) {
      const pid = yield* sys.fork(child)
      if (pid < 0 || (yield* sys.wait4(pid, 0, 0)) !== pid) throw new Error('fork or wait4 failed')
    }
  },
}

function* child(sys: Libc): Run<number> {
  return yield* sys.exit_group(0)
}
