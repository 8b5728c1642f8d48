import { memfs } from 'memfs'
import type { Libc, Run } from '../../index.ts'
import type { Bench } from './bench.ts'
import { O_CREAT, O_RDONLY, O_WRONLY } from '../../kernel/fs/file.ts'
import { SEEK_SET } from '../../kernel/fs/read_write.ts'

const FILES = 10_000
/** What the C library lists directories with. */
const SIZE = 32 << 10

const names = Array.from({ length: FILES }, (_, i) => `file${String(i).padStart(5, '0')}`)

/** Every name of a folder with many files, from the first to the last. */
export const getdents_10k: Bench = {
  name: 'getdents_10k',
  what: 'getdents64, 10,000 files',
  batch: 4,
  *setup(sys: Libc): Run<number> {
    if ((yield* sys.mkdir('/tmp/big', 0o700)) === 0) {
      for (const name of names) {
        const fd = yield* sys.open(`/tmp/big/${name}`, O_WRONLY | O_CREAT, 0o600)
        if (fd < 0 || (yield* sys.close(fd)) < 0) throw new Error('open failed')
      }
    }
    sys.alloc(SIZE)
    return yield* sys.open('/tmp/big', O_RDONLY)
  },
  *turns(sys: Libc, n: number, fd: number): Run<void> {
    const buf = sys.room(SIZE)
    for (let i = 0; i < n; i++) {
      if ((yield* sys.lseek(fd, 0, SEEK_SET)) !== 0) throw new Error('lseek failed')
      let size = 0
      for (;;) {
        const got = yield* sys.getdents64(fd, buf, SIZE)
        if (got < 0) throw new Error('getdents64 failed')
        if (got === 0) break
        size += got
      }
      if (size !== 2 * 24 + FILES * 32) throw new Error('names are missing')
    }
  },
  direct() {
    const { fs } = memfs(Object.fromEntries(names.map((name) => [`/${name}`, ''])))
    return (n) => {
      for (let i = 0; i < n; i++) if (fs.readdirSync('/').length !== FILES) throw new Error('names are missing')
    }
  },
}
