import type { MaySleep, Sleeps } from '../types.ts'
import { may } from '../sched/may_sleep.ts'
import { wait_event } from '../sched/wait.ts'
import type { pipe_inode_info } from './pipe.ts'

/**
 * pipe_lock(), fs/pipe.c: nobody else reads, writes or resizes a pipe meanwhile. Here calls run one behind the other
 * anyway, so the lock is for a splice alone that has to wait for a file in the middle of its work. It costs the others
 * nothing: a pipe that is locked looks as if nothing were in it and nothing could be, with somebody about to write.
 *
 * NON-SEED: so poll tells neither POLLIN nor POLLOUT of it, and a write with O_NONBLOCK is -EAGAIN where Linux waits.
 */

/** Do `what` with `pipe` locked where it sleeps. */
export function with_pipe_locked(pipe: pipe_inode_info, what: MaySleep<number>): Sleeps<number> {
  return typeof what === 'number' ? may(what) : locked(pipe, what)
}

function* locked(pipe: pipe_inode_info, what: Sleeps<number>): Sleeps<number> {
  const { nrbufs, max_usage } = pipe
  pipe.nrbufs = pipe.max_usage = 0
  pipe.writers++
  pipe.waiting_writers++
  try {
    return yield* what
  } finally {
    pipe.waiting_writers--
    pipe.writers--
    pipe.nrbufs = nrbufs
    pipe.max_usage = max_usage
    pipe.rd_wait.wake_up()
    pipe.wr_wait.wake_up()
  }
}

/** Do `what` once the pipe is not locked. */
export function when_unlocked(pipe: pipe_inode_info, what: () => number): MaySleep<number> {
  return pipe.max_usage > 0 ? what() : wait_unlocked(pipe, what)
}

function* wait_unlocked(pipe: pipe_inode_info, what: () => number): Sleeps<number> {
  yield* wait_event(pipe.wr_wait, () => pipe.max_usage > 0)
  return what()
}
