import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { O_APPEND, O_CREAT, O_NONBLOCK, O_PATH, O_RDONLY, O_RDWR, O_WRONLY } from '../../kernel/fs/file.ts'
import { endOfHeap, ok, pipe } from '../support/vm.ts'
import { call, type CallErrors, type ErrorRow } from './form.ts'
import {
  CLOSED,
  NOWHERE,
  NO_DEVICE,
  dir,
  failingHost,
  file,
  fixed,
  ignore,
  interrupted,
  limitSize,
  mounted,
  withoutMemory,
  withoutPages,
} from './setup.ts'

const SPLICE_F_NONBLOCK = 2
const SIGPIPE = 13
const AS_LONG_AS_OFFSETS = 'every file can be as long as offsets go, and beyond those it is EINVAL'

type Two = (sys: Libc, from: number, to: number) => Run<number>

/** Fill a pipe. */
function* fill(sys: Libc, wr: number): Run<void> {
  const at = (yield* endOfHeap(sys, 16384)) as number
  for (let i = 0; i < 4; i++) ok(yield* sys.syscall(64, wr, at, 16384))
}

/** Descriptors that a call from one to another does not take. */
function ends(act: Two): ErrorRow[] {
  return [
    [
      'EBADF',
      'the file to read from is not open',
      function* (sys) {
        return yield* act(sys, CLOSED, (yield* pipe(sys)).wr)
      },
    ],
    [
      'EBADF',
      'the file to write to is not open',
      function* (sys) {
        const { rd, wr } = yield* pipe(sys)
        ok(yield* sys.print('hello', wr))
        return yield* act(sys, rd, CLOSED)
      },
    ],
    [
      'EBADF',
      'the file to read from is open for writing only',
      function* (sys) {
        const [a, b] = [yield* pipe(sys), yield* pipe(sys)]
        return yield* act(sys, a.wr, b.wr)
      },
    ],
  ]
}

const splice: Two = (sys, from, to) => sys.splice(from, 0, to, 0, 5)
const tee: Two = (sys, from, to) => sys.tee(from, to, 5)

/** Between two pipes. */
function betweenPipes(act: (sys: Libc, from: number, to: number, flags: number) => Run<number>): ErrorRow[] {
  return [
    [
      'EAGAIN',
      'nothing is in the first pipe, and it is not to wait',
      function* (sys) {
        const [a, b] = [yield* pipe(sys), yield* pipe(sys)]
        return yield* act(sys, a.rd, b.wr, SPLICE_F_NONBLOCK)
      },
    ],
    [
      'EAGAIN',
      'the second pipe is full and does not wait',
      function* (sys) {
        const [a, b] = [yield* pipe(sys), yield* pipe(sys, O_NONBLOCK)]
        ok(yield* sys.print('hello', a.wr))
        yield* fill(sys, b.wr)
        return yield* act(sys, a.rd, b.wr, 0)
      },
    ],
    [
      'EBADF',
      'the file to write to is open for reading only',
      function* (sys) {
        const [a, b] = [yield* pipe(sys), yield* pipe(sys)]
        return yield* act(sys, a.rd, b.rd, 0)
      },
    ],
    [
      'EINTR',
      'a signal comes while it waits for something in the first pipe',
      function* (sys) {
        const [a, b] = [yield* pipe(sys), yield* pipe(sys)]
        return yield* interrupted(sys, (sys) => act(sys, a.rd, b.wr, 0))
      },
    ],
    [
      'EINVAL',
      'both ends are of one pipe',
      function* (sys) {
        const { rd, wr } = yield* pipe(sys)
        return yield* act(sys, rd, wr, 0)
      },
    ],
    ['EINVAL', 'a flag is none', (sys) => act(sys, CLOSED, CLOSED, 16)],
    [
      'ENOMEM',
      'there is no page for what comes into the second pipe',
      function* (sys, vm) {
        const [a, b] = [yield* pipe(sys), yield* pipe(sys)]
        ok(yield* sys.print('hello', a.wr))
        return yield* withoutPages(vm, () => act(sys, a.rd, b.wr, 0))
      },
    ],
    [
      'EPIPE',
      'nobody reads the second pipe, and SIGPIPE is ignored',
      function* (sys) {
        const [a, b] = [yield* pipe(sys), yield* pipe(sys)]
        ok(yield* sys.print('hello', a.wr))
        ok(yield* sys.close(b.rd))
        ok(yield* ignore(sys, SIGPIPE))
        return yield* act(sys, a.rd, b.wr, 0)
      },
    ],
  ]
}

