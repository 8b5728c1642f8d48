import { describe, it } from 'vitest'
import { EBADF, EFAULT, EINVAL, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY } from '../../kernel/errno.ts'
import { O_CREAT, O_NOATIME, O_PATH, O_RDONLY, O_WRONLY } from '../../kernel/fs/file.ts'
import { SEEK_CUR, SEEK_END, SEEK_SET } from '../../kernel/fs/read_write.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { STAT_SIZE, readDirents, readStat, readdir, type Dirent } from '../../userland/stat.ts'
import { UNMAPPED, endOfHeap, fails, inVm, is, ok } from '../support/vm.ts'

const AT = -100
const END = 0x7fffffff

const mkdir = (sys: Libc, path: string) => sys.syscall(34, AT, sys.string(path), 0o755)
const unlink = (sys: Libc, path: string, flags = 0) => sys.syscall(35, AT, sys.string(path), flags)
const rename = (sys: Libc, old: string, path: string, flags = 0) =>
  sys.syscall(276, AT, sys.string(old), AT, sys.string(path), flags)

function* make(sys: Libc, ...paths: string[]): Run<void> {
  for (const path of paths) ok(yield* sys.close(ok(yield* sys.open(path, O_WRONLY | O_CREAT, 0o644))))
}

function* opendir(sys: Libc, path: string): Run<number> {
  return ok(yield* sys.open(path, O_RDONLY))
}

/** One getdents64 of so many bytes, as `name@off`. */
function* some(sys: Libc, fd: number, size: number): Run<string[]> {
  const buf = sys.alloc(size)
  return shown(readDirents(sys, buf, ok(yield* sys.getdents64(fd, buf, size))))
}

function shown(entries: Dirent[]): string[] {
  return entries.map(({ name, off }) => `${name}@${off === END ? 'end' : off}`)
}

function* names(sys: Libc, fd: number): Run<string> {
  ok(yield* sys.lseek(fd, 0, SEEK_SET))
  return yield* more(sys, fd)
}

/** From the position on. */
function* more(sys: Libc, fd: number): Run<string> {
  const entries = yield* readdir(sys, fd)
  return typeof entries === 'number' ? String(entries) : entries.map(({ name }) => name).join(' ')
}

