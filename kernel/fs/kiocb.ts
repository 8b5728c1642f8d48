import type { Sleeps, UserPtr } from '../types.ts'
import type { Loff, task_struct } from '../task/task.ts'
import type { wait_queue_head } from '../sched/wait.ts'
import type { file } from './file.ts'
import { ERESTARTSYS } from '../errno.ts'
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from '../sched/sched.ts'
import { fput, get_file } from './file.ts'

/** What a transfer is that finds nothing to move yet: how it goes on, and how it is given up. */
export interface kiocb_operations {
  /** Move what can be moved by now: the result, or -EIOCBRETRY to sleep until more can. */
  retry(iocb: kiocb): number
  /** The transfer is over, or given up. */
  dtor?(iocb: kiocb): void
}

/** Of kiocb_operations.retry(): include/linux/errno.h. No system call returns it. */
export const EIOCBRETRY = 530

const GONE: IteratorYieldResult<void> = { done: false, value: undefined }

/** What those who called have left to be done when the transfer is over. */
const TELL_READ = 1
const TELL_WRITE = 2
const LET_GO = 4
/** It is in the queue, and asleep or on its way from there. */
const ASLEEP = 8

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
  #left = 0 // The bits above.
  #count = 0
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
    this.#left = 0
    return this
  }

  /** Tell the tracepoint of vfs_read() or vfs_write() of the result; `count` is what the program asked for. */
  tells(write: boolean, count: number): Sleeps<number> {
    this.#left |= write ? TELL_WRITE : TELL_READ
    this.#count = count
    return this
  }

  /** Keep the file open, whoever closes the descriptor meanwhile. */
  holds(file: file): Sleeps<number> {
    void get_file(file)
    this.#left |= LET_GO
    return this
  }

  /** Does it keep its file open? */
  get keeps(): boolean {
    return (this.#left & LET_GO) !== 0
  }

  /** Begin to sleep, or go on: for `yield*`, and for the scheduler. */
  next(): IteratorResult<void, number> {
    const t = this.#task
    const op = this.#op as kiocb_operations
    if ((this.#left & ASLEEP) !== 0) {
      const ret = op.retry(this)
      if (ret !== -EIOCBRETRY) return this.#complete(op, ret)
    } else {
      // Nothing can have come meanwhile: whoever called has only handed this on.
      this.#left |= ASLEEP
      ;(this.#wq as wait_queue_head).add(t)
    }
    if (t.sigpending !== 0) return this.#complete(op, this.ki_done > 0 ? this.ki_done : -ERESTARTSYS)
    t.state = TASK_INTERRUPTIBLE
    return GONE
  }

  /** Give the transfer up: the task dies of what its program did meanwhile. */
  return(value: number): IteratorResult<void, number> {
    this.#task.state = TASK_RUNNING
    this.#wake()
    this.#op?.dtor?.(this)
    this.#letGo()
    this.#over.value = value
    return this.#over
  }

  [Symbol.iterator](): this {
    return this
  }

  #wake(): void {
    if ((this.#left & ASLEEP) !== 0) (this.#wq as wait_queue_head).remove(this.#task)
  }

  /** aio_complete(): what those who called have left to be done, innermost first. */
  #complete(op: kiocb_operations, ret: number): IteratorReturnResult<number> {
    this.#wake()
    if (op.dtor !== undefined) op.dtor(this)
    const left = this.#left
    if ((left & (TELL_READ | TELL_WRITE)) !== 0) {
      const { kernel } = this.#task
      if (ret > 0) kernel.watchdog.touch()
      if (kernel.watched) this.#tell(ret)
    }
    this.#letGo()
    this.#over.value = ret
    return this.#over
  }

  #tell(ret: number): void {
    const { vfs_read, vfs_write } = this.#task.kernel.trace
    const trace = (this.#left & TELL_READ) !== 0 ? vfs_read : vfs_write
    if (trace.enabled) trace.emit(this.ki_filp as file, this.#count, ret)
  }

  #letGo(): void {
    const file = this.ki_filp
    this.ki_filp = null
    if ((this.#left & LET_GO) !== 0 && file !== null) fput(file)
    this.#left = 0
  }
}

/** The one of `t`. */
export function task_kiocb(t: task_struct): kiocb {
  return (t.kiocb ??= new kiocb(t))
}
