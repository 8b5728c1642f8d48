import { describe, it } from 'vitest'
import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import * as E from '../../kernel/errno.ts'
import { O_CREAT, O_PATH, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { SEEK_CUR, SEEK_DATA, SEEK_END, SEEK_HOLE, SEEK_SET } from '../../kernel/fs/read_write.ts'
import { MS_REMOUNT } from '../../kernel/fs/namespace.ts'
import { MS_RDONLY } from '../../kernel/fs/super.ts'
import { STATFS_SIZE, STAT_SIZE, readStat, readStatfs } from '../../userland/stat.ts'
import { become } from '../support/cred.ts'
import { UNMAPPED, fails, inVm, is, ok, pipe, textAt } from '../support/vm.ts'

const MAX = Number.MAX_SAFE_INTEGER
const KEEP = 1
const PUNCH = 2

function* file(sys: Libc, text = '', path = '/tmp/f'): Run<number> {
  const fd = ok(yield* sys.open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644))
  ok(yield* sys.print(text, fd))
  ok(yield* sys.lseek(fd, 0, SEEK_SET))
  return fd
}

/** Size and blocks of an open file. */
function* sizes(sys: Libc, fd: number): Run<[number, number]> {
  const at = sys.alloc(STAT_SIZE)
  ok(yield* sys.fstat(fd, at))
  const { st_size, st_blocks } = readStat(sys, at)
  return [st_size, st_blocks]
}

/** Free pages of the file system that `path` is in. */
function* free(sys: Libc, path: string): Run<number> {
  const at = sys.alloc(STATFS_SIZE)
  ok(yield* sys.statfs(path, at))
  return readStatfs(sys, at).f_bfree
}

/** What is at `pos`, up to `n` bytes. */
function* peek(sys: Libc, fd: number, pos: number, n = 10): Run<string> {
  const buf = sys.alloc(16)
  return textAt(sys, buf, ok(yield* sys.pread(fd, buf, n, pos)))
}

function mount(sys: Libc, flags: number, data = ''): Run<number> {
  const text = [sys.string('none'), sys.string('/tmp/m'), sys.string('tmpfs')]
  return sys.syscall(40, ...text, flags, sys.string(data))
}

/** A tmpfs of `pages` pages at /tmp/m. */
function* mounted(sys: Libc, pages: number): Run<void> {
  ok(yield* sys.mkdir('/tmp/m', 0o755))
  ok(yield* mount(sys, 0, `size=${pages * 4}k`))
}

