import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import type { Vm } from '../../index.ts'
import * as O from '../../kernel/fs/file.ts'
import { ok, pipe } from '../support/vm.ts'
import { call, type Attempt, type CallErrors, type Errno, type ErrorRow } from './form.ts'
import {
  ALL_64_BIT,
  CLOSED,
  NOWHERE,
  NO_QUOTA,
  dir,
  failingHost,
  file,
  ignore,
  inChild,
  interrupted,
  limitSize,
  mounted,
} from './setup.ts'
import { vectors } from './vectors.ts'

const [SIGPIPE, SIGTTIN] = [13, 21]
const NO_SOCKETS = 'only a socket can lack an address, and there are none'
const NO_SEALS = 'there is no memfd_create, so no file has a seal'

/** Move `n` bytes between `at` and a file, from `pos` on where the call has one. */
type Move = (sys: Libc, fd: number, at: number, n: number, pos?: number) => Run<number>

/** With a buffer of eight bytes. */
const eight = (move: Move) => (sys: Libc, fd: number) => move(sys, fd, sys.alloc(8), 8)

function reading(move: Move): ErrorRow[] {
  const act = eight(move)
  return [
    ['EBADF', 'the descriptor is not open', (sys) => act(sys, CLOSED)],
    [
      'EBADF',
      'it is open for writing only',
      function* (sys) {
        return yield* act(sys, ok(yield* sys.open('/tmp/f', O.O_WRONLY | O.O_CREAT, 0o600)))
      },
    ],
    [
      'EBADF',
      'it was opened with O_PATH',
      function* (sys) {
        yield* file(sys)
        return yield* act(sys, ok(yield* sys.open('/tmp/f', O.O_PATH)))
      },
    ],
    [
      'EFAULT',
      'there is no memory for what is read',
      function* (sys) {
        return yield* move(sys, yield* file(sys), NOWHERE, 8)
      },
    ],
    [
      'EFAULT',
      'the room goes on beyond user space',
      function* (sys) {
        return yield* move(sys, yield* file(sys), 2 ** 38 - 4, 8)
      },
    ],
    [
      'EIO',
      'the host cannot read the file',
      function* (sys, vm) {
        failingHost(vm)
        return yield* act(sys, ok(yield* sys.open('/mnt/f', O.O_RDONLY)))
      },
    ],
    [
      'EISDIR',
      'it is a directory',
      function* (sys) {
        return yield* act(sys, yield* dir(sys))
      },
    ],
  ]
}

/** Where nothing says from where on. */
function readingOn(move: Move): ErrorRow[] {
  const act = eight(move)
  return [
    ...reading(move),
    [
      'EAGAIN',
      'nothing is in the pipe, and it is not to wait',
      function* (sys) {
        return yield* act(sys, (yield* pipe(sys, O.O_NONBLOCK)).rd)
      },
    ],
    [
      'EINTR',
      'a signal comes while it waits for something in the pipe',
      function* (sys) {
        const { rd } = yield* pipe(sys)
        return yield* interrupted(sys, (sys) => act(sys, rd))
      },
    ],
    [
      'EINVAL',
      'a counter is to be read into less than eight bytes',
      function* (sys) {
        return yield* move(sys, ok(yield* sys.eventfd(1)), sys.alloc(8), 7)
      },
    ],
    [
      'EIO',
      'the terminal is in the foreground of others, and SIGTTIN is ignored',
      (sys, vm) => inBackground(sys, vm, act),
    ],
  ]
}

/** A child in the background of a session with a terminal makes `act` on it. */
function inBackground(sys: Libc, vm: Vm, act: (sys: Libc, fd: number) => Run<number>): Run<number> {
  vm.terminal()
  return inChild(sys, function* (sys) {
    ok(yield* sys.setsid())
    const tty = ok(yield* sys.open('/dev/ttyS0', O.O_RDWR))
    return yield* inChild(sys, function* (sys) {
      ok(yield* sys.setpgid(0, 0))
      ok(yield* ignore(sys, SIGTTIN))
      return yield* act(sys, tty)
    })
  })
}

function writing(move: Move): ErrorRow[] {
  const act = eight(move)
  const all = endless(move)
  return [
    ['EBADF', 'the descriptor is not open', (sys) => act(sys, CLOSED)],
    [
      'EBADF',
      'it is open for reading only',
      function* (sys) {
        yield* file(sys)
        return yield* act(sys, ok(yield* sys.open('/tmp/f', O.O_RDONLY)))
      },
    ],
    [
      'EBADF',
      'it is a directory, which is open for reading only',
      function* (sys) {
        return yield* act(sys, yield* dir(sys))
      },
    ],
    [
      'EFAULT',
      'what is to be written is nowhere in memory',
      function* (sys) {
        return yield* move(sys, yield* file(sys), NOWHERE, 8)
      },
    ],
    [
      'EFBIG',
      'the file would be longer than the process may make one',
      function* (sys) {
        const fd = yield* file(sys)
        yield* limitSize(sys, 0)
        return yield* act(sys, fd)
      },
    ],
    [
      'ENOSPC',
      'no page is left in the file system',
      function* (sys) {
        const fd = yield* mounted(sys, 'size=4k')
        ok(yield* sys.fallocate(fd, 0, 0, 4096))
        return yield* all(sys, fd)
      },
    ],
    [
      'ENOSPC',
      'the device is full, as it always is',
      function* (sys) {
        return yield* act(sys, ok(yield* sys.open('/dev/full', O.O_WRONLY)))
      },
    ],
    ['EDESTADDRREQ', NO_SOCKETS],
    ['EDQUOT', NO_QUOTA],
    ['EPERM', NO_SEALS],
  ]
}

