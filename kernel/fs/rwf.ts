import type { MaySleep } from '../types.ts'
import { EAGAIN, EINVAL, EOPNOTSUPP } from '../errno.ts'
import { current } from '../sched/current.ts'
import { O_APPEND, O_NONBLOCK, type file } from './file.ts'
import { pipe_file_operations } from './pipe.ts'

/** What preadv2 and pwritev2 ask of one transfer: include/uapi/linux/fs.h. Those that are not named are for disks. */

const RWF_HIPRI = 0x1
const RWF_NOWAIT = 0x8
const RWF_APPEND = 0x10
const RWF_NOAPPEND = 0x20
const RWF_ATOMIC = 0x40
const RWF_DONTCACHE = 0x80
export const RWF_NOSIGNAL = 0x100
const RWF_SUPPORTED = 0x1ff

/**
 * May a transfer of `f` be asked for this? 0, -EOPNOTSUPP, -EINVAL. `whole` says that the file moves a vector as one;
 * others do it range by range. include/linux/fs.h:kiocb_set_rw_flags()
 */
export function rw_flags(f: file, flags: number, whole: boolean): number {
  if (!whole) return (flags & ~RWF_HIPRI) !== 0 ? -EOPNOTSUPP : 0
  if ((flags & ~RWF_SUPPORTED) !== 0) return -EOPNOTSUPP
  if ((flags & RWF_APPEND) !== 0 && (flags & RWF_NOAPPEND) !== 0) return -EINVAL
  if ((flags & RWF_NOWAIT) !== 0 && !is_nowait(f)) return -EOPNOTSUPP
  return (flags & (RWF_ATOMIC | RWF_DONTCACHE)) !== 0 ? -EOPNOTSUPP : 0
}

/** FMODE_NOWAIT: a pipe without a name has it, one with a name does not. */
function is_nowait(f: file): boolean {
  return f.f_op.nowait === true || f.f_op === pipe_file_operations
}

/** A transfer that begins as if the file were opened as `flags` say. Nobody else comes in between. */
export function with_rw_flags(f: file, flags: number, begin: () => MaySleep<number>): MaySleep<number> {
  const { f_flags } = f
  const more = ((flags & RWF_NOWAIT) !== 0 ? O_NONBLOCK : 0) | ((flags & RWF_APPEND) !== 0 ? O_APPEND : 0)
  f.f_flags = (f_flags & ~((flags & RWF_NOAPPEND) !== 0 ? O_APPEND : 0)) | more
  const ret = begin()
  f.f_flags = f_flags
  if (typeof ret === 'number' || (flags & RWF_NOWAIT) === 0) return ret
  // It would wait, for what a writer is about to put in.
  const { kiocb } = current
  const done = kiocb !== null && ret === kiocb ? kiocb.ki_done : 0
  void ret.return(0)
  return done > 0 ? done : -EAGAIN
}
