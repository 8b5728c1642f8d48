import type { Libc } from '../../userland/libc.ts'
import type { Run } from '../../userland/program.ts'
import { ok, waitFor } from '../support/vm.ts'
import { call, type CallErrors, type ErrorRow } from './form.ts'
import { NOWHERE, interrupted } from './setup.ts'
import { sleeper } from './tasks.ts'

const SIGCHLD = 17
const [WNOHANG, WEXITED] = [1, 4]
const [P_ALL, P_PID, P_PGID, P_PIDFD] = [0, 1, 2, 3]

function* nothing(): Run<number> {
  return 0
}

function waits(name: string, wait: (sys: Libc, pid: number) => Run<number>): ErrorRow[] {
  return [
    ['ECHILD', `there is no child for ${name}`, (sys) => wait(sys, -1)],
    [
      'ECHILD',
      `the process is nobody’s child but another’s, for ${name}`,
      function* (sys) {
        const child = yield* sleeper(sys)
        let ret = 0
        const other = ok(
          yield* sys.fork(function* (sys) {
            ret = yield* wait(sys, child)
            return 0
          }),
        )
        ok(yield* waitFor(sys, other))
        return ret
      },
    ],
    [
      'ECHILD',
      `SIGCHLD is ignored, and the last child has ended, for ${name}`,
      function* (sys) {
        ok(yield* sys.sigaction(SIGCHLD, 1))
        ok(yield* sys.fork(nothing))
        return yield* wait(sys, -1)
      },
    ],
    [
      'EINTR',
      `a signal comes while the child of ${name} runs`,
      function* (sys) {
        const child = yield* sleeper(sys)
        return yield* interrupted(sys, (sys) => wait(sys, child))
      },
    ],
  ]
}

const waitid = (sys: Libc, pid: number): Run<number> => sys.waitid(pid < 0 ? P_ALL : P_PID, pid, 0, WEXITED)

/** Waiting for children. */
export const WAIT: readonly CallErrors[] = [
  call('wait4', 'ECHILD EINTR EINVAL ESRCH', [
    ...waits('wait4', (sys, pid) => sys.wait4(pid, 0, 0)),
    ['EINVAL', 'an option is only for waitid', (sys) => sys.wait4(-1, 0, WEXITED)],
    ['EINVAL', 'an option is none', (sys) => sys.wait4(-1, 0, 0x100)],
    ['ESRCH', 'the group has no number', (sys) => sys.wait4(-0x80000000, 0, 0)],
    ['EINVAL', 'an option is none, and the group has no number', (sys) => sys.wait4(-0x80000000, 0, 0x100)],
    [
      'EFAULT',
      'the status goes nowhere',
      function* (sys) {
        return yield* sys.wait4(ok(yield* sys.fork(nothing)), NOWHERE, 0)
      },
    ],
    [
      'EFAULT',
      'what the child used goes nowhere',
      function* (sys) {
        return yield* sys.wait4(ok(yield* sys.fork(nothing)), 0, 0, NOWHERE)
      },
    ],
  ]),

  call('waitid', 'EAGAIN ECHILD EINTR EINVAL ESRCH', [
    ...waits('waitid', waitid),
    ['EINVAL', 'nothing is waited for', (sys) => sys.waitid(P_ALL, 0, 0, WNOHANG)],
    ['EINVAL', 'an option is none', (sys) => sys.waitid(P_ALL, 0, 0, WEXITED | 0x100)],
    ['EINVAL', 'the kind of children is none', (sys) => sys.waitid(9, 1, 0, WEXITED)],
    ['EINVAL', 'the process is 0', (sys) => sys.waitid(P_PID, 0, 0, WEXITED)],
    ['EINVAL', 'the group is negative', (sys) => sys.waitid(P_PGID, -1, 0, WEXITED)],
    [
      'EINVAL',
      'the child is told by a descriptor, of which there are none',
      (sys) => sys.waitid(P_PIDFD, 3, 0, WEXITED),
    ],
    [
      'EFAULT',
      'the news goes nowhere',
      function* (sys) {
        return yield* sys.waitid(P_PID, ok(yield* sys.fork(nothing)), NOWHERE, WEXITED)
      },
    ],
    [
      'EFAULT',
      'what the child used goes nowhere',
      function* (sys) {
        return yield* sys.waitid(P_PID, ok(yield* sys.fork(nothing)), 0, WEXITED, NOWHERE)
      },
    ],
    [
      'EFAULT',
      'there is no child, and not to have any news goes nowhere',
      (sys) => sys.waitid(P_ALL, 0, NOWHERE, WEXITED),
    ],
    ['EAGAIN', 'there are no descriptors of processes that could be nonblocking'],
    ['ESRCH', 'no id here stands for a group whose number would be too large'],
  ]),
]
