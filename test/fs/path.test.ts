import { describe, expect, it } from 'vitest'
import { EEXIST, EINVAL, EISDIR, ELOOP, ENOENT, ENOTDIR, ENOTEMPTY, ERANGE } from '../../kernel/errno.ts'
import { O_CREAT, O_NOFOLLOW, O_PATH, O_RDONLY, O_WRONLY } from '../../kernel/fs/file.ts'
import { RENAME_EXCHANGE, RENAME_NOREPLACE } from '../../kernel/fs/rename.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { PATH_ROWS } from '../syscalls/strace_path.ts'
import { fails, inVm, is, ok, textAt, withVm } from '../support/vm.ts'

const AT = -100
const REMOVEDIR = 0x200

/** The calls, by number. */
const at = (sys: Libc) => ({
  mkdir: (path: string) => sys.syscall(34, AT, sys.string(path), 0o755),
  unlink: (path: string) => sys.syscall(35, AT, sys.string(path), 0),
  rmdir: (path: string) => sys.syscall(35, AT, sys.string(path), REMOVEDIR),
  symlink: (to: string, path: string) => sys.syscall(36, sys.string(to), AT, sys.string(path)),
  link: (old: string, path: string) => sys.syscall(37, AT, sys.string(old), AT, sys.string(path), 0),
  rename: (old: string, path: string, flags = 0) => sys.syscall(276, AT, sys.string(old), AT, sys.string(path), flags),
  chdir: (path: string) => sys.syscall(49, sys.string(path)),
})

function* make(sys: Libc, path: string, text = ''): Run<void> {
  const fd = ok(yield* sys.open(path, O_WRONLY | O_CREAT, 0o644))
  ok(yield* sys.print(text, fd))
  ok(yield* sys.close(fd))
}

function* cwd(sys: Libc): Run<string> {
  const buf = sys.alloc(64)
  return textAt(sys, buf, ok(yield* sys.syscall(17, buf, 64)) - 1)
}

