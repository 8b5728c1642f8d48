import type { Bench } from './bench.ts'
import { checkpoint } from './checkpoint.ts'
import { fork_wait } from './fork_wait.ts'
import { getdents_10k } from './getdents_10k.ts'
import { null_syscall } from './null_syscall.ts'
import { pipe_switch } from './pipe_switch.ts'
import { open_write_close } from './open_write_close.ts'
import { pread_pwrite } from './pread_pwrite.ts'
import { restart } from './restart.ts'
import { stat_deep } from './stat_deep.ts'
import { switch_100k } from './switch_100k.ts'

/** All benchmarks, in the order of the table. */
export const benches: readonly Bench[] = [
  null_syscall,
  checkpoint,
  restart,
  open_write_close,
  pread_pwrite,
  pipe_switch,
  fork_wait,
  switch_100k,
  stat_deep,
  getdents_10k,
]