describe('truncate and ftruncate', () => {
  it('cut and grow, and what is cut does not come back', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello')
      ok(yield* sys.lseek(fd, 4, SEEK_SET))
      is([yield* sys.ftruncate(fd, 2), yield* sys.truncate('/tmp/f', 7)], [0, 0])
      is([yield* peek(sys, fd, 0), yield* sys.lseek(fd, 0, SEEK_CUR)], ['he\0\0\0\0\0', 4])
      is([yield* sys.pwrite(fd, sys.string('x'), 1, 8200), yield* sys.ftruncate(fd, 8195)], [1, 0])
      is([yield* sys.ftruncate(fd, 8203), yield* peek(sys, fd, 8198)], [0, '\0\0\0\0\0'])
      ok(yield* sys.symlink('f', '/tmp/link'))
      is([yield* sys.truncate('/tmp/link', 3), yield* sizes(sys, fd)], [0, [3, 8]])
      is([yield* sys.ftruncate(fd, 0), yield* sizes(sys, fd)], [0, [0, 0]])
      return 0
    })
  })

  it('say what is wrong with the length, the path, the file, the permission', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello')
      for (const path of ['/tmp/f', '/tmp/no', UNMAPPED]) fails(yield* sys.truncate(path, -1), E.EINVAL)
      fails(yield* sys.truncate(UNMAPPED, 0), E.EFAULT)
      fails(yield* sys.truncate('', 0), E.ENOENT)
      fails(yield* sys.truncate('/tmp/no', 0), E.ENOENT)
      fails(yield* sys.truncate('/tmp/f/x', 0), E.ENOTDIR)
      fails(yield* sys.truncate('x'.repeat(256), 0), E.ENAMETOOLONG)
      ok(yield* sys.symlink('loop', '/tmp/loop'))
      fails(yield* sys.truncate('/tmp/loop', 0), E.ELOOP)
      fails(yield* sys.truncate('/tmp', 0), E.EISDIR)
      fails(yield* sys.truncate('/dev/null', 0), E.EINVAL)
      fails(yield* sys.truncate('/tmp/f', 2n ** 63n - 1n), E.EFBIG)
      is([yield* sys.truncate('/tmp/f', MAX), yield* sizes(sys, fd)], [0, [MAX, 8]])
      ok(yield* sys.chmod('/tmp/f', 0o444))
      become(1000)
      fails(yield* sys.truncate('/tmp/f', 0), E.EACCES)
      become(0)
      yield* mounted(sys, 4)
      const inner = yield* file(sys, 'x', '/tmp/m/f')
      ok(yield* sys.close(inner))
      ok(yield* mount(sys, MS_REMOUNT | MS_RDONLY))
      fails(yield* sys.truncate('/tmp/m/f', 0), E.EROFS)
      return 0
    })
  })

  it('say what is wrong with the length, the descriptor, the kind of file', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello')
      const ro = ok(yield* sys.open('/tmp/f', O_RDONLY))
      const path = ok(yield* sys.open('/tmp/f', O_PATH))
      const { wr } = yield* pipe(sys)
      for (const bad of [99, ro, path, fd]) fails(yield* sys.ftruncate(bad, -1), E.EINVAL)
      for (const bad of [99, path]) fails(yield* sys.ftruncate(bad, 0), E.EBADF)
      const dir = ok(yield* sys.open('/tmp', O_RDONLY))
      for (const bad of [ro, wr, dir, 1]) fails(yield* sys.ftruncate(bad, 0), E.EINVAL)
      fails(yield* sys.ftruncate(fd, 2 ** 53), E.EFBIG)
      is(yield* sizes(sys, fd), [5, 8])
      return 0
    })
  })

  it('stamp the file: ftruncate always, truncate where the size changes', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello')
      const at = sys.alloc(STAT_SIZE)
      const mtime = function* (): Run<bigint> {
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.fstat(fd, at))
        return readStat(sys, at).st_mtime
      }
      const first = yield* mtime()
      ok(yield* sys.truncate('/tmp/f', 5))
      is(yield* mtime(), first)
      ok(yield* sys.ftruncate(fd, 5))
      const second = yield* mtime()
      is(second > first, true)
      ok(yield* sys.truncate('/tmp/f', 4))
      is((yield* mtime()) > second, true)
      return 0
    })
  })

  it('take the rights that a program lent away, unless root does it', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello')
      const at = sys.alloc(STAT_SIZE)
      const mode = function* (): Run<number> {
        ok(yield* sys.fstat(fd, at))
        return readStat(sys, at).st_mode & 0o7777
      }
      ok(yield* sys.chmod('/tmp/f', 0o6777))
      ok(yield* sys.ftruncate(fd, 3))
      is(yield* mode(), 0o6777)
      become(1000)
      ok(yield* sys.ftruncate(fd, 2))
      is(yield* mode(), 0o777)
      return 0
    })
  })
})

