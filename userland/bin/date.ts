import { parseDate, strftime } from '../calendar.ts'
import { tool } from '../tool.ts'

const HELP = `usage: date [-Ru] [-d DATE | -r FILE | -s DATE] [-I] [+FORMAT]
Write the date and the time, in UTC.
  -d  of @SECONDS or YYYY-MM-DD HH:MM:SS     -I  as YYYY-MM-DD
  -r  when FILE was changed                  -R  as mail has it
  -u  in UTC, as always                      -s  set the clock to DATE
`

/** date(1) */
export const date = tool(
  'date',
  { letters: 'IRd:r:s:u', help: HELP, long: { date: 'd', reference: 'r', set: 's', utc: 'u', 'rfc-email': 'R' } },
  function* (self) {
    let time = yield* self.files.now()
    const set = self.value('s')
    const text = set ?? self.value('d')
    const file = self.value('r')
    if (file !== undefined) {
      const stat = yield* self.os.stat(file)
      if (typeof stat === 'number') {
        yield* self.complain(file, stat)
        return 1
      }
      time = stat.mtime
    } else if (text !== undefined && text !== 'now') {
      const parsed = parseDate(text)
      if (parsed === null) {
        yield* self.complain(`invalid date '${text}'`)
        return 1
      }
      time = parsed
    }
    const [format, extra] = self.operands
    if ((extra as string | undefined) !== undefined) yield* self.misused(`extra operand '${extra}'`)
    if ((format as string | undefined) !== undefined && !format.startsWith('+')) {
      yield* self.complain(`invalid date '${format}'`)
      return 1
    }
    let status = 0
    if (set !== undefined) {
      const err = yield* self.os.sys.syscall(112, 0, self.os.sys.words(time / 1_000_000_000n, time % 1_000_000_000n))
      if (err < 0) {
        yield* self.complain('cannot set date', err)
        status = 1
      }
    }
    const plain = self.has('R') ? '%a, %d %b %Y %H:%M:%S %z' : self.has('I') ? '%F' : '%a %b %e %H:%M:%S %Z %Y'
    yield* self.out(`${strftime((format as string | undefined) === undefined ? plain : format.slice(1), time)}\n`)
    return status
  },
)
