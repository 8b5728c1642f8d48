import type { task_struct } from './task.ts'

/** The processes that one task has made and not waited for, the oldest first: a list through the tasks themselves. */
export class child_list implements Iterable<task_struct> {
  first: task_struct | null = null
  size = 0
  #last: task_struct | null = null

  add(t: task_struct): void {
    t.elder = this.#last
    t.younger = null
    if (this.#last === null) this.first = t
    else this.#last.younger = t
    this.#last = t
    this.size++
  }

  /** `t` is one of them. */
  delete(t: task_struct): void {
    this.#close(t, t.younger, t.elder)
    this.size--
  }

  /** `t` takes the place of `old`. */
  replace(old: task_struct, t: task_struct): void {
    t.elder = old.elder
    t.younger = old.younger
    this.#close(old, t, t)
  }

  /** They may be taken out meanwhile. */
  [Symbol.iterator](): Iterator<task_struct> {
    const all: task_struct[] = []
    for (let t = this.first; t !== null; t = t.younger) all.push(t)
    return all[Symbol.iterator]()
  }

  /** What came before `t` is followed by `younger`, and what came behind it preceded by `elder`. */
  #close(t: task_struct, younger: task_struct | null, elder: task_struct | null): void {
    if (t.elder === null) this.first = younger
    else t.elder.younger = younger
    if (t.younger === null) this.#last = elder
    else t.younger.elder = elder
    t.elder = t.younger = null
  }
}
