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
  EOPNOTSUPP,
  EPERM,
  EROFS,
} from '../../kernel/errno.ts'
import { O_CREAT, O_PATH, O_RDWR, O_TRUNC } from '../../kernel/fs/file.ts'
import { MS_RDONLY, type super_block } from '../../kernel/fs/super.ts'
import { current } from '../../kernel/sched/current.ts'
import { AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW } from '../../syscalls/at.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { STAT_SIZE, readStat } from '../../userland/stat.ts'
import { become } from '../support/cred.ts'
import { UNMAPPED, fails, inVm, is, ok } from '../support/vm.ts'

const AT = -100
const F = '/tmp/f'

type Stat = ReturnType<typeof readStat>

function* lstat(sys: Libc, path: string): Run<Stat> {
  const buf = sys.alloc(STAT_SIZE)
  is(yield* sys.lstat(path, buf), 0, path)
  return readStat(sys, buf)
}

/** The permission bits in octal, and whose it is. */
function* shown(sys: Libc, path = F): Run<string> {
  const { st_mode, st_uid, st_gid } = yield* lstat(sys, path)
  return `${(st_mode & 0o7777).toString(8)} ${st_uid}:${st_gid}`
}

/** A new file of `uid` and `gid` with this mode. */
function* make(sys: Libc, mode = 0o644, uid = 0, gid = 0, path = F): Run<number> {
  become(0)
  const fd = ok(yield* sys.open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600))
  ok(yield* sys.chown(path, uid, gid))
  ok(yield* sys.chmod(path, mode))
  return fd
}

/** What is in /tmp can be read and no more. */
function readOnly(on: boolean): void {
  const sb = current.kernel.root.d_inode?.i_sb as super_block
  sb.s_flags = on ? MS_RDONLY : 0
}

describe('chmod', () => {
  it('sets the bits, of what a link leads to as well, and says when', () => {
    inVm(
      function* (sys) {
        const fd = yield* make(sys)
        ok(yield* sys.symlink('f', '/tmp/l'))
        ok(yield* sys.nanosleep(1))
        is(yield* sys.chmod('/tmp/l', 0o7751), 0)
        is(yield* shown(sys), '7751 0:0')
        const st = yield* lstat(sys, F)
        is([st.st_atime, st.st_mtime, st.st_ctime], [7n, 7n, 8n])
        is(yield* sys.fchmod(fd, 0o100600), 0)
        is((yield* lstat(sys, F)).st_mode, 0o100600)
        is(yield* sys.fchmodat2(fd, '', 0o640, AT_EMPTY_PATH), 0)
        is(yield* sys.fchmodat2(AT, F, 0o604, AT_SYMLINK_NOFOLLOW), 0)
        is(yield* shown(sys), '604 0:0')
        fails(yield* sys.fchmodat2(AT, '/tmp/l', 0o600, AT_SYMLINK_NOFOLLOW), EOPNOTSUPP)
        is((yield* lstat(sys, '/tmp/l')).st_mode, 0o120777)
        return 0
      },
      { time: 7 },
    )
  })

  it('is for the owner and root; the set-group-id bit for who is in the group', () => {
    inVm(function* (sys) {
      yield* make(sys, 0o777, 1000, 100)
      become(1001, 100)
      fails(yield* sys.chmod(F, 0o700), EPERM)
      become(1000, 7)
      is(yield* sys.chmod(F, 0o6755), 0)
      is(yield* shown(sys), '4755 1000:100')
      become(1000, 7, [100])
      is(yield* sys.chmod(F, 0o2755), 0)
      is(yield* shown(sys), '2755 1000:100')
      become(0, 7)
      is(yield* sys.chmod(F, 0o6711), 0)
      is(yield* shown(sys), '6711 1000:100')
      return 0
    })
  })

  it('fails as its man page says', () => {
    inVm(function* (sys) {
      const fd = yield* make(sys)
      ok(yield* sys.symlink('l', '/tmp/l'))
      fails(yield* sys.chmod('/tmp/no', 0), ENOENT)
      fails(yield* sys.chmod('', 0), ENOENT)
      fails(yield* sys.chmod('/tmp/f/x', 0), ENOTDIR)
      fails(yield* sys.chmod('/tmp/l', 0), ELOOP)
      fails(yield* sys.chmod('n'.repeat(256), 0), ENAMETOOLONG)
      fails(yield* sys.chmod(UNMAPPED, 0), EFAULT)
      fails(yield* sys.fchmodat(99, 'f', 0), EBADF)
      fails(yield* sys.fchmodat(fd, 'f', 0), ENOTDIR)
      fails(yield* sys.fchmodat2(AT, '/tmp/no', 0, 1), EINVAL)
      fails(yield* sys.fchmod(99, 0), EBADF)
      fails(yield* sys.fchmod(ok(yield* sys.open(F, O_PATH)), 0), EBADF)
      readOnly(true)
      become(1000)
      fails(yield* sys.chmod(F, 0), EROFS)
      fails(yield* sys.fchmod(fd, 0), EROFS)
      become(0)
      readOnly(false)
      ok(yield* sys.mkdir('/tmp/d', 0o700))
      become(1000)
      fails(yield* sys.chmod('/tmp/d/f', 0), EACCES)
      fails(yield* sys.fchmod(fd, 0), EPERM)
      return 0
    })
  })
})

