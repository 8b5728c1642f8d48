import type { Libc, Run } from '../../index.ts'

/** One benchmark: a program of the machine, with a counterpart of the same name in native.c. */
export interface Bench {
  readonly name: string
  /** What one turn does, for the table. */
  readonly what: string
  /** Turns between two looks at the clock: some 100 µs of them at least. */
  readonly batch: number
  /** What the turns need, such as an open file; a number handed to `turns`. */
  setup(sys: Libc): Run<number>
  /** Do `n` turns. A turn that did not succeed throws: a failure is fast, and no figure. */
  turns(sys: Libc, n: number, handle: number): Run<void>
  /** Give back what setup() made. */
  finish?(sys: Libc, handle: number): Run<void>
  /** The same with memfs alone, which holds the machine's files: what does `n` turns. */
  direct?(): (n: number) => void
}

/** What a benchmark gave, in nanoseconds a turn; null where there is no C compiler. */
export interface Figures {
  readonly ns: number
  readonly native_ns: number | null
  /** How many turns the machine does while the host's kernel does one. */
  readonly ratio: number | null
  /** With memfs alone; null where the benchmark is not about files. */
  readonly memfs_ns: number | null
}
