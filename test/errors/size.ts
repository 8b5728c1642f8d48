import { O_PATH, O_RDONLY, O_WRONLY } from '../../kernel/fs/file.ts'
import { FS_APPEND_FL } from '../../kernel/fs/inode.ts'
import { ok, pipe } from '../support/vm.ts'
import { call, cannotFail, type CallErrors, type ErrorRow } from './form.ts'
import { onTheWay } from './on_the_way.ts'
import { CLOSED, NEVER_SLEEPS, NO_DEVICE, NO_QUOTA, file, fixed, limitSize, mounted, readOnly, user } from './setup.ts'

const HUGE = 2n ** 63n - 1n
const [KEEP, PUNCH, ZERO] = [1, 2, 16]
const IN_MEMORY = 'what is written is where it lasts as soon as it is written'

const sync = (nr: number): ErrorRow[] => [
  ['EBADF', 'the descriptor is not open', (sys) => sys.syscall(nr, CLOSED)],
  [
    'EBADF',
    'it was opened with O_PATH',
    function* (sys) {
      return yield* sys.syscall(nr, ok(yield* sys.open('/tmp', O_PATH)))
    },
  ],
  [
    'EINVAL',
    'it is a pipe, and nothing of it lasts',
    function* (sys) {
      return yield* sys.syscall(nr, (yield* pipe(sys)).rd)
    },
  ],
  ['EDQUOT', NO_QUOTA],
  ['EINTR', NEVER_SLEEPS],
  ['EIO', NO_DEVICE],
  ['ENOSPC', IN_MEMORY],
  ['EROFS', 'what has nothing to be written back is EINVAL, wherever it is'],
]