/** Behind the first page. */
function endless(move: Move): (sys: Libc, fd: number) => Run<number> {
  return function* (sys, fd) {
    ok(yield* sys.lseek(fd, 4096, 0))
    return yield* move(sys, fd, sys.alloc(8), 8, 4096)
  }
}

function* unknownFlag(sys: Libc, move: 'preadv2' | 'pwritev2'): Run<number> {
  return yield* sys[move](ok(yield* file(sys)), [[sys.alloc(1), 1]], 0, 1 << 20)
}

function* onProc(sys: Libc, act: (sys: Libc, fd: number) => Run<number>): Run<number> {
  return yield* act(sys, ok(yield* sys.open('/proc/uptime', O.O_WRONLY)))
}

/** Where nothing says to where. */
function writingOn(move: Move): ErrorRow[] {
  const act = eight(move)
  return [
    ...writing(move),
    [
      'EAGAIN',
      'the pipe is full, and it is not to wait',
      function* (sys) {
        const { wr } = yield* pipe(sys, O.O_NONBLOCK)
        ok(yield* sys.write(wr, yield* room(sys), 65536))
        return yield* act(sys, wr)
      },
    ],
    [
      'EINTR',
      'a signal comes while it waits for room in the pipe',
      function* (sys) {
        const { wr } = yield* pipe(sys)
        ok(yield* sys.write(wr, yield* room(sys), 65536))
        return yield* interrupted(sys, (sys) => act(sys, wr))
      },
    ],
    [
      'EINVAL',
      'less than eight bytes are to be added to a counter',
      function* (sys) {
        return yield* move(sys, ok(yield* sys.eventfd(0)), sys.alloc(8), 7)
      },
    ],
    ['EIO', 'a file of /proc only tells', (sys) => onProc(sys, act)],
    [
      'EPIPE',
      'nobody reads the pipe, and SIGPIPE is ignored',
      function* (sys) {
        const { rd, wr } = yield* pipe(sys)
        ok(yield* sys.close(rd))
        ok(yield* ignore(sys, SIGPIPE))
        return yield* act(sys, wr)
      },
    ],
  ]
}

/** 64 KiB of memory. */
function* room(sys: Libc): Run<UserPtr> {
  const at = yield* sys.brk(0)
  ok(yield* sys.brk(at + 65536))
  return at as UserPtr
}

/** At a position of the call's own. */
function positioned(move: Move): ErrorRow[] {
  return [
    ['EINVAL', 'the position is negative', (sys) => move(sys, 1, sys.alloc(8), 8, -1)],
    [
      'ESPIPE',
      'it is a pipe',
      function* (sys) {
        const { rd } = yield* pipe(sys)
        return yield* move(sys, rd, sys.alloc(8), 8, 0)
      },
    ],
    ['ENXIO', 'a position is where the caller says, and nothing is looked for'],
    ['EOVERFLOW', ALL_64_BIT],
  ]
}

function waitsForLog(move: Move): [Errno, string, Attempt][] {
  const toEnd = function* (sys: Libc, flags: number): Run<number> {
    const fd = ok(yield* sys.open('/dev/kmsg', O.O_RDONLY | flags))
    ok(yield* sys.lseek(fd, 0, 2))
    return fd
  }
  return [
    [
      'EAGAIN',
      'the kernel has said nothing more, and it is not to wait',
      function* (sys) {
        return yield* move(sys, yield* toEnd(sys, O.O_NONBLOCK), sys.alloc(8), 8, 0)
      },
    ],
    [
      'EINTR',
      'a signal comes while it waits for what the kernel says',
      function* (sys) {
        const fd = yield* toEnd(sys, 0)
        return yield* interrupted(sys, (sys) => move(sys, fd, sys.alloc(8), 8, 0))
      },
    ],
  ]
}

const READ = 'EAGAIN EBADF EFAULT EINTR EINVAL EIO EISDIR'
const WRITE = 'EAGAIN EBADF EDESTADDRREQ EDQUOT EFAULT EFBIG EINTR EINVAL EIO ENOSPC EPERM'
const AT = 'ENXIO EOVERFLOW ESPIPE'
const NO_WAY_TO_WAIT = 'what has a position has room at once or not at all'
const TELLS = 'a file that only tells is EIO where it is, and ESPIPE at a position'
const NO_PIPE = 'a pipe has no position: it is ESPIPE'

