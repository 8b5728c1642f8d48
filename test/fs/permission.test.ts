import { describe, it } from 'vitest'
import { EACCES, EBADF, EEXIST, EINVAL, EFAULT, ENOENT, ENOTDIR, ENXIO, EPERM } from '../../kernel/errno.ts'
import { O_CREAT, O_EXCL, O_NOATIME, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { AT_EMPTY_PATH } from '../../syscalls/at.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { STAT_SIZE, readStat } from '../../userland/stat.ts'
import { become } from '../support/cred.ts'
import { UNMAPPED, fails, inVm, is, ok, textAt, waitFor } from '../support/vm.ts'

const AT = -100

/** A new file or, with a slash at its end, directory. */
function* make(sys: Libc, path: string, mode: number, uid = 0, gid = 0): Run<void> {
  become(0)
  if (path.endsWith('/')) ok(yield* sys.mkdir(path, 0o700))
  else ok(yield* sys.close(ok(yield* sys.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600))))
  ok(yield* sys.chown(path, uid, gid))
  ok(yield* sys.chmod(path, mode))
}

function* shown(sys: Libc, path: string): Run<string> {
  const buf = sys.alloc(STAT_SIZE)
  is(yield* sys.lstat(path, buf), 0, path)
  const { st_mode, st_uid, st_gid } = readStat(sys, buf)
  return `${st_mode.toString(8)} ${st_uid}:${st_gid}`
}

