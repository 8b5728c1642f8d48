import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { ok, waitFor } from '../support/vm.ts'
import { call, cannotFail, type CallErrors, type ErrorRow } from './form.ts'
import { NOWHERE, user, withoutMemory } from './setup.ts'
import { sleeper } from './tasks.ts'

const NOBODY_THERE = 9999
const V3 = 0x20080522

const LATER = 'since Linux 3.1 a user with too many tasks is told at execve, and so he is here'
const ALL_VALID = 'every id but -1 is one here, and -1 leaves what there is'

/** A user who is not root tries to become another. */
function refused(what: string, become: (sys: Libc) => Run<number>): ErrorRow {
  return [
    'EPERM',
    what,
    function* (sys) {
      yield* user(sys)
      return yield* become(sys)
    },
  ]
}

/** A header for capget and capset. */
function header(sys: Libc, pid = 0, version = V3): UserPtr {
  const at = sys.alloc(8)
  sys.storeInt(at, version)
  sys.storeInt((at + 4) as UserPtr, pid)
  return at
}

/** The three sets of the lower 32 capabilities: effective, permitted, inheritable. */
function sets(sys: Libc, effective: number, permitted: number, inheritable: number): UserPtr {
  const at = sys.alloc(24)
  ;[effective, permitted, inheritable].forEach((set, i) => sys.storeInt((at + 4 * i) as UserPtr, set))
  return at
}

const [PR_CAPBSET_DROP, CAP_KILL, CAP_SETPCAP] = [24, 5, 8]

function pointers(name: string, get: (sys: Libc, a: number, b: number, c: number) => Run<number>): ErrorRow[] {
  return ['real', 'effective', 'saved'].map((which, i) => [
    'EFAULT',
    `the ${which} id of ${name} goes nowhere`,
    function* (sys) {
      const [a, b, c] = [0, 1, 2].map((j) => (i === j ? NOWHERE : sys.alloc(4)))
      return yield* get(sys, a, b, c)
    },
  ])
}

