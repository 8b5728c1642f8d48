import type { CString, Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { FS_APPEND_FL } from '../../kernel/fs/inode.ts'
import { AT_FDCWD } from '../../kernel/fs/namei.ts'
import { RENAME_EXCHANGE, RENAME_NOREPLACE } from '../../kernel/fs/rename.ts'
import { ok } from '../support/vm.ts'
import { call, type CallErrors, type ErrorRow } from './form.ts'
import { onTheWay } from './on_the_way.ts'
import {
  NO_QUOTA,
  closedDir,
  dir,
  file,
  fixed,
  fixedDir,
  mounted,
  readOnly,
  setFlags,
  stickyDir,
  user,
} from './setup.ts'

const AT_EMPTY_PATH = 0x1000
const NO_LIMIT = 'a tmpfs counts links as far as numbers go: it says of no file that it has too many'

const rename =
  (from: string, to: string, flags = 0) =>
  (sys: Libc): Run<number> =>
    sys.renameat2(AT_FDCWD, from, AT_FDCWD, to, flags)

const link =
  (from: string, to: string) =>
  (sys: Libc): Run<number> =>
    sys.link(from, to)

type Setup = (sys: Libc) => Run<unknown>

/** `setup`, then `act`. */
function then(setup: Setup, act: (sys: Libc) => Run<number>): (sys: Libc) => Run<number> {
  return function* (sys) {
    yield* setup(sys)
    return yield* act(sys)
  }
}

/** Some of them, one after the other. */
function all(...setups: Setup[]): Setup {
  return function* (sys) {
    for (const setup of setups) yield* setup(sys)
  }
}

const files: Setup = all(
  (sys) => file(sys),
  (sys) => dir(sys),
)

const old = (sys: Libc, path: CString, dfd: number): Run<number> => sys.linkat(dfd, path, AT_FDCWD, '/tmp/new', 0)
const neu = (sys: Libc, path: CString, dfd: number): Run<number> => sys.linkat(AT_FDCWD, '/tmp/f', dfd, path, 0)

/** Another name for what has one: link and rename. */
export const LINKS: readonly CallErrors[] = [
  call(
    'linkat',
    'EACCES EBADF EDQUOT EEXIST EFAULT EINVAL EIO ELOOP EMLINK ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EPERM EROFS EXDEV',
    [
      ...onTheWay(old, { at: true, which: 'the old one' }),
      ...onTheWay(neu, { at: true, which: 'the new one', before: (sys) => file(sys) }),
      [
        'EACCES',
        'no name may be made in the directory',
        function* (sys) {
          yield* closedDir(sys)
          ok(yield* sys.close(ok(yield* sys.creat('/tmp/own', 0o600))))
          return yield* sys.link('/tmp/own', '/tmp/d/new')
        },
      ],
      ['EEXIST', 'the new name is there', then(files, link('/tmp/f', '/tmp/d'))],
      ['EINVAL', 'a flag is none', (sys) => sys.linkat(AT_FDCWD, '/tmp', AT_FDCWD, '/tmp/l', 1)],
      ['ENOENT', 'there is no such file', link('/tmp/no', '/tmp/l')],
      ['ENOENT', 'a slash is behind the new name', then(files, link('/tmp/f', '/tmp/l/'))],
      [
        'ENOENT',
        'the open file has no name any more',
        function* (sys) {
          const fd = yield* file(sys)
          ok(yield* sys.unlink('/tmp/f'))
          return yield* sys.linkat(fd, '', AT_FDCWD, '/tmp/l', AT_EMPTY_PATH)
        },
      ],
      [
        'ENOENT',
        'the open file is not the caller’s to name',
        function* (sys) {
          const fd = yield* file(sys)
          yield* user(sys)
          return yield* sys.linkat(fd, '', AT_FDCWD, '/tmp/l', AT_EMPTY_PATH)
        },
      ],
      [
        'ENOSPC',
        'the file system has room for no more names',
        then((sys) => mounted(sys, 'nr_inodes=3'), link('/tmp/m/f', '/tmp/m/l')),
      ],
      ['EPERM', 'it is a directory', link('/tmp', '/tmp/l')],
      ['EPERM', 'the file is to stay as it is', then((sys) => fixed(sys), link('/tmp/f', '/tmp/l'))],
      ['EPERM', 'the file can only grow', then((sys) => fixed(sys, FS_APPEND_FL), link('/tmp/f', '/tmp/l'))],
      [
        'EPERM',
        'the directory takes no new names',
        then(
          all(fixedDir, (sys) => file(sys)),
          link('/tmp/f', '/tmp/d/l'),
        ),
      ],
      [
        'EPERM',
        'who does not own the file could not write to it either',
        then(
          all((sys) => file(sys, '/tmp/f', 0o644), user),
          link('/tmp/f', '/tmp/l'),
        ),
      ],
      [
        'EPERM',
        'the file lends rights to who runs it, and is another’s',
        then(
          all((sys) => file(sys, '/tmp/f', 0o4777), user),
          link('/tmp/f', '/tmp/l'),
        ),
      ],
      ['EROFS', 'the file system is for reading', then(readOnly, link('/tmp/m/f', '/tmp/m/l'))],
      [
        'EXDEV',
        'the new name is in another file system',
        then(
          all(mounted, (sys) => file(sys)),
          link('/tmp/f', '/tmp/m/l'),
        ),
      ],
      ['EDQUOT', NO_QUOTA],
      ['EMLINK', NO_LIMIT],
    ],
  ),

  call(
    'renameat2',
    'EACCES EBADF EBUSY EDQUOT EEXIST EFAULT EINVAL EISDIR ELOOP EMLINK ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR ' +
      'ENOTEMPTY EPERM EROFS EXDEV',
    [
      ...onTheWay((sys, path, dfd) => sys.renameat2(dfd, path, AT_FDCWD, '/tmp/new', 0), {
        at: true,
        moves: true,
        which: 'the old one',
      }),
      ...onTheWay((sys, path, dfd) => sys.renameat2(AT_FDCWD, '/tmp/f', dfd, path, 0), {
        at: true,
        moves: true,
        which: 'the new one',
        before: (sys) => file(sys),
      }),
      ...renames(),
      ['EDQUOT', NO_QUOTA],
      ['EMLINK', NO_LIMIT],
      ['ENOSPC', 'a name that moves takes the room that it had'],
    ],
  ),
]

function renames(): ErrorRow[] {
  const twoDirs = all(
    (sys) => dir(sys, '/tmp/a'),
    (sys) => dir(sys, '/tmp/b'),
    (sys) => file(sys, '/tmp/b/f'),
  )
  return [
    ['EACCES', 'no name may be taken out of the directory', then(closedDir, rename('/tmp/d/f', '/tmp/x'))],
    [
      'EACCES',
      'no name may be made in the directory',
      function* (sys) {
        yield* closedDir(sys)
        ok(yield* sys.close(ok(yield* sys.creat('/tmp/own', 0o600))))
        return yield* sys.rename('/tmp/own', '/tmp/d/new')
      },
    ],
    [
      'EACCES',
      'a directory that may not be written to would get another parent',
      function* (sys) {
        yield* dir(sys, '/tmp/a')
        yield* dir(sys, '/tmp/b')
        yield* dir(sys, '/tmp/a/d', 0o755)
        yield* user(sys)
        return yield* sys.rename('/tmp/a/d', '/tmp/b/d')
      },
    ],
    ['EBUSY', 'something is mounted on the old name', rename('/proc', '/tmp/x')],
    ['EBUSY', 'something is mounted on the new name', then((sys) => dir(sys, '/x'), rename('/x', '/proc'))],
    ['EBUSY', 'it is the root', rename('/', '/tmp/x')],
    ['EBUSY', 'the old path ends in a dot', rename('/tmp/.', '/tmp/x')],
    ['EBUSY', 'the new path ends in two dots', then(files, rename('/tmp/f', '/tmp/..'))],
    [
      'EEXIST',
      'nothing is to be replaced and the name is there',
      then(files, rename('/tmp/f', '/tmp/d', RENAME_NOREPLACE)),
    ],
    ['EINVAL', 'a directory would go into itself', then((sys) => dir(sys), rename('/tmp/d', '/tmp/d/x'))],
    [
      'EINVAL',
      'a directory would change places with one that is in it',
      then(
        all(
          (sys) => dir(sys),
          (sys) => dir(sys, '/tmp/d/d'),
        ),
        rename('/tmp/d/d', '/tmp/d', RENAME_EXCHANGE),
      ),
    ],
    ['EINVAL', 'a flag is none', rename('/tmp/a', '/tmp/b', 8)],
    [
      'EINVAL',
      'names are to be exchanged, and none replaced',
      then(files, rename('/tmp/f', '/tmp/d', RENAME_EXCHANGE | RENAME_NOREPLACE)),
    ],
    [
      'EINVAL',
      'a whiteout is to be left, which is for file systems in layers',
      then(files, rename('/tmp/f', '/tmp/x', 4)),
    ],
    ['EISDIR', 'a file would replace a directory', then(files, rename('/tmp/f', '/tmp/d'))],
    ['ENOENT', 'there is no such name', rename('/tmp/no', '/tmp/x')],
    ['ENOENT', 'there is no such name to change places with', then(files, rename('/tmp/f', '/tmp/x', RENAME_EXCHANGE))],
    ['ENOTDIR', 'a directory would replace a file', then(files, rename('/tmp/d', '/tmp/f'))],
    ['ENOTDIR', 'a slash is behind the name of a file', then(files, rename('/tmp/f/', '/tmp/x'))],
    ['ENOTDIR', 'a slash is behind the new name of a file', then(files, rename('/tmp/f', '/tmp/x/'))],
    ['ENOTEMPTY', 'the directory that would be replaced has names in it', then(twoDirs, rename('/tmp/a', '/tmp/b'))],
    ['ENOTEMPTY', 'a name would replace the directory that it is in', then(twoDirs, rename('/tmp/b/f', '/tmp/b'))],
    [
      'EPERM',
      'the directory is sticky, and neither it nor the file is the caller’s',
      then(stickyDir, rename('/tmp/d/f', '/tmp/d/x')),
    ],
    [
      'EPERM',
      'what would be replaced in a sticky directory is another’s',
      function* (sys) {
        yield* stickyDir(sys)
        ok(yield* sys.close(ok(yield* sys.creat('/tmp/d/own', 0o600))))
        return yield* sys.rename('/tmp/d/own', '/tmp/d/f')
      },
    ],
    ['EPERM', 'the file is to stay as it is', then((sys) => fixed(sys), rename('/tmp/f', '/tmp/x'))],
    [
      'EPERM',
      'the file that would be replaced can only grow',
      then(
        all(
          (sys) => fixed(sys, FS_APPEND_FL),
          (sys) => file(sys, '/tmp/g'),
        ),
        rename('/tmp/g', '/tmp/f'),
      ),
    ],
    [
      'EPERM',
      'the directory gives no name away',
      function* (sys) {
        const fd = yield* dir(sys)
        yield* file(sys, '/tmp/d/f')
        ok(yield* setFlags(sys, fd, FS_APPEND_FL))
        return yield* sys.rename('/tmp/d/f', '/tmp/d/g')
      },
    ],
    ['EROFS', 'the file system is for reading', then(readOnly, rename('/tmp/m/f', '/tmp/m/x'))],
    [
      'EXDEV',
      'the new name is in another file system',
      then(
        all(mounted, (sys) => file(sys)),
        rename('/tmp/f', '/tmp/m/x'),
      ),
    ],
  ]
}