describe('permissions', () => {
  it('of directories: to search, to list, to change', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/list/', 0o600, 1001, 7)
      yield* make(sys, '/tmp/list/x', 0o666)
      yield* make(sys, '/tmp/search/', 0o100, 1001, 7)
      yield* make(sys, '/tmp/search/x', 0o666)
      become(1001, 7)
      ok(yield* sys.open('/tmp/list', O_RDONLY))
      fails(yield* sys.access('/tmp/list/x', 0), EACCES)
      fails(yield* sys.open('/tmp/list/x', O_RDONLY), EACCES)
      fails(yield* sys.open('/tmp/list/new', O_CREAT, 0o600), EACCES)
      fails(yield* sys.chdir('/tmp/list'), EACCES)
      fails(yield* sys.open('/tmp/search', O_RDONLY), EACCES)
      ok(yield* sys.open('/tmp/search/x', O_RDWR))
      is(yield* sys.chdir('/tmp/search'), 0)
      fails(yield* sys.open('new', O_CREAT, 0o600), EACCES)
      fails(yield* sys.mkdir('new', 0o700), EACCES)
      fails(yield* sys.symlink('x', 'new'), EACCES)
      fails(yield* sys.mkfifo('new', 0o700), EACCES)
      fails(yield* sys.link('x', 'new'), EACCES)
      fails(yield* sys.unlink('x'), EACCES)
      fails(yield* sys.rename('x', '/tmp/y'), EACCES)
      fails(yield* sys.unlink('new'), ENOENT)
      return 0
    })
  })

  it('of files: asked for at open, and not again', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/f', 0o400, 1001, 7)
      become(1001, 7)
      fails(yield* sys.open('/tmp/f', O_WRONLY), EACCES)
      fails(yield* sys.open('/tmp/f', O_RDONLY | O_TRUNC), EACCES)
      fails(yield* sys.open('/tmp/f', O_CREAT | O_EXCL, 0), EEXIST)
      const fd = ok(yield* sys.open('/tmp/f', O_RDONLY | O_CREAT, 0))
      ok(yield* sys.chmod('/tmp/f', 0o444))
      become(1002, 7)
      fails(yield* sys.open('/tmp/f', O_RDONLY | O_NOATIME), EPERM)
      ok(yield* sys.open('/tmp/f', O_RDONLY))
      become(0)
      ok(yield* sys.chmod('/tmp/f', 0))
      become(1001, 7)
      is(yield* sys.read(fd, sys.alloc(1), 1), 0)
      fails(yield* sys.open('/tmp/f', O_RDONLY), EACCES)
      // Who makes it has it open as asked, whatever its mode.
      ok(yield* sys.print('x', ok(yield* sys.open('/tmp/new', O_CREAT | O_WRONLY, 0))))
      fails(yield* sys.open('/tmp/new', O_RDONLY), EACCES)
      return 0
    })
  })

  it('root passes, but executes only what somebody may', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/f', 0, 1001, 7)
      ok(yield* sys.open('/tmp/f', O_RDWR))
      fails(yield* sys.access('/tmp/f', 1), EACCES)
      ok(yield* sys.chmod('/tmp/f', 0o001))
      is(yield* sys.access('/tmp/f', 1), 0)
      return 0
    })
  })

  it('in a sticky directory only the owners of file and directory take a name away', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/st/', 0o1777, 5)
      yield* make(sys, '/tmp/st/a', 0o666, 1000)
      yield* make(sys, '/tmp/st/b', 0o666, 1000)
      yield* make(sys, '/tmp/st/dir/', 0o777, 1000)
      become(1001)
      fails(yield* sys.unlink('/tmp/st/a'), EPERM)
      fails(yield* sys.rmdir('/tmp/st/a'), EPERM)
      fails(yield* sys.rmdir('/tmp/st/dir'), EPERM)
      fails(yield* sys.rename('/tmp/st/a', '/tmp/st/c'), EPERM)
      fails(yield* sys.unlink('/tmp/st/no'), ENOENT)
      ok(yield* sys.open('/tmp/st/mine', O_CREAT, 0o600))
      fails(yield* sys.rename('/tmp/st/mine', '/tmp/st/a'), EPERM)
      fails(yield* sys.renameat2(AT, '/tmp/st/mine', AT, '/tmp/st/a', 2), EPERM)
      is(yield* sys.rename('/tmp/st/mine', '/tmp/st/m2'), 0)
      become(1000)
      is(yield* sys.unlink('/tmp/st/a'), 0)
      become(5)
      is(yield* sys.unlink('/tmp/st/b'), 0)
      return 0
    })
  })

  it('in a sticky directory for all, who says O_CREAT gets no device of another user', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/d/', 0o1777)
      become(1001)
      ok(yield* sys.mknodat(AT, '/tmp/d/x', 0o020666, 0))
      fails(yield* sys.open('/tmp/d/x', O_RDONLY | O_CREAT, 0o600), ENXIO)
      become(0)
      fails(yield* sys.open('/tmp/d/x', O_RDONLY | O_CREAT, 0o600), EACCES)
      fails(yield* sys.open('/tmp/d/x', O_RDONLY), ENXIO)
      is(yield* sys.chmod('/tmp/d', 0o1775), 0)
      fails(yield* sys.open('/tmp/d/x', O_RDONLY | O_CREAT, 0o600), ENXIO)
      is(yield* sys.chmod('/tmp/d', 0o1777), 0)
      is(yield* sys.chown('/tmp/d', 1001, -1), 0)
      fails(yield* sys.open('/tmp/d/x', O_RDONLY | O_CREAT, 0o600), ENXIO)
      return 0
    })
  })

  it('a directory that moves to another is written to', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/from/', 0o777)
      yield* make(sys, '/tmp/to/', 0o777)
      yield* make(sys, '/tmp/from/d/', 0o755)
      become(1001)
      fails(yield* sys.rename('/tmp/from/d', '/tmp/to/d'), EACCES)
      is(yield* sys.rename('/tmp/from/d', '/tmp/from/e'), 0)
      return 0
    })
  })

  it('what is made in a set-group-id directory belongs to its group', () => {
    inVm(function* (sys) {
      ok(yield* sys.umask(0))
      yield* make(sys, '/tmp/sg/', 0o2777, 0, 100)
      become(1001, 7)
      ok(yield* sys.open('/tmp/sg/f', O_CREAT, 0o2777))
      ok(yield* sys.open('/tmp/sg/g', O_CREAT, 0o2767))
      ok(yield* sys.mkdir('/tmp/sg/d', 0o6777))
      ok(yield* sys.symlink('x', '/tmp/sg/l'))
      is(yield* shown(sys, '/tmp/sg/f'), '100777 1001:100')
      is(yield* shown(sys, '/tmp/sg/g'), '102767 1001:100')
      is(yield* shown(sys, '/tmp/sg/d'), '42777 1001:100')
      is(yield* shown(sys, '/tmp/sg/l'), '120777 1001:100')
      become(1001, 7, [100])
      ok(yield* sys.open('/tmp/sg/h', O_CREAT, 0o2777))
      is(yield* shown(sys, '/tmp/sg/h'), '102777 1001:100')
      return 0
    })
  })

  it('a hard link is for who could change the file anyway', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/rw', 0o666)
      yield* make(sys, '/tmp/r', 0o644)
      yield* make(sys, '/tmp/s', 0o4777)
      yield* make(sys, '/tmp/g', 0o2777)
      yield* make(sys, '/tmp/own', 0o400, 1001)
      ok(yield* sys.symlink('x', '/tmp/l'))
      become(1001, 7)
      is(yield* sys.link('/tmp/rw', '/tmp/rw2'), 0)
      is(yield* sys.link('/tmp/own', '/tmp/own2'), 0)
      for (const path of ['/tmp/r', '/tmp/s', '/tmp/g', '/tmp/l']) fails(yield* sys.link(path, '/tmp/no'), EPERM)
      return 0
    })
  })
})