describe('a file with holes', () => {
  it('of 1 GiB takes what is written, and shows where that is', () => {
    inVm(
      function* (sys) {
        const fd = yield* file(sys)
        const before = yield* free(sys, '/tmp')
        const G = 2 ** 30
        is(yield* sys.ftruncate(fd, G), 0)
        is([yield* sizes(sys, fd), (yield* free(sys, '/tmp')) === before], [[G, 0], true])
        fails(yield* sys.lseek(fd, 0, SEEK_DATA), E.ENXIO)
        is(yield* sys.lseek(fd, 77, SEEK_HOLE), 77)
        for (let i = 0; i < 64; i++) is(yield* sys.pwrite(fd, sys.string('x'), 1, i * (G / 64) + 5000), 1)
        is([yield* sizes(sys, fd), before - (yield* free(sys, '/tmp'))], [[G, 64 * 8], 64])
        is([yield* sys.lseek(fd, 0, SEEK_DATA), yield* sys.lseek(fd, 4100, SEEK_DATA)], [4096, 4100])
        is([yield* sys.lseek(fd, 4100, SEEK_HOLE), yield* sys.lseek(fd, 8192, SEEK_DATA)], [8192, G / 64 + 4096])
        fails(yield* sys.lseek(fd, G - 1, SEEK_DATA), E.ENXIO)
        for (const whence of [SEEK_DATA, SEEK_HOLE])
          for (const at of [-1, G]) fails(yield* sys.lseek(fd, at, whence), E.ENXIO)
        // It is read as zeros, of which none becomes a page.
        const buf = sys.alloc(16)
        sys.store(buf, new Uint8Array(16).fill(120))
        is([yield* sys.pread(fd, buf, 16, G / 2), textAt(sys, buf, 16)], [16, '\0'.repeat(16)])
        is([yield* sys.pread(fd, buf, 3, G / 64 + 4999), textAt(sys, buf, 3)], [3, '\0x\0'])
        is((yield* sizes(sys, fd))[1], 64 * 8)
        is([yield* sys.ftruncate(fd, G / 2), yield* sizes(sys, fd)], [0, [G / 2, 32 * 8]])
        is([yield* sys.ftruncate(fd, 0), yield* free(sys, '/tmp')], [0, before])
        return 0
      },
      { mem: 1 << 20 },
    )
  })

  it('may end at the last byte there is', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys)
      is(yield* sys.pwrite(fd, sys.string('end'), 3, MAX - 3), 3)
      is([yield* sys.lseek(fd, 0, SEEK_END), yield* peek(sys, fd, MAX - 5, 5)], [MAX, '\0\0end'])
      is(yield* sizes(sys, fd), [MAX, 8])
      const append = ok(yield* sys.open('/tmp/f', O_WRONLY | 0o2000))
      fails(yield* sys.print('more', append), E.EFBIG)
      return 0
    })
  })

  it('that only a part of a write went into is zero behind it', () => {
    inVm(function* (sys) {
      const other = yield* file(sys, 'x'.repeat(4096), '/tmp/g')
      ok(yield* sys.ftruncate(other, 0))
      // The page is one that has been used before.
      const fd = yield* file(sys)
      const end = yield* sys.brk((yield* sys.brk(0)) + 4096)
      is(yield* sys.write(fd, (end - 5) as UserPtr, 4096), 5)
      is([yield* sys.ftruncate(fd, 10), yield* peek(sys, fd, 0)], [0, '\0'.repeat(10)])
      is([yield* sys.pwrite(fd, (end - 5) as UserPtr, 8192, 8192), yield* sizes(sys, fd)], [5, [8197, 16]])
      // As a page is made before its bytes are looked at, the file goes up to there.
      fails(yield* sys.pwrite(fd, UNMAPPED, 1, 40960), E.EFAULT)
      is(yield* sizes(sys, fd), [40960, 24])
      return 0
    })
  })
})

