import { basename } from '../files.ts'
import { remove } from '../remove.ts'
import { tool } from '../tool.ts'

const HELP = `usage: rm [-Rdfirv] FILE...
Remove files.
  -d  empty directories, too       -f  say nothing of what is not there
  -i  ask each time                -r, -R  directories with what is in them
  -v  say what is done
`

/** rm(1) */
export const rm = tool(
  'rm',
  { letters: 'Rdfirv', help: HELP, long: { recursive: 'r', force: 'f', verbose: 'v' } },
  function* (self) {
    const recursive = self.has('r') || self.has('R')
    const quiet = self.has('f')
    if (self.operands.length === 0 && !quiet) yield* self.misused('missing operand')
    for (const path of self.operands) {
      const name = basename(path)
      if (recursive && (name === '.' || name === '..')) {
        yield* self.complain(`refusing to remove '.' or '..' directory: skipping '${path}'`)
      } else if (recursive && name === '/') {
        yield* self.complain("it is dangerous to operate recursively on '/'")
      } else void (yield* remove(self, path, { recursive, quiet, ask: self.has('i'), empty: self.has('d') }))
    }
  },
)
