import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import { S_IFDIR, S_IFMT, inside } from '../files.ts'
import { BadExpression, translate } from '../regex.ts'
import { Lines, tool, type Tool } from '../tool.ts'

const HELP = `usage: grep [-EFGHLchilnoqrsvwx] [-A N] [-B N] [-C N] [-m N] PATTERN [FILE]...
       grep [OPTION]... [-e PATTERN]... [-f FILE]... [FILE]...
Write the lines in which PATTERN is found, a basic regular expression.
  -A, -B, -C  lines after, before, around it     -c  only how many
  -E  extended expressions       -F  plain text                 -H, -h  always, never names
  -i  letters of either case     -L, -l  only names without, with it
  -m  no more than N lines       -n  numbers of lines           -o  only what fits
  -q  only the status            -r  what is in directories     -s  no complaints of files
  -v  the other lines            -w  whole words                -x  whole lines
`

/** grep(1): 0 where something was found, 1 where nothing was, 2 where something went wrong. */
export const grep = tool(
  'grep',
  {
    letters: 'A:B:C:EFGHLRce:f:hilm:noqrsvwx',
    help: HELP,
    short: true,
    wrong: 2,
    long: { 'ignore-case': 'i', count: 'c', quiet: 'q', invert: 'v' },
  },
  function* (self) {
    const patterns = [...(self.flags.get('e') ?? [])]
    for (const file of self.flags.get('f') ?? []) patterns.push(...(yield* readPatterns(self, file)))
    let operands = self.operands
    if (!self.has('e') && !self.has('f')) {
      if (operands.length === 0) {
        void (yield* self.os.write(
          2,
          "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n",
        ))
        return 2
      }
      patterns.push(...operands[0].split('\n'))
      operands = operands.slice(1)
    }
    const search = new Search(self, yield* compile(self, patterns))
    const recursive = self.has('r') || self.has('R')
    if (operands.length === 0) operands = [recursive ? '.' : '-']
    search.named = (operands.length > 1 || recursive || self.has('H')) && !self.has('h')
    for (const path of operands) yield* search.path(path, recursive)
    if (self.status === 2 && !(self.has('q') && search.found)) return 2
    return search.found ? 0 : 1
  },
)

function* readPatterns(self: Tool, file: ByteString): Run<ByteString[]> {
  const fd = file === '-' ? 0 : yield* self.os.open(file, 0)
  if (fd < 0) {
    yield* self.complain(file, fd, 2)
    yield* self.quit(2)
  }
  const input = new Lines(self.os, fd)
  const out: ByteString[] = []
  for (let line = yield* input.next(); line !== null; line = yield* input.next()) out.push(line)
  if (fd > 0) void (yield* self.os.sys.close(fd))
  return out
}

function* compile(self: Tool, patterns: readonly ByteString[]): Run<RegExp> {
  const kind = self.has('F') ? 'fixed' : self.has('E') ? 'extended' : 'basic'
  try {
    const sources = patterns.map((pattern) => {
      const source = translate(pattern, kind)
      if (self.has('x')) return `^(?:${source})$`
      return self.has('w') ? `(?<!\\w)(?:${source})(?!\\w)` : `(?:${source})`
    })
    // No pattern at all is found nowhere.
    return new RegExp(sources.length === 0 ? '[]' : sources.join('|'), self.has('i') ? 'gi' : 'g')
  } catch (error) {
    if (!(error instanceof BadExpression) && !(error instanceof SyntaxError)) throw error
    yield* self.complain(error instanceof BadExpression ? error.message : 'Invalid regular expression', undefined, 2)
    return yield* self.quit(2)
  }
}

class Search {
  readonly #tool: Tool
  readonly #expression: RegExp
  readonly #before: number
  readonly #after: number
  readonly #most: number
  named = false
  found = false
  /** Something was written already: separated groups have `--` between. */
  #wrote = false

  constructor(self: Tool, expression: RegExp) {
    this.#tool = self
    this.#expression = expression
    const number = (letter: string, otherwise: number): number => Number(self.value(letter) ?? otherwise)
    this.#before = number('B', number('C', 0))
    this.#after = number('A', number('C', 0))
    this.#most = number('m', Infinity)
  }

  *path(path: ByteString, recursive: boolean): Run<void> {
    const self = this.#tool
    if (this.found && self.has('q')) return
    const stat = path === '-' ? null : yield* self.os.stat(path)
    const folder = stat !== null && typeof stat !== 'number' && (stat.mode & S_IFMT) === S_IFDIR
    if (folder && recursive) {
      const names = yield* self.os.names(path)
      if (typeof names === 'number') return yield* self.complain(path, names, 2)
      for (const name of names)
        yield* this.path(path === '.' && self.operands.length < 2 ? name : inside(path, name), true)
      return
    }
    const fd = path === '-' ? 0 : yield* self.os.open(path, 0)
    if (folder || fd < 0) {
      if (folder) yield* self.complain(`${path}: Is a directory`, undefined, 2)
      else if (!self.has('s')) yield* self.complain(path, fd, 2)
      self.status = 2
      if (fd > 0) void (yield* self.os.sys.close(fd))
      return
    }
    yield* this.#file(fd, path === '-' ? '(standard input)' : path)
    if (fd > 0) void (yield* self.os.sys.close(fd))
  }

  *#file(fd: number, name: ByteString): Run<void> {
    const self = this.#tool
    const input = new Lines(self.os, fd)
    const quiet = ['q', 'l', 'L', 'c'].some((letter) => self.has(letter))
    const held: { readonly line: ByteString; readonly number: number }[] = []
    let count = 0
    let shownTo = 0
    let after = 0
    for (let number = 1; count < this.#most || after > 0; number++) {
      const line = yield* input.next()
      if (line === null) break
      this.#expression.lastIndex = 0
      const hit = count < this.#most && this.#expression.test(line) !== self.has('v')
      if (hit) {
        count++
        this.found = true
        if (self.has('q') || self.has('l') || self.has('L')) break
        if (quiet) continue
        const first = held[0]?.number ?? number
        if (this.#wrote && first > shownTo + 1 && (this.#before > 0 || this.#after > 0)) yield* self.out('--\n')
        for (const { line: earlier, number: n } of held) yield* this.#show(name, n, earlier, '-')
        held.length = 0
        yield* this.#show(name, number, line, ':')
        shownTo = number
        this.#wrote = true
        after = this.#after
      } else if (after > 0) {
        after--
        yield* this.#show(name, number, line, '-')
        shownTo = number
      } else if (this.#before > 0) {
        held.push({ line, number })
        if (held.length > this.#before) held.shift()
      }
    }
    if (input.error < 0) yield* self.complain(name, input.error, 2)
    if (self.has('c') && !self.has('l') && !self.has('L') && !self.has('q'))
      yield* self.out(`${this.named ? `${name}:` : ''}${count}\n`)
    if ((self.has('l') && count > 0) || (self.has('L') && count === 0)) yield* self.out(`${name}\n`)
  }

  *#show(name: ByteString, number: number, line: ByteString, mark: string): Run<void> {
    const self = this.#tool
    const head = `${this.named ? `${name}${mark}` : ''}${self.has('n') ? `${number}${mark}` : ''}`
    if (!self.has('o')) return yield* self.out(`${head}${line}\n`)
    if (mark === '-' || self.has('v')) return
    this.#expression.lastIndex = 0
    for (const [text] of line.matchAll(this.#expression)) if (text !== '') yield* self.out(`${head}${text}\n`)
  }
}
