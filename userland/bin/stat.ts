import type { ByteString } from '../../kernel/types.ts'
import type { Run } from '../program.ts'
import type { Stat } from '../sh/os.ts'
import { accountNames } from '../accounts.ts'
import { strftime } from '../calendar.ts'
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFSOCK, modeText } from '../files.ts'
import { tool, type Tool } from '../tool.ts'

const HELP = `usage: stat [-Lt] [-c FORMAT] FILE...
Write what the kernel knows of files.
  -c  as FORMAT says: %a %A mode, %b %B blocks, %d device, %f mode in hex, %F type, %g %G group, %h links, %i inode,
      %n %N name, %o block size, %s size, %t %T device numbers, %u %U owner, %x %X read, %y %Y changed, %z %Z altered
  -L  what links lead to     -t  in one line
`

const DEFAULT = `  File: %N
  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F
Device: %Hd,%Ld\tInode: %-11i Links: %h
Access: (%04a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)
Access: %x
Modify: %y
Change: %z
 Birth: -
`
const TERSE = '%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z 0 %o\n'

/** stat(1) */
export const stat = tool(
  'stat',
  { letters: 'Lc:t', help: HELP, long: { format: 'c', dereference: 'L', terse: 't' } },
  function* (self) {
    if (self.operands.length === 0) yield* self.misused('missing operand')
    const format = self.value('c')
    const text = format !== undefined ? `${format}\n` : self.has('t') ? TERSE : DEFAULT
    const owners = yield* accountNames(self.os, '/etc/passwd')
    const groups = yield* accountNames(self.os, '/etc/group')
    for (const path of self.operands) {
      const found = yield* self.os.stat(path, self.has('L'))
      if (typeof found === 'number') {
        yield* self.complain(`cannot statx '${path}'`, found)
        continue
      }
      const name = yield* quoted(self, path, found)
      yield* self.out(fill(text, path, name, found, owners, groups))
    }
  },
)

function* quoted(self: Tool, path: ByteString, { mode }: Stat): Run<ByteString> {
  if ((mode & S_IFMT) !== S_IFLNK) return path
  const target = yield* self.files.readlink(path)
  return typeof target === 'string' ? `${path} -> ${target}` : path
}

type Names = ReadonlyMap<number, ByteString>

function fill(format: string, path: ByteString, name: ByteString, stat: Stat, owners: Names, groups: Names): string {
  const date = (time: bigint): string => strftime('%Y-%m-%d %H:%M:%S.%N %z', time)
  const seconds = (time: bigint): string => String(time / 1_000_000_000n)
  const major = (dev: bigint): number => (Number(dev) >> 8) & 0xfff
  const minor = (dev: bigint): number => (Number(dev) & 0xff) | ((Number(dev) >> 12) & ~0xff)
  const values: Readonly<Record<string, () => string | number | bigint>> = {
    a: () => (stat.mode & 0o7777).toString(8),
    A: () => modeText(stat.mode),
    b: () => stat.blocks,
    B: () => 512,
    d: () => stat.dev,
    D: () => stat.dev.toString(16),
    Hd: () => major(stat.dev),
    Ld: () => minor(stat.dev),
    f: () => stat.mode.toString(16),
    F: () => typeText(stat),
    g: () => stat.gid,
    G: () => groups.get(stat.gid) ?? 'UNKNOWN',
    h: () => stat.nlink,
    i: () => stat.ino,
    n: () => path,
    N: () =>
      format === DEFAULT
        ? name
        : name
            .split(' -> ')
            .map((part) => `'${part}'`)
            .join(' -> '),
    o: () => stat.blksize,
    s: () => stat.size,
    t: () => major(stat.rdev).toString(16),
    T: () => minor(stat.rdev).toString(16),
    u: () => stat.uid,
    U: () => owners.get(stat.uid) ?? 'UNKNOWN',
    x: () => date(stat.atime),
    X: () => seconds(stat.atime),
    y: () => date(stat.mtime),
    Y: () => seconds(stat.mtime),
    z: () => date(stat.ctime),
    Z: () => seconds(stat.ctime),
  }
  return format.replace(
    /%(-?)(0?)(\d*)([HL]?[A-Za-z%])/g,
    (whole, minus: string, zero: string, width: string, letter: string) => {
      if (letter === '%') return '%'
      if (!Object.hasOwn(values, letter)) return whole
      const text = String(values[letter]())
      return minus === '' ? text.padStart(Number(width), zero === '' ? ' ' : '0') : text.padEnd(Number(width))
    },
  )
}

function typeText({ mode, size }: Stat): string {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return 'directory'
    case S_IFLNK:
      return 'symbolic link'
    case S_IFIFO:
      return 'fifo'
    case S_IFCHR:
      return 'character special file'
    case S_IFBLK:
      return 'block special file'
    case S_IFSOCK:
      return 'socket'
    default:
      return size === 0 ? 'regular empty file' : 'regular file'
  }
}
