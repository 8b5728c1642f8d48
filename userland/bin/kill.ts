import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { complain } from '../libc.ts'
import { signalName, signalNumber } from '../sh/signals.ts'
import { say } from '../stdio.ts'

const HELP = `usage: kill [-SIGNAL | -s SIGNAL] PID...
       kill -l [SIGNAL]...
Send a signal, TERM where none is named, to processes; a negative PID is a process group, -1 everybody.
  -l  list the signals, or tell the name of a number and the number of a name
`
const SIGTERM = 15
const LISTED = 31

/** kill(1) */
export function* kill(sys: Libc, argv: readonly string[]): Run<number> {
  const args = argv.slice(1)
  if (args[0] === '--help') return yield* say(sys, 'kill', HELP)
  if (args[0] === '-l') return yield* list(sys, args.slice(1))
  let sig: number | null = SIGTERM
  if (args[0] === '-s') {
    sig = numberOf(args[1] ?? '')
    args.splice(0, 2)
  } else if (/^-./.test(args[0] ?? '') && args[0] !== '--') {
    const given = numberOf(args[0].slice(1))
    // A lone negative number is a signal where another operand follows, as in Linux's.
    if (given !== null || !/^-\d/.test(args[0])) {
      sig = given
      if (sig === null) return yield* complain(sys, 'kill', `unknown signal ${args[0].slice(1)}`)
      args.shift()
    }
  }
  if (args[0] === '--') args.shift()
  if (sig === null) return yield* complain(sys, 'kill', 'unknown signal')
  if (args.length === 0) return yield* complain(sys, 'kill', 'no process ID specified')
  let status = 0
  for (const arg of args) {
    const err = /^-?\d+$/.test(arg) ? yield* sys.kill(Number(arg), sig) : null
    if (err === null) status = yield* complain(sys, 'kill', `failed to parse argument: '${arg}'`)
    else if (err < 0) status = yield* complain(sys, `kill: (${arg})`, err)
  }
  return status
}

function numberOf(text: string): number | null {
  const bare = /^sig/i.test(text) ? text.slice(3) : text
  return bare.toUpperCase() === 'EXIT' ? null : signalNumber(bare)
}

function* list(sys: Libc, args: readonly string[]): Run<number> {
  if (args.length === 0) {
    const names = Array.from({ length: LISTED }, (_, i) => signalName(i + 1))
    return yield* say(sys, 'kill', `${names.join(' ')}\n`)
  }
  let out = ''
  for (const arg of args) {
    const sig = numberOf(arg)
    // Above 128 it is the status of a process that a signal ended.
    const status = /^\d+$/.test(arg) && Number(arg) > 128 ? Number(arg) - 128 : sig
    if (status === null || status <= 0) return yield* complain(sys, 'kill', `unknown signal name ${arg}`)
    out += `${/^\d+$/.test(arg) ? signalName(status) : status}\n`
  }
  return yield* say(sys, 'kill', out)
}
