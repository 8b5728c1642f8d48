import type { Run } from '../program.ts'
import { Lines, sizeOf, tool, type Tool } from '../tool.ts'

const HELP = `usage: tail [-fqv] [-n [+]LINES | -c [+]BYTES] [FILE]...
Write the last 10 lines of each FILE; with + before the number all from that one on.
  -c  so many bytes     -f  go on with what is added to the last FILE
  -n  so many lines     -q  no names     -v  always names
`

/** tail(1) */
export const tail = tool(
  'tail',
  { letters: 'c:fn:qv', number: 'n', help: HELP, long: { lines: 'n', bytes: 'c', follow: 'f' } },
  function* (self) {
    const bytes = self.value('c')
    const text = (bytes ?? self.value('n') ?? '10').replace(/^-/, '')
    const from = text.startsWith('+')
    const count = sizeOf(from ? text.slice(1) : text)
    if (count === null) {
      yield* self.complain(`invalid number of ${bytes === undefined ? 'lines' : 'bytes'}: '${text}'`)
      return 1
    }
    const named = (self.operands.length > 1 || self.has('v')) && !self.has('q')
    let number = 0
    yield* self.eachFile(function* (fd, name) {
      if (named) yield* self.out(`${number === 0 ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`)
      number++
      yield* bytes === undefined ? lines(self, fd, name, count, from) : ofBytes(self, fd, name, count, from)
      if (self.has('f') && number >= self.operands.length) yield* follow(self, fd)
    })
    return self.status
  },
)

function* lines(self: Tool, fd: number, name: string, count: number, from: boolean): Run<void> {
  const input = new Lines(self.os, fd)
  const held: string[] = []
  for (let n = 1; ; n++) {
    const line = yield* input.next()
    if (line === null) break
    const whole = input.ended ? `${line}\n` : line
    if (from) {
      if (n >= count) yield* self.out(whole)
      continue
    }
    held.push(whole)
    if (held.length > count) held.shift()
  }
  if (input.error < 0) yield* self.complain(`error reading '${name}'`, input.error)
  for (const line of held) yield* self.out(line)
}

function* ofBytes(self: Tool, fd: number, name: string, count: number, from: boolean): Run<void> {
  let held = ''
  let skip = from ? Math.max(count - 1, 0) : 0
  for (;;) {
    const chunk = yield* self.os.read(fd)
    if (typeof chunk === 'number') yield* self.complain(`error reading '${name}'`, chunk)
    if (typeof chunk === 'number' || chunk === '') break
    if (from) {
      yield* self.out(chunk.slice(skip))
      skip = Math.max(0, skip - chunk.length)
    } else held = count === 0 ? '' : (held + chunk).slice(-count)
  }
  yield* self.out(held)
}

/** Look once a second whether there is more. */
function* follow(self: Tool, fd: number): Run<void> {
  for (;;) {
    const chunk = yield* self.os.read(fd)
    if (typeof chunk === 'number') return
    yield* self.out(chunk)
    yield* self.flush()
    if (chunk === '') void (yield* self.os.sys.nanosleep(1))
  }
}