describe('chown', () => {
  it('root gives a file to anybody; its owner, only to one of his groups', () => {
    inVm(function* (sys) {
      const fd = yield* make(sys)
      ok(yield* sys.symlink('f', '/tmp/l'))
      is(yield* sys.chown('/tmp/l', 1000, 100), 0)
      is(yield* shown(sys), '644 1000:100')
      is(yield* sys.fchownat(AT, '/tmp/l', 5, 6, AT_SYMLINK_NOFOLLOW), 0)
      is(yield* shown(sys, '/tmp/l'), '777 5:6')
      is(yield* sys.fchown(fd, -1, 7), 0)
      is(yield* sys.fchownat(fd, '', 1001, -1, AT_EMPTY_PATH), 0)
      is(yield* shown(sys), '644 1001:7')
      is(yield* sys.chown(F, 4294967294, 100), 0)
      is(yield* shown(sys), '644 4294967294:100')
      yield* make(sys, 0o644, 1000, 100)
      become(1000, 5, [50])
      is(yield* sys.chown(F, -1, 50), 0)
      is(yield* sys.chown(F, 1000, 50), 0)
      is(yield* sys.chown(F, -1, 5), 0)
      is(yield* sys.chown(F, -1, 5), 0)
      fails(yield* sys.chown(F, -1, 100), EPERM)
      fails(yield* sys.chown(F, 1001, -1), EPERM)
      become(1001, 5)
      fails(yield* sys.chown(F, 1000, -1), EPERM)
      fails(yield* sys.chown(F, -1, 5), EPERM)
      is(yield* sys.chown(F, -1, -1), 0)
      is(yield* shown(sys), '644 1000:5')
      return 0
    })
  })

  it('takes the set-id bits away, from root as well, but for a group that executes nothing', () => {
    inVm(function* (sys) {
      const cases = [
        [0, 0, 0o6777, '777'],
        [0, 0, 0o2767, '2767'],
        [1000, 100, 0o6777, '777'],
        [1000, 100, 0o6767, '2767'],
        [1000, 200, 0o2767, '767'],
      ] as const
      for (const [uid, gid, mode, after] of cases) {
        yield* make(sys, mode, 1000, 100)
        become(uid, gid)
        is(yield* sys.chown(F, -1, -1), 0)
        is(yield* shown(sys), `${after} 1000:100`, `${uid}:${gid} ${mode.toString(8)}`)
      }
      yield* make(sys, 0o4777, 1000, 100)
      become(1001, 100)
      fails(yield* sys.chown(F, -1, -1), EPERM)
      is(yield* shown(sys), '4777 1000:100')
      become(0)
      ok(yield* sys.mkdir('/tmp/d', 0o755))
      ok(yield* sys.chmod('/tmp/d', 0o6755))
      is(yield* sys.chown('/tmp/d', 1, 1), 0)
      is(yield* shown(sys, '/tmp/d'), '6755 1:1')
      return 0
    })
  })

  it('fails as its man page says', () => {
    inVm(function* (sys) {
      const fd = yield* make(sys)
      ok(yield* sys.symlink('l', '/tmp/l'))
      fails(yield* sys.chown('/tmp/no', 0, 0), ENOENT)
      fails(yield* sys.chown('', 0, 0), ENOENT)
      fails(yield* sys.chown('/tmp/f/x', 0, 0), ENOTDIR)
      fails(yield* sys.chown('/tmp/l', 0, 0), ELOOP)
      fails(yield* sys.chown('n'.repeat(256), 0, 0), ENAMETOOLONG)
      fails(yield* sys.chown(UNMAPPED, 0, 0), EFAULT)
      fails(yield* sys.fchownat(99, 'f', 0, 0), EBADF)
      fails(yield* sys.fchownat(99, '', 0, 0, AT_EMPTY_PATH), EBADF)
      fails(yield* sys.fchownat(AT, '/tmp/no', 0, 0, 1), EINVAL)
      fails(yield* sys.fchown(99, 0, 0), EBADF)
      fails(yield* sys.fchown(ok(yield* sys.open(F, O_PATH)), 0, 0), EBADF)
      ok(yield* sys.mkdir('/tmp/d', 0o700))
      readOnly(true)
      fails(yield* sys.chown(F, 0, 0), EROFS)
      fails(yield* sys.fchown(fd, 0, 0), EROFS)
      become(1000)
      fails(yield* sys.chown('/tmp/d/f', 0, 0), EACCES)
      return 0
    })
  })
})

describe('a change by who is not root', () => {
  it('takes the set-id bits of a regular file away', () => {
    inVm(function* (sys) {
      const write = function* (): Run<void> {
        const fd = ok(yield* sys.open(F, O_RDWR))
        is(yield* sys.write(fd, UNMAPPED, 0), 0)
        ok(yield* sys.print('x', fd))
      }
      const open = function* (): Run<void> {
        ok(yield* sys.open(F, O_RDWR | O_TRUNC))
      }
      for (const change of [write, open]) {
        for (const [uid, gid, mode, after] of [
          [1001, 7, 0o6777, '777'],
          [1001, 7, 0o2767, '767'],
          [1001, 100, 0o6767, '2767'],
          [0, 0, 0o6777, '6777'],
        ] as const) {
          yield* make(sys, mode, 1000, 100)
          become(uid, gid)
          yield* change()
          is(yield* shown(sys), `${after} 1000:100`, `${uid}:${gid} ${mode.toString(8)}`)
        }
      }
      return 0
    })
  })

  it('of no byte changes nothing', () => {
    inVm(function* (sys) {
      const fd = yield* make(sys, 0o4777)
      become(1000)
      is(yield* sys.write(fd, UNMAPPED, 0), 0)
      is(yield* shown(sys), '4777 0:0')
      return 0
    })
  })
})
