import type { UserPtr } from '../../kernel/types.ts'
import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { ok } from '../support/vm.ts'
import { call, type CallErrors, type ErrorRow } from './form.ts'
import { NOWHERE, user } from './setup.ts'
import { sleeper } from './tasks.ts'

const NOBODY_THERE = 9999
const [OTHER, FIFO, RR] = [0, 1, 2]
const [PRIO_PROCESS, PRIO_PGRP, PRIO_USER] = [0, 1, 2]

function param(sys: Libc, priority: number): UserPtr {
  const at = sys.alloc(4)
  sys.storeInt(at, priority)
  return at
}

const setscheduler = (sys: Libc, pid: number, policy: number, at: number): Run<number> =>
  sys.syscall(119, pid, policy, at)
const setparam = (sys: Libc, pid: number, at: number): Run<number> => sys.syscall(118, pid, at)
const setaffinity = (sys: Libc, pid: number, len: number, at: number): Run<number> => sys.syscall(122, pid, len, at)
const getaffinity = (sys: Libc, pid: number, len: number, at: number): Run<number> => sys.syscall(123, pid, len, at)

/** A user who is not root tries something with his own process or, with 1, another’s. */
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

/** What is wrong with a process, for calls that take one. */
function process(ask: (sys: Libc, pid: number) => Run<number>): ErrorRow[] {
  return [
    ['ESRCH', 'the process is not there', (sys) => ask(sys, NOBODY_THERE)],
    ['EINVAL', 'the process is negative', (sys) => ask(sys, -1)],
  ]
}

