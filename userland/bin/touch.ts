import type { Run } from '../program.ts'
import { ENOENT } from '../../kernel/errno.ts'
import { O_CREAT, O_WRONLY } from '../../kernel/fs/file.ts'
import { parseDate, parseStamp } from '../calendar.ts'
import { tool, type Tool } from '../tool.ts'

const HELP = `usage: touch [-acm] [-d DATE | -r FILE | -t STAMP] FILE...
Set the times of files to now, and make those that are not there.
  -a  only when it was read             -m  only when it was changed
  -c  make none
  -d  @SECONDS or YYYY-MM-DD HH:MM:SS   -r  those of FILE     -t  [[CC]YY]MMDDhhmm[.ss]
`

/** touch(1) */
export const touch = tool(
  'touch',
  { letters: 'acd:fmr:t:', help: HELP, long: { date: 'd', reference: 'r', 'no-create': 'c' } },
  function* (self) {
    if (self.operands.length === 0) yield* self.misused('missing file operand')
    const times = yield* chosen(self)
    const access = self.has('a') || !self.has('m')
    const change = self.has('m') || !self.has('a')
    for (const path of self.operands) {
      let err = yield* self.files.utimens(path, access ? times.atime : null, change ? times.mtime : null)
      if (err === -ENOENT) {
        if (self.has('c')) continue
        const fd = yield* self.os.open(path, O_WRONLY | O_CREAT, 0o666)
        if (fd < 0) err = fd
        else {
          void (yield* self.os.sys.close(fd))
          err = yield* self.files.utimens(path, access ? times.atime : null, change ? times.mtime : null)
        }
      }
      if (err < 0) yield* self.complain(`cannot touch '${path}'`, err)
    }
  },
)

function* chosen(self: Tool): Run<{ atime: bigint; mtime: bigint }> {
  const reference = self.value('r')
  if (reference !== undefined) {
    const stat = yield* self.os.stat(reference)
    if (typeof stat !== 'number') return stat
    yield* self.complain(`failed to get attributes of '${reference}'`, stat)
    return yield* self.quit(1)
  }
  const now = yield* self.files.now()
  const date = self.value('d')
  const stamp = self.value('t')
  const time =
    date !== undefined ? (date === 'now' ? now : parseDate(date)) : stamp !== undefined ? parseStamp(stamp, now) : now
  if (time !== null) return { atime: time, mtime: time }
  yield* self.complain(`invalid date format '${date ?? stamp ?? ''}'`)
  return yield* self.quit(1)
}
