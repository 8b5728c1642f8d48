import type { Run } from '../program.ts'
import { S_IFDIR, S_IFLNK, S_IFMT, inside, modeText } from '../files.ts'
import { parseMode } from '../mode.ts'
import { tool, type Tool } from '../tool.ts'

const HELP = `usage: chmod [-Rf] MODE FILE...
Change modes: an octal number, or clauses like u+x,go-w.
  -R  what is in directories, too     -f  do not complain
`

/** chmod(1). A mode like -x is no option. */
export const chmod = tool('chmod', { letters: '+Rfrwx', help: HELP, long: { recursive: 'R' } }, function* (self) {
  const taken = ['r', 'w', 'x'].filter((letter) => self.has(letter)).join('')
  const [text, ...paths] = taken === '' ? self.operands : [`-${taken}`, ...self.operands]
  if ((text as string | undefined) === undefined) yield* self.misused('missing operand')
  if (paths.length === 0) yield* self.misused(`missing operand after '${text}'`)
  const mask = yield* self.os.umask(0)
  void (yield* self.os.umask(mask))
  if (parseMode(text, 0, mask) === null) yield* self.misused(`invalid mode: '${text}'`)
  for (const path of paths) yield* change(self, path, text, mask)
})

function* change(self: Tool, path: string, text: string, mask: number): Run<void> {
  const stat = yield* self.os.stat(path)
  if (typeof stat === 'number') {
    if (self.has('f')) self.status = 1
    else yield* self.complain(`cannot access '${path}'`, stat)
    return
  }
  const folder = (stat.mode & S_IFMT) === S_IFDIR
  const mode = parseMode(text, stat.mode & 0o7777, mask, folder) ?? 0
  const err = yield* self.files.chmod(path, mode)
  if (err < 0) yield* self.complain(`changing permissions of '${path}'`, err)
  const meant = parseMode(text, stat.mode & 0o7777, 0, folder) ?? 0
  if (text.startsWith('-') && err >= 0 && mode !== meant) {
    const show = (bits: number): string => modeText(bits).slice(1)
    yield* self.complain(`${path}: new permissions are ${show(mode)}, not ${show(meant)}`)
  }
  if (!self.has('R') || !folder) return
  const names = yield* self.os.names(path)
  if (typeof names === 'number') return yield* self.complain(`cannot read directory '${path}'`, names)
  for (const name of names) {
    const child = yield* self.os.stat(inside(path, name), false)
    if (typeof child !== 'number' && (child.mode & S_IFMT) !== S_IFLNK)
      yield* change(self, inside(path, name), text, mask)
  }
}
