import { describe, it } from 'vitest'
import { EACCES, EBADF, EFAULT, EINVAL, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EROFS } from '../../kernel/errno.ts'
import { O_CREAT, O_PATH, O_WRONLY } from '../../kernel/fs/file.ts'
import { MS_NOEXEC, MS_RDONLY, type super_block } from '../../kernel/fs/super.ts'
import { current } from '../../kernel/sched/current.ts'
import { AT_EACCESS, AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW } from '../../syscalls/at.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { become, becomeEffective } from '../support/cred.ts'
import { UNMAPPED, fails, inVm, is, ok } from '../support/vm.ts'

const AT = -100
const [F_OK, X_OK, W_OK, R_OK] = [0, 1, 2, 4]

function* make(sys: Libc, path: string, mode: number): Run<number> {
  return ok(yield* sys.open(path, O_WRONLY | O_CREAT, mode))
}

describe('access', () => {
  it('of the owner, the group and the others each go by their own bits', () => {
    inVm(function* (sys) {
      ok(yield* sys.syscall(166, 0))
      become(1000, 100)
      yield* make(sys, '/tmp/f', 0o467)
      for (const [uid, gid, groups, allowed] of [
        [1000, 100, [], [R_OK]],
        [1001, 100, [], [R_OK, W_OK, R_OK | W_OK]],
        [1001, 5, [7, 100], [R_OK, W_OK, R_OK | W_OK]],
        [1001, 5, [7], [1, 2, 3, 4, 5, 6, 7]],
        [0, 0, [], [1, 2, 3, 4, 5, 6, 7]],
      ] as const) {
        become(uid, gid, groups)
        for (let mode = 1; mode <= 7; mode++) {
          const ret = yield* sys.access('/tmp/f', mode)
          is(ret, (allowed as readonly number[]).includes(mode) ? 0 : -EACCES, `${uid} ${gid} ${mode}`)
        }
        is(yield* sys.access('/tmp/f', F_OK), 0)
      }
      yield* make(sys, '/tmp/g', 0o666)
      is(yield* sys.access('/tmp/g', R_OK | W_OK), 0)
      fails(yield* sys.access('/tmp/g', X_OK), EACCES)
      is(yield* sys.access('/tmp', R_OK | W_OK | X_OK), 0)
      return 0
    })
  })

  it('goes by the real ids, on the way as well; with AT_EACCESS by the effective ones', () => {
    inVm(function* (sys) {
      ok(yield* sys.syscall(34, AT, sys.string('/tmp/d'), 0o700))
      yield* make(sys, '/tmp/d/f', 0o600)
      yield* make(sys, '/tmp/f', 0o600)
      become(1000)
      becomeEffective(0)
      for (const path of ['/tmp/f', '/tmp/d/f']) {
        fails(yield* sys.access(path, R_OK), EACCES)
        fails(yield* sys.faccessat2(AT, path, R_OK, 0), EACCES)
        is(yield* sys.faccessat2(AT, path, R_OK, AT_EACCESS), 0)
      }
      // The ids of the caller are what they were.
      is([current.cred.fsuid, current.cred.uid], [0, 1000])
      ok(yield* sys.open('/tmp/d/f', O_WRONLY))
      become(0)
      ok(yield* sys.chown('/tmp/f', 5, 1000))
      ok(yield* sys.chmod('/tmp/f', 0o040))
      is(yield* sys.faccessat2(AT, '/tmp/f', R_OK, 0), 0)
      become(1001)
      becomeEffective(1001, 1000)
      fails(yield* sys.access('/tmp/f', R_OK), EACCES)
      is(yield* sys.faccessat2(AT, '/tmp/f', R_OK, AT_EACCESS), 0)
      become(0)
      becomeEffective(1000)
      is(yield* sys.access('/tmp/d/f', R_OK), 0)
      fails(yield* sys.faccessat2(AT, '/tmp/d/f', R_OK, AT_EACCESS), EACCES)
      return 0
    })
  })

  it('fails as its man page says', () => {
    inVm(function* (sys) {
      const fd = yield* make(sys, '/tmp/f', 0o644)
      ok(yield* sys.syscall(36, sys.string('l'), AT, sys.string('/tmp/l')))
      fails(yield* sys.access('/tmp/no', 8), EINVAL)
      fails(yield* sys.access('/tmp/no', -1), EINVAL)
      fails(yield* sys.access('/tmp/no', F_OK), ENOENT)
      fails(yield* sys.access('', F_OK), ENOENT)
      fails(yield* sys.access('/tmp/f/x', F_OK), ENOTDIR)
      fails(yield* sys.access('/tmp/l', F_OK), ELOOP)
      fails(yield* sys.access('n'.repeat(256), F_OK), ENAMETOOLONG)
      fails(yield* sys.access(UNMAPPED, F_OK), EFAULT)
      fails(yield* sys.faccessat(99, 'f', F_OK), EBADF)
      fails(yield* sys.faccessat(fd, 'f', F_OK), ENOTDIR)
      fails(yield* sys.faccessat2(AT, '/tmp/f', F_OK, 0x400), EINVAL)
      is(yield* sys.faccessat2(AT, '/tmp/l', F_OK, AT_SYMLINK_NOFOLLOW), 0)
      is(yield* sys.faccessat2(fd, '', R_OK, AT_EMPTY_PATH), 0)
      is(yield* sys.faccessat2(ok(yield* sys.open('/tmp/f', O_PATH)), '', R_OK, AT_EMPTY_PATH), 0)
      fails(yield* sys.faccessat2(99, '', F_OK, AT_EMPTY_PATH), EBADF)
      fails(yield* sys.faccessat2(fd, 0 as never, F_OK, AT_EMPTY_PATH), EFAULT)
      const sb = current.kernel.root.d_inode?.i_sb as super_block
      sb.s_flags |= MS_RDONLY
      fails(yield* sys.access('/tmp/f', W_OK), EROFS)
      fails(yield* sys.access('/tmp', W_OK), EROFS)
      is(yield* sys.access('/dev/null', W_OK), 0)
      is(yield* sys.access('/tmp/f', R_OK), 0)
      sb.s_flags = MS_NOEXEC
      yield* make(sys, '/tmp/x', 0o777)
      fails(yield* sys.access('/tmp/x', X_OK), EACCES)
      is(yield* sys.access('/tmp', X_OK), 0)
      return 0
    })
  })
})
