import type { Run } from '../../program.ts'
import type { Shell } from '../shell.ts'
import { EINTR } from '../../../kernel/errno.ts'
import { isName } from '../chars.ts'
import { DEFAULT_IFS } from '../fields.ts'
import { isTerminal } from '../terminal.ts'
import type { Builtin } from './builtin.ts'

/** A character of the line, and whether a backslash has made it an ordinary one. */
interface Char {
  readonly c: string
  readonly escaped: boolean
}

/** read [-r] [-p PROMPT] NAME...: a line of standard input, split into variables. */
export const readBuiltin: Builtin = function* (sh, argv) {
  let raw = false
  let prompt: string | undefined
  let i = 1
  for (; i < argv.length && /^-./.test(argv[i]); i++) {
    const arg = argv[i]
    if (arg === '--') {
      i++
      break
    }
    for (let k = 1; k < arg.length; k++) {
      if (arg[k] === 'r') raw = true
      else if (arg[k] === 'p') {
        prompt = k + 1 < arg.length ? arg.slice(k + 1) : argv[++i]
        if ((prompt as string | undefined) === undefined) return yield* sh.fail('No arg for -p option')
        break
      } else return yield* sh.fail(`Illegal option -${arg[k]}`)
    }
  }
  const names = argv.slice(i)
  if (names.length === 0) return yield* sh.fail('arg count')
  for (const name of names) if (!isName(name)) return yield* sh.fail(`${name}: bad variable name`)
  if (prompt !== undefined && (yield* isTerminal(sh, 0))) void (yield* sh.os.write(2, prompt))
  const { line, status } = yield* readLine(sh, raw)
  const values = splitLine(line, names.length, sh.variables.get('IFS') ?? DEFAULT_IFS)
  for (const [k, name] of names.entries()) yield* sh.assign(name, values[k] ?? '')
  return status
}

/** A byte at a time: what follows the line is for others to read. */
function* readLine(sh: Shell, raw: boolean): Run<{ line: Char[]; status: number }> {
  const line: Char[] = []
  let escaping = false
  for (;;) {
    const c = yield* sh.os.read(0, 1)
    if (c === -EINTR) {
      const [sig] = sh.pending
      if (sig !== undefined) return { line, status: 128 + sig }
      if (sh.interrupted) return { line, status: 130 }
      continue
    }
    if (typeof c === 'number' || c === '') return { line, status: 1 }
    if (c === '\0') continue
    if (escaping) {
      escaping = false
      if (c !== '\n') line.push({ c, escaped: true })
    } else if (c === '\\' && !raw) escaping = true
    else if (c === '\n') return { line, status: 0 }
    else line.push({ c, escaped: false })
  }
}

/** At most `count` fields; the last is all that is left, without the blanks at its end. */
function splitLine(line: readonly Char[], count: number, ifs: string): string[] {
  const blank = ({ c, escaped }: Char): boolean => !escaped && ifs.includes(c) && DEFAULT_IFS.includes(c)
  const separator = ({ c, escaped }: Char): boolean => !escaped && ifs.includes(c)
  const fields: string[] = []
  let i = 0
  const skipBlanks = (): void => {
    while (i < line.length && blank(line[i])) i++
  }
  skipBlanks()
  while (i < line.length && fields.length < count - 1) {
    let field = ''
    while (i < line.length && !separator(line[i])) field += line[i++].c
    fields.push(field)
    skipBlanks()
    if (i < line.length && separator(line[i]) && !blank(line[i])) {
      i++
      skipBlanks()
    }
  }
  if (i < line.length) fields.push(lastField(line.slice(i), separator, blank))
  return fields
}

/** A single separator at the very end ends the field, and is no part of it. */
function lastField(rest: readonly Char[], separator: (c: Char) => boolean, blank: (c: Char) => boolean): string {
  let end = rest.length
  while (end > 0 && blank(rest[end - 1])) end--
  if (end > 0 && separator(rest[end - 1])) {
    const head = rest.slice(0, end - 1)
    if (!head.some((c) => separator(c) && !blank(c)) && !/[ \t\n]/.test(inner(head, blank))) {
      end--
      while (end > 0 && blank(rest[end - 1])) end--
    }
  }
  return rest
    .slice(0, end)
    .map(({ c }) => c)
    .join('')
}

/** What is between the blanks at both ends, blanks being spaces and other characters x. */
function inner(chars: readonly Char[], blank: (c: Char) => boolean): string {
  return chars
    .map((c) => (blank(c) ? ' ' : 'x'))
    .join('')
    .trim()
}
