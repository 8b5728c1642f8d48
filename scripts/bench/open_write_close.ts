import { memfs } from 'memfs'
import type { Libc, Run, UserPtr } from '../../index.ts'
import type { Bench } from './bench.ts'
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'

const SIZE = 4096
const PATH = '/tmp/file'

/** A file of a page is made anew. */
export const open_write_close: Bench = {
  name: 'open_write_close',
  what: 'open, write 4 KiB, close',
  batch: 1000,
  *setup(sys: Libc): Run<number> {
    const buf = sys.alloc(SIZE + 16)
    sys.store((buf + SIZE) as UserPtr, new TextEncoder().encode(PATH))
    void (yield* sys.unlink(PATH))
    return buf
  },
  *turns(sys: Libc, n: number, buf: number): Run<void> {
    for (let i = 0; i < n; i++) {
      const fd = yield* sys.open((buf + SIZE) as UserPtr, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      if ((yield* sys.write(fd, buf as UserPtr, SIZE)) !== SIZE) throw new Error('write failed')
      if ((yield* sys.close(fd)) !== 0) throw new Error('close failed')
    }
  },
  direct() {
    const { fs } = memfs({ '/tmp': null })
    const page = new Uint8Array(SIZE)
    return (n) => {
      for (let i = 0; i < n; i++) {
        const fd = fs.openSync(PATH, 'w', 0o600)
        if (fs.writeSync(fd, page, 0, SIZE) !== SIZE) throw new Error('writeSync failed')
        fs.closeSync(fd)
      }
    }
  },
}
