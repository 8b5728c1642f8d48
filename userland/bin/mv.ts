import type { Run } from '../program.ts'
import type { Tool } from '../tool.ts'
import { EINVAL, EXDEV } from '../../kernel/errno.ts'
import { copy, destinations } from '../copy.ts'
import { S_IFDIR, S_IFMT } from '../files.ts'
import { remove } from '../remove.ts'
import { tool } from '../tool.ts'

const HELP = `usage: mv [-Tfinv] FILE NAME
       mv [-finv] FILE... DIRECTORY
       mv [-finv] -t DIRECTORY FILE...
Give files other names, or move them.
  -f  do not ask        -i  ask before overwriting   -n  never overwrite
  -t  the directory comes first                      -T  NAME is no directory to move into
  -v  say what is done
`

/** mv(1) */
export const mv = tool('mv', { letters: 'Tfint:v', help: HELP, long: { force: 'f', verbose: 'v' } }, function* (self) {
  for (const [from, to] of yield* destinations(self)) {
    const there = yield* self.os.stat(to, false)
    const stat = yield* self.os.stat(from, false)
    if (typeof stat === 'number') {
      yield* self.complain(`cannot stat '${from}'`, stat)
      continue
    }
    if (typeof there !== 'number') {
      if (there.ino === stat.ino && there.dev === stat.dev) {
        yield* self.complain(`'${from}' and '${to}' are the same file`)
        continue
      }
      if (self.has('n')) continue
      if (self.has('i') && !(yield* self.asks(`overwrite '${to}'?`))) continue
    }
    const folders = [stat, there].map((one) => typeof one !== 'number' && (one.mode & S_IFMT) === S_IFDIR)
    if (typeof there !== 'number' && folders[0] !== folders[1]) {
      const what = folders[0]
        ? `non-directory '${to}' with directory '${from}'`
        : `directory '${to}' with non-directory`
      yield* self.complain(`cannot overwrite ${what}`)
      continue
    }
    yield* move(self, from, to)
  }
})

function* move(self: Tool, from: string, to: string): Run<void> {
  let err = yield* self.files.rename(from, to)
  if (err === -EXDEV) {
    const how = { recursive: true, preserve: true, force: true, verbose: false, follow: false }
    if (!(yield* copy(self, from, to, how))) return
    err = (yield* remove(self, from, { recursive: true, quiet: true })) ? 0 : -EXDEV
  }
  if (err === -EINVAL) yield* self.complain(`cannot move '${from}' to a subdirectory of itself, '${to}'`)
  else if (err < 0) yield* self.complain(`cannot move '${from}' to '${to}'`, err)
  else if (self.has('v')) yield* self.out(`renamed '${from}' -> '${to}'\n`)
}
