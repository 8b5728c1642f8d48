import type { Libc, Run } from '../../index.ts'
import type { Bench } from './bench.ts'
import { O_WRONLY } from '../../kernel/fs/file.ts'
import { PID_MAX_LIMIT } from '../../kernel/task/pid.ts'
import { SIGCONT, SIGKILL, SIGSTOP } from '../../kernel/task/signal.ts'

const TASKS = 100_000
/** All of them and who made them have a turn in a round. */
const ROUND = TASKS + 1
const ROUNDS = 5

/** Very many processes give up the CPU in turns, in an order that has nothing to do with where they are in memory. */
export const switch_100k: Bench = {
  name: 'switch_100k',
  what: 'switch among 100,000 tasks',
  batch: ROUNDS * ROUND,
  alone: true,
  tasks: TASKS,
  *setup(sys: Libc): Run<number> {
    const fd = yield* sys.open('/proc/sys/kernel/pid_max', O_WRONLY)
    if ((yield* sys.print(String(PID_MAX_LIMIT), fd)) < 0 || (yield* sys.close(fd)) < 0)
      throw new Error('pid_max failed')
    const pids: number[] = []
    for (let i = 0; i < TASKS; i++) {
      const pid = yield* sys.fork(yields)
      if (pid < 0) throw new Error('fork failed')
      pids.push(pid)
    }
    // Each of them has its first turn now, and stops. They go on in another order.
    if ((yield* sys.sched_yield()) !== 0) throw new Error('sched_yield failed')
    shuffle(pids)
    for (const pid of pids) if ((yield* sys.kill(pid, SIGCONT)) !== 0) throw new Error('kill failed')
    return 0
  },
  *turns(sys: Libc, n: number): Run<void> {
    for (let i = 0; i < n; i += ROUND) if ((yield* sys.sched_yield()) !== 0) throw new Error('sched_yield failed')
  },
  *finish(sys: Libc): Run<void> {
    if ((yield* sys.kill(-1, SIGKILL)) < 0) throw new Error('kill failed')
    for (let i = 0; i < TASKS; i++) if ((yield* sys.wait4(-1, 0, 0)) < 0) throw new Error('wait4 failed')
  },
}

function* yields(sys: Libc): Run<number> {
  if ((yield* sys.kill(yield* sys.getpid(), SIGSTOP)) !== 0) return 1
  while ((yield* sys.sched_yield()) === 0);
  return 1
}

/** Put them in an order that is the same each time. Fisher and Yates, with a linear congruential generator. */
function shuffle(list: number[]): void {
  let state = 1
  for (let i = list.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const j = Math.floor((state / 2 ** 32) * (i + 1))
    ;[list[i], list[j]] = [list[j], list[i]]
  }
}
