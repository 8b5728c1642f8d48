import type { Word } from '../kernel/types.ts'
import type { mm_struct } from '../kernel/mm/mm.ts'
import type { task_struct } from '../kernel/task/task.ts'
import type { Trap, UserContext } from '../kernel/task/context.ts'
import type { Run } from './program.ts'
import { Bug } from '../kernel/bug.ts'
import { toBytes } from '../kernel/utf8.ts'
import { TRAPPED, enter } from '../syscalls/entry.ts'

/** What user code gets that touches memory where none is. */
export class SegmentationFault extends Error {
  override readonly name = 'SegmentationFault'
}

/**
 * The user context of TypeScript programs: a generator in the host's realm. Its system calls enter the
 * kernel as plain calls; only one whose result has to wait makes the generator yield.
 */
export class TsContext implements UserContext {
  readonly task: task_struct
  readonly mm: mm_struct
  fault = ''
  // It never traps with 'syscall': it has entered by itself.
  readonly nr = -1
  readonly args = [0, 0, 0, 0, 0, 0] as const
  /** What a clone under way starts its child with. */
  childEntry: ((context: TsContext) => Run<never>) | null = null
  readonly #gen: Run<never>
  /** A call's result has to wait: the generator is to yield. */
  #trapped = false
  #result = 0
  /** What came out of the kernel other than a result. */
  #oops: unknown = undefined

  constructor(task: task_struct, mm: mm_struct, start: (context: TsContext) => Run<never>) {
    this.task = task
    this.mm = mm
    this.#gen = start(this)
  }

  /**
   * Make a system call. For `yield*`, which gets the result: at once where the kernel has it, else when
   * the task runs again.
   */
  syscall(nr: number, a0: Word = 0, a1: Word = 0, a2: Word = 0, a3: Word = 0, a4: Word = 0, a5: Word = 0): Run<number> {
    if (this.#trapped) throw new Error('a system call was made while one is under way: is a yield* missing?')
    const ret = this.#enter(nr, a0, a1, a2, a3, a4, a5)
    if (ret === TRAPPED) {
      this.#trapped = true
      return this.#later
    }
    finished.value = ret
    return FINISHED
  }

  /** What the kernel throws is no fault of the program's, whatever that does with it. */
  #enter(nr: number, a0: Word, a1: Word, a2: Word, a3: Word, a4: Word, a5: Word): number {
    try {
      return enter(this.task, nr, a0, a1, a2, a3, a4, a5)
    } catch (error) {
      this.#oops = error
      throw error
    }
  }

  resume(): Trap {
    try {
      this.#gen.next()
      // A program that yields by itself has had enough for now.
      return this.#trapped ? 'kernel' : 'preempt'
    } catch (error) {
      // Only a stack that the program has used up can end in the kernel without its fault.
      if (error instanceof Bug || (error === this.#oops && !isStackOverflow(error))) throw error
      this.fault =
        error instanceof SegmentationFault ? `segfault at ${error.message}` : toBytes(`uncaught ${describe(error)}`)
      return error instanceof SegmentationFault ? 'fault' : 'illegal'
    }
  }

  setResult(ret: number): void {
    this.#result = ret
  }

  fork(child: task_struct): UserContext {
    const mm = child.mm as mm_struct
    const start = this.childEntry ?? nowhere
    this.childEntry = null
    return new TsContext(child, mm, start)
  }

  /** Yields once, and is back with the result. One a context: a program is in one call at a time. */
  readonly #later: Run<number> = (() => {
    const yielded: IteratorYieldResult<void> = { done: false, value: undefined }
    const returned: IteratorReturnResult<number> = { done: true, value: 0 }
    let waiting = false
    return {
      next: () => {
        waiting = !waiting
        if (waiting) return yielded
        this.#trapped = false
        returned.value = this.#result
        return returned
      },
      [Symbol.iterator]() {
        return this
      },
    } as unknown as Run<number>
  })()
}

// One for all: `yield*` takes the value out before anything else can run.
const finished: IteratorReturnResult<number> = { done: true, value: 0 }
const FINISHED = {
  next: () => finished,
  [Symbol.iterator]() {
    return this
  },
} as unknown as Run<number>

/** A generator cannot be copied: a clone that does not say where its child begins begins nowhere. */

function* nowhere(): Run<never> {
  throw new SegmentationFault('0')
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack')
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const where = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '))
  return `${error.name}: ${error.message}${where === undefined ? '' : ` ${where.trim()}`}`
}
