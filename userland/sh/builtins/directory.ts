import type { Run } from '../../program.ts'
import type { Shell } from '../shell.ts'
import { errnoMessage } from '../../../kernel/errno.ts'
import { letters, type Builtin } from './builtin.ts'

/** cd [-L | -P] [DIRECTORY] */
export const cdBuiltin: Builtin = function* (sh, argv) {
  const { on, operands } = yield* letters(sh, argv, 'LP')
  let [target] = operands
  let tell = false
  if ((target as string | undefined) === undefined) target = sh.variables.get('HOME') ?? ''
  else if (target === '-') {
    target = sh.variables.get('OLDPWD') ?? ''
    tell = true
  }
  if (target === '') target = '.'
  const plain = target.startsWith('/') || /^\.\.?(\/|$)/.test(target)
  for (const folder of plain ? [''] : (sh.variables.get('CDPATH') ?? '').split(':')) {
    const path = folder === '' ? target : `${folder}/${target}`
    const pwd = yield* change(sh, path, on.has('P') && !on.has('L'))
    if (pwd === null) continue
    return tell || folder !== '' ? yield* sh.print(`${pwd}\n`) : 0
  }
  return yield* sh.fail(`can't cd to ${operands[0] === '-' || operands.length === 0 ? target : operands[0]}`)
}

/** Go there, `..` taking back the name before it unless `physical`; where that is, or null. */
function* change(sh: Shell, path: string, physical: boolean): Run<string | null> {
  const old = sh.directory
  const logical = physical || old === null ? null : joined(old, path)
  if ((yield* sh.os.chdir(logical ?? path)) < 0) return null
  const real = logical ?? (yield* sh.os.getcwd())
  const pwd = typeof real === 'string' ? real : path
  sh.directory = pwd
  if (old !== null) yield* sh.assign('OLDPWD', old, true)
  yield* sh.assign('PWD', pwd, true)
  return pwd
}

function joined(from: string, path: string): string {
  const names = path.startsWith('/') ? [] : from.split('/')
  for (const name of path.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '.') names.push(name)
  }
  // Two slashes may be another place than one; three are not.
  const root = /^\/\/(?!\/)/.test(path.startsWith('/') ? path : from) ? '//' : '/'
  return root + names.filter((name) => name !== '').join('/')
}

/** pwd [-L | -P] */
export const pwdBuiltin: Builtin = function* (sh, argv) {
  const { on } = yield* letters(sh, argv, 'LP')
  const known = on.has('P') ? null : sh.directory
  const pwd = known ?? (yield* sh.os.getcwd())
  if (typeof pwd === 'number') return yield* sh.fail(`getcwd() failed: ${errnoMessage(-pwd)}`)
  return yield* sh.print(`${pwd}\n`)
}

/** PWD as it was handed down where it is true, else as the kernel has it. */
export function* findPwd(sh: Shell): Run<void> {
  const given = sh.variables.get('PWD')
  if (given?.startsWith('/') === true) {
    const [there, here] = [yield* sh.os.stat(given), yield* sh.os.stat('.')]
    if (typeof there !== 'number' && typeof here !== 'number' && there.ino === here.ino && there.dev === here.dev) {
      sh.directory = given
    }
  }
  const real = sh.directory ?? (yield* sh.os.getcwd())
  if (typeof real !== 'string') return
  sh.directory = real
  yield* sh.assign('PWD', real, true)
}

/** umask [-S] [MASK] */
export const umaskBuiltin: Builtin = function* (sh, argv) {
  const { on, operands } = yield* letters(sh, argv, 'S')
  const old = yield* sh.os.umask(0)
  void (yield* sh.os.umask(old))
  if (operands.length === 0) {
    if (!on.has('S')) return yield* sh.print(`${old.toString(8).padStart(4, '0')}\n`)
    const bits = (shift: number): string => ['r', 'w', 'x'].filter((_, i) => (old & ((4 >> i) << shift)) === 0).join('')
    return yield* sh.print(`u=${bits(6)},g=${bits(3)},o=${bits(0)}\n`)
  }
  const [text] = operands
  if (/^\d/.test(text)) {
    if (!/^[0-7]+$/.test(text)) return yield* sh.fail(`Illegal number: ${text}`)
    void (yield* sh.os.umask(parseInt(text, 8) & 0o777))
    return 0
  }
  const mode = symbolicMode(text, ~old & 0o777)
  if (mode === null) return yield* sh.fail(`Illegal mode: ${text}`)
  void (yield* sh.os.umask(~mode & 0o777))
  return 0
}

/** A mode like `u=rwx,g-w` done to `mode`; null where it is none. */
export function symbolicMode(text: string, mode: number): number | null {
  let out = mode
  for (const clause of text.split(',')) {
    const [, who, operator, permissions] = /^([ugoa]*)([-+=])([rwxXstugo]*)$/.exec(clause) ?? []
    if (permissions === undefined) return null
    const whom = (who === '' ? 'a' : who).replace('a', 'ugo')
    let bits = 0
    for (const p of permissions) {
      bits |= p === 'r' ? 4 : p === 'w' ? 2 : p === 'x' || p === 'X' ? 1 : 0
      if (p === 'u') bits |= out >> 6
      if (p === 'g') bits |= (out >> 3) & 7
      if (p === 'o') bits |= out & 7
    }
    for (const w of whom) {
      const shift = w === 'u' ? 6 : w === 'g' ? 3 : 0
      if (operator === '=') out = (out & ~(7 << shift)) | (bits << shift)
      else if (operator === '+') out |= bits << shift
      else out &= ~(bits << shift)
    }
  }
  return out
}
