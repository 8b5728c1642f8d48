import type { Libc, Run } from '../../index.ts'
import type { Bench } from './bench.ts'

/** Two processes hand a byte to and fro through two pipes: each hand-over is a switch. */
export const pipe_switch: Bench = {
  name: 'pipe_switch',
  what: 'write, read that sleeps, switch',
  batch: 10_000,
  *setup(sys: Libc): Run<number> {
    const to = yield* sys.pipe()
    const from = yield* sys.pipe()
    if (typeof to === 'number' || typeof from === 'number') throw new Error('pipe failed')
    const pid = yield* sys.fork(function* echo(sys) {
      const buf = sys.alloc(16)
      const { rd } = to
      const { wr } = from
      if ((yield* sys.close(to.wr)) < 0) return 1
      while ((yield* sys.read(rd, buf, 1)) === 1) if ((yield* sys.write(wr, buf, 1)) !== 1) return 1
      return 0
    })
    if (pid < 0) throw new Error('fork failed')
    return to.wr * 100 + from.rd
  },
  // In a process whose program is nothing else, as on the host: who measures is not to be in the way of each switch.
  laps: true,
  *turns(sys: Libc, n: number, handle: number, lap: () => boolean): Run<void> {
    const wr = Math.floor(handle / 100)
    const rd = handle % 100
    const pid = yield* sys.fork(function* ping(sys) {
      const buf = sys.alloc(16)
      do {
        for (let i = 0; i < n; i += 2) {
          if ((yield* sys.write(wr, buf, 1)) !== 1) return 1
          if ((yield* sys.read(rd, buf, 1)) !== 1) return 1
        }
      } while (lap())
      return 0
    })
    const status = sys.alloc(16)
    if (pid < 0 || (yield* sys.wait4(pid, status, 0)) !== pid || sys.loadInt(status) !== 0)
      throw new Error('ping failed')
  },
  *finish(sys: Libc, handle: number): Run<void> {
    if ((yield* sys.close(Math.floor(handle / 100))) !== 0 || (yield* sys.wait4(-1, 0, 0)) < 0)
      throw new Error('wait4 failed')
  },
}
