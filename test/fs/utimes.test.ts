import { describe, it } from 'vitest'
import {
  EACCES,
  EBADF,
  EFAULT,
  EINVAL,
  ELOOP,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
  EPERM,
  EROFS,
} from '../../kernel/errno.ts'
import { O_CREAT, O_PATH, O_RDWR } from '../../kernel/fs/file.ts'
import { MS_RDONLY, type super_block } from '../../kernel/fs/super.ts'
import { current } from '../../kernel/sched/current.ts'
import { AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW } from '../../syscalls/at.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { STAT_SIZE, readStat } from '../../userland/stat.ts'
import { become } from '../support/cred.ts'
import { UNMAPPED, fails, inVm, is, ok, pipe } from '../support/vm.ts'

const AT = -100
const F = '/tmp/f'

type Stat = ReturnType<typeof readStat>

function* lstat(sys: Libc, path: string): Run<Stat> {
  const buf = sys.alloc(STAT_SIZE)
  is(yield* sys.lstat(path, buf), 0, path)
  return readStat(sys, buf)
}

function* make(sys: Libc, mode = 0o644, uid = 0): Run<number> {
  become(0)
  const fd = ok(yield* sys.open(F, O_RDWR | O_CREAT, 0o600))
  ok(yield* sys.chown(F, uid, uid))
  ok(yield* sys.chmod(F, mode))
  return fd
}