const pread: Move = (sys, fd, at, n, pos = 0) => sys.syscall(67, fd, at, n, pos)
const pwrite: Move = (sys, fd, at, n, pos = 0) => sys.syscall(68, fd, at, n, pos)
const preadvMove: Move = (sys, fd, at, n, pos = 0) => sys.preadv(fd, [[at, n]], pos)
const pwritevMove: Move = (sys, fd, at, n, pos = 0) => sys.pwritev(fd, [[at, n]], pos)
const preadv2At: Move = (sys, fd, at, n, pos = 0) => sys.preadv2(fd, [[at, n]], pos === -1 ? -2 : pos, 0)
const pwritev2At: Move = (sys, fd, at, n, pos = 0) => sys.pwritev2(fd, [[at, n]], pos === -1 ? -2 : pos, 0)

/** Bytes between memory and files. */
export const RW: readonly CallErrors[] = [
  call(
    'read',
    READ,
    readingOn((sys, fd, at, n) => sys.syscall(63, fd, at, n)),
  ),
  call('readv', `${READ} ENOMEM`, [
    ...readingOn((sys, fd, at, n) => sys.readv(fd, [[at, n]])),
    ...vectors(
      (sys, fd, vec) => sys.readv(fd, vec),
      (sys, fd, vec, vlen) => sys.syscall(65, fd, vec, vlen),
    ),
  ]),
  call(
    'write',
    `${WRITE} EPIPE`,
    writingOn((sys, fd, at, n) => sys.syscall(64, fd, at, n)),
  ),
  call('writev', `${WRITE} EPIPE ENOMEM`, [
    ...writingOn((sys, fd, at, n) => sys.writev(fd, [[at, n]])),
    ...vectors(
      (sys, fd, vec) => sys.writev(fd, vec),
      (sys, fd, vec, vlen) => sys.syscall(66, fd, vec, vlen),
    ),
  ]),
  call('pread64', `${READ} ${AT}`, [...reading(pread), ...positioned(pread), ...waitsForLog(pread)]),
  call('preadv', `${READ} ${AT} ENOMEM`, [
    ...reading(preadvMove),
    ...positioned(preadvMove),
    ...waitsForLog(preadvMove),
    ...vectors(
      (sys, fd, vec) => sys.preadv(fd, vec, 0),
      (sys, fd, vec, vlen) => sys.syscall(69, fd, vec, vlen, 0),
    ),
  ]),
  call('pwrite64', `${WRITE} ${AT} EPIPE`, [
    ...writing(pwrite),
    ...positioned(pwrite),
    ['EAGAIN', NO_WAY_TO_WAIT],
    ['EINTR', NO_WAY_TO_WAIT],
    ['EPIPE', NO_PIPE],
    ['EIO', TELLS],
    ['ESPIPE', 'a file of /proc only tells, from its start on', (sys) => onProc(sys, eight(pwrite))],
  ]),
  call('pwritev', `${WRITE} ${AT} EPIPE ENOMEM`, [
    ...writing(pwritevMove),
    ...positioned(pwritevMove),
    ...vectors(
      (sys, fd, vec) => sys.pwritev(fd, vec, 0),
      (sys, fd, vec, vlen) => sys.syscall(70, fd, vec, vlen, 0),
    ),
    ['EAGAIN', NO_WAY_TO_WAIT],
    ['EINTR', NO_WAY_TO_WAIT],
    ['EPIPE', NO_PIPE],
    ['EIO', TELLS],
    ['ESPIPE', 'a file of /proc only tells, from its start on', (sys) => onProc(sys, eight(pwritevMove))],
  ]),
  call('preadv2', `${READ} ${AT} ENOMEM EOPNOTSUPP`, [
    ...readingOn((sys, fd, at, n) => sys.preadv2(fd, [[at, n]], -1, 0)),
    ...positioned(preadv2At),
    ...vectors(
      (sys, fd, vec) => sys.preadv2(fd, vec, 0, 0),
      (sys, fd, vec, vlen) => sys.syscall(286, fd, vec, vlen, 0, 0, 0),
    ),
    ['EOPNOTSUPP', 'there is no such flag', (sys) => unknownFlag(sys, 'preadv2')],
  ]),
  call('pwritev2', `${WRITE} ${AT} EPIPE ENOMEM EOPNOTSUPP`, [
    ...writingOn((sys, fd, at, n) => sys.pwritev2(fd, [[at, n]], -1, 0)),
    ...positioned(pwritev2At),
    ...vectors(
      (sys, fd, vec) => sys.pwritev2(fd, vec, 0, 0),
      (sys, fd, vec, vlen) => sys.syscall(287, fd, vec, vlen, 0, 0, 0),
    ),
    ['EOPNOTSUPP', 'there is no such flag', (sys) => unknownFlag(sys, 'pwritev2')],
  ]),
]
