import type { CString, Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { FS_APPEND_FL } from '../../kernel/fs/inode.ts'
import { AT_FDCWD } from '../../kernel/fs/namei.ts'
import { ok } from '../support/vm.ts'
import { call, type CallErrors } from './form.ts'
import { onTheWay } from './on_the_way.ts'
import {
  NO_QUOTA,
  NOWHERE,
  closedDir,
  dir,
  file,
  fixed,
  fixedDir,
  mounted,
  readOnly,
  setFlags,
  stickyDir,
} from './setup.ts'

const LONG = 'x'.repeat(4096)
const NO_LIMIT = 'a tmpfs counts links as far as numbers go: it says of no file that it has too many'

function symlinkat(sys: Libc, target: CString, dfd: number, path: CString): Run<number> {
  const at = typeof path === 'string' ? sys.string(path) : path
  return sys.syscall(36, typeof target === 'string' ? sys.string(target) : target, dfd, at)
}

/** Names that come and go. */
export const NAMES: readonly CallErrors[] = [
  call(
    'mkdirat',
    'EACCES EBADF EDQUOT EEXIST EFAULT EINVAL ELOOP EMLINK ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EOVERFLOW EPERM EROFS',
    [
      ...onTheWay((sys, path, dfd) => sys.mkdirat(dfd, path, 0o755), { at: true }),
      [
        'EACCES',
        'no name may be made in the directory',
        function* (sys) {
          yield* closedDir(sys)
          return yield* sys.mkdir('/tmp/d/new', 0o755)
        },
      ],
      ['EEXIST', 'the name is there', (sys) => sys.mkdir('/tmp', 0o755)],
      ['EEXIST', 'it is the root', (sys) => sys.mkdir('/', 0o755)],
      [
        'EEXIST',
        'a link is there that leads nowhere',
        function* (sys) {
          ok(yield* sys.symlink('no', '/tmp/l'))
          return yield* sys.mkdir('/tmp/l', 0o755)
        },
      ],
      [
        'ENOSPC',
        'the file system has room for no more names',
        function* (sys) {
          yield* mounted(sys, 'nr_inodes=3')
          return yield* sys.mkdir('/tmp/m/x', 0o755)
        },
      ],
      [
        'EPERM',
        'the directory takes no new names',
        function* (sys) {
          yield* fixedDir(sys)
          return yield* sys.mkdir('/tmp/d/new', 0o755)
        },
      ],
      [
        'EROFS',
        'the file system is for reading',
        function* (sys) {
          yield* readOnly(sys)
          return yield* sys.mkdir('/tmp/m/x', 0o755)
        },
      ],
      ['EDQUOT', NO_QUOTA],
      ['EINVAL', 'a tmpfs takes every name that a path can have'],
      ['EMLINK', NO_LIMIT],
      ['EOVERFLOW', 'there are no user namespaces: every id is one of the file system too'],
    ],
  ),

  call(
    'unlinkat',
    'EACCES EBADF EBUSY EEXIST EFAULT EINVAL EIO EISDIR ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR ENOTEMPTY EPERM EROFS',
    [
      ...onTheWay((sys, path, dfd) => sys.unlinkat(dfd, path, 0), { at: true }),
      [
        'EACCES',
        'no name may be taken out of the directory',
        function* (sys) {
          yield* closedDir(sys)
          return yield* sys.unlink('/tmp/d/f')
        },
      ],
      ['EBUSY', 'something is mounted on the directory', (sys) => sys.rmdir('/proc')],
      ['EBUSY', 'it is the root that is to go', (sys) => sys.rmdir('/')],
      [
        'EBUSY',
        'a file system is mounted on a directory of the user’s',
        function* (sys) {
          ok(yield* sys.close(yield* mounted(sys)))
          return yield* sys.rmdir('/tmp/m')
        },
      ],
      ['EINVAL', 'a flag is none', (sys) => sys.unlinkat(AT_FDCWD, '/tmp/x', 1)],
      ['EINVAL', 'the path of a directory ends in a dot', (sys) => sys.rmdir('/tmp/.')],
      ['EISDIR', 'it is a directory', (sys) => sys.unlink('/tmp')],
      ['EISDIR', 'the path ends in two dots', (sys) => sys.unlink('/tmp/..')],
      ['ENOENT', 'there is no such name', (sys) => sys.unlink('/tmp/f')],
      ['ENOENT', 'there is no such directory', (sys) => sys.rmdir('/tmp/d')],
      [
        'ENOTDIR',
        'a directory is to go and it is a file',
        function* (sys) {
          yield* file(sys)
          return yield* sys.rmdir('/tmp/f')
        },
      ],
      [
        'ENOTDIR',
        'a directory is to go and it is a link to one',
        function* (sys) {
          ok(yield* sys.symlink('/tmp', '/tmp/l'))
          return yield* sys.rmdir('/tmp/l')
        },
      ],
      [
        'ENOTDIR',
        'a slash is behind the name of a file',
        function* (sys) {
          yield* file(sys)
          return yield* sys.unlink('/tmp/f/')
        },
      ],
      [
        'ENOTEMPTY',
        'names are in the directory',
        function* (sys) {
          yield* dir(sys)
          yield* file(sys, '/tmp/d/f')
          return yield* sys.rmdir('/tmp/d')
        },
      ],
      ['ENOTEMPTY', 'the path of a directory ends in two dots', (sys) => sys.rmdir('/tmp/..')],
      [
        'EPERM',
        'the directory is sticky, and neither it nor the file is the caller’s',
        function* (sys) {
          yield* stickyDir(sys)
          return yield* sys.unlink('/tmp/d/f')
        },
      ],
      [
        'EPERM',
        'the directory is sticky, and neither it nor the one in it is the caller’s',
        function* (sys) {
          yield* stickyDir(sys)
          return yield* sys.rmdir('/tmp/d/d')
        },
      ],
      [
        'EPERM',
        'the file is to stay as it is',
        function* (sys) {
          yield* fixed(sys)
          return yield* sys.unlink('/tmp/f')
        },
      ],
      [
        'EPERM',
        'the file can only grow',
        function* (sys) {
          yield* fixed(sys, FS_APPEND_FL)
          return yield* sys.unlink('/tmp/f')
        },
      ],
      [
        'EPERM',
        'the directory gives no name away',
        function* (sys) {
          const fd = yield* dir(sys)
          yield* file(sys, '/tmp/d/f')
          ok(yield* setFlags(sys, fd, FS_APPEND_FL))
          return yield* sys.unlink('/tmp/d/f')
        },
      ],
      ['EPERM', 'it is a name in /proc', (sys) => sys.unlink('/proc/uptime')],
      [
        'EROFS',
        'the file system is for reading',
        function* (sys) {
          yield* readOnly(sys)
          return yield* sys.unlink('/tmp/m/f')
        },
      ],
      [
        'EROFS',
        'a directory is to go, and the file system is for reading',
        function* (sys) {
          yield* readOnly(sys)
          return yield* sys.rmdir('/tmp/m/d')
        },
      ],
      ['EEXIST', 'a directory with names in it is ENOTEMPTY, the other of the two that POSIX allows'],
    ],
  ),

  call(
    'symlinkat',
    'EACCES EBADF EDQUOT EEXIST EFAULT EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EPERM EROFS',
    [
      ...onTheWay((sys, path, dfd) => symlinkat(sys, 'to', dfd, path), { at: true }),
      [
        'EACCES',
        'no name may be made in the directory',
        function* (sys) {
          yield* closedDir(sys)
          return yield* sys.symlink('to', '/tmp/d/new')
        },
      ],
      ['EEXIST', 'the name is there', (sys) => sys.symlink('to', '/tmp')],
      ['EFAULT', 'where it leads is nowhere in memory', (sys) => sys.symlink(NOWHERE, '/tmp/l')],
      ['ENAMETOOLONG', 'where it leads has 4096 bytes', (sys) => sys.symlink(LONG, '/tmp/l')],
      ['ENOENT', 'where it leads is empty', (sys) => sys.symlink('', '/tmp/l')],
      ['ENOENT', 'a slash is behind the name', (sys) => sys.symlink('to', '/tmp/l/')],
      [
        'ENOSPC',
        'the file system has no page for where it leads',
        function* (sys) {
          yield* mounted(sys, 'size=4k')
          return yield* sys.symlink('x'.repeat(200), '/tmp/m/l')
        },
      ],
      [
        'ENOSPC',
        'the file system has room for no more names',
        function* (sys) {
          yield* mounted(sys, 'nr_inodes=3')
          return yield* sys.symlink('to', '/tmp/m/l')
        },
      ],
      [
        'EPERM',
        'the directory takes no new names',
        function* (sys) {
          yield* fixedDir(sys)
          return yield* sys.symlink('to', '/tmp/d/new')
        },
      ],
      [
        'EROFS',
        'the file system is for reading',
        function* (sys) {
          yield* readOnly(sys)
          return yield* sys.symlink('to', '/tmp/m/l')
        },
      ],
      ['EDQUOT', NO_QUOTA],
    ],
  ),

  call('readlinkat', 'EACCES EBADF EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR', [
    ...onTheWay((sys, path, dfd) => sys.readlinkat(dfd, path, sys.alloc(64), 64), { at: true }),
    [
      'EFAULT',
      'there is no memory for the answer',
      function* (sys) {
        ok(yield* sys.symlink('to', '/tmp/l'))
        return yield* sys.readlink('/tmp/l', NOWHERE, 64)
      },
    ],
    ['EINVAL', 'it is no symbolic link', (sys) => sys.readlink('/tmp', sys.alloc(64), 64)],
    [
      'EINVAL',
      'there is room for no byte',
      function* (sys) {
        ok(yield* sys.symlink('to', '/tmp/l'))
        return yield* sys.readlink('/tmp/l', sys.alloc(64), 0)
      },
    ],
    [
      'ENOENT',
      'the path is empty, and the descriptor is of no link',
      function* (sys) {
        return yield* sys.readlinkat(yield* dir(sys), '', sys.alloc(64), 64)
      },
    ],
    ['ENOENT', 'there is no such link', (sys) => sys.readlink('/tmp/l', sys.alloc(64), 64)],
  ]),
]
