import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import type { Stat } from '../sh/os.ts'
import { accountNames } from '../accounts.ts'
import { strftime } from '../calendar.ts'
import { humanSize, inColumns, withCommas } from '../columns.ts'
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFSOCK, inside, modeText } from '../files.ts'
import { isatty, tcgetwinsize } from '../termios.ts'
import { tool, type Tool } from '../tool.ts'

const HELP = `usage: ls [-ACFLRSadghilmnoprstx1] [-w WIDTH] [FILE]...
List FILEs, the current directory by default, in order of their names: in columns on a terminal, else one a line.
  -a  names that begin with a dot, too     -A  the same without . and ..
  -d  directories themselves               -F  mark what kind a file is
  -g  -l without the owner                 -i  inode numbers
  -l  mode, links, owner, size and time    -L  what links lead to
  -n  -l with numbers of owners            -o  -l without the group
  -p  mark directories                     -r  the other way round
  -R  what is below, too                   -s  blocks of 1024 bytes
  -S  the largest first                    -t  the newest first
  -C  in columns                           -x  the same, across
  -m  with commas                          -1  one a line
  -h  sizes as 1.2K, 3M                    -w  in rows of WIDTH characters, 0 for any
`

const LONG = {
  all: 'a',
  'almost-all': 'A',
  classify: 'F',
  dereference: 'L',
  directory: 'd',
  'human-readable': 'h',
  inode: 'i',
  recursive: 'R',
  reverse: 'r',
  size: 's',
  width: 'w',
}

interface Entry {
  readonly name: ByteString
  readonly path: ByteString
  readonly stat: Stat
  /** What a link in a long list says, and the mode of what it leads to; null where there is none. */
  readonly target: ByteString | null
  readonly leadsTo: number | null
}

/** ls(1) */
export const ls = tool(
  'ls',
  { letters: 'ACFLRSadghilmnoprstxw:1', help: HELP, wrong: 2, long: LONG },
  function* (self) {
    const form = yield* formOf(self)
    const listing = new Listing(self, form, yield* width(self, form))
    const entries: Entry[] = []
    for (const path of self.operands.length === 0 ? ['.'] : self.operands) {
      const entry = yield* listing.look(path, path, self.has('L') || !(listing.long || self.has('F') || self.has('d')))
      if (entry !== null) entries.push(entry)
    }
    listing.sort(entries)
    const isFolder = ({ stat }: Entry): boolean => (stat.mode & S_IFMT) === S_IFDIR
    const folders = self.has('d') ? [] : entries.filter(isFolder)
    const files = entries.filter((entry) => self.has('d') || !isFolder(entry))
    if (files.length > 0) yield* listing.write(files)
    const several = self.operands.length > 1 || self.has('R')
    for (const [i, folder] of folders.entries()) {
      if (i > 0 || files.length > 0) yield* self.out('\n')
      yield* listing.folder(folder.path, several)
    }
  },
)

type Form = 'long' | 'lines' | 'columns' | 'across' | 'commas'

const FORMS: Readonly<Record<string, Form>> = {
  l: 'long',
  n: 'long',
  g: 'long',
  o: 'long',
  '1': 'lines',
  C: 'columns',
  x: 'across',
  m: 'commas',
}

/** As the last option says that says one; -1 makes no long lines short. */
function* formOf(self: Tool): Run<Form> {
  let form: Form | null = null
  for (const letter of self.flags.keys()) {
    const said = Object.hasOwn(FORMS, letter) ? FORMS[letter] : null
    if (said !== null && (said !== 'lines' || form !== 'long')) form = said
  }
  return form ?? ((yield* isatty(self.os.sys, 1)) ? 'columns' : 'lines')
}

/** Characters in a row of `form`; 0 for any number. */
function* width(self: Tool, form: Form): Run<number> {
  const said = self.value('w')
  if (said !== undefined && !/^\d+$/.test(said)) {
    yield* self.complain(`invalid line width: '${said}'`)
    return yield* self.quit(2)
  }
  if (said !== undefined || form === 'lines' || form === 'long') return Number(said ?? 0)
  const columns = self.environment.find((entry) => entry.startsWith('COLUMNS='))?.slice('COLUMNS='.length) ?? ''
  if (/^\d+$/.test(columns)) return Number(columns)
  if (columns !== '')
    yield* self.complain(`ignoring invalid width in environment variable COLUMNS: '${columns}'`, undefined, 0)
  const size = yield* tcgetwinsize(self.os.sys, 1)
  return typeof size === 'number' || size.cols === 0 ? 80 : size.cols
}

/** Older ones are shown with their year: half a year of nanoseconds. */
const RECENT = 15_778_476n * 1_000_000_000n

class Listing {
  readonly #tool: Tool
  readonly #form: Form
  readonly #width: number
  readonly long: boolean
  #owners: ReadonlyMap<number, ByteString> = new Map()
  #groups: ReadonlyMap<number, ByteString> = new Map()

  constructor(self: Tool, form: Form, width: number) {
    this.#tool = self
    this.#form = form
    this.#width = width
    this.long = form === 'long'
  }

  *look(name: ByteString, path: ByteString, follow: boolean): Run<Entry | null> {
    let stat = yield* this.#tool.os.stat(path, follow)
    // A link that leads nowhere is there all the same.
    if (typeof stat === 'number' && follow) stat = yield* this.#tool.os.stat(path, false)
    if (typeof stat !== 'number') {
      const isLink = this.long && (stat.mode & S_IFMT) === S_IFLNK
      const target = isLink ? yield* this.#tool.files.readlink(path) : null
      const there = isLink ? yield* this.#tool.os.stat(path) : 0
      return {
        ...{ name, path, stat },
        target: typeof target === 'string' ? target : null,
        leadsTo: typeof there === 'number' ? null : there.mode,
      }
    }
    yield* this.#tool.complain(`cannot access '${path}'`, stat, 2)
    return null
  }

