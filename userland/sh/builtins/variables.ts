import type { Run } from '../../program.ts'
import type { Shell } from '../shell.ts'
import { isName } from '../chars.ts'
import { letters, quote, type Builtin } from './builtin.ts'

/** export and readonly: mark variables, giving them values or not, or list what is marked. */
export const exportBuiltin: Builtin = function* (sh, argv) {
  const mark = argv[0] === 'export' ? 'exported' : 'readonly'
  const { on, operands } = yield* letters(sh, argv, 'p')
  if (on.has('p') || operands.length === 0) {
    const lines = sh.variables.names(mark).map((name) => {
      const value = sh.variables.get(name)
      return `${argv[0]} ${name}${value === undefined ? '' : `=${quote(value)}`}\n`
    })
    return yield* sh.print(lines.join(''))
  }
  for (const operand of operands) {
    const name = yield* assignOperand(sh, operand)
    if (mark === 'exported') sh.variables.export(name)
    else sh.variables.protect(name)
  }
  return 0
}

/** local: variables that have their old values again when the function is over; `-` means the options. */
export const localBuiltin: Builtin = function* (sh, argv) {
  if (sh.functionDepth === 0) return yield* sh.fail('not in a function')
  for (const operand of argv.slice(1)) {
    if (operand === '-') {
      sh.localOptions[sh.localOptions.length - 1] = 'kept'
      continue
    }
    const [name] = operand.split('=', 1)
    if (!isName(name)) yield* sh.fail(`${name}: bad variable name`)
    void sh.variables.local(name, 'function')
    if (operand.includes('=')) void (yield* assignOperand(sh, operand))
  }
  return 0
}

function* assignOperand(sh: Shell, operand: string): Run<string> {
  const eq = operand.indexOf('=')
  const name = eq < 0 ? operand : operand.slice(0, eq)
  if (!isName(name)) yield* sh.fail(`${name}: bad variable name`)
  if (eq >= 0) yield* sh.assign(name, operand.slice(eq + 1))
  return name
}

/** unset: variables, or functions with -f. */
export const unsetBuiltin: Builtin = function* (sh, argv) {
  const { on, operands } = yield* letters(sh, argv, 'vf')
  for (const name of operands) {
    if (on.has('f')) sh.functions.delete(name)
    else if (!isName(name)) yield* sh.fail(`${name}: bad variable name`)
    else if (!sh.variables.unset(name)) yield* sh.fail(`${name}: is read only`)
  }
  return 0
}

/** getopts: the next option of the arguments into a variable. */
export const getoptsBuiltin: Builtin = function* (sh, argv) {
  if (argv.length < 3) return yield* sh.fail('Usage: getopts optstring var [arg...]')
  const [, optstring, variable] = argv
  const args = argv.length > 3 ? argv.slice(3) : sh.parameters
  const silent = optstring.startsWith(':')
  let { optind } = sh
  if (sh.optoff === 0) {
    const arg = args[optind - 1] as string | undefined
    const ends = arg === undefined || !arg.startsWith('-') || arg === '-'
    if (ends || arg === '--') return yield* noMore(sh, variable, ends ? optind : optind + 1)
    optind++
    sh.optoff = 1
  }
  const arg = args[optind - 2]
  const letter = arg[sh.optoff++]
  const last = sh.optoff >= arg.length
  const at = letter === ':' ? -1 : optstring.indexOf(letter)
  let option = letter
  let value: string | undefined
  let ended = last
  if (at < 0) {
    option = '?'
    if (silent) value = letter
    else void (yield* sh.os.write(2, `Illegal option -${letter}\n`))
  } else if (optstring[at + 1] === ':') {
    ended = true
    if (!last) value = arg.slice(sh.optoff)
    else if (optind <= args.length) value = args[optind++ - 1]
    else if (silent) {
      option = ':'
      value = letter
    } else {
      option = '?'
      void (yield* sh.os.write(2, `No arg for -${letter} option\n`))
    }
  } else value = ''
  const optoff = ended ? 0 : sh.optoff
  if (value === undefined) void sh.variables.unset('OPTARG')
  else yield* sh.assign('OPTARG', value)
  yield* setPosition(sh, optind, optoff)
  yield* sh.assign(variable, option)
  return 0
}

function* noMore(sh: Shell, variable: string, optind: number): Run<number> {
  yield* setPosition(sh, optind, 0)
  void sh.variables.unset('OPTARG')
  yield* sh.assign(variable, '?')
  return 1
}

/** OPTIND is set with the place in the argument kept, which an assignment by others forgets. */
function* setPosition(sh: Shell, optind: number, optoff: number): Run<void> {
  yield* sh.assign('OPTIND', String(optind))
  sh.optind = optind
  sh.optoff = optoff
}
