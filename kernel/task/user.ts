import type { Kernel } from '../kernel.ts'

/** What the tasks of one real user have together: kernel/user.c. */
export interface user_struct {
  readonly uid: number
  /** Tasks, zombies and threads among them. */
  processes: number
  /** Signals that wait with what is told of them. */
  sigpending: number
}

/** The entry of `uid`; for who holds something of it, be it a task or a signal. */
export function find_user(kernel: Kernel, uid: number): user_struct {
  let user = kernel.users.get(uid)
  if (user === undefined) {
    user = { uid, processes: 0, sigpending: 0 }
    kernel.users.set(uid, user)
  }
  return user
}

/** A task of `user` is gone, or somebody else's now. */
export function put_user(kernel: Kernel, user: user_struct): void {
  user.processes--
  if (user.processes === 0 && user.sigpending === 0) kernel.users.delete(user.uid)
}
