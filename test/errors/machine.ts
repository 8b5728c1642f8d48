import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import type { UserPtr } from '../../kernel/types.ts'
import { ok } from '../support/vm.ts'
import { call, type CallErrors, type ErrorRow } from './form.ts'
import { NOWHERE, interrupted, user } from './setup.ts'
import { sleeper } from './tasks.ts'

const NOBODY_THERE = 9999
const [RLIMIT_FSIZE, RLIMIT_NOFILE] = [1, 7]
const [PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_TIMING] = [1, 2, 4, 8, 14]
const [PR_SET_NAME, PR_GET_NAME, PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_SECUREBITS] = [15, 16, 23, 24, 28]
const PR_GET_CHILD_SUBREAPER = 37
const LATER = 'the options that give it are of later kernels, and EINVAL'

/** A user who is not root tries it. */
function refused(what: string, attempt: (sys: Libc, other: number) => Run<number>): ErrorRow {
  return [
    'EPERM',
    what,
    function* (sys) {
      const other = yield* sleeper(sys)
      yield* user(sys)
      return yield* attempt(sys, other)
    },
  ]
}

/** A struct rlimit. */
function limit(sys: Libc, cur: bigint, max: bigint): UserPtr {
  const at = sys.alloc(16)
  sys.store(at, new Uint8Array(new BigUint64Array([cur, max]).buffer))
  return at
}

function names(set: (sys: Libc, name: UserPtr, len: number) => Run<number>): ErrorRow[] {
  return [
    ['EFAULT', 'the name is nowhere', (sys) => set(sys, NOWHERE, 5)],
    ['EINVAL', 'the name is longer than 64 bytes', (sys) => set(sys, NOWHERE, 65)],
    ['EINVAL', 'the name is shorter than nothing', (sys) => set(sys, NOWHERE, -1)],
    refused('it is not allowed, and the name too long', (sys) => set(sys, NOWHERE, 65)),
  ]
}

const syslog = (sys: Libc, action: number, buf: number, len: number): Run<number> => sys.syscall(116, action, buf, len)
const prctl = (sys: Libc, option: number, arg2: number): Run<number> => sys.syscall(167, option, arg2)

