import type { Run } from '../program.ts'
import { sizeOf, tool, type Tool } from '../tool.ts'

const HELP = `usage: hexdump [-Cbcdovx] [-n LENGTH] [-s OFFSET] [FILE]...
Write bytes as numbers, 16 a line; lines like the one before are an asterisk.
  -b  octal bytes          -C  hexadecimal bytes, and as text    -c  characters
  -d  decimal words        -n  only so many bytes               -o  octal words
  -s  after so many bytes  -v  every line                       -x  hexadecimal words
`

type Format = (bytes: string) => string

const words = (bytes: string, show: (word: number) => string): string => {
  let out = ''
  for (let i = 0; i < bytes.length; i += 2) out += show(bytes.charCodeAt(i) | ((bytes.charCodeAt(i + 1) || 0) << 8))
  return out
}

const NAMES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** What stands behind the offset, 16 bytes at a time. */
const FORMATS: Readonly<Record<string, Format>> = {
  b: (bytes) =>
    [...bytes]
      .map((c) => ` ${c.charCodeAt(0).toString(8).padStart(3, '0')}`)
      .join('')
      .padEnd(64),
  c: (bytes) =>
    [...bytes]
      .map((c) => character(c).padStart(4))
      .join('')
      .padEnd(64),
  d: (bytes) => words(bytes, (word) => `   ${String(word).padStart(5, '0')}`).padEnd(64),
  o: (bytes) => words(bytes, (word) => `  ${word.toString(8).padStart(6, '0')}`).padEnd(64),
  x: (bytes) => words(bytes, (word) => `    ${word.toString(16).padStart(4, '0')}`).padEnd(64),
  '': (bytes) => words(bytes, (word) => ` ${word.toString(16).padStart(4, '0')}`).padEnd(40),
  C: (bytes) => {
    const hex = [...bytes]
      .map((c, i) => `${i === 8 ? ' ' : ''} ${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
      .join('')
    return ` ${hex.padEnd(50)} |${bytes.replace(/[^ -~]/g, '.')}|`
  },
}

function character(c: string): string {
  if (Object.hasOwn(NAMES, c)) return NAMES[c]
  return c >= ' ' && c <= '~' ? c : c.charCodeAt(0).toString(8).padStart(3, '0')
}

/** hexdump(1) */
export const hexdump = tool('hexdump', { letters: 'Cbcdn:os:vx', help: HELP, short: true }, function* (self) {
  const limit = yield* number(self, 'n', Infinity)
  const skip = yield* number(self, 's', 0)
  const format = [...'Cbcdox'].find((letter) => self.has(letter)) ?? ''
  const digits = format === 'C' ? 8 : 7
  const bytes = yield* gather(self, skip, limit)
  let before: string | null = null
  let starred = false
  for (let at = 0; at < bytes.length; at += 16) {
    const line = bytes.slice(at, at + 16)
    if (line === before && line.length === 16 && !self.has('v')) {
      if (!starred) yield* self.out('*\n')
      starred = true
      continue
    }
    starred = false
    before = line
    yield* self.out(`${(skip + at).toString(16).padStart(digits, '0')}${FORMATS[format](line)}\n`)
  }
  if (bytes !== '') yield* self.out(`${(skip + bytes.length).toString(16).padStart(digits, '0')}\n`)
  return self.status
})

function* number(self: Tool, letter: string, otherwise: number): Run<number> {
  const text = self.value(letter)
  if (text === undefined) return otherwise
  const size = /^0x/i.test(text) ? Number(text) : sizeOf(text)
  if (size !== null && !Number.isNaN(size)) return size
  yield* self.complain(`failed to parse ${letter === 'n' ? 'length' : 'offset'}: '${text}'`)
  return yield* self.quit(1)
}

/** All files as one. */
function* gather(self: Tool, skip: number, limit: number): Run<string> {
  const { os } = self
  const chunks: string[] = []
  let size = 0
  for (const name of self.operands.length === 0 ? ['-'] : self.operands) {
    const fd = name === '-' ? 0 : yield* os.open(name, 0)
    if (fd < 0) {
      yield* self.complain(name, fd)
      continue
    }
    while (size < skip + limit) {
      const chunk = yield* os.read(fd)
      if (typeof chunk === 'number') yield* self.complain(name, chunk)
      if (typeof chunk === 'number' || chunk === '') break
      chunks.push(chunk)
      size += chunk.length
    }
    if (fd > 0) void (yield* os.sys.close(fd))
  }
  if (self.status !== 0 && size === 0) yield* self.complain('all input file arguments failed')
  return chunks.join('').slice(skip, skip + limit)
}
