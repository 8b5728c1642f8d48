import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { O_PATH, O_RDONLY } from '../../kernel/fs/file.ts'
import { AT_FDCWD } from '../../kernel/fs/namei.ts'
import { STATX_SIZE } from '../../kernel/fs/uapi.ts'
import { STATFS_SIZE, STAT_SIZE } from '../../userland/stat.ts'
import { ok } from '../support/vm.ts'
import { call, type CallErrors } from './form.ts'
import { onTheWay } from './on_the_way.ts'
import { ALL_64_BIT, CLOSED, NEVER_SLEEPS, NOWHERE, NO_DEVICE, dir, failingHost, file, withoutMemory } from './setup.ts'

const STATX_RESERVED = 0x80000000
const AT_STATX_SYNC_TYPE = 0x6000
const IN_PLACE = 'the answer is put together where the caller wants it'

/** A listing of a directory of /proc whose process has ended since it was opened. */
function* ofEnded(sys: Libc, name: string): Run<number> {
  const child = ok(yield* sys.fork((sys) => sys.sched_yield()))
  const fd = ok(yield* sys.open(`/proc/${child}${name}`, O_RDONLY))
  ok(yield* sys.wait4(child, 0, 0))
  return yield* sys.getdents64(fd, sys.alloc(64), 64)
}

