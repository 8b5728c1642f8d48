import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import { ENOENT, errnoMessage } from '../../kernel/errno.ts'
import { execvp } from '../start.ts'
import { Os } from '../sh/os.ts'
import { Lines, tool, type Tool } from '../tool.ts'

const HELP = `usage: xargs [-0prt] [-a FILE] [-d CHARACTER] [-I TEXT] [-L LINES] [-n NUMBER] [-s SIZE] [COMMAND [ARGUMENT]...]
Run COMMAND, echo by default, with what standard input has for more arguments.
  -0  they end in zero bytes     -a  read FILE             -d  they end in CHARACTER
  -I  one line for each TEXT in the arguments, a command for each line
  -L  so many lines a command    -n  so many a command     -p  ask before each
  -r  none without input         -s  so many bytes a command
  -t  show commands first
`

/** xargs(1): 123 where a command failed, 124 where one ended with 255, 125 where one was killed. */
export const xargs = tool(
  'xargs',
  { letters: '+0I:L:a:d:n:prs:t', help: HELP, short: true, long: { null: '0', 'no-run-if-empty': 'r', verbose: 't' } },
  function* (self) {
    const command = self.operands.length === 0 ? ['echo'] : self.operands
    const file = self.value('a')
    const fd = file === undefined ? 0 : yield* self.os.open(file, 0)
    if (fd < 0) {
      yield* self.complain(`Cannot open input file '${file}'`, fd)
      return 1
    }
    const replaced = self.value('I')
    const input = yield* readItems(self, fd, replaced !== undefined)
    const batches = group(self, input, command)
    if (batches.length === 0 && !self.has('r') && replaced === undefined) batches.push([])
    for (const batch of batches) {
      const argv =
        replaced === undefined ? [...command, ...batch] : command.map((arg) => arg.replaceAll(replaced, batch[0]))
      if (!(yield* start(self, argv, fd === 0))) break
    }
    return self.status
  },
)

/** An argument, and whether it was the last of its line. */
interface Item {
  readonly text: ByteString
  readonly last: boolean
}

function* readItems(self: Tool, fd: number, byLine: boolean): Run<Item[]> {
  const delimiter = self.has('0')
    ? '\0'
    : self.value('d')?.replace('\\n', '\n').replace('\\t', '\t').replace('\\0', '\0')
  const lines = new Lines(self.os, fd, delimiter ?? '\n')
  const items: Item[] = []
  let rest = ''
  for (let line = yield* lines.next(); line !== null; line = yield* lines.next()) {
    if (delimiter !== undefined) items.push({ text: line, last: true })
    else if (byLine) {
      const text = line.replace(/^[ \t]+/, '')
      if (text !== '') items.push({ text: unquote(text), last: true })
    } else {
      const text = rest + line
      // A backslash at the end takes the newline along.
      rest = /(^|[^\\])(\\\\)*\\$/.test(text) ? `${text.slice(0, -1)}\\\n` : ''
      if (rest !== '') continue
      const words = split(text)
      if (words === null) {
        const kind = text.includes('"') && !text.includes("'") ? 'double' : 'single'
        yield* self.complain(
          `unmatched ${kind} quote; by default quotes are special to xargs unless you use the -0 option`,
        )
        return yield* self.quit(1)
      }
      words.forEach((word, i) => items.push({ text: word, last: i === words.length - 1 && !/[ \t]$/.test(text) }))
    }
  }
  return items
}

/** Words between blanks, with quotes and backslashes; null where a quote does not end. */
function split(line: string): string[] | null {
  const words: string[] = []
  for (let i = 0; i < line.length;) {
    if (line[i] === ' ' || line[i] === '\t') {
      i++
      continue
    }
    let word = ''
    while (i < line.length && line[i] !== ' ' && line[i] !== '\t') {
      const c = line[i++]
      if (c === '\\') word += line[i++] ?? ''
      else if (c === '"' || c === "'") {
        const end = line.indexOf(c, i)
        if (end < 0) return null
        word += line.slice(i, end)
        i = end + 1
      } else word += c
    }
    words.push(word)
  }
  return words
}

function unquote(text: string): string {
  return text.replace(/\\([^])|"([^"]*)"|'([^']*)'/g, (_, a?: string, b?: string, c?: string) => a ?? b ?? c ?? '')
}

/** What one command gets. */
function group(self: Tool, items: readonly Item[], command: readonly ByteString[]): ByteString[][] {
  const byLine = self.value('I') !== undefined
  const most = byLine ? 1 : Number(self.value('n') ?? Infinity)
  const lines = Number(self.value('L') ?? Infinity)
  const room = Number(self.value('s') ?? 131072) - command.reduce((sum, arg) => sum + arg.length + 1, 0)
  const out: ByteString[][] = []
  let batch: ByteString[] = []
  let count = 0
  let size = 0
  for (const { text, last } of items) {
    if (batch.length > 0 && (batch.length >= most || count >= lines || size + text.length + 1 > room)) {
      out.push(batch)
      batch = []
      count = size = 0
    }
    batch.push(text)
    size += text.length + 1
    if (last) count++
  }
  if (batch.length > 0) out.push(batch)
  return out
}

/** Run one command; false where no more are to run. */
function* start(self: Tool, argv: readonly ByteString[], quietInput: boolean): Run<boolean> {
  if (self.has('t') && !self.has('p')) void (yield* self.os.write(2, `${argv.join(' ')}\n`))
  if (self.has('p') && !(yield* self.asks(`${argv.join(' ')}?...`))) return true
  yield* self.flush()
  const pid = yield* self.os.fork(function* (child) {
    const os = new Os(child, self.os)
    if (quietInput) {
      void (yield* child.close(0))
      void (yield* os.open('/dev/null', 0))
    }
    const err = yield* execvp(os, argv, self.environment)
    void (yield* os.write(2, `${self.name}: ${argv[0]}: ${errnoMessage(-err)}\n`))
    return err === -ENOENT ? 127 : 126
  })
  if (pid < 0) {
    yield* self.complain('cannot fork', pid)
    return false
  }
  const news = yield* self.os.wait(pid, 0)
  const status = typeof news === 'number' ? 0 : news.status
  const code = status >> 8
  if ((status & 0x7f) !== 0) {
    yield* self.complain(`${argv[0]}: terminated by signal ${status & 0x7f}`, undefined, 125)
    return false
  }
  if (code === 255) {
    yield* self.complain(`${argv[0]}: exited with status 255; aborting`, undefined, 124)
    return false
  }
  if (code === 126 || code === 127) {
    self.status = code
    return false
  }
  if (code !== 0) self.status = 123
  return true
}