describe('linkat', () => {
  it('with AT_EMPTY_PATH names a file that is open, for who opened it or root', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/r', 0o666)
      const fd = ok(yield* sys.open('/tmp/r', O_RDONLY))
      const link = (dfd: number, old: string, to: string) => sys.linkat(dfd, old, AT, to, AT_EMPTY_PATH)
      is(yield* link(fd, '', '/tmp/l1'), 0)
      is(yield* shown(sys, '/tmp/l1'), '100666 0:0')
      fails(yield* sys.linkat(fd, '', AT, '/tmp/l2', 0), ENOENT)
      fails(yield* link(AT, '', '/tmp/l2'), EPERM)
      fails(yield* link(99, '', '/tmp/l2'), EBADF)
      fails(yield* link(fd, 'x', '/tmp/l2'), ENOTDIR)
      fails(yield* sys.linkat(fd, UNMAPPED, AT, '/tmp/l2', AT_EMPTY_PATH), EFAULT)
      fails(yield* sys.linkat(fd, '', AT, '/tmp/l2', 0x8000), EINVAL)
      fails(yield* link(fd, '', '/tmp/l1'), EEXIST)
      become(1001)
      fails(yield* link(fd, '', '/tmp/l2'), ENOENT)
      is(yield* link(fd, '/tmp/r', '/tmp/l2'), 0)
      is(yield* link(ok(yield* sys.open('/tmp/r', O_RDONLY)), '', '/tmp/l3'), 0)
      become(0)
      for (const path of ['/tmp/r', '/tmp/l1', '/tmp/l2', '/tmp/l3']) ok(yield* sys.unlink(path))
      fails(yield* link(fd, '', '/tmp/l1'), ENOENT)
      return 0
    })
  })
})

describe('chroot', () => {
  function* cwd(sys: Libc): Run<string> {
    const buf = sys.alloc(64)
    return textAt(sys, buf, ok(yield* sys.getcwd(buf, 64)) - 1)
  }

  it('makes a directory the root, which `..` does not leave', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/r/', 0o755)
      yield* make(sys, '/tmp/r/d/', 0o755)
      yield* make(sys, '/tmp/r/f', 0o644)
      ok(yield* sys.symlink('/f', '/tmp/r/l'))
      ok(yield* sys.symlink('../../../../f', '/tmp/r/d/l'))
      const child = yield* sys.fork(function* (sys) {
        is(yield* sys.chroot('/tmp/r'), 0)
        is(yield* cwd(sys), '(unreachable)/')
        is(yield* sys.chdir('/'), 0)
        is(yield* cwd(sys), '/')
        is(yield* sys.chdir('/d/../../..'), 0)
        is(yield* cwd(sys), '/')
        for (const path of ['f', '/f', '/../f', '/l', 'd/l', '../../f']) ok(yield* sys.open(path, O_RDONLY))
        fails(yield* sys.open('/tmp', O_RDONLY), ENOENT)
        is(yield* sys.chdir('/d'), 0)
        is(yield* cwd(sys), '/d')
        is(yield* sys.chroot('/d'), 0)
        is(yield* cwd(sys), '/')
        return 0
      })
      is(yield* waitFor(sys, ok(child)), 0)
      // It is the child's own.
      ok(yield* sys.open('/tmp/r/f', O_RDONLY))
      return 0
    })
  })

  it('leaves who stands outside a way out, and shows where that is', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/r/', 0o755)
      is(yield* sys.chdir('/tmp'), 0)
      is(yield* sys.chroot('r'), 0)
      is(yield* cwd(sys), '(unreachable)/tmp')
      fails(yield* sys.open('/f', O_RDONLY), ENOENT)
      ok(yield* sys.open('f', O_CREAT, 0o600))
      is(yield* sys.chdir('..'), 0)
      is(yield* cwd(sys), '(unreachable)/')
      is(yield* sys.rmdir('tmp/r'), 0)
      is(yield* sys.chroot('.'), 0)
      is(yield* cwd(sys), '/')
      return 0
    })
  })

  it('fails as its man page says', () => {
    inVm(function* (sys) {
      yield* make(sys, '/tmp/f', 0o644)
      yield* make(sys, '/tmp/d/', 0o700)
      fails(yield* sys.chroot('/tmp/no'), ENOENT)
      fails(yield* sys.chroot(''), ENOENT)
      fails(yield* sys.chroot('/tmp/f'), ENOTDIR)
      fails(yield* sys.chroot(UNMAPPED), EFAULT)
      become(1001)
      fails(yield* sys.chroot('/tmp/no'), ENOENT)
      fails(yield* sys.chroot('/tmp/f'), ENOTDIR)
      fails(yield* sys.chroot('/tmp/d'), EACCES)
      fails(yield* sys.chroot('/tmp'), EPERM)
      return 0
    })
  })
})
