import type { Bench } from './bench.ts'
import { checkpoint } from './checkpoint.ts'
import { null_syscall } from './null_syscall.ts'
import { restart } from './restart.ts'

/** All benchmarks, in the order of the table. */
export const benches: readonly Bench[] = [null_syscall, checkpoint, restart]
