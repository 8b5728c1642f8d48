import type { Random } from '../random.ts'
import { ACTORS } from './steps.ts'

/** What a generator believes of a program's actors: right as long as nothing goes wrong, and good enough where it does. */

export interface Role {
  readonly k: number
  readonly pid: number
  /** Of its process: another role's where it is a thread. */
  readonly tgid: number
  readonly parent: Role | null
  gone: boolean
  /** It sleeps in a call, or is stopped. */
  busy: boolean
}

export class Cast {
  readonly roles: Role[] = [{ k: 0, pid: 2, tgid: 2, parent: null, gone: false, busy: false }]
  #nextPid = 3

  /** Who may make a step; null where nobody may. */
  actor(r: Random): Role | null {
    const free = this.roles.filter(({ gone, busy }) => !gone && !busy)
    if (free.length > 0) return r.pick(free)
    return this.roles.every(({ gone }) => gone) ? null : r.pick(this.roles)
  }

  get isFull(): boolean {
    return this.roles.length >= ACTORS
  }

  /** How many can still act. */
  get free(): number {
    return this.roles.filter(({ gone, busy }) => !gone && !busy).length
  }

  /** A new role: a thread of `parent`, or a child. */
  add(parent: Role, thread: boolean): Role {
    const pid = this.#nextPid++
    const role = { k: this.roles.length, pid, tgid: thread ? parent.tgid : pid, parent, gone: false, busy: false }
    this.roles.push(role)
    return role
  }

  /** The process with that id has been sent a signal: who slept in it sleeps no more. */
  woken(pid: number): void {
    for (const role of this.roles) if (role.tgid === pid || role.pid === pid) role.busy = false
  }

  ended(tgid: number): void {
    for (const role of this.roles) if (role.tgid === tgid) role.gone = true
  }
}
