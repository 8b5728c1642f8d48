import { EINVAL } from '../../kernel/errno.ts'
import { canonical, type Existing } from '../canonical.ts'
import { tool } from '../tool.ts'

const HELP = `usage: readlink [-femnqsvz] FILE...
Write where each FILE, a symbolic link, leads.
  -f  the path of it without any links; all but its last name are to be there
  -e  the same, and all of it is to be there     -m  the same, whether or not it is there
  -n  no newline behind the only one             -z  a zero in its place
  -v  say what is wrong                          -q, -s  do not, as always
`

const LONG = {
  canonicalize: 'f',
  'canonicalize-existing': 'e',
  'canonicalize-missing': 'm',
  'no-newline': 'n',
  quiet: 'q',
  silent: 's',
  verbose: 'v',
  zero: 'z',
}

/** readlink(1) */
export const readlink = tool('readlink', { letters: 'femnqsvz', help: HELP, long: LONG }, function* (self) {
  if (self.operands.length === 0) yield* self.misused('missing operand')
  const last = [...self.flags.keys()].filter((letter) => 'fem'.includes(letter)).at(-1)
  const existing: Existing | null = last === undefined ? null : last === 'f' ? 'folders' : last === 'e' ? 'all' : 'none'
  const several = self.operands.length > 1
  if (several && self.has('n')) yield* self.complain('ignoring --no-newline with multiple arguments', undefined, 0)
  const end = self.has('n') && !several ? '' : self.has('z') ? '\0' : '\n'
  for (const path of self.operands) {
    const found = existing === null ? yield* self.files.readlink(path) : yield* canonical(self, path, existing)
    if (typeof found === 'string') yield* self.out(found + end)
    else if (self.has('v')) yield* self.complain(path, found === 0 ? -EINVAL : found)
    else self.status = 1
  }
})