/** Bytes from file to file. */
export const SPLICE: readonly CallErrors[] = [
  call('sendfile', 'EAGAIN EBADF EFAULT EINVAL EIO ENOMEM EOVERFLOW ESPIPE', [
    [
      'EAGAIN',
      'the pipe to write to is full and does not wait',
      function* (sys) {
        const { wr } = yield* pipe(sys, O_NONBLOCK)
        yield* fill(sys, wr)
        return yield* sys.sendfile(wr, yield* file(sys), 0, 5)
      },
    ],
    [
      'EBADF',
      'the file to read from is not open',
      function* (sys) {
        return yield* sys.sendfile(yield* file(sys), CLOSED, 0, 5)
      },
    ],
    [
      'EBADF',
      'the file to write to is not open',
      function* (sys) {
        return yield* sys.sendfile(CLOSED, yield* file(sys), 0, 5)
      },
    ],
    [
      'EBADF',
      'the file to write to is open for reading only',
      function* (sys) {
        const fd = yield* file(sys)
        return yield* sys.sendfile(ok(yield* sys.open('/tmp/f', O_RDONLY)), fd, 0, 5)
      },
    ],
    [
      'EFAULT',
      'the position is nowhere in memory',
      function* (sys) {
        return yield* sys.sendfile(1, yield* file(sys), NOWHERE, 5)
      },
    ],
    [
      'EINVAL',
      'the position is negative',
      function* (sys) {
        return yield* sys.sendfile(1, yield* file(sys), sys.words(-1n), 5)
      },
    ],
    [
      'EINVAL',
      'it is to be written at the end of a file, wherever that is',
      function* (sys) {
        const end = ok(yield* sys.open('/tmp/end', O_WRONLY | O_CREAT | O_APPEND, 0o600))
        return yield* sys.sendfile(end, yield* file(sys), 0, 5)
      },
    ],
    [
      'EINVAL',
      'it is to be read from a pipe and written to a file',
      function* (sys) {
        return yield* sys.sendfile(yield* file(sys), (yield* pipe(sys)).rd, 0, 5)
      },
    ],
    [
      'ENOMEM',
      'the kernel has no memory for what is on its way',
      function* (sys, vm) {
        const [from, to] = [yield* file(sys), yield* file(sys, '/tmp/g')]
        return yield* withoutMemory(vm, () => sys.sendfile(to, from, 0, 5))
      },
    ],
    [
      'ESPIPE',
      'there is a position, and the file to read from is a pipe',
      function* (sys) {
        return yield* sys.sendfile(1, (yield* pipe(sys)).rd, sys.words(0n), 5)
      },
    ],
    [
      'EIO',
      'the host cannot read the file',
      function* (sys, vm) {
        failingHost(vm)
        return yield* sys.sendfile(yield* file(sys), ok(yield* sys.open('/mnt/f', O_RDONLY)), 0, 5)
      },
    ],
    ['EOVERFLOW', AS_LONG_AS_OFFSETS],
  ]),

  call('splice', 'EAGAIN EBADF EINVAL ENOMEM ESPIPE', [
    ...ends(splice),
    ...betweenPipes((sys, from, to, flags) => sys.splice(from, 0, to, 0, 5, flags)),
    [
      'EFAULT',
      'a position is nowhere in memory',
      function* (sys) {
        return yield* sys.splice(yield* file(sys), NOWHERE, (yield* pipe(sys)).wr, 0, 5)
      },
    ],
    [
      'EINVAL',
      'neither is a pipe',
      function* (sys) {
        return yield* splice(sys, yield* file(sys), yield* file(sys, '/tmp/g'))
      },
    ],
    [
      'EINVAL',
      'what is read has no pages to hand over',
      function* (sys) {
        return yield* splice(sys, yield* dir(sys), (yield* pipe(sys)).wr)
      },
    ],
    [
      'ESPIPE',
      'there is a position in a pipe',
      function* (sys) {
        return yield* sys.splice((yield* pipe(sys)).rd, sys.words(0n), yield* file(sys), 0, 5)
      },
    ],
  ]),

  call('tee', 'EAGAIN EBADF EINVAL ENOMEM', [
    ...ends(tee),
    ...betweenPipes((sys, from, to, flags) => sys.tee(from, to, 5, flags)),
    [
      'EINVAL',
      'one of them is no pipe',
      function* (sys) {
        return yield* tee(sys, (yield* pipe(sys)).rd, yield* file(sys))
      },
    ],
  ]),

  call(
    'copy_file_range',
    'EBADF EFBIG EINVAL EIO EISDIR ENOMEM ENOSPC EOPNOTSUPP EOVERFLOW EPERM ETXTBSY EXDEV',
    copies((sys, from, to) => sys.copy_file_range(from, 0, to, 0, 5)),
  ),
]

