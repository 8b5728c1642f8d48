import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { EINTR, ENOENT, errnoMessage } from '../../kernel/errno.ts'
import { signalNumber } from '../sh/signals.ts'
import { execvp } from '../start.ts'
import { Os } from '../sh/os.ts'
import { tool } from '../tool.ts'

const HELP = `usage: timeout [-v] [-k TIME] [-s SIGNAL] TIME COMMAND [ARGUMENT]...
Run COMMAND, and end it when TIME (seconds, or with m, h or d behind) is over; the status is 124 then.
  -k  send KILL so much later       -s  send SIGNAL instead of TERM
  -v  say what is sent              --preserve-status  end with COMMAND's own status
`
const SIG_IGN = 1
const SIGALRM = 14
const SIGTERM = 15
const SIGKILL = 9
const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 }

const alarms = new WeakMap<Libc, number>()

function* onAlarm(sys: Libc): Run<void> {
  alarms.set(sys, (alarms.get(sys) ?? 0) + 1)
}

function seconds(text: string): number | null {
  const [, number, unit] = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text) ?? []
  return number === undefined ? null : Number(number) * SECONDS[unit]
}

/** timeout(1) */
export const timeout = tool(
  'timeout',
  { letters: '+k:s:vp', help: HELP, wrong: 125, long: { signal: 's', 'kill-after': 'k', 'preserve-status': 'p' } },
  function* (self) {
    const { sys } = self.os
    const [time, ...argv] = self.operands
    if (argv.length === 0) yield* self.misused(null)
    const limit = seconds(time)
    if (limit === null) yield* self.misused(`invalid time interval '${time}'`)
    const later = self.value('k')
    const grace = later === undefined ? 0 : seconds(later)
    if (grace === null) yield* self.misused(`invalid time interval '${later}'`)
    const named = self.value('s') ?? 'TERM'
    const sig = signalNumber(named.replace(/^SIG/i, ''))
    if (sig === null) yield* self.misused(`'${named}': invalid signal`)
    // What the command starts is to end with it: they are a group.
    void (yield* sys.setpgid(0, 0))
    const pid = yield* self.os.fork(function* (child) {
      const os = new Os(child, self.os)
      const err = yield* execvp(os, argv, self.environment)
      void (yield* os.write(2, `${self.name}: failed to run command '${argv[0]}': ${errnoMessage(-err)}\n`))
      return err === -ENOENT ? 127 : 126
    })
    void (yield* sys.sigaction(SIGALRM, onAlarm))
    const arm = (after: number): Run<number> => {
      const whole = Math.floor(after)
      return sys.syscall(103, 0, sys.words(0n, 0n, BigInt(whole), BigInt(Math.floor((after - whole) * 1e6))), 0)
    }
    if ((limit ?? 0) > 0) void (yield* arm(limit ?? 0))
    let sent = 0
    for (;;) {
      const news = yield* self.os.wait(pid, 0)
      if (typeof news !== 'number') {
        const status = (news.status & 0x7f) !== 0 ? 128 + (news.status & 0x7f) : news.status >> 8
        if (sent === 0 || self.has('p')) return status
        return (news.status & 0x7f) === SIGKILL ? 137 : 124
      }
      if (news !== -EINTR) return 125
      if ((alarms.get(sys) ?? 0) <= sent) continue
      const which = sent === 0 ? (sig ?? SIGTERM) : SIGKILL
      if (self.has('v'))
        yield* self.complain(
          `sending signal ${which === SIGKILL ? 'KILL' : named} to command '${argv[0]}'`,
          undefined,
          0,
        )
      void (yield* sys.kill(pid, which))
      void (yield* sys.sigaction(which, SIG_IGN))
      void (yield* sys.kill(0, which))
      if (sent++ === 0 && (grace ?? 0) > 0) void (yield* arm(grace ?? 0))
    }
  },
)
