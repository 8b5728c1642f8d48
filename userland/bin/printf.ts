import { printf as format } from '../printf.ts'
import { tool } from '../tool.ts'

const HELP = `usage: printf FORMAT [ARGUMENT]...
Write ARGUMENTs as FORMAT says, again while there are more: %s %c %b %d %i %u %o %x %X %e %f %g %a, with flags, width
and precision, and the backslash escapes of C.
`

/** printf(1) */
export const printf = tool('printf', { letters: '+', help: HELP }, function* (self) {
  const [text, ...args] = self.operands
  if ((text as string | undefined) === undefined) yield* self.misused('missing operand')
  const { output, problems, fatal, excess } = format(text, args, true)
  yield* self.out(output)
  for (const problem of problems) {
    const [, value, why] = /^([^]*): ([^:]*)$/.exec(problem) ?? []
    yield* self.complain(
      `'${value}'`,
      why.replace('expected numeric', 'expected a numeric').replace('not completely', 'value not completely'),
    )
  }
  if (excess !== null)
    yield* self.complain(`warning: ignoring excess arguments, starting with '${excess}'`, undefined, 0)
  if (fatal !== null) yield* self.complain(fatal.replace('invalid directive', 'invalid conversion specification'))
  return self.status
})
