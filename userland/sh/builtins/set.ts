import type { Run } from '../../program.ts'
import { settle } from '../fork.ts'
import { OPTIONS, optionKey } from '../options.ts'
import type { Shell } from '../shell.ts'
import { SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU } from '../signals.ts'
import { quote, type Builtin } from './builtin.ts'

/** set: options, positional parameters, or the list of all variables. */
export const setBuiltin: Builtin = function* (sh, argv) {
  if (argv.length === 1) {
    return yield* sh.print(
      sh.variables
        .names()
        .map((name) => `${name}=${quote(sh.variables.get(name) ?? '')}\n`)
        .join(''),
    )
  }
  const operands = yield* takeOptions(sh, argv, 1, false)
  if (operands !== null) sh.parameters = [...operands]
  return 0
}

/**
 * Switch options as the arguments from `first` on say; what is left of them, null where they only
 * switched something. `-c` and the like are for a shell's own command line.
 */
export function* takeOptions(
  sh: Shell,
  argv: readonly string[],
  first: number,
  atStart: boolean,
  extra: (letter: string) => boolean = () => false,
): Run<readonly string[] | null> {
  let i = first
  for (; i < argv.length; i++) {
    const arg = argv[i]
    const on = arg.startsWith('-')
    if (!on && !arg.startsWith('+')) return argv.slice(i)
    if (arg === '--') return argv.slice(i + 1)
    if (arg === '-') {
      if (atStart) return argv.slice(i + 1)
      yield* switchOption(sh, 'x', false)
      yield* switchOption(sh, 'v', false)
      return i + 1 < argv.length ? argv.slice(i + 1) : null
    }
    for (const letter of arg.slice(1)) {
      if (letter === 'o') {
        const name = argv[++i] as string | undefined
        if (name === undefined) void (yield* list(sh, on))
        else yield* byName(sh, name, on)
      } else if (on && extra(letter)) continue
      else if (OPTIONS.some(([known]) => known === letter)) yield* switchOption(sh, letter, on)
      else yield* sh.fail(`Illegal option ${on ? '-' : '+'}${letter}`)
    }
  }
  return atStart ? [] : null
}

function* byName(sh: Shell, wanted: string, on: boolean): Run<void> {
  const option = OPTIONS.find(([, name]) => name === wanted)
  if (option === undefined) yield* sh.fail(`Illegal option ${on ? '-' : '+'}o ${wanted}`)
  else yield* switchOption(sh, optionKey(...option), on)
}

function* list(sh: Shell, readable: boolean): Run<number> {
  const options = sh.optionList()
  if (!readable) return yield* sh.print(options.map(([name, on]) => `set ${on ? '-' : '+'}o ${name}\n`).join(''))
  const lines = options.map(([name, on]) => `${name.padEnd(16)}${on ? 'on' : 'off'}\n`)
  return yield* sh.print(`Current option settings\n${lines.join('')}`)
}

function* switchOption(sh: Shell, key: string, on: boolean): Run<void> {
  if (sh.option(key) === on) return
  if (on) sh.options.add(key)
  else sh.options.delete(key)
  if (key === 'i') sh.interactive = on
  const signals = key === 'i' ? [SIGINT, SIGQUIT, SIGTERM] : key === 'm' ? [SIGTSTP, SIGTTIN, SIGTTOU] : []
  for (const sig of signals) yield* settle(sh, sig)
}
