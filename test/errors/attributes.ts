import type { UserPtr } from '../../kernel/types.ts'
import type { CString, Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { O_PATH } from '../../kernel/fs/file.ts'
import { FS_APPEND_FL } from '../../kernel/fs/inode.ts'
import { AT_FDCWD } from '../../kernel/fs/namei.ts'
import { ok } from '../support/vm.ts'
import { call, type CallErrors, type ErrorRow } from './form.ts'
import { onTheWay } from './on_the_way.ts'
import { CLOSED, NOWHERE, NO_DEVICE, file, fixed, readOnly, user } from './setup.ts'

const AT_SYMLINK_NOFOLLOW = 0x100
const PATH = 'EACCES EBADF EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS'

type OfPath = (sys: Libc, path: CString, dfd: number) => Run<number>
type OfFile = (sys: Libc, fd: number) => Run<number>

/** What keeps one from changing what a file is, by its path. */
function ofPath(act: OfPath): ErrorRow[] {
  return [
    ...onTheWay(act, { at: true }),
    ['ENOENT', 'there is no such file', (sys) => act(sys, '/tmp/f', AT_FDCWD)],
    [
      'EPERM',
      'the file is another’s',
      function* (sys) {
        yield* file(sys)
        yield* user(sys)
        return yield* act(sys, '/tmp/f', AT_FDCWD)
      },
    ],
    [
      'EPERM',
      'the file is to stay as it is',
      function* (sys) {
        yield* fixed(sys)
        return yield* act(sys, '/tmp/f', AT_FDCWD)
      },
    ],
    [
      'EPERM',
      'the file can only grow',
      function* (sys) {
        yield* fixed(sys, FS_APPEND_FL)
        return yield* act(sys, '/tmp/f', AT_FDCWD)
      },
    ],
    [
      'EROFS',
      'the file system is for reading',
      function* (sys) {
        yield* readOnly(sys)
        return yield* act(sys, '/tmp/m/f', AT_FDCWD)
      },
    ],
  ]
}

/** The same of one that is open. */
function ofFile(act: OfFile): ErrorRow[] {
  return [
    ['EBADF', 'the descriptor is not open', (sys) => act(sys, CLOSED)],
    [
      'EBADF',
      'the descriptor was opened with O_PATH',
      function* (sys) {
        return yield* act(sys, ok(yield* sys.open('/tmp', O_PATH)))
      },
    ],
    [
      'EPERM',
      'the file is another’s',
      function* (sys) {
        const fd = yield* file(sys)
        yield* user(sys)
        return yield* act(sys, fd)
      },
    ],
    [
      'EPERM',
      'the file is to stay as it is',
      function* (sys) {
        return yield* act(sys, yield* fixed(sys))
      },
    ],
    [
      'EPERM',
      'the file can only grow',
      function* (sys) {
        return yield* act(sys, yield* fixed(sys, FS_APPEND_FL))
      },
    ],
    [
      'EROFS',
      'the file system is for reading',
      function* (sys) {
        yield* readOnly(sys)
        return yield* act(sys, ok(yield* sys.open('/tmp/m/f', 0)))
      },
    ],
    ['EIO', NO_DEVICE],
  ]
}

/** What may be asked of a file, and what is told when it may not. */
function access(act: (sys: Libc, path: CString, dfd: number, mode: number) => Run<number>): ErrorRow[] {
  const [X_OK, W_OK, R_OK] = [1, 2, 4]
  return [
    ...onTheWay((sys, path, dfd) => act(sys, path, dfd, 0), { at: true }),
    ...[R_OK, W_OK, X_OK].map(
      (mode) =>
        [
          'EACCES',
          `the file may not be ${mode === R_OK ? 'read' : mode === W_OK ? 'written' : 'executed'}`,
          function* (sys) {
            yield* file(sys, '/tmp/f', 0o777 & ~mode)
            yield* user(sys)
            return yield* act(sys, '/tmp/f', AT_FDCWD, mode)
          },
        ] satisfies ErrorRow,
    ),
    [
      'EACCES',
      'nobody may execute it, not even root',
      function* (sys) {
        yield* file(sys)
        return yield* act(sys, '/tmp/f', AT_FDCWD, X_OK)
      },
    ],
    ['EINVAL', 'the mode is none', (sys) => act(sys, '/tmp', AT_FDCWD, 8)],
    ['ENOENT', 'there is no such file', (sys) => act(sys, '/tmp/f', AT_FDCWD, 0)],
    [
      'EPERM',
      'it is to be written and is to stay as it is',
      function* (sys) {
        yield* fixed(sys)
        return yield* act(sys, '/tmp/f', AT_FDCWD, W_OK)
      },
    ],
    [
      'EROFS',
      'it is to be written on a file system for reading',
      function* (sys) {
        yield* readOnly(sys)
        return yield* act(sys, '/tmp/m/f', AT_FDCWD, W_OK)
      },
    ],
    ['ETXTBSY', 'that a program runs is told to who opens it for writing, not to who asks whether one may'],
  ]
}

/** No path. */
const NULL = 0 as UserPtr
const LATER = [{ sec: 1, nsec: 0 }, 'omit'] as const

/** What files are, whose, and when. */
export const ATTRIBUTES: readonly CallErrors[] = [
  call(
    'fchmod',
    'EBADF EIO EPERM EROFS',
    ofFile((sys, fd) => sys.fchmod(fd, 0o600)),
  ),

  call('fchmodat', `${PATH} EOPNOTSUPP`, [
    ...ofPath((sys, path, dfd) => sys.fchmodat(dfd, path, 0o600)),
    ['EINVAL', 'the system call has no flags: fchmodat2 has them'],
    ['EOPNOTSUPP', 'it follows every link: fchmodat2 can be told not to'],
  ]),

  call('fchmodat2', `${PATH} EOPNOTSUPP`, [
    ...ofPath((sys, path, dfd) => sys.fchmodat2(dfd, path, 0o600, 0)),
    ['EINVAL', 'a flag is none', (sys) => sys.fchmodat2(AT_FDCWD, '/tmp', 0o777, 1)],
    [
      'EOPNOTSUPP',
      'it is a symbolic link, which has no mode of its own',
      function* (sys) {
        ok(yield* sys.symlink('/tmp', '/tmp/l'))
        return yield* sys.fchmodat2(AT_FDCWD, '/tmp/l', 0o600, AT_SYMLINK_NOFOLLOW)
      },
    ],
  ]),

  call('fchown', 'EBADF EIO ENOENT EPERM EROFS', [
    ...ofFile((sys, fd) => sys.fchown(fd, 5, -1)),
    ['ENOENT', 'a file that is open is there, whatever has become of its names'],
  ]),

  call('fchownat', PATH, [
    ...ofPath((sys, path, dfd) => sys.fchownat(dfd, path, 5, 5)),
    ['EINVAL', 'a flag is none', (sys) => sys.fchownat(AT_FDCWD, '/tmp', 0, 0, 1)],
    [
      'EPERM',
      'one’s own file is to be in a group that one is not in',
      function* (sys) {
        yield* user(sys)
        yield* file(sys)
        return yield* sys.chown('/tmp/f', -1, 7)
      },
    ],
  ]),

  call('utimensat', 'EACCES EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS ESRCH', [
    ...ofPath((sys, path, dfd) => sys.utimensat(dfd, path, LATER)),
    [
      'EACCES',
      'it is to be now, and the file is another’s that may not be written',
      function* (sys) {
        yield* file(sys, '/tmp/f', 0o644)
        yield* user(sys)
        return yield* sys.utimensat(AT_FDCWD, '/tmp/f', null)
      },
    ],
    [
      'EPERM',
      'only one of the times is to be now, and the file is another’s that may be written',
      function* (sys) {
        yield* file(sys)
        yield* user(sys)
        return yield* sys.utimensat(AT_FDCWD, '/tmp/f', ['now', 'omit'])
      },
    ],
    [
      'EPERM',
      'it is to be now, and the file is to stay as it is',
      function* (sys) {
        return yield* sys.futimens(yield* fixed(sys), null)
      },
    ],
    ['EFAULT', 'the times are nowhere in memory', (sys) => sys.syscall(88, AT_FDCWD, sys.string('/tmp'), NOWHERE, 0)],
    ['EFAULT', 'there is neither a path nor a descriptor', (sys) => sys.futimens(AT_FDCWD, null)],
    ['EBADF', 'there is no path, and the descriptor is not open', (sys) => sys.futimens(CLOSED, null)],
    ['EINVAL', 'a flag is none', (sys) => sys.utimensat(AT_FDCWD, '/tmp', null, 1)],
    [
      'EINVAL',
      'there is a flag and no path',
      function* (sys) {
        return yield* sys.utimensat(yield* file(sys), NULL, null, AT_SYMLINK_NOFOLLOW)
      },
    ],
    ...[-1, 1_000_000_000].map(
      (nsec) =>
        [
          'EINVAL',
          `there are ${nsec} nanoseconds`,
          (sys) => sys.utimensat(AT_FDCWD, '/tmp', [{ sec: 0, nsec }, 'omit']),
        ] satisfies ErrorRow,
    ),
    ['ESRCH', 'a directory that may not be searched is EACCES, here and in Linux'],
  ]),

  call(
    'faccessat',
    `${PATH} ETXTBSY`,
    access((sys, path, dfd, mode) => sys.faccessat(dfd, path, mode)),
  ),

  call('faccessat2', `${PATH} ETXTBSY`, [
    ...access((sys, path, dfd, mode) => sys.faccessat2(dfd, path, mode, 0)),
    ['EINVAL', 'a flag is none', (sys) => sys.faccessat2(AT_FDCWD, '/tmp', 0, 1)],
  ]),
]
