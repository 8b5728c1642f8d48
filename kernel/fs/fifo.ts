import type { MaySleep, Sleeps } from '../types.ts'
import { EINVAL, ENXIO } from '../errno.ts'
import { wait_event_interruptible } from '../sched/wait.ts'
import { d_path } from './dentry.ts'
import { FMODE_READ, FMODE_STREAM, FMODE_WRITE, O_NONBLOCK, type file, type file_operations } from './file.ts'
import { pipe_file_operations, pipe_inode_info, pipe_release } from './pipe.ts'

/**
 * Named pipes: fs/fifo.c of 2.6.31. The pipe is there while anybody has it open; what is left in it then
 * is lost. Whoever opens one end waits for the other, but for O_NONBLOCK and those who open both.
 */
export const fifo_fops: file_operations = {
  ...pipe_file_operations,

  /** 0, -ERESTARTSYS, -ENXIO for O_WRONLY with O_NONBLOCK and no reader, -EINVAL for neither end. */
  open(inode, file): MaySleep<number> {
    const mode = file.f_mode & (FMODE_READ | FMODE_WRITE)
    file.f_mode = mode | FMODE_STREAM
    const wait = (file.f_flags & O_NONBLOCK) === 0
    const pipe = inode.i_pipe ?? new pipe_inode_info(file.kernel, d_path(file.f_dentry), true)
    if (mode === 0) return -EINVAL
    const lonely = mode === FMODE_READ ? pipe.writers === 0 : mode === FMODE_WRITE && pipe.readers === 0
    if (lonely && wait) return wait_for_partner(file, pipe)
    if (lonely && mode === FMODE_WRITE) return -ENXIO
    join(file, pipe)
    return 0
  },

  release: leave,
}

/** Join, and stay once the other side has come, even if it has gone again by now. Nothing is done before it runs. */
function* wait_for_partner(file: file, pipe: pipe_inode_info): Sleeps<number> {
  const reader = (file.f_mode & FMODE_READ) !== 0
  const seen = reader ? pipe.w_counter : pipe.r_counter
  join(file, pipe)
  const err = yield* wait_event_interruptible(
    reader ? pipe.w_partner : pipe.r_partner,
    () => (reader ? pipe.w_counter : pipe.r_counter) !== seen,
  )
  if (err < 0) leave(file)
  return err
}

function join(file: file, pipe: pipe_inode_info): void {
  file.f_inode.i_pipe = pipe
  file.private_data = pipe
  if ((file.f_mode & FMODE_READ) !== 0) {
    pipe.readers++
    pipe.r_counter++
    pipe.r_partner.wake_up()
  }
  if ((file.f_mode & FMODE_WRITE) !== 0) {
    pipe.writers++
    pipe.w_counter++
    pipe.w_partner.wake_up()
  }
}

function leave(file: file): void {
  const pipe = pipe_release(file)
  if (pipe.readers === 0 && pipe.writers === 0) file.f_inode.i_pipe = null
}