describe('fallocate', () => {
  it('makes room, which is a hole until it is written to', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys)
      is([yield* sys.fallocate(fd, 0, 100, 5000), yield* sizes(sys, fd)], [0, [5100, 16]])
      fails(yield* sys.lseek(fd, 0, SEEK_DATA), E.ENXIO)
      is([yield* peek(sys, fd, 5095), yield* sys.pwrite(fd, sys.string('x'), 1, 4096)], ['\0\0\0\0\0', 1])
      is([yield* sys.lseek(fd, 0, SEEK_DATA), yield* sys.lseek(fd, 4096, SEEK_HOLE)], [4096, 5100])
      is([yield* sys.fallocate(fd, KEEP, 0, 20000), yield* sizes(sys, fd)], [0, [5100, 40]])
      return 0
    })
  })

  it('makes holes, of whole pages and of parts', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'x'.repeat(12288))
      is([yield* sys.fallocate(fd, KEEP | PUNCH, 3, 4), yield* peek(sys, fd, 0)], [0, 'xxx\0\0\0\0xxx'])
      is([yield* sys.fallocate(fd, KEEP | PUNCH, 4090, 4105), yield* sizes(sys, fd)], [0, [12288, 16]])
      is([yield* peek(sys, fd, 4088), yield* peek(sys, fd, 8190)], ['xx' + '\0'.repeat(8), '\0'.repeat(5) + 'xxxxx'])
      is([yield* sys.lseek(fd, 0, SEEK_HOLE), yield* sys.lseek(fd, 4096, SEEK_DATA)], [4096, 8192])
      is([yield* sys.fallocate(fd, KEEP | PUNCH, 0, 2 ** 40), yield* sizes(sys, fd)], [0, [12288, 0]])
      is([yield* sys.fallocate(fd, KEEP | PUNCH, 2 ** 40, 1), yield* sizes(sys, fd)], [0, [12288, 0]])
      return 0
    })
  })

  it('looks at descriptor, range, mode, whether the file is open to write, its kind and its end, in this order', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys, 'hello')
      const ro = ok(yield* sys.open('/tmp/f', O_RDONLY))
      const path = ok(yield* sys.open('/tmp/f', O_PATH))
      for (const bad of [99, path]) fails(yield* sys.fallocate(bad, 0x8000, -1, 0), E.EBADF)
      for (const [offset, len] of [
        [-1, 1],
        [0, 0],
        [0, -1],
      ])
        fails(yield* sys.fallocate(ro, 0x8000, offset, len), E.EINVAL)
      // Neither of these is a mode; what is one, tmpfs knows two of.
      for (const mode of [0x8000, 4, PUNCH, 0x08 | KEEP, 0x20 | KEEP, PUNCH | 0x10 | KEEP, 0x42])
        fails(yield* sys.fallocate(ro, mode, 0, 1), E.EOPNOTSUPP)
      for (const mode of [0, KEEP, KEEP | PUNCH, 0x08, 0x10, 0x20, 0x40, 0x41])
        fails(yield* sys.fallocate(ro, mode, 0, 1), E.EBADF)
      for (const mode of [0x08, 0x10, 0x20, 0x40, 0x41]) fails(yield* sys.fallocate(fd, mode, 0, 4096), E.EOPNOTSUPP)
      const { rd, wr } = yield* pipe(sys)
      fails(yield* sys.fallocate(rd, 0, 0, 1), E.EBADF)
      fails(yield* sys.fallocate(wr, 0, 0, 1), E.ESPIPE)
      // No directory is open to write: -EISDIR there is none.
      fails(yield* sys.fallocate(ok(yield* sys.open('/tmp', O_RDONLY)), 0, 0, 1), E.EBADF)
      fails(yield* sys.fallocate(ok(yield* sys.open('/dev/null', O_RDWR)), 0, 0, 1), E.ENODEV)
      for (const mode of [0, KEEP | PUNCH]) {
        fails(yield* sys.fallocate(fd, mode, 2n ** 63n - 1n, 1), E.EFBIG)
        fails(yield* sys.fallocate(fd, mode, MAX, 1), E.EFBIG)
        fails(yield* sys.fallocate(fd, mode, 1, MAX), E.EFBIG)
      }
      is([yield* sys.fallocate(fd, KEEP, MAX - 1, 1), yield* sizes(sys, fd)], [0, [5, 16]])
      return 0
    })
  })

  it('is all or nothing where the file system has no room', () => {
    inVm(function* (sys) {
      yield* mounted(sys, 8)
      const fd = yield* file(sys, 'x', '/tmp/m/f')
      fails(yield* sys.fallocate(fd, 0, 0, 2 ** 50), E.ENOSPC)
      fails(yield* sys.fallocate(fd, 0, 4096, 8 * 4096), E.ENOSPC)
      is([yield* sizes(sys, fd), yield* free(sys, '/tmp/m')], [[1, 8], 7])
      is([yield* sys.fallocate(fd, 0, 0, 8 * 4096), yield* free(sys, '/tmp/m')], [0, 0])
      // What has been paid for can be written.
      is(yield* sys.pwrite(fd, sys.string('x'), 1, 30000), 1)
      fails(yield* sys.pwrite(fd, sys.string('x'), 1, 32768), E.ENOSPC)
      return 0
    })
  })
})

