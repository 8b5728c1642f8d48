import { describe, expect, it } from 'vitest'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { EBADF, EFAULT, ENOTTY, EOPNOTSUPP, EPERM, EROFS } from '../../kernel/errno.ts'
import { O_APPEND, O_CREAT, O_NONBLOCK, O_PATH, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { FS_APPEND_FL, FS_IMMUTABLE_FL, FS_NOATIME_FL, FS_NODUMP_FL } from '../../kernel/fs/inode.ts'
import { MS_REMOUNT } from '../../kernel/fs/namespace.ts'
import { MS_RDONLY } from '../../kernel/fs/super.ts'
import { FS_IOC_GETFLAGS, FS_IOC_SETFLAGS } from '../../kernel/tty/ioctls.ts'
import { STATX_SIZE } from '../../kernel/fs/uapi.ts'
import { STAT_SIZE, readStat, readStatx } from '../../userland/stat.ts'
import { dir, file, mount, mounted, user } from '../errors/setup.ts'
import { BAD_POINTERS, fails, inVm, is, ok, pipe, withVm } from '../support/vm.ts'

const AT = -100
const [F_SETFL, KEEP_SIZE, PUNCH_HOLE] = [4, 1, 2]
const LONG_AGO = { sec: 1, nsec: 1 }

function* setflags(sys: Libc, fd: number, flags: number): Run<number> {
  const at = sys.alloc(8)
  sys.storeInt(at, flags)
  return yield* sys.ioctl(fd, FS_IOC_SETFLAGS, at)
}

function* getflags(sys: Libc, fd: number): Run<number> {
  const at = sys.alloc(8)
  const ret = yield* sys.ioctl(fd, FS_IOC_GETFLAGS, at)
  return ret < 0 ? ret : sys.loadInt(at)
}

// What Linux 6.18 does on a tmpfs, call by call.
describe('flags of a file', () => {
  it('are kept, told by statx, and change nothing but when they are set', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys)
      is(yield* getflags(sys, fd), 0)
      const all = FS_APPEND_FL | FS_IMMUTABLE_FL | FS_NODUMP_FL | FS_NOATIME_FL
      is([yield* setflags(sys, fd, all), yield* getflags(sys, fd)], [0, all])
      const buf = sys.alloc(STATX_SIZE)
      ok(yield* sys.statx(AT, '/tmp/f', 0, 0x7ff, buf))
      is(readStatx(sys, buf).stx_attributes, 0x70)
      is([yield* setflags(sys, fd, 0), yield* getflags(sys, fd)], [0, 0])
      // One that is open for reading will do.
      const ro = ok(yield* sys.open('/tmp/f', O_RDONLY))
      is([yield* setflags(sys, ro, FS_APPEND_FL), yield* getflags(sys, fd)], [0, FS_APPEND_FL])
      return 0
    })
  })

  it('are of regular files and directories, and of who may set them', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys)
      for (const bad of BAD_POINTERS) {
        fails(yield* sys.ioctl(fd, FS_IOC_SETFLAGS, bad), EFAULT)
        fails(yield* sys.ioctl(fd, FS_IOC_GETFLAGS, bad), EFAULT)
      }
      fails(yield* setflags(sys, fd, 4), EOPNOTSUPP)
      const odd = [
        (yield* pipe(sys)).rd,
        ok(yield* sys.open('/dev/null', O_RDWR)),
        ok(yield* sys.open('/proc', O_RDONLY)),
      ]
      for (const other of odd) {
        fails(yield* getflags(sys, other), ENOTTY)
        fails(yield* setflags(sys, other, 0), ENOTTY)
      }
      const path = ok(yield* sys.open('/tmp/f', O_PATH))
      fails(yield* getflags(sys, path), EBADF)
      ok(yield* sys.close(yield* mounted(sys)))
      ok(yield* sys.mkfifo('/tmp/m/fifo', 0o666))
      ok(yield* mount(sys, '/tmp/m', 'tmpfs', MS_REMOUNT | MS_RDONLY))
      const ro = ok(yield* sys.open('/tmp/m/f', O_RDONLY))
      fails(yield* setflags(sys, ro, 0), EROFS)
      // That comes before what kind of file it is.
      const fifo = ok(yield* sys.open('/tmp/m/fifo', O_RDONLY | O_NONBLOCK))
      fails(yield* setflags(sys, fifo, 0), EROFS)
      fails(yield* getflags(sys, fifo), ENOTTY)
      const kept = yield* file(sys, '/tmp/kept')
      ok(yield* sys.fchown(kept, 1000, 100))
      ok(yield* setflags(sys, kept, FS_APPEND_FL))
      yield* user(sys)
      fails(yield* setflags(sys, fd, FS_NODUMP_FL), EPERM)
      const own = yield* file(sys, '/tmp/own')
      is(yield* setflags(sys, own, FS_NODUMP_FL | FS_NOATIME_FL), 0)
      fails(yield* setflags(sys, own, FS_APPEND_FL), EPERM)
      fails(yield* setflags(sys, own, FS_IMMUTABLE_FL), EPERM)
      // What is set already may be said again.
      is(yield* setflags(sys, kept, FS_APPEND_FL | FS_NODUMP_FL), 0)
      fails(yield* setflags(sys, kept, FS_NODUMP_FL), EPERM)
      return 0
    })
  })

  it('a ramfs has none', () => {
    inVm(function* (sys) {
      ok(yield* sys.mkdir('/tmp/m', 0o777))
      const text = ['none', '/tmp/m', 'ramfs'].map((s) => sys.string(s))
      ok(yield* sys.syscall(40, ...text, 0, 0))
      fails(yield* getflags(sys, yield* file(sys, '/tmp/m/f')), ENOTTY)
      return 0
    })
  })

  it('a file that can only grow does, and nothing else happens to it', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys)
      yield* file(sys, '/tmp/other')
      ok(yield* setflags(sys, fd, FS_APPEND_FL))
      for (const flags of [O_WRONLY, O_RDWR, O_WRONLY | O_APPEND | O_TRUNC, O_RDONLY | O_TRUNC])
        fails(yield* sys.open('/tmp/f', flags), EPERM)
      const end = ok(yield* sys.open('/tmp/f', O_RDWR | O_APPEND))
      is([yield* sys.print('!', end), yield* sys.lseek(end, 0, 2)], [1, 6])
      fails(yield* sys.fcntl(end, F_SETFL, 0), EPERM)
      is(yield* sys.fcntl(end, F_SETFL, O_APPEND), 0)
      fails(yield* sys.fcntl(fd, F_SETFL, O_APPEND), EPERM)
      fails(yield* sys.truncate('/tmp/f', 0), EPERM)
      fails(yield* sys.ftruncate(fd, 0), EPERM)
      is([yield* sys.fallocate(fd, 0, 0, 10), yield* sys.fallocate(fd, KEEP_SIZE, 0, 10)], [0, 0])
      fails(yield* sys.fallocate(fd, KEEP_SIZE | PUNCH_HOLE, 0, 10), EPERM)
      fails(yield* sys.chmod('/tmp/f', 0o600), EPERM)
      fails(yield* sys.chown('/tmp/f', 0, -1), EPERM)
      is(yield* sys.chown('/tmp/f', -1, -1), 0)
      is(yield* sys.utimensat(AT, '/tmp/f', null), 0)
      fails(yield* sys.utimensat(AT, '/tmp/f', [LONG_AGO, LONG_AGO]), EPERM)
      fails(yield* sys.link('/tmp/f', '/tmp/l'), EPERM)
      fails(yield* sys.unlink('/tmp/f'), EPERM)
      fails(yield* sys.rename('/tmp/f', '/tmp/l'), EPERM)
      fails(yield* sys.rename('/tmp/other', '/tmp/f'), EPERM)
      // Who had it open before may go on.
      is([yield* sys.access('/tmp/f', 2), yield* sys.pwrite(fd, sys.string('x'), 1, 0)], [0, 1])
      return 0
    })
  })

  it('a file that is to stay as it is does, but for who has it open', () => {
    inVm(function* (sys) {
      const fd = yield* file(sys)
      const other = yield* file(sys, '/tmp/other')
      ok(yield* setflags(sys, fd, FS_IMMUTABLE_FL))
      for (const flags of [O_WRONLY, O_WRONLY | O_APPEND, O_RDONLY | O_TRUNC, O_RDWR | O_CREAT])
        fails(yield* sys.open('/tmp/f', flags), EPERM)
      ok(yield* sys.open('/tmp/f', O_RDONLY))
      fails(yield* sys.access('/tmp/f', 2), EPERM)
      fails(yield* sys.truncate('/tmp/f', 0), EPERM)
      fails(yield* sys.fallocate(fd, 0, 0, 10), EPERM)
      fails(yield* sys.fchmod(fd, 0o600), EPERM)
      fails(yield* sys.fchown(fd, 0, 0), EPERM)
      is(yield* sys.fchown(fd, -1, -1), 0)
      fails(yield* sys.futimens(fd, null), EPERM)
      fails(yield* sys.futimens(fd, [LONG_AGO, 'omit']), EPERM)
      fails(yield* sys.link('/tmp/f', '/tmp/l'), EPERM)
      fails(yield* sys.unlink('/tmp/f'), EPERM)
      fails(yield* sys.rename('/tmp/f', '/tmp/l'), EPERM)
      fails(yield* sys.rename('/tmp/other', '/tmp/f'), EPERM)
      fails(yield* sys.copy_file_range(other, 0, fd, 0, 3), EPERM)
      is([yield* sys.pwrite(fd, sys.string('x'), 1, 0), yield* sys.ftruncate(fd, 0)], [1, 0])
      return 0
    })
  })

  it('a directory that is to stay as it is takes no name, one that can only grow gives none', () => {
    inVm(function* (sys) {
      const fd = yield* dir(sys)
      yield* file(sys, '/tmp/d/f')
      yield* file(sys)
      ok(yield* setflags(sys, fd, FS_IMMUTABLE_FL))
      fails(yield* sys.open('/tmp/d/x', O_RDWR | O_CREAT, 0o600), EPERM)
      fails(yield* sys.mkdir('/tmp/d/x', 0o700), EPERM)
      fails(yield* sys.symlink('x', '/tmp/d/x'), EPERM)
      fails(yield* sys.rename('/tmp/f', '/tmp/d/x'), EPERM)
      fails(yield* sys.unlink('/tmp/d/f'), EPERM)
      ok(yield* sys.open('/tmp/d/f', O_RDWR))
      ok(yield* setflags(sys, fd, FS_APPEND_FL))
      is(yield* sys.mkdir('/tmp/d/x', 0o700), 0)
      is(yield* sys.rename('/tmp/f', '/tmp/d/g'), 0)
      fails(yield* sys.rmdir('/tmp/d/x'), EPERM)
      fails(yield* sys.unlink('/tmp/d/f'), EPERM)
      fails(yield* sys.rename('/tmp/d/x', '/tmp/x'), EPERM)
      return 0
    })
  })

  it('two of them pass from a directory to what is made in it, and one keeps the time of reading', () => {
    inVm(function* (sys) {
      const fd = yield* dir(sys)
      ok(yield* setflags(sys, fd, FS_NODUMP_FL | FS_NOATIME_FL | FS_APPEND_FL))
      const inner = ok(yield* sys.open('/tmp/d/f', O_RDWR | O_CREAT, 0o600))
      is(yield* getflags(sys, inner), FS_NODUMP_FL | FS_NOATIME_FL)
      ok(yield* sys.mkdir('/tmp/d/d', 0o700))
      is(yield* getflags(sys, ok(yield* sys.open('/tmp/d/d', O_RDONLY))), FS_NODUMP_FL | FS_NOATIME_FL)
      const [stat, buf] = [sys.alloc(STAT_SIZE), sys.alloc(8)]
      const atime = function* (): Run<number> {
        ok(yield* sys.nanosleep(1))
        ok(yield* sys.print('x', inner))
        ok(yield* sys.pread(inner, buf, 1, 0))
        ok(yield* sys.fstat(inner, stat))
        return Number(readStat(sys, stat).st_atime)
      }
      const first = yield* atime()
      is(yield* atime(), first)
      ok(yield* setflags(sys, inner, 0))
      is((yield* atime()) > first, true)
      return 0
    })
  })

  it('what a file of a mounted tmpfs has is its own', () => {
    inVm(function* (sys) {
      ok(yield* setflags(sys, yield* mounted(sys), FS_IMMUTABLE_FL))
      fails(yield* sys.open('/tmp/m/f', O_WRONLY), EPERM)
      ok(yield* sys.open('/tmp/m/g', O_WRONLY | O_CREAT, 0o600))
      return 0
    })
  })

  it('strace shows them by their names', () => {
    withVm({}, (vm) => {
      const lines: string[] = []
      const stop = vm.strace(({ text }) => lines.push(text.replace(/0x3f[0-9a-f]{6}/g, 'ADDR')))
      vm.spawn(function* main(sys) {
        const fd = yield* file(sys)
        for (const flags of [0x130, 0x60, 0]) {
          yield* setflags(sys, fd, flags)
          yield* getflags(sys, fd)
        }
        yield* getflags(sys, 1)
        return 0
      })
      vm.run()
      stop()
      expect(lines.filter((line) => line.startsWith('ioctl'))).toEqual([
        'ioctl(3, FS_IOC_SETFLAGS, [FS_IMMUTABLE_FL|FS_APPEND_FL|0x100]) = -1 EOPNOTSUPP (Operation not supported)',
        'ioctl(3, FS_IOC_GETFLAGS, [0]) = 0',
        'ioctl(3, FS_IOC_SETFLAGS, [FS_APPEND_FL|FS_NODUMP_FL]) = 0',
        'ioctl(3, FS_IOC_GETFLAGS, [FS_APPEND_FL|FS_NODUMP_FL]) = 0',
        'ioctl(3, FS_IOC_SETFLAGS, [0]) = 0',
        'ioctl(3, FS_IOC_GETFLAGS, [0]) = 0',
        'ioctl(1, FS_IOC_GETFLAGS, ADDR) = -1 ENOTTY (Inappropriate ioctl for device)',
      ])
    })
  })
})