describe('getdents64', () => {
  it('gives names, inode numbers and types, the newest first', () => {
    inVm(function* (sys) {
      ok(yield* mkdir(sys, '/tmp/d'))
      const fd = yield* opendir(sys, '/tmp/d')
      is(yield* some(sys, fd, 100), ['.@1', '..@end'])
      is(yield* some(sys, fd, 100), [])
      yield* make(sys, '/tmp/d/f')
      ok(yield* mkdir(sys, '/tmp/d/sub'))
      ok(yield* sys.syscall(36, sys.string('f'), AT, sys.string('/tmp/d/l')))
      ok(yield* sys.mkfifo('/tmp/d/p', 0o644))
      // A listing that has ended has ended.
      is(yield* some(sys, fd, 100), [])
      ok(yield* sys.lseek(fd, 0, SEEK_SET))
      const entries = yield* readdir(sys, fd)
      if (typeof entries === 'number') return 1
      is(shown(entries), ['.@1', '..@6', 'p@5', 'l@4', 'sub@3', 'f@end'])
      is(
        entries.map(({ type }) => type),
        [4, 4, 1, 10, 4, 8],
      )
      const buf = sys.alloc(STAT_SIZE)
      for (const { name, ino } of entries) {
        ok(yield* sys.lstat(`/tmp/d/${name}`, buf))
        is(ino, readStat(sys, buf).st_ino, name)
      }
      return 0
    })
  })

  it('gives as many whole names as fit, and -EINVAL where none does', () => {
    inVm(function* (sys) {
      ok(yield* mkdir(sys, '/tmp/d'))
      yield* make(sys, '/tmp/d/a', '/tmp/d/abcdefghijkl')
      const fd = yield* opendir(sys, '/tmp/d')
      const buf = sys.alloc(64)
      fails(yield* sys.getdents64(fd, buf, 23), EINVAL)
      fails(yield* sys.getdents64(fd, buf, 0), EINVAL)
      is(yield* some(sys, fd, 24), ['.@1'])
      is(yield* some(sys, fd, 47), ['..@4'])
      // 19 bytes, 12 of the name and a zero, in steps of eight.
      fails(yield* sys.getdents64(fd, buf, 31), EINVAL)
      is(yield* sys.getdents64(fd, buf, 32), 32)
      is(yield* sys.lseek(fd, 0, SEEK_CUR), 3)
      is(yield* some(sys, fd, 4096), ['a@end'])
      is(yield* sys.getdents64(fd, buf, 0), 0)
      return 0
    })
  })

  it('takes 19 bytes, the name and its zero for each, in steps of eight', () => {
    inVm(function* (sys) {
      ok(yield* mkdir(sys, '/tmp/d'))
      for (let n = 1; n <= 20; n++) yield* make(sys, `/tmp/d/${'n'.repeat(n)}`)
      const fd = yield* opendir(sys, '/tmp/d')
      const buf = sys.alloc(48)
      is([yield* sys.getdents64(fd, buf, 24), yield* sys.getdents64(fd, buf, 24)], [24, 24])
      for (let n = 20; n > 0; n--) {
        const size = Math.ceil((19 + n + 1) / 8) * 8
        fails(yield* sys.getdents64(fd, buf, size - 1), EINVAL)
        is(yield* sys.getdents64(fd, buf, size), size, String(n))
        is(readDirents(sys, buf, size)[0].name, 'n'.repeat(n))
      }
      return 0
    })
  })

  it('forgets names that are gone, however often they come and go', () => {
    inVm(function* (sys) {
      ok(yield* mkdir(sys, '/tmp/d'))
      for (let round = 0; round < 5; round++) {
        const paths = Array.from({ length: 40 }, (_, i) => `/tmp/d/n${i}`)
        yield* make(sys, ...paths)
        for (const path of paths) ok(yield* unlink(sys, path))
        ok(yield* unlink(sys, '/tmp/d', 0x200))
        ok(yield* mkdir(sys, '/tmp/d'))
        yield* make(sys, ...paths)
        for (const path of paths.slice(0, 39)) ok(yield* unlink(sys, path))
        fails(yield* unlink(sys, '/tmp/d', 0x200), ENOTEMPTY)
        ok(yield* unlink(sys, '/tmp/d/n39'))
      }
      return 0
    })
  })

  it('writes no byte behind the zero of a name', () => {
    inVm(function* (sys) {
      const fd = yield* opendir(sys, '/tmp')
      const buf = sys.alloc(48)
      sys.store(buf, new Uint8Array(48).fill(0xee))
      is(yield* sys.getdents64(fd, buf, 40), 24)
      is([...sys.load(buf, 48)].slice(19, 26), [46, 0, 0xee, 0xee, 0xee, 0xee, 0xee])
      return 0
    })
  })

  it('gives what it could copy where memory ends', () => {
    inVm(function* (sys) {
      const fd = yield* opendir(sys, '/')
      fails(yield* sys.getdents64(fd, UNMAPPED, 100), EFAULT)
      fails(yield* sys.getdents64(fd, UNMAPPED, 10), EINVAL)
      is(yield* sys.getdents64(fd, yield* endOfHeap(sys, 30), 100), 24)
      // The zero behind the name is the last byte that is written.
      ok(yield* sys.lseek(fd, 0, SEEK_SET))
      fails(yield* sys.getdents64(fd, yield* endOfHeap(sys, 20), 100), EFAULT)
      is(yield* sys.getdents64(fd, yield* endOfHeap(sys, 21), 100), 24)
      is((yield* some(sys, fd, 24))[0].startsWith('..@'), true)
      return 0
    })
  })

  it('fails as its man page says', () => {
    inVm(function* (sys) {
      const buf = sys.alloc(64)
      yield* make(sys, '/tmp/f')
      fails(yield* sys.getdents64(99, buf, 64), EBADF)
      fails(yield* sys.getdents64(ok(yield* sys.open('/tmp', O_PATH)), buf, 64), EBADF)
      const fd = ok(yield* sys.open('/tmp/f', O_RDONLY))
      fails(yield* sys.getdents64(fd, UNMAPPED, 1), ENOTDIR)
      fails(yield* sys.getdents64(1, buf, 64), ENOTDIR)
      ok(yield* mkdir(sys, '/tmp/d'))
      const gone = yield* opendir(sys, '/tmp/d')
      ok(yield* unlink(sys, '/tmp/d', 0x200))
      fails(yield* sys.getdents64(gone, buf, 64), ENOENT)
      is(yield* sys.lseek(gone, 0, SEEK_SET), 0)
      fails(yield* sys.read(gone, buf, 1), EISDIR)
      return 0
    })
  })

  it('shows nothing twice and misses nothing while names come and go', () => {
    inVm(function* (sys) {
      ok(yield* mkdir(sys, '/tmp/d'))
      const paths = Array.from({ length: 60 }, (_, i) => `/tmp/d/n${i}`)
      yield* make(sys, ...paths)
      const fd = yield* opendir(sys, '/tmp/d')
      is((yield* some(sys, fd, 24 * 12)).length, 12)
      // The next is n49. It goes, and most before and behind it; a new one comes.
      for (const path of paths.slice(10, 55)) ok(yield* unlink(sys, path))
      yield* make(sys, '/tmp/d/new')
      const rest = yield* readdir(sys, fd)
      is(typeof rest === 'number' ? rest : rest.map(({ name }) => name).join(' '), 'n9 n8 n7 n6 n5 n4 n3 n2 n1 n0')
      is(yield* names(sys, fd), '. .. new n59 n58 n57 n56 n55 n9 n8 n7 n6 n5 n4 n3 n2 n1 n0')
      return 0
    })
  })

  it('a renamed file is the newest, also where it takes the place of another', () => {
    inVm(function* (sys) {
      ok(yield* mkdir(sys, '/tmp/d'))
      yield* make(sys, '/tmp/d/a', '/tmp/d/b', '/tmp/d/c', '/tmp/e')
      const fd = yield* opendir(sys, '/tmp/d')
      ok(yield* rename(sys, '/tmp/d/a', '/tmp/d/z'))
      is(yield* names(sys, fd), '. .. z c b')
      ok(yield* rename(sys, '/tmp/d/z', '/tmp/d/b'))
      is(yield* names(sys, fd), '. .. b c')
      ok(yield* rename(sys, '/tmp/e', '/tmp/d/c', 2))
      is(yield* names(sys, fd), '. .. c b')
      ok(yield* rename(sys, '/tmp/d/b', '/tmp/b'))
      is(yield* names(sys, fd), '. .. c')
      ok(yield* unlink(sys, '/tmp/d/c'))
      is(yield* names(sys, fd), '. ..')
      ok(yield* unlink(sys, '/tmp/d', 0x200))
      return 0
    })
  })

  it('a place that was taken over is still where a listing goes on from', () => {
    inVm(function* (sys) {
      ok(yield* mkdir(sys, '/tmp/d'))
      yield* make(sys, '/tmp/x', '/tmp/d/a', '/tmp/d/b', '/tmp/d/c')
      const fd = yield* opendir(sys, '/tmp/d')
      ok(yield* rename(sys, '/tmp/x', '/tmp/d/b'))
      is(yield* names(sys, fd), '. .. b c a')
      // Places 3, 4 and 5 are those of a, b and c.
      ok(yield* sys.lseek(fd, 5, 0))
      is(yield* more(sys, fd), 'c a')
      ok(yield* sys.lseek(fd, 4, 0))
      is(yield* more(sys, fd), 'b c a')
      ok(yield* sys.lseek(fd, 3, 0))
      is(yield* more(sys, fd), 'a')
      return 0
    })
  })

  it('a listing that has nothing left where it goes on begins again, as in Linux', () => {
    inVm(function* (sys) {
      ok(yield* mkdir(sys, '/tmp/d'))
      yield* make(sys, '/tmp/d/a', '/tmp/d/b', '/tmp/d/c')
      const fd = yield* opendir(sys, '/tmp/d')
      ok(yield* sys.lseek(fd, 3, 0))
      ok(yield* unlink(sys, '/tmp/d/a'))
      is(yield* more(sys, fd), 'c b')
      is(yield* more(sys, fd), '')
      return 0
    })
  })

  it('a file that was renamed can be removed by its new name, and its old one be used again', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/a')
      ok(yield* sys.syscall(37, AT, sys.string('/tmp/a'), AT, sys.string('/tmp/other'), 0))
      ok(yield* rename(sys, '/tmp/a', '/tmp/b'))
      yield* make(sys, '/tmp/a')
      ok(yield* unlink(sys, '/tmp/b'))
      fails(yield* sys.open('/tmp/b', O_RDONLY), ENOENT)
      ok(yield* sys.open('/tmp/a', O_RDONLY))
      ok(yield* mkdir(sys, '/tmp/d'))
      ok(yield* mkdir(sys, '/tmp/d/x'))
      yield* make(sys, '/tmp/d/x/f')
      ok(yield* rename(sys, '/tmp/d/x', '/tmp/y'))
      ok(yield* unlink(sys, '/tmp/y/f'))
      ok(yield* unlink(sys, '/tmp/y', 0x200))
      ok(yield* unlink(sys, '/tmp/d', 0x200))
      return 0
    })
  })

  it('lseek goes to any place from the start on', () => {
    inVm(function* (sys) {
      ok(yield* mkdir(sys, '/tmp/d'))
      yield* make(sys, '/tmp/d/a', '/tmp/d/b', '/tmp/d/c')
      const fd = yield* opendir(sys, '/tmp/d')
      for (const [to, expected] of [
        [0, '. .. c b a'],
        [1, '.. c b a'],
        [2, 'c b a'],
        [4, 'b a'],
        [1000, 'c b a'],
        [END, ''],
      ] as const) {
        is(yield* sys.lseek(fd, to, SEEK_SET), to)
        const rest = yield* readdir(sys, fd)
        is(typeof rest === 'number' ? rest : rest.map(({ name }) => name).join(' '), expected, String(to))
      }
      ok(yield* sys.lseek(fd, 3, SEEK_SET))
      is(yield* sys.lseek(fd, 2, SEEK_CUR), 5)
      fails(yield* sys.lseek(fd, -6, SEEK_CUR), EINVAL)
      fails(yield* sys.lseek(fd, -1, SEEK_SET), EINVAL)
      fails(yield* sys.lseek(fd, 0, SEEK_END), EINVAL)
      is(yield* sys.lseek(fd, 0, SEEK_CUR), 5)
      return 0
    })
  })

  it('reading a directory is an access to it', () => {
    inVm(
      function* (sys) {
        const buf = sys.alloc(STAT_SIZE)
        const atime = function* (): Run<bigint> {
          ok(yield* sys.stat('/tmp', buf))
          return readStat(sys, buf).st_atime
        }
        ok(yield* sys.nanosleep(1))
        yield* make(sys, '/tmp/f')
        ok(yield* sys.getdents64(ok(yield* sys.open('/tmp', O_RDONLY | O_NOATIME)), sys.alloc(100), 100))
        is(yield* atime(), 7n)
        ok(yield* sys.getdents64(yield* opendir(sys, '/tmp'), sys.alloc(100), 100))
        is(yield* atime(), 8n)
        return 0
      },
      { time: 7 },
    )
  })
})