describe('a file system with a size', () => {
  it('counts pages: of files, of long links, and of what has no name but is open', () => {
    inVm(function* (sys) {
      yield* mounted(sys, 8)
      const free_ = (): Run<number> => free(sys, '/tmp/m')
      const fd = yield* file(sys, 'x'.repeat(5000), '/tmp/m/f')
      is(yield* free_(), 6)
      ok(yield* sys.symlink('x'.repeat(127), '/tmp/m/short'))
      is(yield* free_(), 6)
      ok(yield* sys.symlink('x'.repeat(128), '/tmp/m/long'))
      is(yield* free_(), 5)
      ok(yield* sys.unlink('/tmp/m/long'))
      is(yield* free_(), 6)
      ok(yield* sys.link('/tmp/m/f', '/tmp/m/g'))
      ok(yield* sys.unlink('/tmp/m/f'))
      is(yield* free_(), 6)
      const path = ok(yield* sys.open('/tmp/m/g', O_PATH))
      const dup = ok(yield* sys.dup(fd))
      ok(yield* sys.unlink('/tmp/m/g'))
      is([yield* free_(), yield* peek(sys, fd, 4998), yield* sizes(sys, path)], [6, 'xx', [5000, 16]])
      for (const open of [fd, dup]) ok(yield* sys.close(open))
      is(yield* free_(), 6)
      ok(yield* sys.close(path))
      is(yield* free_(), 8)
      yield* file(sys, 'x', '/tmp/m/a')
      ok(yield* sys.close(yield* file(sys, 'y', '/tmp/m/b')))
      ok(yield* sys.rename('/tmp/m/a', '/tmp/m/b'))
      is(yield* free_(), 7)
      return 0
    })
  })

  it('is full at its last page: a short write, then ENOSPC, whatever is to be written', () => {
    inVm(function* (sys) {
      yield* mounted(sys, 2)
      const fd = yield* file(sys, '', '/tmp/m/f')
      const buf = (yield* sys.brk((yield* sys.brk(0)) + 16384)) - 16384
      is(yield* sys.write(fd, buf as UserPtr, 16384), 8192)
      fails(yield* sys.write(fd, buf as UserPtr, 1), E.ENOSPC)
      fails(yield* sys.write(fd, UNMAPPED, 1), E.ENOSPC)
      fails(yield* sys.symlink('x'.repeat(128), '/tmp/m/long'), E.ENOSPC)
      // Names and holes take none.
      const other = yield* file(sys, '', '/tmp/m/g')
      is([yield* sys.ftruncate(other, 2 ** 40), yield* sys.pread(other, buf as UserPtr, 5, 2 ** 39)], [0, 5])
      is([yield* sys.pwrite(fd, buf as UserPtr, 100, 8000), yield* sizes(sys, fd)], [100, [8192, 16]])
      is([yield* sys.pwrite(fd, buf as UserPtr, 1000, 8000), yield* sys.ftruncate(fd, 4096)], [192, 0])
      is(yield* sys.pwrite(other, buf as UserPtr, 8192, 4096), 4096)
      return 0
    })
  })

  it('that is full in the middle of a checkpoint is ENOSPC, and the image ends where it was', () => {
    inVm(function* (sys) {
      yield* mounted(sys, 1)
      const whole = yield* file(sys)
      is(yield* sys.checkpoint(0, whole, 0), 1)
      const size = yield* sys.lseek(whole, 0, SEEK_END)
      for (const room of [1, 55, 56, 60, 100, 128, 200, 354]) {
        const fd = yield* file(sys, '', '/tmp/m/f')
        ok(yield* sys.lseek(fd, 4096 - room, SEEK_SET))
        fails(yield* sys.checkpoint(0, fd, 0), E.ENOSPC)
        is(yield* sys.lseek(fd, 0, SEEK_CUR), 4096)
        is((yield* sizes(sys, fd))[0], 4096)
        // It is what the whole image begins with.
        const [a, b] = [sys.alloc(512), sys.alloc(512)]
        is([yield* sys.pread(fd, a, 512, 4096 - room), yield* sys.pread(whole, b, 512, 0)], [room, size])
        is([...sys.load(a, room)].filter((x, i) => x !== sys.load(b, room)[i]).length, 0, `with ${room} bytes`)
        ok(yield* sys.close(fd))
      }
      const fd = yield* file(sys, '', '/tmp/m/f')
      ok(yield* sys.lseek(fd, 4096 - size, SEEK_SET))
      is((yield* sys.checkpoint(0, fd, 0)) > 0, true)
      ok(yield* sys.lseek(fd, 4096 - size, SEEK_SET))
      is(yield* sys.restart(0, fd, 0), 0)
      return 0
    })
  })
})
