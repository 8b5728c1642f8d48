import { S_IFIFO } from '../files.ts'
import { parseMode } from '../mode.ts'
import { tool } from '../tool.ts'

const HELP = `usage: mkfifo [-m MODE] NAME...
Make named pipes.
  -m  with this mode
`

/** mkfifo(1) */
export const mkfifo = tool('mkfifo', { letters: 'm:', help: HELP, long: { mode: 'm' } }, function* (self) {
  if (self.operands.length === 0) yield* self.misused('missing operand')
  const text = self.value('m')
  const mode = text === undefined ? null : parseMode(text, 0o666, 0)
  if (mode === null && text !== undefined) yield* self.misused('invalid mode')
  for (const path of self.operands) {
    const err = yield* self.files.mknod(path, S_IFIFO | (mode ?? 0o666), 0n)
    if (err < 0) yield* self.complain(`cannot create fifo '${path}'`, err)
    else if (mode !== null) void (yield* self.files.chmod(path, mode))
  }
})
