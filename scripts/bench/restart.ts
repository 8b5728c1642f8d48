import type { Libc, Run } from '../../index.ts'
import type { Bench } from './bench.ts'
import { SEEK_SET } from '../../kernel/fs/read_write.ts'
import { openImage } from './checkpoint.ts'

/** A process becomes what its image says, over and over. */
export const restart: Bench = {
  name: 'restart',
  what: 'lseek, restart',
  batch: 1000,
  *setup(sys: Libc): Run<number> {
    const fd = yield* openImage(sys)
    if ((yield* sys.checkpoint(0, fd, 0)) <= 0) throw new Error('checkpoint failed')
    return fd
  },
  *turns(sys: Libc, n: number, fd: number): Run<void> {
    for (let i = 0; i < n; i++) {
      if ((yield* sys.lseek(fd, 0, SEEK_SET)) !== 0) throw new Error('lseek failed')
      if ((yield* sys.restart(0, fd, 0)) !== 0) throw new Error('restart failed')
    }
  },
}
