import { memfs } from 'memfs'
import type { Libc, Run, UserPtr } from '../../index.ts'
import type { Bench } from './bench.ts'
import { O_CREAT, O_WRONLY } from '../../kernel/fs/file.ts'
import { STAT_SIZE } from '../../userland/stat.ts'

const FOLDERS = ['a', 'a/b', 'a/b/c', 'a/b/c/d', 'a/b/c/d/e']
const PATH = 'a/b/c/d/e/file'

/** What a file is that is five folders below the working directory. */
export const stat_deep: Bench = {
  name: 'stat_deep',
  what: 'stat, 5 folders deep',
  batch: 2000,
  *setup(sys: Libc): Run<number> {
    if ((yield* sys.chdir('/tmp')) < 0) throw new Error('chdir failed')
    for (const path of FOLDERS) void (yield* sys.mkdir(path, 0o700))
    if ((yield* sys.open(PATH, O_WRONLY | O_CREAT, 0o600)) < 0) throw new Error('open failed')
    const buf = sys.alloc(STAT_SIZE + PATH.length + 1)
    sys.store((buf + STAT_SIZE) as UserPtr, new TextEncoder().encode(PATH))
    return buf
  },
  *turns(sys: Libc, n: number, buf: number): Run<void> {
    for (let i = 0; i < n; i++) {
      if ((yield* sys.stat((buf + STAT_SIZE) as UserPtr, buf as UserPtr)) !== 0) throw new Error('stat failed')
    }
  },
  direct() {
    const { fs } = memfs({ [`/${PATH}`]: '' })
    return (n) => {
      for (let i = 0; i < n; i++) if (!fs.statSync(`/${PATH}`).isFile()) throw new Error('statSync failed')
    }
  },
}