/** Policies, priorities and CPUs. */
export const SCHEDULING: readonly CallErrors[] = [
  call('sched_setscheduler', 'EINVAL EPERM ESRCH', [
    ...process((sys, pid) => setscheduler(sys, pid, OTHER, param(sys, 0))),
    ['EINVAL', 'there is no parameter', (sys) => setscheduler(sys, 0, OTHER, 0)],
    ['EINVAL', 'the policy is negative', (sys) => setscheduler(sys, 0, -1, NOWHERE)],
    ['EINVAL', 'the policy is none', (sys) => setscheduler(sys, 0, 77, param(sys, 0))],
    [
      'EINVAL',
      'the policy is SCHED_DEADLINE, for which sched_setattr is',
      (sys) => setscheduler(sys, 0, 6, param(sys, 0)),
    ],
    ['EINVAL', 'a real-time policy has no priority', (sys) => setscheduler(sys, 0, FIFO, param(sys, 0))],
    ['EINVAL', 'a real-time priority is 100', (sys) => setscheduler(sys, 0, RR, param(sys, 100))],
    ['EINVAL', 'a normal policy has a priority', (sys) => setscheduler(sys, 0, OTHER, param(sys, 1))],
    ['EFAULT', 'the parameter is nowhere, and the policy none', (sys) => setscheduler(sys, 0, 77, NOWHERE)],
    ['EFAULT', 'the parameter is nowhere, and nobody there', (sys) => setscheduler(sys, NOBODY_THERE, OTHER, NOWHERE)],
    ['ESRCH', 'nobody is there, and the policy none', (sys) => setscheduler(sys, NOBODY_THERE, 77, param(sys, 0))],
    refused('a user wants a real-time policy', (sys) => setscheduler(sys, 0, FIFO, param(sys, 1))),
    refused('the process is another user’s', (sys, other) => setscheduler(sys, other, OTHER, param(sys, 0))),
  ]),
  call('sched_setparam', 'EINVAL EPERM ESRCH', [
    ...process((sys, pid) => setparam(sys, pid, param(sys, 0))),
    ['EINVAL', 'there is no parameter', (sys) => setparam(sys, 0, 0)],
    ['EINVAL', 'the policy that it has knows no priority', (sys) => setparam(sys, 0, param(sys, 1))],
    ['EFAULT', 'the parameter is nowhere', (sys) => setparam(sys, NOBODY_THERE, NOWHERE)],
    refused('the process is another user’s', (sys, other) => setparam(sys, other, param(sys, 0))),
    [
      'EPERM',
      'a user wants a higher priority than he has',
      function* (sys) {
        ok(yield* setscheduler(sys, 0, FIFO, param(sys, 5)))
        yield* user(sys)
        return yield* setparam(sys, 0, param(sys, 6))
      },
    ],
  ]),
  call('sched_getscheduler', 'EINVAL EPERM ESRCH', [
    ...process((sys, pid) => sys.syscall(120, pid)),
    ['EPERM', 'Linux tells everybody about everybody'],
  ]),
  call('sched_getparam', 'EINVAL EPERM ESRCH', [
    ...process((sys, pid) => sys.syscall(121, pid, NOWHERE)),
    ['EINVAL', 'there is no parameter', (sys) => sys.syscall(121, NOBODY_THERE, 0)],
    ['EFAULT', 'the parameter goes nowhere', (sys) => sys.syscall(121, 0, NOWHERE)],
    ['EPERM', 'Linux tells everybody about everybody'],
  ]),
  call('sched_setaffinity', 'EFAULT EINVAL EPERM ESRCH', [
    ['EFAULT', 'the set is nowhere', (sys) => setaffinity(sys, NOBODY_THERE, 8, NOWHERE)],
    ['EINVAL', 'the set is empty', (sys) => setaffinity(sys, 0, 8, sys.alloc(8))],
    ['EINVAL', 'the set has CPUs that there are not', (sys) => setaffinity(sys, 0, 8, sys.words(2n))],
    ['EINVAL', 'the set has no bytes', (sys) => setaffinity(sys, 0, 0, NOWHERE)],
    refused('the process is another user’s', (sys, other) => setaffinity(sys, other, 8, sys.words(1n))),
    ['ESRCH', 'the process is not there', (sys) => setaffinity(sys, NOBODY_THERE, 8, sys.words(0n))],
    ['ESRCH', 'the process is negative', (sys) => setaffinity(sys, -1, 8, sys.words(1n))],
  ]),
  call('sched_getaffinity', 'EFAULT EINVAL ESRCH', [
    ['EFAULT', 'the set goes nowhere', (sys) => getaffinity(sys, 0, 8, NOWHERE)],
    ['EINVAL', 'there is no room for the set', (sys) => getaffinity(sys, NOBODY_THERE, 0, NOWHERE)],
    ['EINVAL', 'there is room for half a word more', (sys) => getaffinity(sys, 0, 12, NOWHERE)],
    ['ESRCH', 'the process is not there', (sys) => getaffinity(sys, NOBODY_THERE, 8, NOWHERE)],
    ['ESRCH', 'the process is negative', (sys) => getaffinity(sys, -1, 8, NOWHERE)],
  ]),
  call('sched_get_priority_max', 'EINVAL', [['EINVAL', 'the policy is none', (sys) => sys.syscall(125, 77)]]),
  call('sched_get_priority_min', 'EINVAL', [['EINVAL', 'the policy is none', (sys) => sys.syscall(126, -1)]]),
  call('sched_rr_get_interval', 'EFAULT EINVAL ENOSYS ESRCH', [
    ...process((sys, pid) => sys.syscall(127, pid, NOWHERE)),
    ['EFAULT', 'the time slice goes nowhere', (sys) => sys.syscall(127, 0, NOWHERE)],
    ['ENOSYS', 'only rather old kernels did not have it'],
  ]),
  call('getpriority', 'EINVAL ESRCH', [
    ['EINVAL', 'what is asked about is of no kind', (sys) => sys.getpriority(3, 0)],
    ['EINVAL', 'the kind is negative', (sys) => sys.getpriority(-1, 0)],
    ['ESRCH', 'the process is not there', (sys) => sys.getpriority(PRIO_PROCESS, NOBODY_THERE)],
    ['ESRCH', 'the process group is empty', (sys) => sys.getpriority(PRIO_PGRP, NOBODY_THERE)],
    ['ESRCH', 'the user has no processes', (sys) => sys.getpriority(PRIO_USER, 7)],
  ]),
  call('setpriority', 'EACCES EINVAL EPERM ESRCH', [
    ['EINVAL', 'what is set is of no kind', (sys) => sys.setpriority(3, 0, 0)],
    ['ESRCH', 'the process is not there', (sys) => sys.setpriority(PRIO_PROCESS, NOBODY_THERE, 0)],
    ['ESRCH', 'the process group is empty', (sys) => sys.setpriority(PRIO_PGRP, NOBODY_THERE, 0)],
    ['ESRCH', 'the user has no processes', (sys) => sys.setpriority(PRIO_USER, 7, 0)],
    refused('the process is another user’s', (sys, other) => sys.setpriority(PRIO_PROCESS, other, 5)),
    [
      'EACCES',
      'a user wants to be nicer to himself',
      function* (sys) {
        yield* user(sys)
        return yield* sys.setpriority(PRIO_PROCESS, 0, -1)
      },
    ],
    [
      'EACCES',
      'a user wants back what he gave away',
      function* (sys) {
        yield* user(sys)
        ok(yield* sys.setpriority(PRIO_PROCESS, 0, 5))
        return yield* sys.setpriority(PRIO_PROCESS, 0, 4)
      },
    ],
  ]),
]
