import type { CString, Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { O_PATH } from '../../kernel/fs/file.ts'
import { MNT_EXPIRE, MNT_FORCE, MS_BIND, MS_MOVE, MS_REMOUNT } from '../../kernel/fs/namespace.ts'
import { MS_RDONLY } from '../../kernel/fs/super.ts'
import { ok } from '../support/vm.ts'
import { call, cannotFail, type CallErrors, type ErrorRow } from './form.ts'
import { onTheWay, type WithPath } from './on_the_way.ts'
import { CLOSED, NOWHERE, dir, file, mount, mounted, user } from './setup.ts'

const NO_BLOCK_DEVICE = 'no file system here is on a block device, so none is asked for one'

function umount(sys: Libc, path: CString, flags = 0): Run<number> {
  return sys.syscall(39, typeof path === 'string' ? sys.string(path) : path, flags)
}

const mountAt = (sys: Libc, path: CString): Run<number> =>
  sys.syscall(40, sys.string('none'), typeof path === 'string' ? sys.string(path) : path, sys.string('tmpfs'), 0, 0)

/** What can be wrong with a directory that one wants to go to. */
function ofDirectory(act: WithPath): ErrorRow[] {
  return [
    ...onTheWay(act),
    ['ENOENT', 'there is no such directory', (sys) => act(sys, '/tmp/d', 0)],
    [
      'ENOTDIR',
      'it is a file',
      function* (sys) {
        yield* file(sys)
        return yield* act(sys, '/tmp/f', 0)
      },
    ],
    [
      'EACCES',
      'the directory itself may not be searched',
      function* (sys) {
        yield* dir(sys, '/tmp/d', 0o766)
        yield* user(sys)
        return yield* act(sys, '/tmp/d', 0)
      },
    ],
  ]
}

/** Where one is, and what is mounted there. */
export const PLACES: readonly CallErrors[] = [
  call(
    'chdir',
    'EACCES EFAULT EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR',
    ofDirectory((sys, path) => sys.chdir(path)),
  ),

  call('fchdir', 'EACCES EBADF ENOTDIR', [
    ['EBADF', 'the descriptor is not open', (sys) => sys.fchdir(CLOSED)],
    [
      'EACCES',
      'the directory may not be searched any more',
      function* (sys) {
        const fd = yield* dir(sys, '/tmp/d', 0o766)
        yield* user(sys)
        return yield* sys.fchdir(fd)
      },
    ],
    [
      'ENOTDIR',
      'it is a file',
      function* (sys) {
        return yield* sys.fchdir(yield* file(sys))
      },
    ],
    [
      'ENOTDIR',
      'it is a file, and was opened with O_PATH',
      function* (sys) {
        yield* file(sys)
        return yield* sys.fchdir(ok(yield* sys.open('/tmp/f', O_PATH)))
      },
    ],
  ]),

  call('chroot', 'EACCES EFAULT EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM', [
    ...ofDirectory((sys, path) => sys.chroot(path)),
    [
      'EPERM',
      'it is not root who asks',
      function* (sys) {
        yield* user(sys)
        return yield* sys.chroot('/tmp')
      },
    ],
  ]),

  call(
    'mount',
    'EACCES EBUSY EFAULT EINVAL ELOOP EMFILE ENAMETOOLONG ENODEV ENOENT ENOMEM ENOTBLK ENOTDIR ENXIO EPERM EROFS',
    [
      ...onTheWay(mountAt),
      ['ENOENT', 'there is no such directory', (sys) => mountAt(sys, '/tmp/d')],
      [
        'ENOENT',
        'the directory is gone',
        function* (sys) {
          yield* dir(sys)
          ok(yield* sys.chdir('/tmp/d'))
          ok(yield* sys.rmdir('/tmp/d'))
          return yield* mountAt(sys, '.')
        },
      ],
      [
        'EBUSY',
        'it is to be for reading, and a file is open for writing',
        function* (sys) {
          yield* mounted(sys)
          return yield* mount(sys, '/tmp/m', 'tmpfs', MS_REMOUNT | MS_RDONLY)
        },
      ],
      ...(['source', 'type', 'data'] as const).map(
        (which) =>
          [
            'EFAULT',
            `the ${which} is nowhere in memory`,
            (sys) => {
              const at = (what: string, text: string): number => (what === which ? NOWHERE : sys.string(text))
              return sys.syscall(40, at('source', 'x'), sys.string('/tmp'), at('type', 'tmpfs'), 0, at('data', ''))
            },
          ] satisfies ErrorRow,
      ),
      ['EINVAL', 'no type is named', (sys) => sys.syscall(40, sys.string('x'), sys.string('/tmp'), 0, 0, 0)],
      ['EINVAL', 'an option is none', (sys) => mount(sys, '/tmp', 'tmpfs', 0, 'colour=red')],
      ['EINVAL', 'a size is none', (sys) => mount(sys, '/tmp', 'tmpfs', 0, 'size=much')],
      ['EINVAL', 'the type is longer than a page', (sys) => mount(sys, '/tmp', 'x'.repeat(4096))],
      ['EINVAL', 'nothing is mounted where it is to change', (sys) => mount(sys, '/tmp', 'tmpfs', MS_REMOUNT)],
      ['EINVAL', 'it is to be in two places', (sys) => mount(sys, '/tmp', 'tmpfs', MS_BIND)],
      ['EINVAL', 'it is to move to another place', (sys) => mount(sys, '/tmp', 'tmpfs', MS_MOVE)],
      [
        'EINVAL',
        'it is to be smaller than what is in it',
        function* (sys) {
          ok(yield* sys.close(yield* mounted(sys, 'nr_inodes=100')))
          return yield* mount(sys, '/tmp/m', 'tmpfs', MS_REMOUNT, 'nr_inodes=2')
        },
      ],
      ['ENODEV', 'there is no such type', (sys) => mount(sys, '/tmp', 'ext4')],
      [
        'ENOTDIR',
        'the place is a file',
        function* (sys) {
          yield* file(sys)
          return yield* mountAt(sys, '/tmp/f')
        },
      ],
      [
        'EPERM',
        'it is not root who asks',
        function* (sys) {
          yield* user(sys)
          return yield* mountAt(sys, '/tmp')
        },
      ],
      ['EMFILE', 'numbers of devices that are none go on as far as numbers do'],
      ['ENOTBLK', NO_BLOCK_DEVICE],
      ['ENXIO', NO_BLOCK_DEVICE],
      ['EROFS', NO_BLOCK_DEVICE],
    ],
  ),

  call('umount2', 'EAGAIN EBUSY EFAULT EINVAL ENAMETOOLONG ENOENT ENOMEM EPERM', [
    ...onTheWay((sys, path) => umount(sys, path)),
    ['ENOENT', 'there is no such directory', (sys) => umount(sys, '/tmp/d')],
    [
      'EAGAIN',
      'it is marked to go if nobody uses it from now on',
      function* (sys) {
        ok(yield* sys.close(yield* mounted(sys)))
        return yield* umount(sys, '/tmp/m', MNT_EXPIRE)
      },
    ],
    [
      'EAGAIN',
      'it was marked and has been used since then',
      function* (sys) {
        ok(yield* sys.close(yield* mounted(sys)))
        void (yield* umount(sys, '/tmp/m', MNT_EXPIRE))
        ok(yield* sys.access('/tmp/m/f', 0))
        return yield* umount(sys, '/tmp/m', MNT_EXPIRE)
      },
    ],
    [
      'EBUSY',
      'a file is open there',
      function* (sys) {
        yield* mounted(sys)
        return yield* umount(sys, '/tmp/m')
      },
    ],
    [
      'EBUSY',
      'somebody works there',
      function* (sys) {
        ok(yield* sys.close(yield* mounted(sys)))
        ok(yield* sys.chdir('/tmp/m/d'))
        return yield* umount(sys, '/tmp/m')
      },
    ],
    [
      'EBUSY',
      'something else is mounted in it',
      function* (sys) {
        ok(yield* sys.close(yield* mounted(sys)))
        ok(yield* mount(sys, '/tmp/m/d'))
        return yield* umount(sys, '/tmp/m')
      },
    ],
    ['EINVAL', 'nothing is mounted there', (sys) => umount(sys, '/tmp')],
    ['EINVAL', 'a flag is none', (sys) => umount(sys, '/tmp', 64)],
    [
      'EINVAL',
      'it is to go by force, but only if nobody uses it',
      (sys) => umount(sys, '/proc', MNT_EXPIRE | MNT_FORCE),
    ],
    [
      'EPERM',
      'it is not root who asks',
      function* (sys) {
        yield* user(sys)
        return yield* umount(sys, '/proc')
      },
    ],
  ]),

  cannotFail('umask', 'every number is a mask: what is no permission is left out'),
]