  sort(entries: Entry[]): void {
    const self = this.#tool
    const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
    const newer = (a: Entry, b: Entry): number =>
      a.stat.mtime > b.stat.mtime ? -1 : a.stat.mtime < b.stat.mtime ? 1 : 0
    entries.sort((a, b) => {
      const first = self.has('S') ? b.stat.size - a.stat.size : self.has('t') ? newer(a, b) : 0
      return first === 0 ? byName(a, b) : first
    })
    if (self.has('r')) entries.reverse()
  }

  *folder(path: ByteString, named: boolean): Run<void> {
    const self = this.#tool
    const entries: Entry[] = []
    // Each while the directory is open: /proc/self/fd has a name for that.
    const names = yield* self.os.names(path, (name) => this.#add(entries, path, name))
    if (typeof names === 'number') return yield* self.complain(`cannot open directory '${path}'`, names, 2)
    if (self.has('a')) for (const name of ['.', '..']) yield* this.#add(entries, path, name)
    if (named) yield* self.out(`${path}:\n`)
    this.sort(entries)
    if (this.long || self.has('s'))
      yield* self.out(`total ${this.#blocks(entries.reduce((sum, e) => sum + e.stat.blocks, 0))}\n`)
    yield* this.write(entries)
    if (!self.has('R')) return
    for (const { name, path, stat } of entries) {
      if ((stat.mode & S_IFMT) !== S_IFDIR || name === '.' || name === '..') continue
      yield* self.out('\n')
      yield* this.folder(path, true)
    }
  }

  *#add(entries: Entry[], folder: ByteString, name: ByteString): Run<void> {
    if (name.startsWith('.') && !this.#tool.has('a') && !this.#tool.has('A')) return
    const entry = yield* this.look(name, inside(folder, name), this.#tool.has('L'))
    if (entry !== null) entries.push(entry)
  }

  *write(entries: readonly Entry[]): Run<void> {
    const self = this.#tool
    if (this.long && !self.has('n') && this.#owners.size === 0) {
      this.#owners = yield* accountNames(self.os, '/etc/passwd')
      this.#groups = yield* accountNames(self.os, '/etc/group')
    }
    const now = yield* self.files.now()
    const rows: string[][] = []
    for (const entry of entries) rows.push(this.#row(entry, now))
    const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i].length)))
    const left = this.#leftAligned()
    const lines: string[] = []
    for (const row of rows) {
      const cells = row.map((cell, i) => {
        if (i === row.length - 1) return cell
        return left.has(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i])
      })
      lines.push(cells.join(' '))
    }
    if (this.#form === 'commas') yield* self.out(withCommas(lines, this.#width))
    else if (this.#form === 'columns' || this.#form === 'across')
      yield* self.out(inColumns(lines, this.#width, this.#form === 'across'))
    else for (const line of lines) yield* self.out(`${line}\n`)
  }

  /** The columns of mode, owner and group. */
  #leftAligned(): Set<number> {
    const first = (this.#tool.has('i') ? 1 : 0) + (this.#tool.has('s') ? 1 : 0)
    return new Set([first, first + 2, ...(this.#tool.has('g') || this.#tool.has('o') ? [] : [first + 3])])
  }

  #row({ name, stat, target, leadsTo }: Entry, now: bigint): string[] {
    const self = this.#tool
    const row: string[] = []
    if (self.has('i')) row.push(String(stat.ino))
    if (self.has('s')) row.push(this.#blocks(stat.blocks))
    let shown = name + this.#mark(stat.mode)
    if (this.long) {
      row.push(modeText(stat.mode), String(stat.nlink))
      if (!self.has('g')) row.push(this.#owners.get(stat.uid) ?? String(stat.uid))
      if (!self.has('o')) row.push(this.#groups.get(stat.gid) ?? String(stat.gid))
      row.push(sizeText(stat, self.has('h')))
      const recent = stat.mtime <= now && stat.mtime > now - RECENT
      row.push(strftime(recent ? '%b %e %H:%M' : '%b %e  %Y', stat.mtime))
      if (target !== null) shown = `${name} -> ${target}${leadsTo === null ? '' : this.#mark(leadsTo)}`
    }
    row.push(shown)
    return row
  }

  #blocks(sectors: number): string {
    return this.#tool.has('h') ? humanSize(sectors * 512) : String(Math.ceil(sectors / 2))
  }

  #mark(mode: number): string {
    const type = mode & S_IFMT
    if (type === S_IFDIR) return this.#tool.has('F') || this.#tool.has('p') ? '/' : ''
    if (!this.#tool.has('F')) return ''
    if (type === S_IFLNK) return this.long ? '' : '@'
    if (type === S_IFIFO) return '|'
    if (type === S_IFSOCK) return '='
    return type !== S_IFCHR && type !== S_IFBLK && (mode & 0o111) !== 0 ? '*' : ''
  }
}

function sizeText({ mode, size, rdev }: Stat, human: boolean): string {
  const type = mode & S_IFMT
  if (type !== S_IFCHR && type !== S_IFBLK) return human ? humanSize(size) : String(size)
  const dev = Number(rdev)
  return `${(dev >> 8) & 0xfff}, ${(dev & 0xff) | ((dev >> 12) & ~0xff)}`
}