/** Who a process is: ids, groups, sessions and capabilities. */
export const IDENTITY: readonly CallErrors[] = [
  cannotFail('getpid', 'every process has an id of its own'),
  cannotFail('getppid', 'who has no parent that it could see gets 0'),
  cannotFail('gettid', 'every thread has an id of its own'),
  cannotFail('getuid', 'every task acts for somebody, and is told whom'),
  cannotFail('geteuid', 'every task acts for somebody, and is told whom'),
  cannotFail('getgid', 'every task acts for somebody, and is told whom'),
  cannotFail('getegid', 'every task acts for somebody, and is told whom'),
  cannotFail('set_tid_address', 'the address is kept, and not looked at before the thread ends'),
  cannotFail('setfsuid', 'it tells the old id, whether or not it was changed'),
  cannotFail('setfsgid', 'it tells the old id, whether or not it was changed'),

  call('setpgid', 'EACCES EINVAL EPERM ESRCH', [
    [
      'EACCES',
      'the child has become another program',
      function* (sys) {
        const child = ok(yield* sys.fork((sys) => sys.execve('/bin/sleep', ['sleep', '100'])))
        ok(yield* sys.nanosleep(1))
        return yield* sys.setpgid(child, child)
      },
    ],
    ['EINVAL', 'the group is negative', (sys) => sys.setpgid(0, -1)],
    ['EINVAL', 'the group is negative, and the process is not there', (sys) => sys.setpgid(NOBODY_THERE, -1)],
    [
      'EPERM',
      'the group is of another session',
      function* (sys) {
        const other = ok(
          yield* sys.fork(function* (sys) {
            ok(yield* sys.setsid())
            return yield* sys.nanosleep(100)
          }),
        )
        ok(yield* sys.nanosleep(1))
        return yield* sys.setpgid(0, other)
      },
    ],
    ['EPERM', 'the group is not there', (sys) => sys.setpgid(0, NOBODY_THERE)],
    [
      'EPERM',
      'the child leads a session',
      function* (sys) {
        const child = ok(
          yield* sys.fork(function* (sys) {
            ok(yield* sys.setsid())
            return yield* sys.nanosleep(100)
          }),
        )
        ok(yield* sys.nanosleep(1))
        return yield* sys.setpgid(child, child)
      },
    ],
    [
      'EPERM',
      'it leads a session itself',
      function* (sys) {
        ok(yield* sys.setsid())
        return yield* sys.setpgid(0, 0)
      },
    ],
    ['ESRCH', 'the process is not there', (sys) => sys.setpgid(NOBODY_THERE, 0)],
    ['ESRCH', 'the process is negative', (sys) => sys.setpgid(-1, 1)],
    [
      'ESRCH',
      'the process is the parent',
      function* (sys) {
        let ret = 0
        const child = ok(
          yield* sys.fork(function* (sys) {
            ret = yield* sys.setpgid(yield* sys.getppid(), 0)
            return 0
          }),
        )
        ok(yield* waitFor(sys, child))
        return ret
      },
    ],
  ]),
  call('getpgid', 'ESRCH', [
    ['ESRCH', 'the process is not there', (sys) => sys.getpgid(NOBODY_THERE)],
    ['ESRCH', 'the process is negative', (sys) => sys.getpgid(-1)],
  ]),
  call('getsid', 'EPERM ESRCH', [
    ['ESRCH', 'the process is not there', (sys) => sys.getsid(NOBODY_THERE)],
    ['EPERM', 'Linux tells everybody the session of everybody'],
  ]),
  call('setsid', 'EPERM', [
    [
      'EPERM',
      'it leads a process group',
      function* (sys) {
        ok(yield* sys.setpgid(0, 0))
        return yield* sys.setsid()
      },
    ],
    [
      'EPERM',
      'a child is in the group that has its number',
      function* (sys) {
        const me = yield* sys.getpid()
        ok(yield* sys.setpgid(0, 0))
        ok(
          yield* sys.fork(function* (sys) {
            return yield* sys.nanosleep(100)
          }),
        )
        const leads = yield* sys.getpgid(0)
        return leads === me ? yield* sys.setsid() : 0
      },
    ],
  ]),

  call('setuid', 'EAGAIN EINVAL EPERM', [
    ['EINVAL', 'the user is -1', (sys) => sys.setuid(-1)],
    refused('it is another user', (sys) => sys.setuid(0)),
    ['EAGAIN', LATER],
  ]),
  call('setgid', 'EINVAL EPERM', [
    ['EINVAL', 'the group is -1', (sys) => sys.setgid(-1)],
    refused('it is another group', (sys) => sys.setgid(0)),
  ]),
  call('setreuid', 'EAGAIN EINVAL EPERM', [
    refused('the real user is another', (sys) => sys.setreuid(7, -1)),
    refused('the effective user is another', (sys) => sys.setreuid(-1, 7)),
    [
      'EPERM',
      'the real user is to be the saved one',
      function* (sys) {
        ok(yield* sys.setresuid(5, 6, 7))
        return yield* sys.setreuid(7, -1)
      },
    ],
    ['EAGAIN', LATER],
    ['EINVAL', ALL_VALID],
  ]),
  call('setregid', 'EINVAL EPERM', [
    refused('the real group is another', (sys) => sys.setregid(7, -1)),
    refused('the effective group is another', (sys) => sys.setregid(-1, 7)),
    ['EINVAL', ALL_VALID],
  ]),
  call('setresuid', 'EAGAIN EINVAL EPERM', [
    refused('the real user is another', (sys) => sys.setresuid(7, -1, -1)),
    refused('the effective user is another', (sys) => sys.setresuid(-1, 7, -1)),
    refused('the saved user is another', (sys) => sys.setresuid(-1, -1, 7)),
    ['EAGAIN', LATER],
    ['EINVAL', ALL_VALID],
  ]),
  call('setresgid', 'EINVAL EPERM', [
    refused('the real group is another', (sys) => sys.setresgid(7, -1, -1)),
    refused('the effective group is another', (sys) => sys.setresgid(-1, 7, -1)),
    refused('the saved group is another', (sys) => sys.setresgid(-1, -1, 7)),
    ['EINVAL', ALL_VALID],
  ]),
  call(
    'getresuid',
    'EFAULT',
    pointers('the user', (sys, a, b, c) => sys.getresuid(a, b, c)),
  ),
  call(
    'getresgid',
    'EFAULT',
    pointers('the group', (sys, a, b, c) => sys.getresgid(a, b, c)),
  ),

  call('getgroups', 'EFAULT EINVAL', [
    [
      'EFAULT',
      'they go nowhere',
      function* (sys) {
        ok(yield* sys.setgroups([5]))
        return yield* sys.getgroups(1, NOWHERE)
      },
    ],
    ['EINVAL', 'there is less than no room', (sys) => sys.getgroups(-1, NOWHERE)],
    [
      'EINVAL',
      'there is room for fewer',
      function* (sys) {
        ok(yield* sys.setgroups([5, 6]))
        return yield* sys.getgroups(1, NOWHERE)
      },
    ],
  ]),
  call('setgroups', 'EFAULT EINVAL ENOMEM EPERM', [
    ['EFAULT', 'they come from nowhere', (sys) => sys.syscall(159, 1, NOWHERE)],
    ['EINVAL', 'they are more than 65536', (sys) => sys.syscall(159, 65537, NOWHERE)],
    ['EINVAL', 'they are fewer than none', (sys) => sys.syscall(159, -1, NOWHERE)],
    ['EINVAL', 'one is -1', (sys) => sys.setgroups([5, -1])],
    ['ENOMEM', 'there is no memory for them', (sys, vm) => withoutMemory(vm, () => sys.setgroups([5]))],
    refused('it is not allowed, and they are fewer than none', (sys) => sys.syscall(159, -1, NOWHERE)),
  ]),

  call('capget', 'EFAULT EINVAL ESRCH', [
    ['EFAULT', 'the header is nowhere', (sys) => sys.capget(NOWHERE, 0)],
    ['EFAULT', 'they go nowhere', (sys) => sys.capget(header(sys), NOWHERE)],
    ['EINVAL', 'the version is none', (sys) => sys.capget(header(sys, 0, 5), NOWHERE)],
    ['EINVAL', 'the thread is negative', (sys) => sys.capget(header(sys, -1), NOWHERE)],
    ['ESRCH', 'the thread is not there', (sys) => sys.capget(header(sys, NOBODY_THERE), NOWHERE)],
  ]),
  call('capset', 'EFAULT EINVAL EPERM ESRCH', [
    ['EFAULT', 'the header is nowhere', (sys) => sys.capset(NOWHERE, 0)],
    ['EFAULT', 'they come from nowhere', (sys) => sys.capset(header(sys), 0)],
    ['EINVAL', 'the version is none', (sys) => sys.capset(header(sys, 0, 5), 0)],
    [
      'EPERM',
      'they are another’s',
      function* (sys) {
        return yield* sys.capset(header(sys, yield* sleeper(sys)), sets(sys, 0, 0, 0))
      },
    ],
    ['EPERM', 'the other is not even there', (sys) => sys.capset(header(sys, NOBODY_THERE), NOWHERE)],
    refused('more is to be permitted than was', (sys) => sys.capset(header(sys), sets(sys, 0, 1, 0))),
    ['EPERM', 'more is to count than is permitted', (sys) => sys.capset(header(sys), sets(sys, 3, 1, 0))],
    refused('more is to be inherited than is permitted', (sys) => sys.capset(header(sys), sets(sys, 0, 0, 1))),
    [
      'EPERM',
      'what is to be inherited is out of bounds',
      function* (sys) {
        ok(yield* sys.syscall(167, PR_CAPBSET_DROP, CAP_KILL))
        const had = 1 << CAP_SETPCAP
        return yield* sys.capset(header(sys), sets(sys, had, had, 1 << CAP_KILL))
      },
    ],
    ['ESRCH', 'only one’s own can be set: any other id is EPERM'],
  ]),
]
