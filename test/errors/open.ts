import * as O from '../../kernel/fs/file.ts'
import { FS_APPEND_FL, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFSOCK } from '../../kernel/fs/inode.ts'
import { AT_FDCWD } from '../../kernel/fs/namei.ts'
import { MS_NODEV } from '../../kernel/fs/super.ts'
import { ok } from '../support/vm.ts'
import { call, type CallErrors } from './form.ts'
import { onTheWay } from './on_the_way.ts'
import {
  ALL_64_BIT,
  NO_QUOTA,
  closedDir,
  file,
  fixed,
  fixedDir,
  interrupted,
  limitFiles,
  mount,
  mounted,
  readOnly,
  user,
  withoutMemory,
} from './setup.ts'

const CREATE = O.O_WRONLY | O.O_CREAT

/** Opening files, and making those that are no plain ones. */
export const OPEN: readonly CallErrors[] = [
  call(
    'openat',
    'EACCES EAGAIN EBADF EBUSY EDQUOT EEXIST EFAULT EFBIG EINTR EINVAL EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENODEV ' +
      'ENOENT ENOMEM ENOSPC ENOTDIR ENXIO EOPNOTSUPP EOVERFLOW EPERM EROFS ETXTBSY',
    [
      ...onTheWay((sys, path, dfd) => sys.openat(dfd, path, O.O_RDONLY), { at: true }),
      [
        'EACCES',
        'the file may not be read',
        function* (sys) {
          yield* file(sys, '/tmp/f', 0o622)
          yield* user(sys)
          return yield* sys.open('/tmp/f', O.O_RDONLY)
        },
      ],
      [
        'EACCES',
        'the file may not be written',
        function* (sys) {
          yield* file(sys, '/tmp/f', 0o644)
          yield* user(sys)
          return yield* sys.open('/tmp/f', O.O_WRONLY)
        },
      ],
      [
        'EACCES',
        'the file may be read, not cut',
        function* (sys) {
          yield* file(sys, '/tmp/f', 0o644)
          yield* user(sys)
          return yield* sys.open('/tmp/f', O.O_RDONLY | O.O_TRUNC)
        },
      ],
      [
        'EACCES',
        'no file may be made in the directory',
        function* (sys) {
          yield* closedDir(sys)
          return yield* sys.open('/tmp/d/new', CREATE, 0o600)
        },
      ],
      [
        'EACCES',
        'a device is on a file system that is mounted without devices',
        function* (sys) {
          ok(yield* sys.mkdir('/tmp/m', 0o777))
          ok(yield* mount(sys, '/tmp/m', 'tmpfs', MS_NODEV))
          ok(yield* sys.mknodat(AT_FDCWD, '/tmp/m/null', S_IFCHR | 0o666, 0x103))
          return yield* sys.open('/tmp/m/null', O.O_RDONLY)
        },
      ],
      [
        'EEXIST',
        'the file is to be new and is there',
        function* (sys) {
          yield* file(sys)
          return yield* sys.open('/tmp/f', CREATE | O.O_EXCL, 0o600)
        },
      ],
      [
        'EEXIST',
        'the file is to be new and a link is there that leads nowhere',
        function* (sys) {
          ok(yield* sys.symlink('no', '/tmp/l'))
          return yield* sys.open('/tmp/l', CREATE | O.O_EXCL, 0o600)
        },
      ],
      [
        'EINTR',
        'a signal comes while it waits for the other end of a named pipe',
        function* (sys) {
          ok(yield* sys.mkfifo('/tmp/fifo', 0o600))
          return yield* interrupted(sys, (sys) => sys.open('/tmp/fifo', O.O_RDONLY))
        },
      ],
      ['EINVAL', 'a directory is to be made', (sys) => sys.open('/tmp/d', CREATE | O.O_DIRECTORY, 0o700)],
      [
        'EINVAL',
        'a file without a name is to be read only',
        (sys) => sys.open('/tmp', O.O_TMPFILE_BIT | O.O_DIRECTORY | O.O_RDONLY, 0o600),
      ],
      ['EISDIR', 'a directory is to be written', (sys) => sys.open('/tmp', O.O_WRONLY)],
      ['EISDIR', 'a directory is to be cut', (sys) => sys.open('/tmp', O.O_RDONLY | O.O_TRUNC)],
      ['EISDIR', 'what is to be made is a directory', (sys) => sys.open('/tmp', O.O_RDONLY | O.O_CREAT, 0o600)],
      ['EISDIR', 'a slash is behind what is to be made', (sys) => sys.open('/tmp/new/', CREATE, 0o600)],
      [
        'ELOOP',
        'it is a symbolic link, and none is to be followed',
        function* (sys) {
          ok(yield* sys.symlink('/tmp', '/tmp/l'))
          return yield* sys.open('/tmp/l', O.O_RDONLY | O.O_NOFOLLOW)
        },
      ],
      [
        'EMFILE',
        'no descriptor is left',
        function* (sys) {
          yield* limitFiles(sys, 3)
          return yield* sys.open('/tmp', O.O_RDONLY)
        },
      ],
      [
        'ENFILE',
        'as many files are open as may be, and it is not root who asks',
        function* (sys, vm) {
          vm.kernel.max_files = 1
          yield* user(sys)
          return yield* sys.open('/tmp', O.O_RDONLY)
        },
      ],
      [
        'ENFILE',
        'the kernel has no memory for the file',
        (sys, vm) => withoutMemory(vm, () => sys.open('/tmp', O.O_RDONLY), 2),
      ],
      ['ENOENT', 'there is no such file', (sys) => sys.open('/tmp/f', O.O_RDWR)],
      [
        'ENOENT',
        'the link leads to no file',
        function* (sys) {
          ok(yield* sys.symlink('no', '/tmp/l'))
          return yield* sys.open('/tmp/l', O.O_RDONLY)
        },
      ],
      ['ENOENT', 'a file is to be made in /proc', (sys) => sys.open('/proc/new', CREATE, 0o600)],
      [
        'ENOSPC',
        'the file system has room for no more names',
        function* (sys) {
          yield* mounted(sys, 'nr_inodes=3')
          return yield* sys.open('/tmp/m/new', CREATE, 0o600)
        },
      ],
      [
        'ENOTDIR',
        'it is to be a directory and is none',
        function* (sys) {
          yield* file(sys)
          return yield* sys.open('/tmp/f', O.O_RDONLY | O.O_DIRECTORY)
        },
      ],
      [
        'ENOTDIR',
        'a slash is behind the name of a file',
        function* (sys) {
          yield* file(sys)
          return yield* sys.open('/tmp/f/', O.O_RDONLY)
        },
      ],
      [
        'ENXIO',
        'nobody reads the named pipe, and it is not to wait for one',
        function* (sys) {
          ok(yield* sys.mkfifo('/tmp/fifo', 0o600))
          return yield* sys.open('/tmp/fifo', O.O_WRONLY | O.O_NONBLOCK)
        },
      ],
      [
        'ENXIO',
        'no driver is there for the device',
        function* (sys) {
          ok(yield* sys.mknodat(AT_FDCWD, '/tmp/x', S_IFCHR | 0o600, 0x6309))
          return yield* sys.open('/tmp/x', O.O_RDONLY)
        },
      ],
      [
        'ENXIO',
        'it is the name of a socket',
        function* (sys) {
          ok(yield* sys.mknodat(AT_FDCWD, '/tmp/x', S_IFSOCK | 0o600))
          return yield* sys.open('/tmp/x', O.O_RDONLY)
        },
      ],
      ['EIO', 'nothing is plugged into the terminal', (sys) => sys.open('/dev/ttyS0', O.O_RDWR)],
      [
        'EOPNOTSUPP',
        'a file without a name is wanted, which no file system here makes',
        (sys) => sys.open('/tmp', O.O_TMPFILE_BIT | O.O_DIRECTORY | O.O_RDWR, 0o600),
      ],
      [
        'EPERM',
        'reading is to leave no time, and the file is another’s',
        function* (sys) {
          yield* file(sys)
          yield* user(sys)
          return yield* sys.open('/tmp/f', O.O_RDONLY | O.O_NOATIME)
        },
      ],
      [
        'EPERM',
        'the file can only grow, and it is not to be written at its end',
        function* (sys) {
          yield* fixed(sys, FS_APPEND_FL)
          return yield* sys.open('/tmp/f', O.O_WRONLY)
        },
      ],
      [
        'EPERM',
        'the file can only grow, and is to be cut',
        function* (sys) {
          yield* fixed(sys, FS_APPEND_FL)
          return yield* sys.open('/tmp/f', O.O_WRONLY | O.O_APPEND | O.O_TRUNC)
        },
      ],
      [
        'EPERM',
        'the file is to stay as it is, and to be written',
        function* (sys) {
          yield* fixed(sys)
          return yield* sys.open('/tmp/f', O.O_WRONLY)
        },
      ],
      [
        'EPERM',
        'the directory takes no new names',
        function* (sys) {
          yield* fixedDir(sys)
          return yield* sys.open('/tmp/d/new', CREATE, 0o600)
        },
      ],
      [
        'EROFS',
        'the file is to be written, on a file system for reading',
        function* (sys) {
          yield* readOnly(sys)
          return yield* sys.open('/tmp/m/f', O.O_WRONLY)
        },
      ],
      [
        'EROFS',
        'the file is to be made, on a file system for reading',
        function* (sys) {
          yield* readOnly(sys)
          return yield* sys.open('/tmp/m/new', CREATE, 0o600)
        },
      ],
      ['ETXTBSY', 'the program that is to be written runs', (sys) => sys.open('/bin/main', O.O_WRONLY)],
      ['ETXTBSY', 'the program that is to be cut runs', (sys) => sys.open('/bin/main', O.O_RDONLY | O.O_TRUNC)],
      ['EAGAIN', 'there are no leases that an open would have to break'],
      ['EBUSY', 'only a block device can be in use, and none has a driver'],
      ['EDQUOT', NO_QUOTA],
      ['EFBIG', ALL_64_BIT],
      ['ENODEV', 'a device without a driver is ENXIO, as POSIX has it: no other error is left for it'],
      ['EOVERFLOW', ALL_64_BIT],
    ],
  ),

  call(
    'mknodat',
    'EACCES EBADF EDQUOT EEXIST EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EPERM EROFS',
    [
      ...onTheWay((sys, path, dfd) => sys.mknodat(dfd, path, S_IFIFO | 0o600), { at: true }),
      [
        'EACCES',
        'no name may be made in the directory',
        function* (sys) {
          yield* closedDir(sys)
          return yield* sys.mkfifo('/tmp/d/new', 0o600)
        },
      ],
      [
        'EEXIST',
        'the name is there',
        function* (sys) {
          yield* file(sys)
          return yield* sys.mkfifo('/tmp/f', 0o600)
        },
      ],
      [
        'EEXIST',
        'a link is there that leads nowhere',
        function* (sys) {
          ok(yield* sys.symlink('no', '/tmp/l'))
          return yield* sys.mkfifo('/tmp/l', 0o600)
        },
      ],
      ['EINVAL', 'a symbolic link is wanted', (sys) => sys.mknodat(AT_FDCWD, '/tmp/x', S_IFLNK | 0o600)],
      ['EINVAL', 'the type is none', (sys) => sys.mknodat(AT_FDCWD, '/tmp/x', 0o50600)],
      ['ENOENT', 'a slash is behind the name', (sys) => sys.mkfifo('/tmp/x/', 0o600)],
      [
        'ENOSPC',
        'the file system has room for no more names',
        function* (sys) {
          yield* mounted(sys, 'nr_inodes=3')
          return yield* sys.mkfifo('/tmp/m/x', 0o600)
        },
      ],
      ['EPERM', 'a directory is wanted', (sys) => sys.mknodat(AT_FDCWD, '/tmp/x', S_IFDIR | 0o700)],
      ...[S_IFCHR, S_IFBLK].map(
        (type) =>
          [
            'EPERM',
            `a ${type === S_IFCHR ? 'character' : 'block'} device is wanted by who is not root`,
            function* (sys) {
              yield* user(sys)
              return yield* sys.mknodat(AT_FDCWD, '/tmp/x', type | 0o600, 0x103)
            },
          ] satisfies CallErrors['rows'][number],
      ),
      [
        'EPERM',
        'the directory takes no new names',
        function* (sys) {
          yield* fixedDir(sys)
          return yield* sys.mkfifo('/tmp/d/new', 0o600)
        },
      ],
      [
        'EROFS',
        'the file system is for reading',
        function* (sys) {
          yield* readOnly(sys)
          return yield* sys.mkfifo('/tmp/m/x', 0o600)
        },
      ],
      ['EDQUOT', NO_QUOTA],
    ],
  ),
]
