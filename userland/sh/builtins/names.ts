import type { Run } from '../../program.ts'
import type { Shell } from '../shell.ts'
import { findProgram } from '../search.ts'
import { SPECIAL_BUILTINS } from '../special.ts'
import { isKeyword } from '../tokens.ts'
import { letters, quote, type Builtin } from './builtin.ts'

/** What a name stands for: `command -v`, `command -V` and `type` tell it. */
export function describing(isBuiltin: (name: string) => boolean): {
  readonly command: Builtin
  readonly type: Builtin
  readonly hash: Builtin
} {
  function* describe(sh: Shell, name: string, verbose: boolean): Run<string | null> {
    if (isKeyword(name)) return verbose ? `${name} is a shell keyword` : name
    const alias = sh.aliases.get(name)
    if (alias !== undefined) return verbose ? `${name} is an alias for ${alias}` : `alias ${name}=${quote(alias)}`
    if (sh.functions.has(name)) return verbose ? `${name} is a shell function` : name
    if (isBuiltin(name)) {
      const special = SPECIAL_BUILTINS.has(name) ? 'special ' : ''
      return verbose ? `${name} is a ${special}shell builtin` : name
    }
    const known = sh.hashed.has(name)
    const file = yield* findProgram(sh, name)
    if (typeof file === 'number') return null
    if (name.includes('/') && (yield* sh.os.access(name, 1)) < 0) return null
    return verbose ? `${name} is${known ? ' a tracked alias for' : ''} ${file}` : file
  }

  return {
    *command(sh, argv) {
      const { on, operands } = yield* letters(sh, argv, 'pvV')
      if (operands.length === 0) return 0
      const text = yield* describe(sh, operands[0], on.has('V'))
      if (text !== null) return yield* sh.print(`${text}\n`)
      if (on.has('V')) void (yield* sh.print(`${operands[0]}: not found\n`))
      return 127
    },
    *type(sh, argv) {
      let status = 0
      let out = ''
      for (const name of argv.slice(1)) {
        const text = yield* describe(sh, name, true)
        if (text === null) status = 127
        out += text === null ? `${name}: not found\n` : `${text}\n`
      }
      return (yield* sh.print(out)) || status
    },
    *hash(sh, argv) {
      const { on, operands } = yield* letters(sh, argv, 'r')
      if (on.has('r')) sh.hashed.clear()
      if (operands.length === 0 && !on.has('r'))
        return yield* sh.print([...sh.hashed.values()].map((path) => `${path}\n`).join(''))
      let status = 0
      for (const name of operands) {
        sh.hashed.delete(name)
        if (isBuiltin(name) || typeof (yield* findProgram(sh, name)) === 'string') continue
        yield* sh.warn(`${name}: not found`)
        status = 1
      }
      return status
    },
  }
}

/** alias [NAME[=VALUE]...] */
export const aliasBuiltin: Builtin = function* (sh, argv) {
  let status = 0
  const show = ([name, value]: readonly [string, string]): string => `${name}=${quote(value)}\n`
  if (argv.length === 1)
    return yield* sh.print(
      [...sh.aliases]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(show)
        .join(''),
    )
  for (const arg of argv.slice(1)) {
    const eq = arg.indexOf('=', 1)
    if (eq > 0) {
      sh.aliases.set(arg.slice(0, eq), arg.slice(eq + 1))
      continue
    }
    const value = sh.aliases.get(arg)
    if (value !== undefined) void (yield* sh.print(show([arg, value])))
    else {
      void (yield* sh.os.write(2, `${sh.builtin}: ${arg} not found\n`))
      status = 1
    }
  }
  return status
}

/** unalias -a | NAME... */
export const unaliasBuiltin: Builtin = function* (sh, argv) {
  const { on, operands } = yield* letters(sh, argv, 'a')
  if (on.has('a')) sh.aliases.clear()
  let status = 0
  for (const name of operands) {
    if (sh.aliases.delete(name)) continue
    void (yield* sh.os.write(2, `${sh.builtin}: ${name} not found\n`))
    status = 1
  }
  return status
}
