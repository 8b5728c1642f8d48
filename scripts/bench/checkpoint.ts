import type { Libc, Run } from '../../index.ts'
import type { Bench } from './bench.ts'
import { O_CREAT, O_RDWR } from '../../kernel/fs/file.ts'
import { SEEK_SET } from '../../kernel/fs/read_write.ts'

/** A process writes its own image over the last one. */
export const checkpoint: Bench = {
  name: 'checkpoint',
  what: 'lseek, checkpoint',
  batch: 1000,
  setup: openImage,
  *turns(sys: Libc, n: number, fd: number): Run<void> {
    for (let i = 0; i < n; i++) {
      if ((yield* sys.lseek(fd, 0, SEEK_SET)) !== 0) throw new Error('lseek failed')
      if ((yield* sys.checkpoint(0, fd, 0)) <= 0) throw new Error('checkpoint failed')
    }
  },
}

/** The file that images go to and come from. */
export function* openImage(sys: Libc): Run<number> {
  return yield* sys.open('/tmp/image', O_RDWR | O_CREAT, 0o600)
}