/** What the machine is called, what it lets a process have, and what else a process says of itself. */
export const MACHINE: readonly CallErrors[] = [
  call('uname', 'EFAULT', [['EFAULT', 'the names go nowhere', (sys) => sys.uname(NOWHERE)]]),
  call(
    'sethostname',
    'EFAULT EINVAL EPERM',
    names((sys, name, len) => sys.sethostname(name, len)),
  ),
  call(
    'setdomainname',
    'EFAULT EINVAL EPERM',
    names((sys, name, len) => sys.setdomainname(name, len)),
  ),
  call('sysinfo', 'EFAULT', [['EFAULT', 'what there is goes nowhere', (sys) => sys.syscall(179, NOWHERE)]]),
  call('getcpu', 'EFAULT', [
    ['EFAULT', 'the CPU goes nowhere', (sys) => sys.syscall(168, NOWHERE, 0, 0)],
    ['EFAULT', 'the node goes nowhere', (sys) => sys.syscall(168, 0, NOWHERE, 0)],
  ]),
  call('personality', 'EINVAL', [['EINVAL', 'any number is kept, as in Linux since it has flags']]),
  call('syslog', 'EFAULT EINTR EINVAL EIO ENOSYS EPERM', [
    ['EFAULT', 'lines go nowhere', (sys) => syslog(sys, 2, NOWHERE, 100)],
    ['EFAULT', 'all lines go nowhere', (sys) => syslog(sys, 3, NOWHERE, 1 << 20)],
    ['EFAULT', 'lines go where no program has memory', (sys) => syslog(sys, 3, -4096, 5)],
    [
      'EINTR',
      'a signal comes before a line does',
      function* (sys) {
        const buf = sys.alloc(4096)
        ok(yield* syslog(sys, 2, buf, 4096))
        return yield* interrupted(sys, (sys) => syslog(sys, 2, buf, 4096))
      },
    ],
    ['EINVAL', 'the action is none', (sys) => syslog(sys, 11, 0, 0)],
    ['EINVAL', 'there is no place for lines', (sys) => syslog(sys, 2, 0, 5)],
    ['EINVAL', 'the place for lines is shorter than nothing', (sys) => syslog(sys, 4, NOWHERE, -1)],
    ['EINVAL', 'the level is 0', (sys) => syslog(sys, 8, 0, 0)],
    ['EINVAL', 'the level is 9', (sys) => syslog(sys, 8, 0, 9)],
    ...[0, 1, 2, 4, 5, 6, 7, 8, 9, 99].map((action): ErrorRow =>
      refused(`a user asks for action ${action}`, (sys) => syslog(sys, action, 0, 0)),
    ),
    ['EIO', 'what is read is in memory: no disk is there to fail'],
    ['ENOSYS', 'the kernel was built with its log'],
  ]),
  call('brk', 'ENOMEM', [
    ['ENOMEM', 'the call tells the old end of the heap instead, of which the C library makes it'],
  ]),

  call('getrlimit', 'EFAULT EINVAL', [
    ['EFAULT', 'the limit goes nowhere', (sys) => sys.getrlimit(RLIMIT_NOFILE, NOWHERE)],
    ['EINVAL', 'nothing has that number', (sys) => sys.getrlimit(16, NOWHERE)],
    ['EINVAL', 'the number is negative', (sys) => sys.getrlimit(-1, NOWHERE)],
  ]),
  call('setrlimit', 'EFAULT EINVAL EPERM', [
    ['EFAULT', 'the limit is nowhere', (sys) => sys.setrlimit(99, NOWHERE)],
    ['EINVAL', 'nothing has that number', (sys) => sys.setrlimit(16, limit(sys, 1n, 1n))],
    [
      'EINVAL',
      'what counts is above what it may be raised to',
      (sys) => sys.setrlimit(RLIMIT_FSIZE, limit(sys, 2n, 1n)),
    ],
    [
      'EPERM',
      'more files are to be open than may ever be',
      (sys) => sys.setrlimit(RLIMIT_NOFILE, limit(sys, 1n, (1n << 20n) + 1n)),
    ],
    refused('a user wants to raise it for good', (sys) => sys.setrlimit(RLIMIT_NOFILE, limit(sys, 1n, 5000n))),
  ]),
  call('prlimit64', 'EFAULT EINVAL EPERM ESRCH', [
    ['EFAULT', 'the new limit is nowhere', (sys) => sys.prlimit(NOBODY_THERE, 99, NOWHERE)],
    ['EFAULT', 'the old limit goes nowhere', (sys) => sys.prlimit(0, RLIMIT_NOFILE, 0, NOWHERE)],
    ['EINVAL', 'nothing has that number', (sys) => sys.prlimit(0, 16, 0, NOWHERE)],
    [
      'EINVAL',
      'what counts is above what it may be raised to',
      (sys) => sys.prlimit(0, RLIMIT_FSIZE, limit(sys, 2n, 1n)),
    ],
    [
      'EPERM',
      'more files are to be open than may ever be',
      (sys) => sys.prlimit(0, RLIMIT_NOFILE, limit(sys, 1n, 1n << 30n)),
    ],
    refused('a user wants to raise it for good', (sys) => sys.prlimit(0, RLIMIT_NOFILE, limit(sys, 1n, 5000n))),
    refused('the process is another user’s', (sys, other) => sys.prlimit(other, RLIMIT_NOFILE, 0)),
    ['ESRCH', 'the process is not there', (sys) => sys.prlimit(NOBODY_THERE, 99, 0)],
    ['ESRCH', 'the process is negative', (sys) => sys.prlimit(-1, RLIMIT_NOFILE, 0)],
  ]),

  call('prctl', 'EACCES EBADF EBUSY EFAULT EINVAL ENODEV ENXIO EOPNOTSUPP EPERM ERANGE', [
    ['EFAULT', 'the new name is nowhere', (sys) => prctl(sys, PR_SET_NAME, NOWHERE)],
    ['EFAULT', 'the name goes nowhere', (sys) => prctl(sys, PR_GET_NAME, NOWHERE)],
    ['EFAULT', 'the signal goes nowhere', (sys) => prctl(sys, PR_GET_PDEATHSIG, NOWHERE)],
    ['EFAULT', 'whether it takes orphans goes nowhere', (sys) => prctl(sys, PR_GET_CHILD_SUBREAPER, NOWHERE)],
    ['EINVAL', 'the option is none', (sys) => prctl(sys, 999, 0)],
    ['EINVAL', 'the signal is none', (sys) => prctl(sys, PR_SET_PDEATHSIG, 65)],
    ['EINVAL', 'dumpable is neither no nor yes', (sys) => prctl(sys, PR_SET_DUMPABLE, 2)],
    ['EINVAL', 'capabilities are neither kept nor not', (sys) => prctl(sys, PR_SET_KEEPCAPS, 2)],
    ['EINVAL', 'time is to be measured exactly', (sys) => prctl(sys, PR_SET_TIMING, 1)],
    ['EINVAL', 'the capability to look for is none', (sys) => prctl(sys, PR_CAPBSET_READ, 34)],
    ['EINVAL', 'the capability to drop is none', (sys) => prctl(sys, PR_CAPBSET_DROP, -1)],
    refused('a user wants to drop a capability, and one that is none', (sys) => prctl(sys, PR_CAPBSET_DROP, 99)),
    refused('a user wants to set secure bits', (sys) => prctl(sys, PR_SET_SECUREBITS, 0)),
    ['EPERM', 'a secure bit is none', (sys) => prctl(sys, PR_SET_SECUREBITS, 0x40)],
    [
      'EPERM',
      'a lock is to be taken away',
      function* (sys) {
        ok(yield* prctl(sys, PR_SET_SECUREBITS, 0x2))
        return yield* prctl(sys, PR_SET_SECUREBITS, 0)
      },
    ],
    [
      'EPERM',
      'a bit that is locked is to be set',
      function* (sys) {
        ok(yield* prctl(sys, PR_SET_SECUREBITS, 0x2))
        return yield* prctl(sys, PR_SET_SECUREBITS, 0x3)
      },
    ],
    [
      'EPERM',
      'that capabilities are kept is locked',
      function* (sys) {
        ok(yield* prctl(sys, PR_SET_SECUREBITS, 0x20))
        return yield* prctl(sys, PR_SET_KEEPCAPS, 1)
      },
    ],
    ['EACCES', LATER],
    ['EBADF', LATER],
    ['EBUSY', LATER],
    ['ENODEV', LATER],
    ['ENXIO', LATER],
    ['EOPNOTSUPP', LATER],
    ['ERANGE', LATER],
  ]),
]
