import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import type { Shell } from './shell.ts'

/** The value of a parameter that is one text: a variable, `$1`, or a special one. Undefined where it has none. */
export function* parameterValue(sh: Shell, name: string): Run<ByteString | undefined> {
  switch (name) {
    case '#':
      return String(sh.parameters.length)
    case '?':
      return String(sh.status)
    case '-':
      return sh.flags
    case '$':
      return String(sh.pid)
    case '!':
      return sh.background === null ? undefined : String(sh.background)
    case '0':
      return sh.arg0
    case 'LINENO':
      return String(sh.line)
  }
  if (/^\d/.test(name)) return sh.parameters[Number(name) - 1]
  return sh.variables.get(name)
}
