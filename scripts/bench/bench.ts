import type { Libc, Run } from '../../index.ts'

/** One benchmark: a program of the machine, mostly with a counterpart of the same name in native.c. */
export interface Bench {
  readonly name: string
  /** What one turn does, for the table. */
  readonly what: string
  /** Turns between two looks at the clock: some 100 µs of them at least. */
  readonly batch: number
  /** What the turns need, such as an open file; a number handed to `turns`. */
  setup(sys: Libc): Run<number>
  /** Do `n` turns. A turn that did not succeed throws: a failure is fast, and no figure. */
  turns(sys: Libc, n: number, handle: number, lap: () => boolean): Run<void>
  /** turns() does batches until lap(), which looks at the clock, is false: its program is not to begin anew for each. */
  readonly laps?: true
  /** Give back what setup() made. */
  finish?(sys: Libc, handle: number): Run<void>
  /** The host has nothing to do the same with: native.c has no counterpart. */
  readonly alone?: true
  /** How many tasks there are once setup() is done: what one of them takes in memory is told. */
  readonly tasks?: number
  /** The same with memfs alone, which holds the machine's files: what does `n` turns. */
  direct?(): (n: number) => void
}

/** What a benchmark gave, in nanoseconds a turn. */
export interface Figures {
  readonly ns: number
  /** Null where the host has no counterpart, or no C compiler. */
  readonly native_ns: number | null
  /** How many turns the machine does while the host's kernel does one. */
  readonly ratio: number | null
  /** With memfs alone; null where the benchmark is not about files. */
  readonly memfs_ns: number | null
  /** Of the engine's memory, what one task takes; null where the benchmark is not about tasks. */
  readonly bytes_per_task: number | null
}