/** What files and file systems are, and where one is. */
export const STAT: readonly CallErrors[] = [
  call('newfstatat', 'EACCES EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EOVERFLOW', [
    ...onTheWay((sys, path, dfd) => sys.newfstatat(dfd, path, sys.alloc(STAT_SIZE)), { at: true }),
    ['ENOENT', 'there is no such file', (sys) => sys.stat('/tmp/f', sys.alloc(STAT_SIZE))],
    ['EFAULT', 'there is no memory for the answer', (sys) => sys.stat('/tmp', NOWHERE)],
    ['EINVAL', 'a flag is none', (sys) => sys.newfstatat(AT_FDCWD, '/tmp', sys.alloc(STAT_SIZE), 1)],
    ['EOVERFLOW', ALL_64_BIT],
  ]),

  call('fstat', 'EBADF EFAULT ENOMEM EOVERFLOW', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.fstat(CLOSED, sys.alloc(STAT_SIZE))],
    ['EFAULT', 'there is no memory for the answer', (sys) => sys.fstat(1, NOWHERE)],
    ['ENOMEM', IN_PLACE],
    ['EOVERFLOW', ALL_64_BIT],
  ]),

  call('statx', 'EACCES EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR', [
    ...onTheWay((sys, path, dfd) => sys.statx(dfd, path, 0, 0, sys.alloc(STATX_SIZE)), { at: true }),
    ['ENOENT', 'there is no such file', (sys) => sys.statx(AT_FDCWD, '/tmp/f', 0, 0, sys.alloc(STATX_SIZE))],
    ['EFAULT', 'there is no memory for the answer', (sys) => sys.statx(AT_FDCWD, '/tmp', 0, 0, NOWHERE)],
    ['EINVAL', 'a flag is none', (sys) => sys.statx(AT_FDCWD, '/tmp', 1, 0, sys.alloc(STATX_SIZE))],
    [
      'EINVAL',
      'it is to be both as it is known and as it is',
      (sys) => sys.statx(AT_FDCWD, '/tmp', AT_STATX_SYNC_TYPE, 0, sys.alloc(STATX_SIZE)),
    ],
    [
      'EINVAL',
      'what is asked for is kept for later kernels',
      (sys) => sys.statx(AT_FDCWD, '/tmp', 0, STATX_RESERVED, sys.alloc(STATX_SIZE)),
    ],
  ]),

  call('statfs', 'EACCES EFAULT EINTR EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSYS ENOTDIR EOVERFLOW', [
    ...onTheWay((sys, path) => sys.statfs(path, sys.alloc(STATFS_SIZE))),
    ['ENOENT', 'there is no such file', (sys) => sys.statfs('/tmp/f', sys.alloc(STATFS_SIZE))],
    ['EFAULT', 'there is no memory for the answer', (sys) => sys.statfs('/tmp', NOWHERE)],
    ['EINTR', NEVER_SLEEPS],
    ['ENOSYS', 'every file system here tells what it is'],
    ['EOVERFLOW', ALL_64_BIT],
  ]),

  call('fstatfs', 'EBADF EFAULT EINTR EIO ENOMEM ENOSYS EOVERFLOW', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.fstatfs(CLOSED, sys.alloc(STATFS_SIZE))],
    ['EFAULT', 'there is no memory for the answer', (sys) => sys.fstatfs(1, NOWHERE)],
    ['EINTR', NEVER_SLEEPS],
    ['EIO', NO_DEVICE],
    ['ENOMEM', IN_PLACE],
    ['ENOSYS', 'every file system here tells what it is'],
    ['EOVERFLOW', ALL_64_BIT],
  ]),

  call('getdents64', 'EBADF EFAULT EINVAL ENOENT ENOTDIR', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.getdents64(CLOSED, sys.alloc(64), 64)],
    [
      'EBADF',
      'the descriptor was opened with O_PATH',
      function* (sys) {
        return yield* sys.getdents64(ok(yield* sys.open('/tmp', O_PATH)), sys.alloc(64), 64)
      },
    ],
    [
      'EFAULT',
      'there is no memory for the names',
      function* (sys) {
        return yield* sys.getdents64(yield* dir(sys), NOWHERE, 64)
      },
    ],
    [
      'EINVAL',
      'there is no room for one name',
      function* (sys) {
        return yield* sys.getdents64(yield* dir(sys), sys.alloc(64), 23)
      },
    ],
    [
      'ENOENT',
      'the directory is gone',
      function* (sys) {
        const fd = yield* dir(sys)
        ok(yield* sys.rmdir('/tmp/d'))
        return yield* sys.getdents64(fd, sys.alloc(64), 64)
      },
    ],
    ['ENOENT', 'the process whose directory of /proc it is has ended', (sys) => ofEnded(sys, '')],
    ['ENOENT', 'the process whose threads it has has ended', (sys) => ofEnded(sys, '/task')],
    ['ENOENT', 'the process whose descriptors it has has ended', (sys) => ofEnded(sys, '/fd')],
    [
      'EIO',
      'the host cannot list the folder',
      function* (sys, vm) {
        failingHost(vm)
        return yield* sys.getdents64(ok(yield* sys.open('/mnt/d', O_RDONLY)), sys.alloc(64), 64)
      },
    ],
    [
      'ENOTDIR',
      'it is a file',
      function* (sys) {
        return yield* sys.getdents64(yield* file(sys), sys.alloc(64), 64)
      },
    ],
  ]),

  call('getcwd', 'EACCES EFAULT EINVAL ENAMETOOLONG ENOENT ENOMEM ERANGE', [
    ['EFAULT', 'there is no memory for the path', (sys) => sys.getcwd(NOWHERE, 64)],
    [
      'ENAMETOOLONG',
      'the path has 4096 bytes or more',
      function* (sys) {
        const name = 'x'.repeat(255)
        for (let i = 0; i < 16; i++) {
          ok(yield* sys.mkdir(name, 0o700))
          ok(yield* sys.chdir(name))
        }
        return yield* sys.getcwd(sys.alloc(8192), 8192)
      },
    ],
    [
      'ENOENT',
      'the working directory is gone',
      function* (sys) {
        yield* dir(sys)
        ok(yield* sys.chdir('/tmp/d'))
        ok(yield* sys.rmdir('/tmp/d'))
        return yield* sys.getcwd(sys.alloc(64), 64)
      },
    ],
    [
      'ENOMEM',
      'the kernel has no memory for the path',
      (sys, vm) => withoutMemory(vm, () => sys.getcwd(sys.alloc(64), 64)),
    ],
    ['ERANGE', 'the path and its zero are longer than the room', (sys) => sys.getcwd(sys.alloc(64), 1)],
    ['ERANGE', 'there is no room at all', (sys) => sys.getcwd(sys.alloc(64), 0)],
    ['EACCES', 'the path is put together of names that are known: nothing is searched'],
    ['EINVAL', 'it is what the C library says of no room: the system call says ERANGE'],
  ]),
]
