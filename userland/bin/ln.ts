import { ENOTDIR } from '../../kernel/errno.ts'
import { S_IFDIR, S_IFMT, basename, inside } from '../files.ts'
import { tool } from '../tool.ts'

const HELP = `usage: ln [-fnsv] TARGET [NAME]
       ln [-fnsv] TARGET... DIRECTORY
Make links.
  -f  in the place of what is there        -n  NAME is no directory, though it leads to one
  -s  symbolic links                       -v  say what is done
`

/** ln(1) */
export const ln = tool(
  'ln',
  { letters: 'fnsvT', help: HELP, long: { symbolic: 's', force: 'f', verbose: 'v' } },
  function* (self) {
    const { operands, os, files } = self
    if (operands.length === 0) yield* self.misused('missing file operand')
    const last = operands.length === 1 ? '.' : operands[operands.length - 1]
    const targets = operands.length === 1 ? operands : operands.slice(0, -1)
    const stat = yield* os.stat(last, !self.has('n'))
    const folder = typeof stat !== 'number' && (stat.mode & S_IFMT) === S_IFDIR && !self.has('T')
    if (!folder && targets.length > 1) {
      yield* self.complain(`target '${last}'`, typeof stat === 'number' ? stat : -ENOTDIR)
      return 1
    }
    const symbolic = self.has('s')
    for (const target of targets) {
      const name = folder ? inside(last, basename(target)) : last
      if (!symbolic) {
        const there = yield* os.stat(target, false)
        if (typeof there === 'number') {
          yield* self.complain(`failed to access '${target}'`, there)
          continue
        }
        if ((there.mode & S_IFMT) === S_IFDIR) {
          yield* self.complain(`${target}: hard link not allowed for directory`)
          continue
        }
      }
      if (self.has('f')) void (yield* files.unlink(name))
      const err = symbolic ? yield* files.symlink(target, name) : yield* files.link(target, name)
      if (err < 0) yield* self.complain(`failed to create ${symbolic ? 'symbolic' : 'hard'} link '${name}'`, err)
      else if (self.has('v')) yield* self.out(`'${name}' ${symbolic ? '->' : '=>'} '${target}'\n`)
    }
    return self.status
  },
)
