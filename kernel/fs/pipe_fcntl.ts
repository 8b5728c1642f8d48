import type { MaySleep } from '../types.ts'
import { EBADF, EBUSY, EINVAL, ENOMEM, EPERM } from '../errno.ts'
import { PAGE_SIZE } from '../mm/mm.ts'
import { current } from '../sched/current.ts'
import { CAP_SYS_RESOURCE, capable } from '../task/cred.ts'
import type { file } from './file.ts'
import { when_unlocked } from './pipe_lock.ts'
import { get_pipe_info, type pipe_inode_info } from './pipe.ts'

/** How much a pipe holds: fs/pipe.c. */

/** F_GETPIPE_SZ and, with a `size`, F_SETPIPE_SZ. -EBADF for what is no pipe. */
export function pipe_fcntl(f: file, size: number | null): MaySleep<number> {
  const pipe = get_pipe_info(f)
  if (pipe === null) return -EBADF
  return when_unlocked(pipe, () => (size === null ? pipe.max_usage * PAGE_SIZE : pipe_set_size(pipe, size)))
}

/** Most bytes that who is not root may give a pipe: fs.pipe-max-size. */
const PIPE_MAX_SIZE = 1 << 20
/** Most pages that root may give it: the table of more would be larger than kmalloc's largest. */
const PIPE_MAX_SLOTS = 1 << 16

/** Give a pipe room for `size` bytes or more: how many, -EINVAL, -EPERM, -EBUSY where more is in it, -ENOMEM. fs/pipe.c */
function pipe_set_size(pipe: pipe_inode_info, size: number): number {
  if (size > 2 ** 31) return -EINVAL
  const slots = 2 ** Math.ceil(Math.log2(Math.max(1, size / PAGE_SIZE)))
  const bytes = slots * PAGE_SIZE
  if (slots > pipe.max_usage && bytes > PIPE_MAX_SIZE && !capable(current.cred, CAP_SYS_RESOURCE)) return -EPERM
  if (slots > PIPE_MAX_SLOTS) return -ENOMEM
  if (slots < pipe.nrbufs) return -EBUSY
  if (current.kernel.slab.fails()) return -ENOMEM
  pipe.resize(slots)
  return bytes
}
