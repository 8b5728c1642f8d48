import type { Sleeps, UserPtr } from '../types.ts'
import type { Loff, task_struct } from '../task/task.ts'
import type { Tracepoint } from '../trace.ts'
import type { wait_queue_head } from '../sched/wait.ts'
import type { file } from './file.ts'
import { ERESTARTSYS } from '../errno.ts'
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from '../sched/sched.ts'
import { fput, get_file } from './file.ts'

/** What a transfer is that finds nothing to move yet: how it goes on once there is, and how it is given up. */
export interface kiocb_operations {
  /** Is there something to do, so that sleeping would be wrong? */
  ready(iocb: kiocb): boolean
  /** Do it: the result, or -EIOCBRETRY to sleep once more. */
  retry(iocb: kiocb): number
  /** The transfer is over, or given up. */
  dtor?(iocb: kiocb): void
}

/** Of kiocb_operations.retry(): include/linux/errno.h. No system call returns it. */
export const EIOCBRETRY = 530

const ASLEEP: IteratorYieldResult<void> = { done: false, value: undefined }

/**
 * The transfer that a task has under way: include/linux/aio.h. A task makes one at a time and has one of
 * these for all of them, so a transfer that sleeps allocates nothing: it is itself the sleep that the way
 * back up gets, and each function on that way leaves with it what it has to do when the transfer is over,
 * where elsewhere it would wrap the sleep in a generator of its own.
 */
export class kiocb implements Sleeps<number>, Loff {
  /** The position: what vfs_read() gets a pointer to. */
  pos = 0
  ki_filp: file | null = null
  ki_buf = 0 as UserPtr
  /** Bytes asked for, and moved so far. */
  ki_nbytes = 0
  ki_done = 0
  readonly #task: task_struct
  #wq: wait_queue_head | null = null
  #op: kiocb_operations | null = null
  #asleep = false
  #trace: Tracepoint<[file: file, count: number, ret: number]> | null = null
  #count = 0
  #movesPos = false
  #holds = false
  #over: IteratorReturnResult<number> = { done: true, value: 0 }

  constructor(task: task_struct) {
    this.#task = task
  }

  /** The sleep on `wq` of a transfer between `file` and `buf` that has moved `done` bytes of `count`. */
  sleepOn(
    wq: wait_queue_head,
    op: kiocb_operations,
    file: file,
    buf: UserPtr,
    count: number,
    done: number,
  ): Sleeps<number> {
    this.#wq = wq
    this.#op = op
    this.ki_filp = file
    this.ki_buf = buf
    this.ki_nbytes = count
    this.ki_done = done
    this.#trace = null
    this.#movesPos = false
    this.#holds = false
    return this
  }

  /** Tell `trace` of the result; `count` is what the program asked for. */
  tells(trace: Tracepoint<[file: file, count: number, ret: number]>, count: number): Sleeps<number> {
    this.#trace = trace
    this.#count = count
    return this
  }

  /** Write the position back to the file: file_pos_write(). */
  movesPos(): Sleeps<number> {
    this.#movesPos = true
    return this
  }

  /** Keep the file open, whoever closes the descriptor meanwhile. */
  holds(file: file): Sleeps<number> {
    void get_file(file)
    this.#holds = true
    return this
  }

  /** Begin to sleep, or go on: for `yield*`, and for the scheduler. */
  next(): IteratorResult<void, number> {
    const t = this.#task
    const op = this.#op as kiocb_operations
    const wq = this.#wq as wait_queue_head
    for (;;) {
      if (!this.#asleep) {
        wq.add(t)
        this.#asleep = true
      }
      t.state = TASK_INTERRUPTIBLE
      const ready = op.ready(this)
      if (!ready && t.sigpending === 0) return ASLEEP
      this.#wake(t, wq)
      const ret = ready ? op.retry(this) : this.ki_done > 0 ? this.ki_done : -ERESTARTSYS
      if (ret !== -EIOCBRETRY) return this.#complete(op, ret)
    }
  }

  /** Give the transfer up: the task dies of what its program did meanwhile. */
  return(value: number): IteratorResult<void, number> {
    if (this.#asleep) this.#wake(this.#task, this.#wq as wait_queue_head)
    this.#op?.dtor?.(this)
    this.#letGo()
    this.#over.value = value
    return this.#over
  }

  [Symbol.iterator](): this {
    return this
  }

  #wake(t: task_struct, wq: wait_queue_head): void {
    this.#asleep = false
    t.state = TASK_RUNNING
    wq.remove(t)
  }

  /** aio_complete(): what those who called have left to be done, innermost first. */
  #complete(op: kiocb_operations, ret: number): IteratorReturnResult<number> {
    op.dtor?.(this)
    const file = this.ki_filp as file
    const trace = this.#trace
    if (trace !== null) {
      if (ret > 0) this.#task.kernel.watchdog.touch()
      if (trace.enabled) trace.emit(file, this.#count, ret)
    }
    if (this.#movesPos) file.f_pos = this.pos
    this.#letGo()
    this.#over.value = ret
    return this.#over
  }

  #letGo(): void {
    const file = this.ki_filp
    this.ki_filp = null
    if (this.#holds && file !== null) fput(file)
    this.#holds = false
  }
}

/** The one of `t`. */
export function task_kiocb(t: task_struct): kiocb {
  return (t.kiocb ??= new kiocb(t))
}
