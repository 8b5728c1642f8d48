import type { UserPtr } from '../../kernel/types.ts'
import type { CString, Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import type { Attempt, Errno, ErrorRow } from './form.ts'
import { AT_FDCWD } from '../../kernel/fs/namei.ts'
import { endOfHeap, is, ok } from '../support/vm.ts'
import { CLOSED, NOWHERE, dir, failingHost, file, user, withoutMemory } from './setup.ts'

/** Make a call with a path; `dfd` is where a relative one begins. */
export type WithPath = (sys: Libc, path: CString, dfd: number) => Run<number>

export interface PathOptions {
  /** Has it a descriptor to begin at? */
  readonly at?: boolean
  /** Which path of several: shown. */
  readonly which?: string
  /** Whether the last name is looked for where it may be changed only. */
  readonly moves?: boolean
  /** What there is to be in each machine. */
  readonly before?: (sys: Libc) => Run<unknown>
}

/** What can be in the way of a path, whatever the call wants at its end. */
export function onTheWay(act: WithPath, { at = false, which, before, moves = false }: PathOptions = {}): ErrorRow[] {
  const of = which === undefined ? '' : ` (${which})`
  const rows: [Errno, string, Attempt][] = [
    ['EFAULT', `the path${of} is nowhere in memory`, (sys) => act(sys, NOWHERE, AT_FDCWD)],
    [
      'EFAULT',
      `the path${of} has no end before memory has`,
      function* (sys) {
        return yield* act(sys, yield* endless(sys), AT_FDCWD)
      },
    ],
    ['ENOENT', `the path${of} is empty`, (sys) => act(sys, '', AT_FDCWD)],
    ['ENOENT', `a directory on the way${of} is not there`, (sys) => act(sys, '/tmp/no/x', AT_FDCWD)],
    [
      'ENOENT',
      `a symbolic link on the way${of} leads nowhere`,
      function* (sys) {
        ok(yield* sys.symlink('no', '/tmp/dangling'))
        return yield* act(sys, '/tmp/dangling/x', AT_FDCWD)
      },
    ],
    [
      'ENOTDIR',
      `a file is on the way${of}`,
      function* (sys) {
        yield* file(sys)
        return yield* act(sys, '/tmp/f/x', AT_FDCWD)
      },
    ],
    [
      'EACCES',
      `a directory on the way${of} may not be searched`,
      function* (sys) {
        yield* dir(sys, '/tmp/d', 0o766)
        yield* file(sys, '/tmp/d/x')
        yield* user(sys)
        return yield* act(sys, '/tmp/d/x', AT_FDCWD)
      },
    ],
    [
      'ELOOP',
      `41 symbolic links are on the way${of}`,
      function* (sys) {
        ok(yield* sys.mkdir('/tmp/l0', 0o777))
        for (let i = 1; i <= 41; i++) ok(yield* sys.symlink(`l${i - 1}`, `/tmp/l${i}`))
        const most = yield* act(sys, '/tmp/l40/x/x', AT_FDCWD)
        is(most, -2, '40 are as many as may be: there is no x in the last')
        return yield* act(sys, '/tmp/l41/x/x', AT_FDCWD)
      },
    ],
    [
      'ELOOP',
      `symbolic links on the way${of} lead in a circle`,
      function* (sys) {
        ok(yield* sys.symlink('b', '/tmp/a'))
        ok(yield* sys.symlink('a', '/tmp/b'))
        return yield* act(sys, '/tmp/a/x', AT_FDCWD)
      },
    ],
    ['ENAMETOOLONG', `a name${of} has 256 bytes`, (sys) => act(sys, `/tmp/${'x'.repeat(256)}`, AT_FDCWD)],
    ['ENAMETOOLONG', `the path${of} has 4096 bytes`, (sys) => act(sys, slashes(sys, 4096), AT_FDCWD)],
    [
      'EIO',
      `the host cannot tell where a link on the way${of} leads`,
      (sys, vm) => {
        failingHost(vm)
        return act(sys, '/mnt/l/x', AT_FDCWD)
      },
    ],
    [
      'ENOMEM',
      `the kernel has no memory for the path${of}`,
      (sys, vm) => withoutMemory(vm, () => act(sys, '/tmp/x', AT_FDCWD)),
    ],
  ]
  if (!moves) {
    rows.push([
      'EIO',
      `the host cannot tell of a file${of}`,
      (sys, vm) => {
        failingHost(vm)
        return act(sys, '/mnt/bad', AT_FDCWD)
      },
    ])
  }
  if (at) {
    rows.push(
      ['EBADF', `the path${of} is relative to what is not open`, (sys) => act(sys, 'x', CLOSED)],
      [
        'ENOTDIR',
        `the path${of} is relative to a file`,
        function* (sys) {
          return yield* act(sys, 'x', yield* file(sys))
        },
      ],
      [
        'ENOENT',
        `the path${of} is relative to a directory that is gone`,
        function* (sys) {
          const fd = yield* dir(sys)
          ok(yield* sys.rmdir('/tmp/d'))
          return yield* act(sys, 'x', fd)
        },
      ],
    )
  }
  if (before === undefined) return rows
  return rows.map(([errno, what, attempt]) => [
    errno,
    what,
    function* (sys, vm) {
      yield* before(sys)
      return yield* attempt(sys, vm)
    },
  ])
}

/** `n` bytes that lead to where one is. */
function slashes(sys: Libc, n: number): UserPtr {
  return sys.string('./'.repeat(n / 2))
}

/** A path up to the last byte of what is mapped. */
function* endless(sys: Libc): Run<UserPtr> {
  const at = yield* endOfHeap(sys, 2)
  sys.store(at, new Uint8Array([47, 120]))
  return at
}
