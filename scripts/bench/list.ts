import type { Bench } from './bench.ts'
import { checkpoint } from './checkpoint.ts'
import { fork_wait } from './fork_wait.ts'
import { getdents_10k } from './getdents_10k.ts'
import { null_syscall } from './null_syscall.ts'
import { pipe_switch } from './pipe_switch.ts'
import { restart } from './restart.ts'
import { stat_deep } from './stat_deep.ts'

/** All benchmarks, in the order of the table. */
export const benches: readonly Bench[] = [
  null_syscall,
  checkpoint,
  restart,
  pipe_switch,
  fork_wait,
  stat_deep,
  getdents_10k,
]
