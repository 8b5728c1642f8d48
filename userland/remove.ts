import type { ByteString } from '../kernel/types.ts'
import type { Run } from './program.ts'
import type { Tool } from './tool.ts'
import { EISDIR, ENOENT } from '../kernel/errno.ts'
import { S_IFDIR, S_IFMT, inside } from './files.ts'

/** Remove `path`, with what is in it where that is asked for. False where something is left, which was told. */
export function* remove(
  tool: Tool,
  path: ByteString,
  how: { readonly recursive: boolean; readonly quiet: boolean; readonly ask?: boolean; readonly empty?: boolean },
): Run<boolean> {
  const { os, files } = tool
  const stat = yield* os.stat(path, false)
  if (typeof stat === 'number') {
    if (stat === -ENOENT && how.quiet) return true
    yield* tool.complain(`cannot remove '${path}'`, stat)
    return false
  }
  const folder = (stat.mode & S_IFMT) === S_IFDIR
  if (folder && !how.recursive && how.empty !== true) {
    yield* tool.complain(`cannot remove '${path}'`, -EISDIR)
    return false
  }
  if (folder && how.recursive) {
    const names = yield* os.names(path)
    if (typeof names === 'number') {
      yield* tool.complain(`cannot remove '${path}'`, names)
      return false
    }
    if (how.ask === true && names.length > 0 && !(yield* tool.asks(`descend into directory '${path}'?`))) return false
    let all = true
    for (const name of names) all = (yield* remove(tool, inside(path, name), how)) && all
    if (!all) return false
  }
  const kind = folder ? 'directory' : stat.size === 0 ? 'regular empty file' : 'regular file'
  if (how.ask === true && !(yield* tool.asks(`remove ${kind} '${path}'?`))) return false
  const err = folder ? yield* files.rmdir(path) : yield* files.unlink(path)
  if (err < 0) yield* tool.complain(`cannot remove '${path}'`, err)
  else if (tool.has('v')) yield* tool.out(folder ? `removed directory '${path}'\n` : `removed '${path}'\n`)
  return err >= 0
}
