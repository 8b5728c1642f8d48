import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../kernel/fs/file.ts'
import { Lines, tool, type Tool } from '../tool.ts'

const HELP = `usage: sort [-bcdfmnrsu] [-k KEY]... [-t CHARACTER] [-o FILE] [FILE]...
Write the lines of all FILEs in order.
  -b  without blanks at the beginning     -c  only look whether they are in order
  -d  letters, digits and blanks only     -f  letters of either case are the same
  -k  FIELD[.CHARACTER][bdfnr][,FIELD[.CHARACTER]] is what counts
  -m  the files are in order already      -n  as numbers        -o  to FILE, which may be one of those read
  -r  the other way round                 -s  what is the same stays as it was
  -t  between fields                      -u  of what is the same only the first
`

interface Key {
  readonly from: readonly [field: number, character: number]
  readonly to: readonly [field: number, character: number] | null
  readonly how: ReadonlySet<string>
}

/** sort(1), by bytes. */
export const sort = tool(
  'sort',
  {
    letters: 'bcdfk:mno:rst:u',
    help: HELP,
    wrong: 2,
    long: { reverse: 'r', unique: 'u', key: 'k', output: 'o', stable: 's' },
  },
  function* (self) {
    const global = new Set(['b', 'd', 'f', 'n', 'r'].filter((letter) => self.has(letter)))
    const keys: Key[] = []
    for (const text of self.flags.get('k') ?? []) keys.push(yield* parseKey(self, text, global))
    const compare = comparison(keys, global, self.value('t'), self.has('s') || self.has('u'))
    const lines: ByteString[] = []
    for (const name of self.operands.length === 0 ? ['-'] : self.operands) {
      const fd = name === '-' ? 0 : yield* self.os.open(name, 0)
      if (fd < 0) {
        yield* self.complain(`cannot read: ${name}`, fd, 2)
        return 2
      }
      const input = new Lines(self.os, fd)
      for (let line = yield* input.next(), n = 1; line !== null; line = yield* input.next(), n++) {
        const last = lines.at(-1)
        if (self.has('c') && last !== undefined && compare(last, line) >= (self.has('u') ? 0 : 1)) {
          yield* self.complain(`${name}:${n}: disorder: ${line}`)
          return 1
        }
        lines.push(line)
      }
      if (input.error < 0) {
        yield* self.complain(`read failed: ${name}`, input.error, 2)
        return 2
      }
      if (fd > 0) void (yield* self.os.sys.close(fd))
    }
    if (self.has('c')) return 0
    lines.sort(compare)
    const chosen = self.has('u') ? lines.filter((line, i) => i === 0 || compare(lines[i - 1], line) !== 0) : lines
    const text = chosen.map((line) => `${line}\n`)
    const file = self.value('o')
    if (file === undefined) for (const line of text) yield* self.out(line)
    else {
      const fd = yield* self.os.open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
      const err = fd < 0 ? fd : yield* self.os.write(fd, text.join(''))
      if (err < 0) yield* self.complain(`open failed: ${file}`, err, 2)
    }
    return self.status
  },
)

function* parseKey(self: Tool, text: string, global: ReadonlySet<string>): Run<Key> {
  const [, f1, c1, how1, end, f2, c2, how2] =
    /^(\d+)(?:\.(\d+))?([bdfnr]*)(,(\d+)(?:\.(\d+))?([bdfnr]*))?$/.exec(text) ?? []
  if (f1 === undefined || Number(f1) === 0) {
    const zero = f1 !== undefined
    const what = zero
      ? 'field number is zero: invalid field specification'
      : 'invalid number at field start: invalid count at start of'
    yield* self.complain(`${what} '${text}'`, undefined, 2)
    return yield* self.quit(2)
  }
  const own = new Set(`${how1}${(how2 as string | undefined) ?? ''}`)
  return {
    from: [Number(f1) - 1, Number((c1 as string | undefined) ?? 1) - 1],
    to: (end as string | undefined) === undefined ? null : [Number(f2), Number((c2 as string | undefined) ?? 0)],
    how: own.size > 0 ? own : global,
  }
}

type Compare = (a: ByteString, b: ByteString) => number

function comparison(
  keys: readonly Key[],
  global: ReadonlySet<string>,
  separator: string | undefined,
  stable: boolean,
): Compare {
  const bytes: Compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0)
  const by = (how: ReadonlySet<string>, part: (line: ByteString) => ByteString): Compare => {
    const shape = (line: ByteString): ByteString => {
      let text = part(line)
      if (how.has('b')) text = text.replace(/^[ \t]+/, '')
      if (how.has('d')) text = text.replace(/[^A-Za-z0-9 \t]/g, '')
      return how.has('f') ? text.toUpperCase() : text
    }
    const sign = how.has('r') ? -1 : 1
    if (how.has('n')) return (a, b) => sign * numeric(shape(a), shape(b))
    return (a, b) => sign * bytes(shape(a), shape(b))
  }
  const all =
    keys.length === 0
      ? [by(global, (line) => line)]
      : keys.map((key) => by(key.how, (line) => keyOf(line, key, separator)))
  const last = global.has('r') ? -1 : 1
  return (a, b) => {
    for (const one of all) {
      const order = one(a, b)
      if (order !== 0) return order
    }
    return stable ? 0 : last * bytes(a, b)
  }
}

function numeric(a: ByteString, b: ByteString): number {
  return number(a) - number(b)
}

function number(text: ByteString): number {
  const [digits] = /^[ \t]*-?(?:\d+\.?\d*|\.\d+)/.exec(text) ?? ['0']
  return Number(digits)
}

/** The part of a line that a key names. Without a separator the blanks before a field belong to it. */
function keyOf(line: ByteString, { from, to, how }: Key, separator: string | undefined): ByteString {
  const starts: number[] = []
  const ends: number[] = []
  if (separator === undefined) {
    for (const match of line.matchAll(/[ \t]*[^ \t]+/g)) {
      starts.push(match.index)
      ends.push(match.index + match[0].length)
    }
  } else {
    let at = 0
    for (const field of line.split(separator)) {
      starts.push(at)
      at += field.length
      ends.push(at++)
    }
  }
  const position = (field: number, character: number): number => {
    if (field >= starts.length) return line.length
    let start = starts[field]
    if (how.has('b')) while (line[start] === ' ' || line[start] === '\t') start++
    return Math.min(start + character, line.length)
  }
  const begin = position(from[0], from[1])
  if (to === null) return line.slice(begin)
  const end = to[1] === 0 ? (ends[to[0] - 1] ?? line.length) : position(to[0] - 1, to[1])
  return line.slice(begin, Math.max(begin, end))
}
