import type { Run } from '../../program.ts'
import type { Shell } from '../shell.ts'
import { EINTR } from '../../../kernel/errno.ts'
import { Exit } from '../errors.ts'
import { reason } from '../messages.ts'
import { warnOfStopped } from '../jobs.ts'
import { execute } from '../search.ts'
import { count, type Builtin } from './builtin.ts'

/** Builtins that say what is run next. */

export const colon: Builtin = function* () {
  return 0
}

export const falseBuiltin: Builtin = function* () {
  return 1
}

export const breakBuiltin: Builtin = function* (sh, argv) {
  const n = argv.length > 1 ? yield* count(sh, argv[1]) : 1
  if (n <= 0) return yield* sh.fail(`Illegal number: ${argv[1]}`)
  if (sh.loops === 0) return 0
  sh.skip = argv[0] === 'break' ? 'break' : 'continue'
  sh.skipCount = Math.min(n, sh.loops)
  return 0
}

export const returnBuiltin: Builtin = function* (sh, argv) {
  const status = argv.length > 1 ? yield* count(sh, argv[1]) : (sh.trapStatus ?? sh.status)
  sh.skip = 'return'
  return status
}

export const exitBuiltin: Builtin = function* (sh, argv) {
  if (sh.root && (yield* warnOfStopped(sh))) return 0
  const status = argv.length > 1 ? yield* count(sh, argv[1]) : (sh.trapStatus ?? sh.status)
  throw new Exit(status & 0xff)
}

export const evalBuiltin: Builtin = function* (sh, argv, flags) {
  return yield* sh.run.text(sh, argv.slice(1).join(' '), flags)
}

export const execBuiltin: Builtin = function* (sh, argv) {
  const operands = argv[1] === '--' ? argv.slice(2) : argv.slice(1)
  if (operands.length === 0) return 0
  throw new Exit(yield* execute(sh, operands))
}

export const shiftBuiltin: Builtin = function* (sh, argv) {
  const n = argv.length > 1 ? yield* count(sh, argv[1]) : 1
  if (n > sh.parameters.length) return yield* sh.fail("can't shift that many")
  sh.parameters = sh.parameters.slice(n)
  return 0
}

/** `.`: the commands of a file, in this shell. */
export const dotBuiltin: Builtin = function* (sh, argv) {
  const name = argv[1] === '--' ? argv[2] : argv[1]
  if (name === undefined) return 0
  const text = yield* readScript(sh, yield* whereIs(sh, name))
  const { builtin, skip } = sh
  sh.builtin = name
  const status = yield* sh.run.text(sh, text, 0)
  sh.builtin = builtin
  if (sh.skip === 'return' && skip === 'no') sh.skip = 'no'
  return status
}

function* whereIs(sh: Shell, name: string): Run<string> {
  if (name.includes('/')) return name
  for (const folder of (sh.variables.get('PATH') ?? '').split(':')) {
    const path = folder === '' ? name : `${folder}/${name}`
    const stat = yield* sh.os.stat(path)
    if (typeof stat !== 'number' && (stat.mode & 0o170000) === 0o100000) return path
  }
  return yield* sh.fail(`${name}: not found`)
}

/** All of a file, or the end of the command with a word why. */
export function* readScript(sh: Shell, path: string): Run<string> {
  const fd = yield* sh.os.open(path, 0)
  if (fd < 0) return yield* sh.fail(`cannot open ${path}: ${reason(fd, 'open')}`)
  let text = ''
  for (;;) {
    const chunk = yield* sh.os.read(fd)
    if (chunk === -EINTR) continue
    if (typeof chunk === 'number' || chunk === '') break
    text += chunk
  }
  void (yield* sh.os.sys.close(fd))
  return text
}