describe('paths', () => {
  it('a directory is made once, and goes only when it is empty', () => {
    inVm(function* (sys) {
      const { mkdir, rmdir, unlink } = at(sys)
      is(yield* mkdir('/tmp/d/'), 0)
      fails(yield* mkdir('/tmp/d'), EEXIST)
      fails(yield* mkdir('/tmp/no/d'), ENOENT)
      yield* make(sys, '/tmp/d/f')
      fails(yield* mkdir('/tmp/d/f/e'), ENOTDIR)
      fails(yield* rmdir('/tmp/d'), ENOTEMPTY)
      fails(yield* rmdir('/tmp/d/f'), ENOTDIR)
      fails(yield* unlink('/tmp/d'), EISDIR)
      fails(yield* unlink('/tmp/d/f/'), ENOTDIR)
      is(yield* unlink('/tmp/d/f'), 0)
      fails(yield* rmdir('/tmp/d/.'), EINVAL)
      fails(yield* rmdir('/tmp/d/..'), ENOTEMPTY)
      is(yield* rmdir('/tmp/d'), 0)
      fails(yield* rmdir('/tmp/d'), ENOENT)
      return 0
    })
  })

  it('a symbolic link leads on, and in circles to ELOOP', () => {
    inVm(function* (sys) {
      const { symlink, mkdir } = at(sys)
      is(yield* mkdir('/tmp/d'), 0)
      yield* make(sys, '/tmp/d/f')
      is(yield* symlink('d', '/tmp/l'), 0)
      fails(yield* symlink('d', '/tmp/l'), EEXIST)
      ok(yield* sys.open('/tmp/l/f', O_RDONLY))
      fails(yield* sys.open('/tmp/l', O_RDONLY | O_NOFOLLOW), ELOOP)
      ok(yield* sys.open('/tmp/l', O_PATH | O_NOFOLLOW))
      is(yield* symlink('b', '/tmp/a'), 0)
      is(yield* symlink('a', '/tmp/b'), 0)
      fails(yield* sys.open('/tmp/a', O_RDONLY), ELOOP)
      // One that leads nowhere is where O_CREAT makes the file.
      is(yield* symlink('/tmp/new', '/tmp/dangling'), 0)
      yield* make(sys, '/tmp/dangling')
      ok(yield* sys.open('/tmp/new', O_RDONLY))
      const buf = sys.alloc(8)
      is(ok(yield* sys.syscall(78, AT, sys.string('/tmp/dangling'), buf, 4)), 4)
      is(textAt(sys, buf, 4), '/tmp')
      fails(yield* sys.syscall(78, AT, sys.string('/tmp/new'), buf, 4), EINVAL)
      return 0
    })
  })

  it('rename moves, replaces, exchanges, and never puts a directory into itself', () => {
    inVm(function* (sys) {
      const { mkdir, rename, link } = at(sys)
      yield* make(sys, '/tmp/a', 'a')
      yield* make(sys, '/tmp/b', 'bb')
      fails(yield* rename('/tmp/a', '/tmp/b', RENAME_NOREPLACE), EEXIST)
      fails(yield* rename('/tmp/a', '/tmp/c', RENAME_EXCHANGE), ENOENT)
      is(yield* rename('/tmp/a', '/tmp/b', RENAME_EXCHANGE), 0)
      const fd = ok(yield* sys.open('/tmp/a', O_RDONLY))
      is(ok(yield* sys.lseek(fd, 0, 2)), 2)
      is(yield* rename('/tmp/a', '/tmp/b'), 0)
      fails(yield* sys.open('/tmp/a', O_RDONLY), ENOENT)
      is(yield* link('/tmp/b', '/tmp/b2'), 0)
      is(yield* rename('/tmp/b', '/tmp/b2'), 0)
      ok(yield* sys.open('/tmp/b', O_RDONLY))
      is(yield* mkdir('/tmp/d'), 0)
      is(yield* mkdir('/tmp/d/e'), 0)
      fails(yield* rename('/tmp/d', '/tmp/d/e/d'), EINVAL)
      fails(yield* rename('/tmp/d/e', '/tmp/d'), ENOTEMPTY)
      fails(yield* rename('/tmp/b', '/tmp/d'), EISDIR)
      fails(yield* rename('/tmp/d', '/tmp/b'), ENOTDIR)
      is(yield* rename('/tmp/d/e', '/tmp/e'), 0)
      return 0
    })
  })

  it('the working directory is known by its path, even when it has been moved', () => {
    inVm(function* (sys) {
      const { mkdir, chdir, rename, rmdir } = at(sys)
      is(yield* mkdir('/tmp/d'), 0)
      is(yield* chdir('/tmp/d/../d/.'), 0)
      is(yield* cwd(sys), '/tmp/d')
      is(yield* rename('/tmp/d', '/e'), 0)
      is(yield* cwd(sys), '/e')
      fails(yield* sys.syscall(17, sys.alloc(8), 2), ERANGE)
      is(yield* rmdir('/e'), 0)
      fails(yield* sys.syscall(17, sys.alloc(8), 8), ENOENT)
      fails(yield* sys.open('new', O_WRONLY | O_CREAT, 0o644), ENOENT)
      is(yield* chdir('/../..'), 0)
      is(yield* cwd(sys), '/')
      const fd = ok(yield* sys.open('/tmp', O_RDONLY))
      is(yield* sys.syscall(50, fd), 0)
      is(yield* cwd(sys), '/tmp')
      is(yield* sys.syscall(166, 0o077), 0o022)
      is(yield* sys.syscall(166, 0o7022), 0o077)
      return 0
    })
  })

  it('strace shows these calls', () => {
    withVm({}, (vm) => {
      const lines: string[] = []
      const stop = vm.strace(({ text }) => lines.push(text))
      vm.spawn(function* main(sys) {
        const { mkdir, symlink, link, rename, unlink, rmdir, chdir } = at(sys)
        yield* mkdir('/tmp/d')
        yield* symlink('d', '/tmp/l')
        yield* link('/tmp/l', '/tmp/m')
        yield* rename('/tmp/l', '/tmp/m', RENAME_NOREPLACE)
        yield* unlink('/tmp/m')
        yield* chdir('/tmp')
        const buf = sys.alloc(16)
        yield* sys.syscall(17, buf, 16)
        yield* sys.syscall(78, AT, sys.string('l'), buf, 16)
        yield* sys.syscall(50, 99)
        yield* sys.syscall(166, 0o77)
        yield* rmdir('/tmp/d')
        return 0
      })
      vm.run()
      stop()
      expect(lines.slice(0, -2)).toEqual([
        'mkdirat(AT_FDCWD, "/tmp/d", 0755) = 0',
        'symlinkat("d", AT_FDCWD, "/tmp/l") = 0',
        'linkat(AT_FDCWD, "/tmp/l", AT_FDCWD, "/tmp/m", 0) = 0',
        'renameat2(AT_FDCWD, "/tmp/l", AT_FDCWD, "/tmp/m", RENAME_NOREPLACE) = -1 EEXIST (File exists)',
        'unlinkat(AT_FDCWD, "/tmp/m", 0) = 0',
        'chdir("/tmp") = 0',
        'getcwd("/tmp", 16) = 5',
        'readlinkat(AT_FDCWD, "l", "d", 16) = 1',
        'fchdir(99) = -1 EBADF (Bad file descriptor)',
        'umask(077) = 022',
        'unlinkat(AT_FDCWD, "/tmp/d", AT_REMOVEDIR) = 0',
      ])
      const shown = new Set(lines.map((line) => line.slice(0, line.indexOf('('))))
      for (const name of PATH_ROWS) expect(shown).toContain(name)
    })
  })
})
