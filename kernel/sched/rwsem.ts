import type { MaySleep, Sleeps } from '../types.ts'
import { BUG_ON } from '../bug.ts'
import { wait_event, wait_queue_head } from './wait.ts'

/**
 * A semaphore for many readers or one writer: include/linux/rwsem.h. Who waits is served in order, so
 * a reader that comes after a waiting writer waits behind it.
 */
export class rw_semaphore {
  /** Readers that hold it; -1 for a writer. */
  #count = 0
  #tickets = 0
  #serving = 0
  readonly #wait: wait_queue_head

  constructor(name: string) {
    this.#wait = new wait_queue_head(name)
  }

  get count(): number {
    return this.#count
  }

  /** Take it for reading: 0, maybe after a sleep. */
  down_read(): MaySleep<0> {
    if (this.#count < 0 || this.#tickets !== this.#serving) return this.#wait_read()
    this.#count++
    return 0
  }

  *#wait_read(): Sleeps<0> {
    const ticket = this.#tickets++
    yield* wait_event(this.#wait, () => this.#serving === ticket && this.#count >= 0)
    this.#count++
    this.#next()
    return 0
  }

  up_read(): void {
    BUG_ON(this.#count <= 0, `up_read of ${this.#wait.what}, which no reader holds`)
    this.#count--
    this.#wait.wake_up()
  }

  /** Take it for writing: 0, maybe after a sleep. */
  down_write(): MaySleep<0> {
    if (this.#count !== 0 || this.#tickets !== this.#serving) return this.#wait_write()
    this.#count = -1
    return 0
  }

  *#wait_write(): Sleeps<0> {
    const ticket = this.#tickets++
    yield* wait_event(this.#wait, () => this.#serving === ticket && this.#count === 0)
    this.#count = -1
    this.#next()
    return 0
  }

  up_write(): void {
    BUG_ON(this.#count !== -1, `up_write of ${this.#wait.what}, which no writer holds`)
    this.#count = 0
    this.#wait.wake_up()
  }

  #next(): void {
    this.#serving++
    this.#wait.wake_up()
  }
}

/** The same as a function, for lastly(). */
export function up_read(sem: rw_semaphore): void {
  sem.up_read()
}
