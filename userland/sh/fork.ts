import type { Run } from '../program.ts'
import { errnoMessage } from '../../kernel/errno.ts'
import { Jobs, type Job } from './jobs.ts'
import { Os, SIG_DFL, SIG_IGN } from './os.ts'
import { Shell, onSignal, register } from './shell.ts'
import { SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU } from './signals.ts'
import { setForeground } from './terminal.ts'

/** In front, waited for; in the background; or a helper of the shell's own that is no job. */
export type Place = 'foreground' | 'background' | 'helper'

/** A child that runs `body` as a shell of its own and ends with its status. Its id, joined to `job`. */
export function* forkShell(sh: Shell, job: Job | null, place: Place, body: (sh: Shell) => Run<number>): Run<number> {
  // What the child begins with is what is known now, not when it first runs.
  const copy = (os: Os): Shell => new Shell(os, sh.run, new Jobs(), sh.arg0, snapshot)
  const snapshot = new Shell(sh.os, sh.run, sh.jobs, sh.arg0, sh)
  const first = job === null || job.members.length === 0
  const group = first ? 0 : job.leader
  const controlled = sh.root && job?.controlled === true
  const root = sh.root
  const pid = yield* sh.os.fork(function* (sys) {
    const child = copy(new Os(sys, sh.os))
    register(child)
    yield* forgetTraps(child)
    if (controlled) {
      void (yield* sys.setpgid(0, group))
      if (place === 'foreground') yield* setForeground(child, group === 0 ? yield* sys.getpid() : group)
      for (const sig of [SIGTSTP, SIGTTIN, SIGTTOU]) yield* settle(child, sig)
    } else if (place === 'background') {
      for (const sig of [SIGINT, SIGQUIT]) {
        void (yield* child.os.signal(sig, SIG_IGN))
        child.ignored.set(sig, true)
      }
      if (first) {
        void (yield* sys.close(0))
        void (yield* child.os.open('/dev/null', 0))
      }
    }
    if (root && child.interactive) {
      for (const sig of place === 'background' && !controlled ? [SIGTERM] : [SIGINT, SIGQUIT, SIGTERM])
        yield* settle(child, sig)
    }
    child.options.delete('m')
    child.interactive = false
    return yield* child.run.child(child, body)
  })
  if (pid < 0) return yield* sh.fail(`Cannot fork: ${errnoMessage(-pid)}`)
  if (controlled) void (yield* sh.os.sys.setpgid(pid, group === 0 ? pid : group))
  job?.members.push({ pid, status: null })
  if (place === 'background') sh.background = pid
  return pid
}

/** In a subshell the traps are gone, but what was ignored still is. */
function* forgetTraps(sh: Shell): Run<void> {
  for (const [sig, action] of sh.traps) {
    if (action === '') continue
    sh.traps.delete(sig)
    if (sig > 0) void (yield* sh.os.signal(sig, SIG_DFL))
  }
}

/** Do on a signal what its trap says, or the default. */
export function* settle(sh: Shell, sig: number): Run<void> {
  const action = sh.traps.get(sig)
  if (action !== undefined) {
    void (yield* sh.os.signal(sig, action === '' ? SIG_IGN : onSignal))
    return
  }
  let handler: 0 | 1 | typeof onSignal = SIG_DFL
  if (sh.root && sh.interactive) {
    if (sig === SIGINT) handler = onSignal
    if (sig === SIGQUIT || sig === SIGTERM) handler = SIG_IGN
  }
  if (sh.root && sh.option('m') && (sig === SIGTSTP || sig === SIGTTOU || sig === SIGTTIN)) handler = SIG_IGN
  void (yield* sh.os.signal(sig, handler))
}
