import { memfs } from 'memfs'
import type { Libc, Run, UserPtr } from '../../index.ts'
import type { Bench } from './bench.ts'
import { O_CREAT, O_RDWR } from '../../kernel/fs/file.ts'

const SIZE = 64

/** A record of a file is written over, and read back. */
export const pread_pwrite: Bench = {
  name: 'pread_pwrite',
  what: 'pwrite, pread 64 bytes',
  batch: 5000,
  *setup(sys: Libc): Run<number> {
    const fd = yield* sys.open('/tmp/records', O_RDWR | O_CREAT, 0o600)
    const buf = sys.alloc(2 * SIZE)
    if ((yield* sys.write(fd, buf, 2 * SIZE)) !== 2 * SIZE) throw new Error('write failed')
    // The one number that turns() is given says both.
    return buf * FDS + fd
  },
  *turns(sys: Libc, n: number, handle: number): Run<void> {
    const fd = handle % FDS
    const buf = Math.floor(handle / FDS) as UserPtr
    for (let i = 0; i < n; i++) {
      if ((yield* sys.pwrite(fd, buf, SIZE, SIZE)) !== SIZE) throw new Error('pwrite failed')
      if ((yield* sys.pread(fd, buf, SIZE, SIZE)) !== SIZE) throw new Error('pread failed')
    }
  },
  direct() {
    const { fs } = memfs({ '/records': '' })
    const fd = fs.openSync('/records', 'r+')
    const buf = new Uint8Array(2 * SIZE)
    fs.writeSync(fd, buf)
    return (n) => {
      for (let i = 0; i < n; i++) {
        if (fs.writeSync(fd, buf, 0, SIZE, SIZE) !== SIZE) throw new Error('writeSync failed')
        if (fs.readSync(fd, buf, 0, SIZE, SIZE) !== SIZE) throw new Error('readSync failed')
      }
    }
  },
}

const FDS = 1024