function copies(act: Two): ErrorRow[] {
  return [
    [
      'EBADF',
      'the file to read from is not open',
      function* (sys) {
        return yield* act(sys, CLOSED, yield* file(sys))
      },
    ],
    [
      'EBADF',
      'the file to read from is open for writing only',
      function* (sys) {
        const to = yield* file(sys)
        return yield* act(sys, ok(yield* sys.open('/tmp/g', O_WRONLY | O_CREAT, 0o600)), to)
      },
    ],
    [
      'EBADF',
      'the file to write to was opened with O_PATH',
      function* (sys) {
        const from = yield* file(sys)
        return yield* act(sys, from, ok(yield* sys.open('/tmp/f', O_PATH)))
      },
    ],
    [
      'EBADF',
      'it is to be written at the end of a file, wherever that is',
      function* (sys) {
        const from = yield* file(sys)
        return yield* act(sys, from, ok(yield* sys.open('/tmp/g', O_RDWR | O_CREAT | O_APPEND, 0o600)))
      },
    ],
    [
      'EFAULT',
      'a position is nowhere in memory',
      function* (sys) {
        return yield* sys.copy_file_range(yield* file(sys), NOWHERE, yield* file(sys, '/tmp/g'), 0, 5)
      },
    ],
    [
      'EFBIG',
      'the process may make no file so long',
      function* (sys) {
        const [from, to] = [yield* file(sys), yield* file(sys, '/tmp/g')]
        yield* limitSize(sys, 0)
        return yield* act(sys, from, to)
      },
    ],
    ['EINVAL', 'there is a flag', (sys) => withTwo(sys, (from, to) => sys.copy_file_range(from, 0, to, 0, 5, 1))],
    [
      'EINVAL',
      'it is one file, and what is written would be what is read',
      function* (sys) {
        const fd = yield* file(sys)
        return yield* act(sys, fd, fd)
      },
    ],
    [
      'EINVAL',
      'one of them is a pipe',
      function* (sys) {
        return yield* act(sys, (yield* pipe(sys)).rd, yield* file(sys))
      },
    ],
    [
      'EISDIR',
      'one of them is a directory',
      function* (sys) {
        return yield* act(sys, yield* dir(sys), yield* file(sys))
      },
    ],
    [
      'ENOMEM',
      'the kernel has no memory for what is on its way',
      (sys, vm) => withTwo(sys, (from, to) => withoutMemory(vm, () => act(sys, from, to))),
    ],
    [
      'ENOSPC',
      'no page is left in the file system',
      function* (sys) {
        const from = yield* mounted(sys, 'size=4k')
        return yield* act(sys, from, ok(yield* sys.open('/tmp/m/g', O_RDWR | O_CREAT, 0o600)))
      },
    ],
    [
      'EOVERFLOW',
      'position and length are together more than 64 bits',
      (sys) => withTwo(sys, (from, to) => sys.copy_file_range(from, sys.words(5n), to, 0, -1)),
    ],
    [
      'EPERM',
      'the file to write to is to stay as it is',
      function* (sys) {
        return yield* act(sys, yield* file(sys, '/tmp/g'), yield* fixed(sys))
      },
    ],
    [
      'EXDEV',
      'they are in two file systems',
      function* (sys) {
        return yield* act(sys, yield* mounted(sys), yield* file(sys))
      },
    ],
    ['EIO', NO_DEVICE],
    ['EOPNOTSUPP', 'a file that cannot be copied so is copied through memory'],
    ['ETXTBSY', 'it speaks of files that are swapped to, and nothing is swapped'],
  ]
}

function* withTwo(sys: Libc, act: (from: number, to: number) => Run<number>): Run<number> {
  return yield* act(yield* file(sys), yield* file(sys, '/tmp/g'))
}
