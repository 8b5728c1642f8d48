import type { Run } from '../program.ts'
import { Lines, sizeOf, tool, type Tool } from '../tool.ts'

const HELP = `usage: head [-qv] [-n [-]LINES | -c [-]BYTES] [FILE]...
Write the first 10 lines of each FILE; with - before the number all but the last.
  -c  so many bytes     -n  so many lines     -q  no names     -v  always names
`

/** head(1) */
export const head = tool(
  'head',
  { letters: 'c:n:qv', number: 'n', help: HELP, long: { lines: 'n', bytes: 'c' } },
  function* (self) {
    const bytes = self.value('c')
    const text = bytes ?? self.value('n') ?? '10'
    const but = text.startsWith('-')
    const count = sizeOf(but ? text.slice(1) : text)
    if (count === null) {
      yield* self.complain(`invalid number of ${bytes === undefined ? 'lines' : 'bytes'}: '${text}'`)
      return 1
    }
    const named = (self.operands.length > 1 || self.has('v')) && !self.has('q')
    let first = true
    yield* self.eachFile(function* (fd, name) {
      if (named) yield* self.out(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`)
      first = false
      yield* bytes === undefined ? lines(self, fd, name, count, but) : ofBytes(self, fd, name, count, but)
    })
    return self.status
  },
)

function* lines(self: Tool, fd: number, name: string, count: number, but: boolean): Run<void> {
  const input = new Lines(self.os, fd)
  const held: string[] = []
  for (let n = 0; but || n < count; n++) {
    const line = yield* input.next()
    if (line === null) break
    held.push(input.ended ? `${line}\n` : line)
    if (!but) yield* self.out(held.pop() ?? '')
    else if (held.length > count) yield* self.out(held.shift() ?? '')
  }
  if (input.error < 0) yield* self.complain(`error reading '${name}'`, input.error)
}

function* ofBytes(self: Tool, fd: number, name: string, count: number, but: boolean): Run<void> {
  let held = ''
  let left = count
  for (;;) {
    if (!but && left === 0) return
    const chunk = yield* self.os.read(fd, but ? 4096 : left)
    if (typeof chunk === 'number') return yield* self.complain(`error reading '${name}'`, chunk)
    if (chunk === '') return
    if (!but) {
      left -= chunk.length
      yield* self.out(chunk)
      continue
    }
    held += chunk
    yield* self.out(held.slice(0, Math.max(0, held.length - count)))
    held = held.slice(Math.max(0, held.length - count))
  }
}