describe('utimensat', () => {
  const sec = (n: number | bigint, nsec = 0) => ({ sec: n, nsec })

  function* times(sys: Libc, path = F): Run<string> {
    const st = yield* lstat(sys, path)
    return `${st.st_atime}.${st.st_atime_nsec} ${BigInt.asIntN(64, st.st_mtime)}.${st.st_mtime_nsec} ${st.st_ctime}.${st.st_ctime_nsec}`
  }

  it('sets times to the nanosecond, to now, or leaves them', () => {
    inVm(
      function* (sys) {
        const fd = yield* make(sys)
        ok(yield* sys.nanosleep(1, 3))
        is(yield* sys.utimensat(AT, F, [sec(5, 6), sec(-1, 999_999_999)]), 0)
        is(yield* times(sys), '5.6 -1.999999999 8.3')
        is(yield* sys.futimens(fd, ['omit', 'now']), 0)
        is(yield* times(sys), '5.6 8.3 8.3')
        is(yield* sys.futimens(fd, [sec(2 ** 31), 'omit']), 0)
        is(yield* times(sys), '2147483648.0 8.3 8.3')
        ok(yield* sys.nanosleep(1))
        is(yield* sys.utimensat(AT, F, null), 0)
        is(yield* times(sys), '9.3 9.3 9.3')
        ok(yield* sys.nanosleep(1))
        is(yield* sys.utimensat(fd, '', ['now', 'now'], AT_EMPTY_PATH), 0)
        is(yield* times(sys), '10.3 10.3 10.3')
        ok(yield* sys.nanosleep(1))
        is(yield* sys.utimensat(99, UNMAPPED, ['omit', 'omit'], 0x8000), 0)
        is(yield* times(sys), '10.3 10.3 10.3')
        // A write moves the one, a read the other: relatime.
        ok(yield* sys.print('x', fd))
        is(yield* times(sys), '10.3 11.3 11.3')
        is(yield* sys.lseek(fd, 0, 0), 0)
        is(yield* sys.read(fd, sys.alloc(1), 1), 1)
        is(yield* times(sys), '11.3 11.3 11.3')
        return 0
      },
      { time: 7 },
    )
  })

  it('keeps the first and the last second that there is', () => {
    inVm(function* (sys) {
      yield* make(sys)
      const last = 2n ** 63n - 1n
      is(yield* sys.utimensat(AT, F, [sec(last, 5), sec(-last - 1n, 5)]), 0)
      const st = yield* lstat(sys, F)
      is([st.st_atime, st.st_atime_nsec, BigInt.asIntN(64, st.st_mtime), st.st_mtime_nsec], [last, 0, -last - 1n, 0])
      is(yield* sys.utimensat(AT, F, [sec(last - 1n, 5), sec(0, 1)]), 0)
      is([(yield* lstat(sys, F)).st_atime, (yield* lstat(sys, F)).st_atime_nsec], [last - 1n, 5])
      return 0
    })
  })

  it('follows a link unless told not to', () => {
    inVm(function* (sys) {
      yield* make(sys)
      ok(yield* sys.symlink('f', '/tmp/l'))
      is(yield* sys.utimensat(AT, '/tmp/l', [sec(5), sec(6)]), 0)
      is(yield* sys.utimensat(AT, '/tmp/l', [sec(7), sec(8)], AT_SYMLINK_NOFOLLOW), 0)
      is([(yield* lstat(sys, F)).st_mtime, (yield* lstat(sys, '/tmp/l')).st_mtime], [6n, 8n])
      return 0
    })
  })

  it('any time is for the owner and root; now, for who may write as well', () => {
    inVm(function* (sys) {
      const now = [
        [0o777, null, 0],
        [0o777, ['now', 'now'], 0],
        [0o777, ['now', 'omit'], -EPERM],
        [0o777, ['omit', 'now'], -EPERM],
        [0o777, [sec(1), sec(1)], -EPERM],
        [0o755, null, -EACCES],
        [0o755, ['now', 'now'], -EACCES],
        [0o755, [sec(1), 'now'], -EPERM],
      ] as const
      for (const [mode, what, ret] of now) {
        yield* make(sys, mode, 1000)
        become(1001)
        is(yield* sys.utimensat(AT, F, what), ret, `${mode.toString(8)} ${JSON.stringify(what)}`)
      }
      yield* make(sys, 0, 1000)
      become(1000)
      for (const what of [null, ['now', 'omit'], [sec(1), sec(1)]] as const) {
        is(yield* sys.utimensat(AT, F, what), 0)
      }
      return 0
    })
  })

  it('fails as its man page says', () => {
    inVm(function* (sys) {
      const fd = yield* make(sys)
      const bad = [sec(0, 1_000_000_000), 'omit'] as const
      fails(yield* sys.utimensat(AT, '/tmp/no', bad), ENOENT)
      fails(yield* sys.utimensat(AT, F, bad), EINVAL)
      fails(yield* sys.utimensat(AT, F, ['now', sec(0, -1)]), EINVAL)
      fails(yield* sys.utimensat(fd, '', null), ENOENT)
      fails(yield* sys.utimensat(AT, '/tmp/f/x', null), ENOTDIR)
      fails(yield* sys.utimensat(fd, 'x', null), ENOTDIR)
      fails(yield* sys.utimensat(99, 'x', null), EBADF)
      fails(yield* sys.utimensat(AT, F, null, 0x8000), EINVAL)
      fails(yield* sys.utimensat(AT, UNMAPPED, null), EFAULT)
      fails(yield* sys.utimensat(AT, 0 as never, null), EFAULT)
      fails(yield* sys.syscall(88, AT, UNMAPPED, UNMAPPED, 0x8000), EFAULT)
      fails(yield* sys.futimens(99, null), EBADF)
      fails(yield* sys.futimens(ok(yield* sys.open(F, O_PATH)), null), EBADF)
      fails(yield* sys.utimensat(fd, 0 as never, null, AT_SYMLINK_NOFOLLOW), EINVAL)
      ok(yield* sys.symlink('l', '/tmp/l'))
      fails(yield* sys.utimensat(AT, '/tmp/l', null), ELOOP)
      fails(yield* sys.utimensat(AT, 'n'.repeat(256), null), ENAMETOOLONG)
      const sb = current.kernel.root.d_inode?.i_sb as super_block
      sb.s_flags = MS_RDONLY
      fails(yield* sys.utimensat(AT, F, null), EROFS)
      fails(yield* sys.utimensat(AT, F, bad), EINVAL)
      return 0
    })
  })
})

