import type { Run } from '../program.ts'
import { EEXIST, ENOTDIR } from '../../kernel/errno.ts'
import { S_IFDIR, S_IFMT } from '../files.ts'
import { parseMode } from '../mode.ts'
import { tool, type Tool } from '../tool.ts'

const HELP = `usage: mkdir [-pv] [-m MODE] DIRECTORY...
Make directories.
  -m  with this mode     -p  with those above that are missing, and no complaint of one that is there
  -v  say what is done
`

/** mkdir(1) */
export const mkdir = tool(
  'mkdir',
  { letters: 'm:pv', help: HELP, long: { parents: 'p', mode: 'm', verbose: 'v' } },
  function* (self) {
    if (self.operands.length === 0) yield* self.misused('missing operand')
    const text = self.value('m')
    const mask = yield* self.os.umask(0)
    void (yield* self.os.umask(mask))
    const mode = text === undefined ? null : parseMode(text, 0o777, mask)
    if (mode === null && text !== undefined) {
      yield* self.complain(`invalid mode '${text}'`)
      return 1
    }
    for (const path of self.operands) {
      let reached = true
      if (self.has('p')) {
        for (const parent of above(path)) reached &&= yield* make(self, parent, 0o777, true, -ENOTDIR)
      }
      const made = reached && (yield* make(self, path, mode ?? 0o777, self.has('p')))
      if (made && mode !== null) void (yield* self.files.chmod(path, mode))
    }
    return self.status
  },
)

function* make(self: Tool, path: string, mode: number, mayBe: boolean, otherwise = -EEXIST): Run<boolean> {
  const err = yield* self.files.mkdir(path, mode)
  if (err >= 0) {
    if (self.has('v')) yield* self.out(`mkdir: created directory '${path}'\n`)
    return true
  }
  if (mayBe && err === -EEXIST) {
    const stat = yield* self.os.stat(path)
    if (typeof stat !== 'number' && (stat.mode & S_IFMT) === S_IFDIR) return true
  }
  yield* self.complain(`cannot create directory '${path}'`, err === -EEXIST ? otherwise : err)
  return false
}

/** The directories that a path leads through, the first first. */
function above(path: string): string[] {
  const out: string[] = []
  const bare = path.replace(/\/+$/, '')
  for (let at = bare.indexOf('/', 1); at > 0; at = bare.indexOf('/', at + 1)) out.push(bare.slice(0, at))
  return out
}
