import type { Libc } from '../libc.ts'
import type { Run } from '../program.ts'
import { ENOENT, ENOTDIR } from '../../kernel/errno.ts'
import { complain } from '../libc.ts'
import { getopt, say } from '../stdio.ts'

const HELP = `usage: env [-i] [-0] [-u NAME]... [NAME=VALUE]... [COMMAND [ARG]...]
Run COMMAND with another environment, or show that.
  -i  begin with an empty one (so does a lone -)
  -u  without NAME
  -0  end each line shown with a zero
`

/** env(1) */
export function* env(sys: Libc, argv: readonly string[], envp: readonly string[]): Run<number> {
  const unset: string[] = []
  // getopt keeps one argument of an option: -u may come several times.
  const args = argv.flatMap((arg, i) => (i === 0 ? [arg] : [arg]))
  for (let i = 1; i < args.length && args[i].startsWith('-');) {
    if (args[i] === '-u' && args[i + 1] !== undefined) unset.push(...args.splice(i, 2).slice(1))
    else i++
  }
  const options = getopt(args, '+i0u:')
  if (typeof options === 'string') return yield* complain(sys, 'env', options, 125)
  const { flags, operands } = options
  if (flags.has('help')) return yield* say(sys, 'env', HELP)
  const last = flags.get('u')
  if (last !== undefined) unset.push(last)
  const lone = operands[0] === '-'
  const kept = flags.has('i') || lone ? [] : envp.filter((e) => !unset.includes(e.split('=')[0]))
  const rest = operands.slice(lone ? 1 : 0)
  const set = rest.slice(
    0,
    rest.findIndex((a) => a.indexOf('=') <= 0) < 0 ? rest.length : rest.findIndex((a) => a.indexOf('=') <= 0),
  )
  const environment = new Map(kept.map((e): [string, string] => [e.split('=')[0], e]))
  for (const e of set) environment.set(e.split('=')[0], e)
  const command = rest.slice(set.length)
  const list = [...environment.values()]
  if (command.length > 0 && flags.has('0'))
    return yield* complain(sys, 'env', 'cannot specify --null (-0) with command', 125)
  if (command.length > 0) return yield* execvpe(sys, command, list)
  const end = flags.has('0') ? '\0' : '\n'
  return yield* say(sys, 'env', list.map((e) => e + end).join(''))
}

/** Become the program that PATH leads to: comes back only with the status of a failure. */
function* execvpe(sys: Libc, command: readonly string[], envp: readonly string[]): Run<number> {
  const [name] = command
  const path = envp.find((e) => e.startsWith('PATH='))?.slice(5) ?? '/bin:/usr/bin'
  const places = name.includes('/') ? [name] : path.split(':').map((dir) => `${dir === '' ? '.' : dir}/${name}`)
  let problem = -ENOENT
  for (const place of places) {
    const err = yield* sys.execve(place, command, envp)
    if (err !== -ENOENT && err !== -ENOTDIR) problem = err
  }
  return yield* complain(sys, `env: ‘${name}’`, problem, problem === -ENOENT ? 127 : 126)
}