describe('the times of directories', () => {
  it('move with every name that comes, goes or is moved, and so do those of what it led to', () => {
    inVm(
      function* (sys) {
        ok(yield* sys.mkdir('/tmp/d', 0o755))
        ok(yield* sys.mkdir('/tmp/e', 0o755))
        let now = 0n
        const each: [string, () => Run<number>, string[], string[]][] = [
          ['creat', () => sys.open('/tmp/d/a', O_CREAT | O_RDWR, 0o644), ['/tmp/d', '/tmp/d/a'], ['/tmp/d/a']],
          ['mkdir', () => sys.mkdir('/tmp/d/s', 0o755), ['/tmp/d', '/tmp/d/s'], ['/tmp/d/s']],
          ['symlink', () => sys.symlink('a', '/tmp/d/l'), ['/tmp/d', '/tmp/d/l'], ['/tmp/d/l']],
          ['mkfifo', () => sys.mkfifo('/tmp/d/p', 0o644), ['/tmp/d', '/tmp/d/p'], ['/tmp/d/p']],
          ['link', () => sys.link('/tmp/d/a', '/tmp/e/b'), ['/tmp/e', '/tmp/d/a'], []],
          ['unlink', () => sys.unlink('/tmp/e/b'), ['/tmp/e', '/tmp/d/a'], []],
          ['rename', () => sys.rename('/tmp/d/a', '/tmp/e/a'), ['/tmp/d', '/tmp/e', '/tmp/e/a'], []],
          ['exchange', () => sys.renameat2(AT, '/tmp/e/a', AT, '/tmp/d/l', 2), ['/tmp/d', '/tmp/e', '/tmp/e/a'], []],
          ['rmdir', () => sys.rmdir('/tmp/d/s'), ['/tmp/d'], []],
        ]
        for (const [name, change, changed, made] of each) {
          ok(yield* sys.nanosleep(1))
          ok(yield* change())
          now = BigInt(7 + each.findIndex(([n]) => n === name) + 1)
          for (const path of changed) is((yield* lstat(sys, path)).st_ctime, now, `${name} ${path}`)
          for (const path of changed.filter((p) => p.length === 6)) is((yield* lstat(sys, path)).st_mtime, now, name)
          for (const path of made) is((yield* lstat(sys, path)).st_atime, now, name)
        }
        // Nothing has happened to what only stands by.
        is((yield* lstat(sys, '/tmp')).st_mtime, 7n)
        return 0
      },
      { time: 7 },
    )
  })
})

describe('a pipe', () => {
  it('has the times of its last write and read where it has a name, and else those of its making', () => {
    inVm(function* (sys) {
      ok(yield* sys.mkfifo('/tmp/p', 0o600))
      const fifo = ok(yield* sys.open('/tmp/p', O_RDWR))
      const { rd, wr } = yield* pipe(sys)
      const stat = sys.alloc(STAT_SIZE)
      const times = function* (fd: number): Run<bigint[]> {
        is(yield* sys.fstat(fd, stat), 0)
        const { st_atime, st_mtime, st_ctime } = readStat(sys, stat)
        return [st_atime, st_mtime, st_ctime]
      }
      const [made] = yield* times(fifo)
      const buf = sys.alloc(8)
      is(yield* sys.nanosleep(5), 0)
      for (const fd of [fifo, wr]) is(yield* sys.write(fd, buf, 8), 8)
      is(yield* sys.nanosleep(5), 0)
      for (const fd of [fifo, rd]) is(yield* sys.read(fd, buf, 8), 8)
      is(yield* times(fifo), [made + 10n, made + 5n, made + 5n])
      is(yield* times(rd), [made, made, made])
      return 0
    })
  })
})
