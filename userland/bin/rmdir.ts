import { tool } from '../tool.ts'

const HELP = `usage: rmdir [-pv] DIRECTORY...
Remove empty directories.
  -p  and those above     -v  say what is done
`

/** rmdir(1) */
export const rmdir = tool(
  'rmdir',
  { letters: 'pv', help: HELP, long: { parents: 'p', verbose: 'v' } },
  function* (self) {
    if (self.operands.length === 0) yield* self.misused('missing operand')
    for (const operand of self.operands) {
      for (
        let path = operand;
        path !== '' && path !== '.';
        path = path.includes('/') ? path.replace(/\/+[^/]*\/*$/, '') : ''
      ) {
        if (self.has('v')) yield* self.out(`rmdir: removing directory, '${path}'\n`)
        const err = yield* self.files.rmdir(path)
        if (err < 0) {
          yield* self.complain(`failed to remove ${path === operand ? '' : 'directory '}'${path}'`, err)
          break
        }
        if (!self.has('p')) break
      }
    }
  },
)