/** How long files are, and what becomes of them. */
export const SIZE: readonly CallErrors[] = [
  call(
    'truncate',
    'EACCES EFAULT EFBIG EINTR EINVAL EIO EISDIR ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS ETXTBSY',
    [
      ...onTheWay((sys, path) => sys.truncate(path, 0)),
      ['ENOENT', 'there is no such file', (sys) => sys.truncate('/tmp/f', 0)],
      [
        'EACCES',
        'the file may not be written',
        function* (sys) {
          yield* file(sys, '/tmp/f', 0o644)
          yield* user(sys)
          return yield* sys.truncate('/tmp/f', 0)
        },
      ],
      [
        'EFBIG',
        'no file can be so long',
        function* (sys) {
          yield* file(sys)
          return yield* sys.truncate('/tmp/f', HUGE)
        },
      ],
      [
        'EFBIG',
        'the process may make no file so long',
        function* (sys) {
          yield* file(sys)
          yield* limitSize(sys, 10)
          return yield* sys.truncate('/tmp/f', 11)
        },
      ],
      ['EINVAL', 'the length is negative', (sys) => sys.truncate('/tmp/f', -1)],
      ['EINVAL', 'it is a device', (sys) => sys.truncate('/dev/null', 0)],
      ['EISDIR', 'it is a directory', (sys) => sys.truncate('/tmp', 0)],
      [
        'EPERM',
        'the file can only grow',
        function* (sys) {
          yield* fixed(sys, FS_APPEND_FL)
          return yield* sys.truncate('/tmp/f', 0)
        },
      ],
      [
        'EPERM',
        'the file is to stay as it is',
        function* (sys) {
          yield* fixed(sys)
          return yield* sys.truncate('/tmp/f', 0)
        },
      ],
      [
        'EROFS',
        'the file system is for reading',
        function* (sys) {
          yield* readOnly(sys)
          return yield* sys.truncate('/tmp/m/f', 0)
        },
      ],
      ['ETXTBSY', 'the program runs', (sys) => sys.truncate('/bin/main', 0)],
      ['EINTR', NEVER_SLEEPS],
    ],
  ),

  call('ftruncate', 'EBADF EFBIG EINTR EINVAL EIO EPERM', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.ftruncate(CLOSED, 0)],
    [
      'EBADF',
      'it was opened with O_PATH',
      function* (sys) {
        return yield* sys.ftruncate(ok(yield* sys.open('/tmp', O_PATH)), 0)
      },
    ],
    [
      'EFBIG',
      'no file can be so long',
      function* (sys) {
        return yield* sys.ftruncate(yield* file(sys), HUGE)
      },
    ],
    [
      'EFBIG',
      'the process may make no file so long',
      function* (sys) {
        const fd = yield* file(sys)
        yield* limitSize(sys, 10)
        return yield* sys.ftruncate(fd, 11)
      },
    ],
    ['EINVAL', 'the length is negative', (sys) => sys.ftruncate(CLOSED, -1)],
    [
      'EINVAL',
      'it is open for reading only',
      function* (sys) {
        yield* file(sys)
        return yield* sys.ftruncate(ok(yield* sys.open('/tmp/f', O_RDONLY)), 0)
      },
    ],
    [
      'EINVAL',
      'it is a pipe',
      function* (sys) {
        return yield* sys.ftruncate((yield* pipe(sys)).wr, 0)
      },
    ],
    [
      'EPERM',
      'the file can only grow',
      function* (sys) {
        return yield* sys.ftruncate(yield* fixed(sys, FS_APPEND_FL), 0)
      },
    ],
    ['EINTR', NEVER_SLEEPS],
    ['EIO', NO_DEVICE],
  ]),

  call('fallocate', 'EBADF EFBIG EINTR EINVAL EIO EISDIR ENODEV ENOSPC ENOSYS EOPNOTSUPP EPERM ESPIPE ETXTBSY', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.fallocate(CLOSED, 0, 0, 1)],
    [
      'EBADF',
      'it is open for reading only',
      function* (sys) {
        yield* file(sys)
        return yield* sys.fallocate(ok(yield* sys.open('/tmp/f', O_RDONLY)), 0, 0, 1)
      },
    ],
    [
      'EFBIG',
      'it ends behind the end of every file',
      function* (sys) {
        return yield* sys.fallocate(yield* file(sys), 0, HUGE, 1)
      },
    ],
    [
      'EFBIG',
      'the process may make no file so long',
      function* (sys) {
        const fd = yield* file(sys)
        yield* limitSize(sys, 10)
        return yield* sys.fallocate(fd, 0, 0, 11)
      },
    ],
    [
      'EINVAL',
      'it begins before the file',
      function* (sys) {
        return yield* sys.fallocate(yield* file(sys), 0, -1, 1)
      },
    ],
    [
      'EINVAL',
      'it has no length',
      function* (sys) {
        return yield* sys.fallocate(yield* file(sys), 0, 0, 0)
      },
    ],
    ['ENODEV', 'it is a terminal', (sys) => sys.fallocate(1, 0, 0, 1)],
    [
      'ENODEV',
      'it is a device',
      function* (sys) {
        return yield* sys.fallocate(ok(yield* sys.open('/dev/null', O_WRONLY)), 0, 0, 1)
      },
    ],
    [
      'ENOSPC',
      'the file system has fewer pages left',
      function* (sys) {
        return yield* sys.fallocate(yield* mounted(sys, 'size=16k'), 0, 0, 32768)
      },
    ],
    [
      'EOPNOTSUPP',
      'there is no such mode',
      function* (sys) {
        return yield* sys.fallocate(yield* file(sys), 0x8000, 0, 1)
      },
    ],
    [
      'EOPNOTSUPP',
      'a tmpfs does not do it',
      function* (sys) {
        return yield* sys.fallocate(yield* file(sys), ZERO, 0, 1)
      },
    ],
    [
      'EOPNOTSUPP',
      'a hole would change the size',
      function* (sys) {
        return yield* sys.fallocate(yield* file(sys), PUNCH, 0, 1)
      },
    ],
    [
      'EPERM',
      'the file is to stay as it is',
      function* (sys) {
        return yield* sys.fallocate(yield* fixed(sys), 0, 0, 1)
      },
    ],
    [
      'EPERM',
      'the file can only grow and is to get a hole',
      function* (sys) {
        return yield* sys.fallocate(yield* fixed(sys, FS_APPEND_FL), KEEP | PUNCH, 0, 1)
      },
    ],
    [
      'ESPIPE',
      'it is a pipe',
      function* (sys) {
        return yield* sys.fallocate((yield* pipe(sys)).wr, 0, 0, 1)
      },
    ],
    ['EINTR', 'all its pages are made at once, and no signal comes in between'],
    ['EIO', NO_DEVICE],
    ['EISDIR', 'no directory is open for writing, and that is looked at before'],
    ['ENOSYS', 'what cannot do it says EOPNOTSUPP: it is for kernels before 2.6.23'],
    ['ETXTBSY', 'it speaks of files that are swapped to, and nothing is swapped'],
  ]),

  call('fsync', 'EBADF EDQUOT EINTR EINVAL EIO ENOSPC EROFS', sync(82)),
  call('fdatasync', 'EBADF EDQUOT EINTR EINVAL EIO ENOSPC EROFS', sync(83)),
  cannotFail('sync', 'there is nothing that is not where it lasts'),
  call('syncfs', 'EBADF EDQUOT EIO ENOSPC', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.syncfs(CLOSED)],
    ['EDQUOT', NO_QUOTA],
    ['EIO', NO_DEVICE],
    ['ENOSPC', IN_MEMORY],
  ]),
  call('sync_file_range', 'EBADF EINVAL EIO ENOMEM ENOSPC ESPIPE', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.sync_file_range(CLOSED, 0, 0, 0)],
    [
      'EINVAL',
      'it begins before the file',
      function* (sys) {
        return yield* sys.sync_file_range(yield* file(sys), -1, 1, 0)
      },
    ],
    [
      'EINVAL',
      'its length is negative',
      function* (sys) {
        return yield* sys.sync_file_range(yield* file(sys), 0, -1, 0)
      },
    ],
    [
      'EINVAL',
      'a flag is none',
      function* (sys) {
        return yield* sys.sync_file_range(yield* file(sys), 0, 0, 8)
      },
    ],
    [
      'ESPIPE',
      'it is a pipe',
      function* (sys) {
        return yield* sys.sync_file_range((yield* pipe(sys)).rd, 0, 0, 0)
      },
    ],
    ['EIO', NO_DEVICE],
    ['ENOMEM', 'it has nothing to write back, and needs no memory for that'],
    ['ENOSPC', IN_MEMORY],
  ]),
]
